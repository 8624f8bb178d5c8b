"""How good the built-in network's answers are; writes docs/results/network.md.

    python -m tests.benchmarks.quality            measures, writes the page and a sheet of failures
    python -m tests.benchmarks.quality --check    measures, and fails where a figure is below its floor

Likeness and same photo: the pack eval/caltech101; words: the val part of train/flickr8k. Nothing was trained
or chosen on these photos. It fails, and never skips, where they are missing.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.hashing import codes
from engine.hashing.codes import Codes
from engine.hashing.encoder import BATCH, Encoder
from engine.hashing.limit import PHOTO, WORDS, calibration
from engine.hashing.model_file import ModelFile, built_in_model
from engine.hashing.sentence_encoder import SentenceEncoder
from engine.photos.network_pixels import network_input, thumbnail_of
from engine.training.calibration import AskedTwice, LimitFigures
from engine.training.sources.packs import pack_entries
from tests.benchmarks import peers
from tests.benchmarks.alterations import ALTERATIONS
from tests.benchmarks.failures import write_failures
from tests.benchmarks.machine import describe
from tests.benchmarks.photos import shared
from tests.benchmarks.processes import ROOT
from tests.benchmarks.rankings import (
    Array,
    asymmetric,
    colours,
    cosine,
    euclidean,
    hamming,
    opened,
    perceptual_hash,
    precision,
    recall,
)

SHORTER = (64, 128)  # leading bits that are ranked by as well
QUERIES = 1000
ROUNDS = 9
TARGET = ROOT / "docs" / "results" / "network.md"
FAILURES = ROOT / "docs" / "results" / "figures" / "failures.jpg"
MOBILENET = "MobileNetV3-Large at 224 px"


@dataclass(frozen=True)
class Figure:
    """One of the measures that the network is held to.

    Attributes:
        name: What is measured.
        value: What was seen; None where the model can't do it.
        floor: What ships at least.
        aim: What we are here for.
        reference: What it is held against, with its figure.
    """

    name: str
    value: float | None
    floor: float
    aim: float
    reference: str

    @property
    def fine(self) -> bool:
        """Whether the floor is reached."""
        return self.value is not None and round(self.value, 3) >= self.floor

    @property
    def told(self) -> str:
        """The figure, and whether it is too low."""
        return _told(self.value) + ("" if self.fine else " (missed)")


class Pack:
    """A pack of photos, decoded."""

    def __init__(self, table: Path, *, part: str = "") -> None:
        """Reads the photos of a part, all without one."""
        entries = [entry for entry in pack_entries(table) if not part or entry.part == part]
        self.pictures = [opened(entry.content) for entry in entries if isinstance(entry.content, bytes)]
        self.classes, self.labels = np.unique(
            [e.labels[0] if e.labels else "" for e in entries], return_inverse=True
        )
        self.captions = [entry.captions for entry in entries]


def pixels(pictures: Iterable[Image.Image], side: int) -> NDArray[np.uint8]:
    """What the network reads of pictures that a library keeps: uint8 (N, side, side, 3)."""
    inputs = [network_input(thumbnail_of(picture), side) for picture in pictures]
    return np.frombuffer(b"".join(inputs), np.uint8).reshape(-1, side, side, 3)


class Measuring:
    """Measures one model."""

    def __init__(self, model: ModelFile, data: Path) -> None:
        """Reads the photos and makes their codes."""
        self.model, self.encoder = model, Encoder(model)
        self.caltech = Pack(data / "eval" / "caltech101.csv")
        self.flickr = Pack(data / "train" / "flickr8k.csv", part="val")
        self.logits = self.encode(self.caltech.pictures)
        self.queries = np.random.default_rng(0).permutation(len(self.logits))[:QUERIES]
        self.hashes = np.array([perceptual_hash(picture) for picture in self.caltech.pictures])

    def encode(self, pictures: Iterable[Image.Image]) -> NDArray[np.float32]:
        """Outputs before rounding, float32 (N, n_bits)."""
        return self.encoder.logits(pixels(pictures, self.encoder.input_side))

    def _shorter(self) -> list[int]:
        return [n for n in SHORTER if n < self.model.n_bits]

    def likeness(self) -> dict[str, tuple[float, float, float]]:
        """P@1, P@10 and mAP@100 of several rankings."""
        ways = {
            "pHash, 64 bits": hamming(self.hashes),
            "8 x 8 colours, L2": euclidean(np.array([colours(p) for p in self.caltech.pictures])),
            f"built-in network, {self.model.n_bits} bits": hamming(self.logits > 0),
            "the same outputs, not rounded, cosine": cosine(self.logits),
            "the query not rounded, the photos' bits": asymmetric(self.logits > 0, self.logits),
            **{f"the first {n} bits": hamming(self.logits[:, :n] > 0) for n in self._shorter()},
        }
        return {name: precision(way, self.caltech.labels, self.queries) for name, way in ways.items()}

    def same_photo(self) -> dict[str, tuple[float, float]]:
        """Recall@1 of the original among all photos, by the network and by pHash, for each alteration."""
        found = {}
        for name, alter in ALTERATIONS.items():
            rng = np.random.default_rng(0)
            altered = [alter(self.caltech.pictures[query], rng) for query in self.queries]
            ours = hamming(self.logits > 0, self.encode(altered) > 0)
            theirs = hamming(self.hashes, np.array([perceptual_hash(picture) for picture in altered]))
            found[name] = (recall(ours, self.queries, (1,))[0], recall(theirs, self.queries, (1,))[0])
        return found

    def words(self) -> dict[str, tuple[float, ...]]:
        """R@1, R@5 and R@10 from caption to photo; empty where the model reads no words."""
        if not self.model.reads_words:
            return {}
        reader = SentenceEncoder(self.model)
        wanted = np.array([k for k, captions in enumerate(self.flickr.captions) for _ in captions])
        sentences = np.array([reader.logits(c) for captions in self.flickr.captions for c in captions])
        photos = self.encode(self.flickr.pictures)
        ways = {
            f"codes, {self.model.n_bits} bits": hamming(photos > 0, sentences > 0),
            "the same outputs, not rounded, cosine": cosine(photos, sentences),
            "the sentence not rounded, the photos' bits": asymmetric(photos > 0, sentences),
            **{
                f"the first {n} bits": hamming(photos[:, :n] > 0, sentences[:, :n] > 0)
                for n in self._shorter()
            },
        }
        return {name: recall(way, wanted, (1, 5, 10)) for name, way in ways.items()}

    def limits(self) -> dict[str, LimitFigures]:
        """What the limit of answers does, for photos and for names of classes, each asked with its answers.

        And without them: `AskedTwice` asks once more of the photos that are no answer.
        """
        bits, labels = codes.pack(self.logits), self.caltech.labels
        others = [np.delete(np.arange(len(bits)), query) for query in self.queries]
        asked = [
            (bits[q], bits[rest], labels[rest] == labels[q])
            for q, rest in zip(self.queries, others, strict=True)
        ]
        found = {"a photo": self._limited(asked, PHOTO)}
        if self.model.reads_words:
            reader = SentenceEncoder(self.model)
            names = [
                (f"a photo of a {name.replace('_', ' ')}", number)
                for number, name in enumerate(self.caltech.classes)
            ]
            worded = [(codes.pack(reader.logits(text)[None])[0], bits, labels == k) for text, k in names]
            found["a name"] = self._limited(worded, WORDS)
        return found

    def _limited(self, asked: list[tuple[Codes, Codes, Array]], kind: str) -> LimitFigures:
        rows = np.array([codes.distances(query, photos) for query, photos, _ in asked])
        relevant = np.array([right for _, _, right in asked])
        return AskedTwice(rows, relevant, self.model.n_bits).figures(calibration(self.model.card, kind))

    def write_failures(self, target: Path) -> None:
        """Writes the sheet of what is found worst."""
        write_failures(
            target,
            [thumbnail_of(picture) for picture in self.caltech.pictures],
            [str(name) for name in self.caltech.classes],
            self.caltech.labels,
            codes.pack(self.logits),
        )

    def speed(self) -> tuple[float, float]:
        """Photos/s of the encoder alone on two cores, and of MobileNetV3-Large in the same engine."""
        encoder = Encoder(self.model, 2)
        side = encoder.input_side
        mine = np.zeros((BATCH, side, side, 3), np.uint8)
        run = peers.mobilenet(2)
        theirs = np.zeros((BATCH, peers.INPUT_SIDE, peers.INPUT_SIDE, 3), np.uint8)
        ours, other = [], []
        for _ in range(ROUNDS):
            ours.append(_rate(lambda: encoder.logits(mine)))
            other.append(_rate(lambda: run(theirs)))
        return statistics.median(ours), statistics.median(other)


def _rate(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    for _ in range(4):
        work()
    return 4 * BATCH / (time.perf_counter() - begin)


def main() -> None:
    """Measures, writes the page or checks it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where a figure is below its floor")
    checking = parser.parse_args().check
    data = shared()
    if data is None:
        sys.exit("This needs the shared photos; set HAMMINGBIRD_SHARED.")
    measuring = Measuring(built_in_model(), data / "data")
    likeness, same, words = measuring.likeness(), measuring.same_photo(), measuring.words()
    limits = measuring.limits()
    ours, mobilenet = measuring.speed()
    figures = _figures(likeness, same, words, ours / mobilenet)
    page = _page(measuring, figures, likeness, same, words, limits, (ours, mobilenet))
    if not checking:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(page, encoding="utf-8")
        measuring.write_failures(FAILURES)
    sys.stdout.write(page)
    low = [figure.name for figure in figures if not figure.fine]
    if checking and low:
        sys.exit(f"Below its floor: {', '.join(low)}.")


def _figures(
    likeness: dict[str, tuple[float, float, float]],
    same: dict[str, tuple[float, float]],
    words: dict[str, tuple[float, ...]],
    speed: float,
) -> list[Figure]:
    hashed, _, coded, whole = [row[1] for row in likeness.values()][:4]
    ours, theirs = np.mean(list(same.values()), axis=0)
    found = next(iter(words.values()), (None, None, None))[2]
    return [
        Figure("likeness: P@10", coded, 0.5, 0.76, f"pHash {hashed:.3f}"),
        Figure("rounding: P@10 of codes by that of outputs", coded / whole, 0.95, 1.0, "outputs not rounded"),
        Figure("words: R@10, caption to photo", found, 0.35, 0.5, "chance 0.010"),
        Figure("same photo: mean recall@1", float(ours), 0.8, 0.97, f"pHash {theirs:.3f}"),
        Figure("speed: photos/s of the encoder", speed, 1.0, 1.5, MOBILENET),
    ]


def _page(
    measuring: Measuring,
    figures: list[Figure],
    likeness: dict[str, tuple[float, float, float]],
    same: dict[str, tuple[float, float]],
    words: dict[str, tuple[float, ...]],
    limits: dict[str, LimitFigures],
    speed: tuple[float, float],
) -> str:
    machine = "; ".join(f"{name}: {text}" for name, text in describe().items() if name != "Not idle")
    count = len(measuring.caltech.pictures)
    held = _table(
        ("measure", "measured", "floor", "aim", "held against"),
        [(f.name, f.told, f"{f.floor:.2f}", f"{f.aim:.2f}", f.reference) for f in figures],
    )
    ranked = _table(("ranking by", "P@1", "P@10", "mAP@100"), _rows(likeness))
    altered = _table(("altered photo", "this network", "pHash"), _rows(same))
    limited = _table(
        ("asked for", "without an answer: nothing shown", "found of the answers", "right of what is shown"),
        _rows({name: (told.silent, told.found, told.right) for name, told in limits.items()}),
    )
    worded = "This model reads no words."
    if words:
        worded = _table(("photos of a caption by", "R@1", "R@5", "R@10"), _rows(words))
    return f"""\
# How good the built-in network's answers are

Written by `python -m tests.benchmarks.quality` on {date.today().isoformat()}. Model \
{measuring.model.digest[:12]}, {measuring.model.n_bits} bits, input {measuring.model.input_side} px.

{held}

## Likeness

Caltech-101 (30 photos a class, {count} in all): {QUERIES} queries drawn with a fixed seed, each ranked
against all other photos, ties by position. Nothing was trained or chosen on these photos.

{ranked}

What it gets wrong, the photo asked for first in each row:
[the six classes that are found worst](figures/failures.jpg) (photos: Caltech-101, CC BY 4.0).

## Same photo

The same queries, altered: how often the original is the nearest of all {count} photos.

{altered}

## Words

Each caption of the {len(measuring.flickr.pictures)} val photos of Flickr8k ranks these photos: how often its
own is among the first. Captions and file names are not searched.

{worded}

## The limit of answers

What is shown before the slider is moved. Photos of Caltech-101, and "a photo of a" with the name of each
class, are asked twice: of all photos, and of those that are no answer to them, where nothing should be shown.
The limit was calibrated on other photos and classes, where the model's card has one
(docs/decisions/0009-limit.md).

{limited}

## Speed

The encoder alone, two cores, float32: {speed[0]:.0f} photos/s; {MOBILENET} in the same engine,
in turns with it: {speed[1]:.0f} photos/s.

{machine}.
"""


def _told(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _rows(figures: Mapping[str, tuple[float, ...]]) -> list[tuple[str, ...]]:
    return [(name, *map(_told, row)) for name, row in figures.items()]


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
