"""From trained weights to a model folder, in one step: weights, the fast engine's form, card, digest."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from engine.errors import UsageError
from engine.hashing.model_file import CARD, ModelFile, compute_digest
from engine.hashing.runtime import openvino
from engine.training.conversion import to_openvino
from engine.training.networks import HashNetwork, PhotoToLogits


def round_weights(network: nn.Module) -> None:
    """Rounds weights in place to what float16 can hold, so that both stored forms hold the same."""
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(tensor.half().float())


def export_model(network: HashNetwork, folder: Path, *, input_side: int, card: dict[str, Any]) -> ModelFile:
    """Writes a model folder; it appears whole or not at all.

    Args:
        network: Trained; its weights are rounded to float16 in place.
        folder: Must not exist yet.
        input_side: Pixels of the square input.
        card: Fields that describe the model: name, training, measures, licence, parent.

    Returns:
        The model, read back and checked.

    Raises:
        UsageError: The folder exists, or the network reads another side only.
    """
    network.check_side(input_side)
    if folder.exists():
        raise UsageError(f"{folder} exists already.", "Choose another --output, or remove it.")
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    network.eval()
    round_weights(network)
    halved = {name: w.half() if w.is_floating_point() else w for name, w in network.state_dict().items()}
    save_file({name: w.contiguous() for name, w in halved.items()}, draft / "weights.safetensors")
    _write_engine(network, draft / "engine.xml", input_side)
    full: dict[str, Any] = {
        **card,
        "network": network.backbone_name,
        "n_bits": network.n_bits,
        "input_side": input_side,
        "resize": "squash-bilinear",
        "mean": network.mean_rgb,
        "std": network.std_rgb,
    }
    full["digest"] = compute_digest(draft, full)
    (draft / CARD).write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.rename(folder)
    return ModelFile.load(folder)


def _write_engine(network: HashNetwork, path: Path, side: int) -> None:
    example = torch.zeros(2, side, side, 3, dtype=torch.uint8)
    converted = to_openvino(PhotoToLogits(network).eval(), example)
    converted.reshape([-1, side, side, 3])
    openvino.save_model(converted, path, compress_to_fp16=True)
