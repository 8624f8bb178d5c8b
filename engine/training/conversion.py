"""From torch to the form that the fast engine runs."""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from engine.hashing.runtime import core, openvino


def to_openvino(network: nn.Module, example: Tensor) -> Any:
    """Traces a network.

    Args:
        network: In eval mode.
        example: A batch of two inputs, so that no one takes the number of photos for a constant.

    Returns:
        An OpenVINO model.
    """
    with torch.inference_mode(), warnings.catch_warnings():
        # The converter traces through torch.jit, whose retirement is for OpenVINO to deal with.
        warnings.filterwarnings("ignore", message=r".*torch\.jit\.trace", category=FutureWarning)
        # Towers compare sizes, which a trace takes for constants: the side is one, and tests see to it
        # that the number of photos is none.
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        return openvino.convert_model(network, example_input=example)


def compiled(
    network: nn.Module, example: Tensor, *, bf16: bool = False, fixed: bool = False
) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """A network as the fast engine runs it.

    Args:
        network: In eval mode.
        example: See `to_openvino`.
        bf16: Whether products may be rounded to bfloat16, where the processor has it; otherwise float32.
        fixed: Whether all inputs will have the shape of the example, for which the engine then plans.

    Returns:
        Takes tensors like the example and returns all outputs of the network, float32.
    """
    model = to_openvino(network, example)
    if fixed:
        model.reshape(list(example.shape))
    hint = {"INFERENCE_PRECISION_HINT": "bf16" if bf16 else "f32"}
    run = core().compile_model(model, "CPU", hint)
    return lambda inputs: tuple(torch.from_numpy(found) for found in run(inputs.numpy()).to_tuple())
