"""Photos in memory that are unlike each other, and copies of them."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from engine.training.photo_set import PhotoSet


def smooth_photo(seed: int, side: int = 32) -> Tensor:
    """uint8 (side, side, 3): soft patches of colour that only the seed decides."""
    coarse = torch.from_numpy(np.random.default_rng(seed).random((1, 3, 6, 6), np.float32))
    fine = interpolate(coarse, (side, side), mode="bicubic", align_corners=False).clamp(0, 1)
    return (fine[0].permute(1, 2, 0) * 255).byte()


def copy_of(photo: Tensor, seed: int) -> Tensor:
    """The photo with a little noise; seed 0 is the photo itself."""
    noise = np.random.default_rng(seed).integers(-2, 3, photo.shape) * min(seed, 1)
    return torch.from_numpy(np.clip(photo.numpy().astype(int) + noise, 0, 255).astype(np.uint8))


def photo_set(photos: list[Tensor], names: list[str], parts: list[str] | None = None) -> PhotoSet:
    """Photos without labels or captions."""
    count = len(names)
    return PhotoSet(
        torch.stack(photos), names, [()] * count, [()] * count, parts or [""] * count, [True] * count
    )
