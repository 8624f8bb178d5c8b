"""Which photos are near-identical: copies that were enlarged, compressed or brightened, frames of a series.

Two photos are near-identical when the 64 bits of their dHash (Krawetz 2013) differ in at most four, and their
8 x 8 thumbnails correlate. dHash alone is not enough: of 3,785 such pairs among 93,663 photos of ImageNet and
Flickr8k only 154 showed one photo; the others were things of one shape on white or black, chained into groups
of up to 430. The correlation parts them cleanly: between .95 and .98 there was no pair at all. Where one of
two photos has no colours, as a copy in black and white, their thumbnails in grey are compared instead.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

MOST_BITS = 4
LEAST_CORRELATION = 0.97
NO_COLOURS = 0.9999  # correlation of a photo with itself in grey
# Grey levels: below it a photo shows next to nothing, and noise or a gradient decides its dHash and
# correlation. A lens cap is like any other, so such photos are only grouped when all pixels are equal.
LEAST_CONTRAST = 4.0
# How many codes that share 12 or 13 bits each code is compared with: 885 were the most in the photos above.
# It bounds the time for very many frames of one film, which are chained by their neighbours all the same.
MOST_COMPARED = 1000
_CHUNKS = ((0, 13), (13, 13), (26, 13), (39, 13), (52, 12))  # five: codes within four bits share one
_BLOCK = 2048
_GREY = (0.299, 0.587, 0.114)

Positions = NDArray[np.int64]


def difference_hash(photos: Tensor) -> NDArray[np.uint64]:
    """dHash: a photo in grey and shrunk to 9 x 8; a bit says whether a field is brighter than its left one.

    Args:
        photos: uint8 (N, S, S, 3).

    Returns:
        uint64 (N,); bits of a photo without differences are 0.
    """
    codes = [np.zeros(0, np.uint64)]
    for block in photos.split(_BLOCK):
        grey = (_shrunk(block, 8, 9) * torch.tensor(_GREY)[:, None, None]).sum(1)
        bits = (grey[:, :, 1:] - grey[:, :, :-1] > 1e-3).flatten(1)  # 1e-3: rounding makes no difference
        codes.append(np.packbits(bits.numpy(), axis=1).view(np.uint64)[:, 0])
    return np.concatenate(codes)


def near_identical_groups(photos: Tensor) -> Positions:
    """Groups of photos that are near-identical, also through others.

    Args:
        photos: uint8 (N, S, S, 3).

    Returns:
        int64 (N,), for each photo the lowest position in its group; its own where it is like no other.
    """
    parents = _first_of_equal(photos)
    every = np.arange(len(photos))
    codes = difference_hash(photos)
    looks, contrasts = _looks(photos)
    greys, _ = _looks(_bleached(photos))
    plain = np.einsum("nd,nd->n", looks, greys) > NO_COLOURS
    telling = np.flatnonzero((parents == every) & (contrasts >= LEAST_CONTRAST))
    for left, right in _close(codes[telling]):
        a, b = telling[left], telling[right]
        apart = _roots(parents, a) != _roots(parents, b)  # in a long series nearly all pairs are not
        a, b = a[apart], b[apart]
        alike = np.where(
            plain[a] | plain[b],
            np.einsum("nd,nd->n", greys[a], greys[b]),
            np.einsum("nd,nd->n", looks[a], looks[b]),
        )
        alike = alike >= LEAST_CORRELATION
        _unite(parents, a[alike], b[alike])
    return _roots(parents, every)


def _shrunk(photos: Tensor, height: int, width: int) -> Tensor:
    """float32 (N, 3, height, width), means of fields."""
    return adaptive_avg_pool2d(photos.permute(0, 3, 1, 2).float(), (height, width))


def _bleached(photos: Tensor) -> Tensor:
    """The photos in black and white, uint8 (N, S, S, 3)."""
    weights = torch.tensor(_GREY)
    parts = [(block.float() @ weights).round_().to(torch.uint8) for block in photos.split(_BLOCK)]
    return torch.cat([torch.zeros(0, *photos.shape[1:3], dtype=torch.uint8), *parts])[..., None].expand_as(
        photos
    )


def _first_of_equal(photos: Tensor) -> Positions:
    """For each photo the position of the first one that has the very same pixels."""
    seen: dict[bytes, int] = {}
    digests = (hashlib.blake2b(photo.tobytes(), digest_size=16).digest() for photo in photos.numpy())
    return np.array([seen.setdefault(digest, place) for place, digest in enumerate(digests)], np.int64)


def _looks(photos: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Thumbnails whose products are correlations, float32 (N, 192), and contrasts in levels, float32 (N,).

    Each colour is taken less its own mean, so that brightening or tinting a copy changes little.
    """
    looks, contrasts = [torch.zeros(0, 192)], [torch.zeros(0)]
    for block in photos.split(_BLOCK):
        fields = _shrunk(block, 8, 8).flatten(2)
        centred = (fields - fields.mean(2, keepdim=True)).flatten(1)
        norms = centred.norm(dim=1)
        looks.append(centred / norms.clamp(min=1e-6)[:, None])
        contrasts.append(norms / 192**0.5)
    return torch.cat(looks).numpy(), torch.cat(contrasts).numpy()


def _close(codes: NDArray[np.uint64]) -> Iterator[tuple[Positions, Positions]]:
    """Pairs of positions whose codes differ in at most `MOST_BITS`; a pair may come several times."""
    for low, width in _CHUNKS:
        chunk = (codes >> np.uint64(low)) & np.uint64((1 << width) - 1)
        order = np.lexsort((codes, chunk))
        sorted_codes, sorted_chunk = codes[order], chunk[order]
        ends = np.searchsorted(sorted_chunk, sorted_chunk, side="right")
        places = np.arange(len(codes))
        for step in range(1, MOST_COMPARED + 1):
            places = places[places + step < ends[places]]
            if not len(places):
                break
            distances = np.bitwise_count(sorted_codes[places] ^ sorted_codes[places + step])
            close = places[distances <= MOST_BITS]
            yield order[close], order[close + step]


def _unite(parents: Positions, a: Positions, b: Positions) -> None:
    """Joins the trees of a[i] and b[i] for all i; a root is the lowest position of its tree."""
    while len(a):
        roots_a, roots_b = _roots(parents, a), _roots(parents, b)
        apart = roots_a != roots_b
        a, b, roots_a, roots_b = a[apart], b[apart], roots_a[apart], roots_b[apart]
        # Where one root is to get several parents the lowest wins, and the next turn sees to the others.
        np.minimum.at(parents, np.maximum(roots_a, roots_b), np.minimum(roots_a, roots_b))


def _roots(parents: Positions, places: Positions) -> Positions:
    roots = parents[places]
    while not np.array_equal(above := parents[roots], roots):
        roots = above
    parents[places] = roots  # the next way is short
    return roots
