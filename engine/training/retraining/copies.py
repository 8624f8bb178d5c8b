"""Whether altered photos are recognised: a measure that needs no captions."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as nn_functional

from engine.hashing.codes import Codes, distances
from engine.training.inputs import make_whole

MOST_COPIES = 300
CROP = 0.85  # of each side: 72 % of the area
GREY = (0.299, 0.587, 0.114)

Encode = Callable[[NDArray[np.uint8]], Codes]


def altered(photos: Tensor, side: int) -> dict[str, NDArray[np.uint8]]:
    """Photos as copies of them may look: cropped, mirrored, in black and white, tiny.

    Args:
        photos: uint8 (N, S, S, 3), S >= `side`.
        side: Pixels of the network's input.

    Returns:
        uint8 (N, side, side, 3) by what was done.
    """
    whole = photos.shape[1]
    inner = int(whole * CROP)
    start = (whole - inner) // 3
    cropped = photos[:, start : start + inner, start : start + inner]
    grey = (photos.float() @ torch.tensor(GREY)).round().to(torch.uint8)[..., None].expand_as(photos)
    tiny = nn_functional.interpolate(
        photos.permute(0, 3, 1, 2).float(), (64, 64), mode="bilinear", antialias=True
    )
    views = {
        "cropped": cropped,
        "mirrored": photos.flip(2),
        "grey": grey,
        "tiny": tiny.round().to(torch.uint8).permute(0, 2, 3, 1),
    }
    return {
        name: make_whole(view, side).permute(0, 2, 3, 1).round().to(torch.uint8).contiguous().numpy()
        for name, view in views.items()
    }


def recognised(
    encode: Encode, side: int, photos: Tensor, gallery: Codes, places: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Of each photo the share of its altered copies whose nearest photo it is.

    Args:
        encode: uint8 (B, side, side, 3) to packed codes.
        side: Pixels of its input.
        photos: uint8 (Q, S, S, 3).
        gallery: uint8 (N, bits / 8), codes of all photos that are ranked.
        places: int64 (Q,), where the photos stand in the gallery.

    Returns:
        float64 (Q,).
    """
    found = []
    for view in altered(photos, side).values():
        codes = encode(view)
        apart = [distances(code, gallery) for code in codes]
        found.append([row[place] <= row.min() for row, place in zip(apart, places.tolist(), strict=True)])
    return np.mean(np.array(found, np.float64), axis=0)
