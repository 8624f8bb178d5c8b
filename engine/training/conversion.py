"""From torch to the form that the fast engine runs."""

import warnings
from typing import Any

import torch
from torch import Tensor, nn

from engine.hashing.runtime import openvino


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
