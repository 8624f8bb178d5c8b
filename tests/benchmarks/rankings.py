"""Rankings of photos and what they are worth: distances, precision, recall; ties by position."""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.generic]
Distances = Callable[[int], Array]


def precision(distances: Distances, labels: Array, queries: Array) -> tuple[float, float, float]:
    """P@1, P@10 and mAP@100 of a ranking of all other photos by `distances(query)`, float or int (N,)."""
    first, ten, average = [], [], []
    for query in queries:
        order = np.argsort(distances(int(query)), kind="stable")
        relevant = (labels[order[order != query]] == labels[query])[:100]
        within = np.cumsum(relevant) / np.arange(1, len(relevant) + 1)
        first.append(within[0])
        ten.append(within[9])
        average.append((within * relevant).sum() / max(relevant.sum(), 1))
    return float(np.mean(first)), float(np.mean(ten)), float(np.mean(average))


def recall(distances: Distances, wanted: Array, ranks: tuple[int, ...]) -> tuple[float, ...]:
    """Share of the queries 0..Q-1 whose one wanted photo is among the first, for each number of `ranks`."""
    found = []
    for query, photo in enumerate(wanted):
        row = distances(query)
        nearer = row < row[photo]
        tied_before = row[:photo] == row[photo]
        found.append(int(nearer.sum() + tied_before.sum()))
    return tuple(float(np.mean(np.array(found) < rank)) for rank in ranks)


def hamming(bits: Array, queries: Array | None = None) -> Distances:
    """Distances of rows of 0 and 1, (N, bits), to those of `queries`, (Q, bits); to each other without."""
    asked = bits if queries is None else queries
    return lambda query: (bits != asked[query]).sum(axis=1)


def euclidean(points: Array) -> Distances:
    """Squared distances between rows, float (N, D)."""
    return lambda query: ((points - points[query]) ** 2).sum(axis=1)


def cosine(points: Array, queries: Array | None = None) -> Distances:
    """1 - cosine, as `hamming`, of float (N, D) and (Q, D)."""
    unit = _unit(points)
    asked = unit if queries is None else _unit(queries)
    return lambda query: 1 - unit @ asked[query]


def asymmetric(bits: Array, outputs: Array) -> Distances:
    """How little outputs of queries, float (Q, bits), agree with stored bits, (N, bits) of 0 and 1."""
    signs = np.where(bits, 1.0, -1.0)
    return lambda query: -(signs @ outputs[query])


def _unit(points: Array) -> Array:
    return points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)


def perceptual_hash(picture: Image.Image) -> Array:
    """imagehash.phash, as bits (64,)."""
    import imagehash

    return np.asarray(imagehash.phash(picture).hash.ravel())


def colours(picture: Image.Image) -> Array:
    """8 x 8 mean colours, float (192,)."""
    return np.asarray(picture.resize((8, 8), Image.Resampling.BOX), float).ravel()


def opened(content: bytes) -> Image.Image:
    """A picture file's content, decoded."""
    return Image.open(io.BytesIO(content)).convert("RGB")
