"""How well the built-in network ranks, with perceptual hashing beside it; writes docs/results/network.md.

    python -m tests.benchmarks.quality

Photos: the pack eval/caltech101, which nothing was trained or chosen on. Each of 1,000 queries, drawn with a
fixed seed, is ranked against all other photos; ties by position. It fails where the photos are missing.
"""

import sys
from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.hashing.encoder import Encoder
from engine.hashing.model_file import built_in_model
from engine.training.sources import load_photos
from tests.benchmarks.machine import describe
from tests.benchmarks.photos import shared
from tests.benchmarks.processes import ROOT

QUERIES = 1000
TARGET = ROOT / "docs" / "results" / "network.md"

Array = NDArray[np.generic]
Distances = Callable[[int], Array]


def measures(distances: Distances, labels: Array, queries: Array) -> tuple[float, float, float]:
    """P@1, P@10 and mAP@100 of a ranking by `distances(query)`, float or int (N,), ties by position."""
    first, ten, average = [], [], []
    for query in queries:
        order = np.argsort(distances(int(query)), kind="stable")
        relevant = (labels[order[order != query]] == labels[query])[:100]
        precision = np.cumsum(relevant) / np.arange(1, len(relevant) + 1)
        first.append(precision[0])
        ten.append(precision[9])
        average.append((precision * relevant).sum() / max(relevant.sum(), 1))
    return float(np.mean(first)), float(np.mean(ten)), float(np.mean(average))


def hamming(bits: Array) -> Distances:
    """Distances between rows of 0 and 1, (N, bits)."""
    return lambda query: (bits != bits[query]).sum(axis=1)


def euclidean(points: Array) -> Distances:
    """Squared distances between rows, float (N, D)."""
    return lambda query: ((points - points[query]) ** 2).sum(axis=1)


def cosine(points: Array) -> Distances:
    """1 - cosine between rows, float (N, D)."""
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    return lambda query: 1 - unit @ unit[query]


def perceptual_hashes(photos: NDArray[np.uint8]) -> Array:
    """imagehash.phash of uint8 (N, S, S, 3) photos, as bits (N, 64)."""
    import imagehash

    return np.array([imagehash.phash(Image.fromarray(photo)).hash.ravel() for photo in photos])


def colours(photos: NDArray[np.uint8]) -> Array:
    """8 x 8 mean colours, float (N, 192)."""
    return np.array(
        [np.asarray(Image.fromarray(p).resize((8, 8), Image.Resampling.BOX), float).ravel() for p in photos]
    )


def main() -> None:
    """Measures and writes the table."""
    data = shared()
    if data is None:
        sys.exit("This needs the shared photos; set HAMMINGBIRD_SHARED.")
    model = built_in_model()
    encoder = Encoder(model)
    pack = data / "data" / "eval" / "caltech101.csv"
    photos, large = load_photos(pack, encoder.input_side), load_photos(pack, 160)
    labels = np.unique([labels[0] for labels in photos.labels], return_inverse=True)[1]
    queries = np.random.default_rng(0).permutation(len(photos))[:QUERIES]
    logits = encoder.logits(photos.photos.numpy())
    ways: dict[str, Distances] = {
        "pHash, 64 bits": hamming(perceptual_hashes(large.photos.numpy())),
        "8 x 8 colours, L2": euclidean(colours(large.photos.numpy())),
        f"built-in network, {model.n_bits} bits": hamming(logits > 0),
        "the same outputs, not rounded, cosine": cosine(logits),
    }
    rows = {name: measures(way, labels, queries) for name, way in ways.items()}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(_page(rows, model.digest, len(photos)), encoding="utf-8")
    sys.stdout.write(TARGET.read_text(encoding="utf-8"))


def _page(rows: dict[str, tuple[float, float, float]], digest: str, count: int) -> str:
    table = "\n".join(f"| {name} | {a:.3f} | {b:.3f} | {c:.3f} |" for name, (a, b, c) in rows.items())
    machine = "; ".join(f"{name}: {text}" for name, text in describe().items() if name != "Not idle")
    coded, whole = list(rows.values())[-2:]
    return f"""\
# How well the built-in network ranks

Written by `python -m tests.benchmarks.quality` on {date.today().isoformat()}. Model {digest[:12]}.

Caltech-101 (30 photos a class, {count} in all, squashed to squares): {QUERIES} queries drawn with a fixed
seed, each ranked against all other photos, ties by position. Nothing was trained or chosen on these photos.

| ranking by | P@1 | P@10 | mAP@100 |
|---|---|---|---|
{table}

Rounding keeps {coded[1] / whole[1]:.3f} of P@10.

{machine}.
"""


if __name__ == "__main__":
    main()
