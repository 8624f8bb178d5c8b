"""Features of a pretrained network, computed once and kept in a file."""

import hashlib
import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import UsageError
from engine.hashing.runtime import openvino
from engine.progress import Progress, Reporter
from engine.training.data import PhotoSet


def load_teacher(module_file: Path) -> nn.Module:
    """Imports a Python file that the person named and calls its `load_teacher()`.

    The returned module takes float32 (B, 3, S, S) in [-1, 1] and returns features, or (features, logits).

    Raises:
        UsageError: The file is missing or has no `load_teacher`.
    """
    spec = importlib.util.spec_from_file_location("hammingbird_teacher", module_file)
    if not module_file.is_file() or spec is None or spec.loader is None:
        raise UsageError(
            f"There is no teacher at {module_file}.", "Name the Python file that defines load_teacher()."
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, "load_teacher"):
        raise UsageError(f"{module_file} does not define load_teacher().")
    return module.load_teacher().eval()


def compute_features(teacher: nn.Module, photos: Tensor, side: int, report: Reporter) -> Tensor:
    """Features of unaugmented photos, by the fast engine, several times as fast as torch on a processor.

    Args:
        teacher: See `load_teacher`.
        photos: uint8 (N, S, S, 3).
        side: Photos are enlarged to side x side pixels first.
        report: Hears of progress.

    Returns:
        float16 (N, D).
    """
    converted = openvino.convert_model(teacher, example_input=torch.zeros(2, 3, side, side))
    run = openvino.compile_model(converted, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    parts = []
    for start in range(0, len(photos), 64):
        rgb = photos[start : start + 64].permute(0, 3, 1, 2).float() / 127.5 - 1
        rgb = nn.functional.interpolate(rgb, (side, side), mode="bilinear", antialias=True)
        parts.append(torch.from_numpy(run(rgb.numpy())[0]).half())
        report(Progress("teacher", start + len(rgb), len(photos)))
    return torch.cat(parts)


def cached_features(cache: Path, module_file: Path, data: PhotoSet, *, side: int, report: Reporter) -> Tensor:
    """Features from the cache when it was made from the same photos, otherwise computed and cached.

    Args:
        cache: A .safetensors file; written when it does not fit.
        module_file: See `load_teacher`.
        data: Photos.
        side: See `compute_features`.
        report: Hears of progress.
    """
    fingerprint = _fingerprint(data, side)
    if cache.is_file():
        stored = load_file(cache)
        if "photos" in stored and torch.equal(stored["photos"], fingerprint):
            return stored["features"]
    features = compute_features(load_teacher(module_file), data.photos, side, report)
    cache.parent.mkdir(parents=True, exist_ok=True)
    save_file({"features": features, "photos": fingerprint}, cache)
    return features


def _fingerprint(data: PhotoSet, side: int) -> Tensor:
    """What the features depend on: which photos, and how large the teacher sees them; uint8 (32,)."""
    text = "\n".join([str(side), *data.names])
    return torch.tensor(list(hashlib.blake2b(text.encode(), digest_size=32).digest()), dtype=torch.uint8)
