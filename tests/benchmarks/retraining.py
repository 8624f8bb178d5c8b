"""What retraining a library brings; writes docs/results/retraining.json and docs/results/retraining.md.

    python -m tests.benchmarks.retraining                      all cells
    python -m tests.benchmarks.retraining --only domain        cells of one kind; others keep their figures

Each cell makes a library of photos of the shared packs with the built-in model, runs `hammingbird retrain` as
a person would, and measures the candidate on photos that are in no library. Nothing is chosen by these.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.hashing.codes import Codes, pack
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.model_choice import model_folder
from engine.paths import self_command
from engine.training.baselines import fit_itq
from engine.training.sources.packs import pack_entries
from tests.benchmarks.notions import NOTIONS, categories
from tests.benchmarks.photos import shared
from tests.benchmarks.processes import ROOT, WORK
from tests.benchmarks.quality import pixels
from tests.benchmarks.rankings import hamming, opened, precision
from tests.benchmarks.retraining_page import page

SEEDS = (0, 1, 2)
PER_BREED, OTHERS = 30, 1500
COUNTS = (100, 300, 1000, 5000)
TRAINED = ("head", "stage", "all")
BREEDS = (
    *("n02086240", "n02087394", "n02088364", "n02089973", "n02093754"),
    *("n02096294", "n02099601", "n02105641", "n02111889", "n02115641"),
)
TARGET = ROOT / "docs" / "results" / "retraining.md"
FIGURES = TARGET.with_suffix(".json")


@dataclass(frozen=True)
class Photo:
    """A photo of a pack: its file's content, its class and captions."""

    content: bytes
    label: str
    captions: tuple[str, ...]
    part: str


@dataclass
class Material:
    """Photos of the shared packs, read when they are first asked for."""

    data: Path
    _read: dict[str, list[Photo]] = field(default_factory=dict)

    def pack(self, name: str) -> list[Photo]:
        """All photos of a pack."""
        if name not in self._read:
            entries = pack_entries(self.data / f"{name}.csv")
            self._read[name] = [
                Photo(e.content, e.labels[0] if e.labels else "", e.captions, e.part)
                for e in entries
                if isinstance(e.content, bytes)
            ]
        return self._read[name]

    def names(self) -> dict[str, str]:
        """What people call classes, the first of their names."""
        lines = (self.data / "wordnet" / "imagenet.names.tsv").read_text(encoding="utf-8").splitlines()
        return {line.split("\t")[0]: line.split("\t")[1].split(", ")[0].lower() for line in lines}


@dataclass(frozen=True)
class Retrained:
    """A candidate, and how long it took from the command to the verdict."""

    model: ModelFile
    seconds: float
    verdict: dict[str, Any]


def retrain(
    name: str, told: Sequence[tuple[Photo, str]], others: Sequence[Photo], *options: str
) -> Retrained:
    """Makes a library of photos with one caption each and of others without, and retrains on it."""
    home = WORK / "retraining" / name
    shutil.rmtree(home, ignore_errors=True)
    (home / "photos").mkdir(parents=True)
    rows = []
    for number, (photo, caption) in enumerate(told):
        (home / "photos" / f"told-{number}.webp").write_bytes(photo.content)
        rows.append((f"told-{number}.webp", caption))
    for number, photo in enumerate(others):
        (home / "photos" / f"other-{number}.webp").write_bytes(photo.content)
    with (home / "captions.csv").open("w", newline="", encoding="utf-8") as table:
        csv.writer(table).writerows([("photo", "caption"), *rows])
    hammingbird = [*self_command(), "--library", str(home / "library")]
    _run([*hammingbird, "index", str(home / "photos"), "--progress", "none"])
    _run([*hammingbird, "captions", "import", str(home / "captions.csv")])
    started = time.monotonic()
    _run([*hammingbird, "retrain", "--progress", "none", *options])
    seconds = time.monotonic() - started
    (run,) = (path for path in (home / "library" / "retraining").iterdir() if path.is_dir())
    verdict = json.loads((run / "verdict.json").read_text(encoding="utf-8"))
    model = ModelFile.load(model_folder(home / "library", verdict["after"]["digest"]))
    return Retrained(model, seconds, verdict)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def inputs_of(photos: Sequence[Photo], side: int) -> NDArray[np.uint8]:
    """What a network reads of photos, as a library keeps them."""
    return pixels((opened(photo.content) for photo in photos), side)


class Breeds:
    """(a) ten dog breeds, of which the built-in network has seen none."""

    def __init__(self, material: Material) -> None:
        self._material = material
        every = material.pack("train/imagenet160")
        self._dogs = [photo for photo in every if photo.label in BREEDS]
        self._others = [photo for photo in every if photo.label not in BREEDS]

    def drawn(self, seed: int, per_breed: int) -> tuple[list[tuple[Photo, str]], list[Photo], list[Photo]]:
        """Photos with captions, others, and those that are held out."""
        random = np.random.default_rng(seed)
        names = self._material.names()
        told, held_out = [], []
        for breed in BREEDS:
            own = [photo for photo in self._dogs if photo.label == breed]
            order = random.permutation(len(own))
            told += [(own[place], f"a photo of a {names[breed]}") for place in order[:per_breed]]
            held_out += [own[place] for place in order[per_breed:]]
        others = [self._others[place] for place in random.permutation(len(self._others))[:OTHERS]]
        return told, others, held_out

    def measure(self, seed: int, per_breed: int = PER_BREED, train: str = "head") -> dict[str, float]:
        """P@10 of breeds among photos that are in no library, by several models."""
        told, others, held_out = self.drawn(seed, per_breed)
        base = built_in_model()
        done = retrain(
            f"breeds-{seed}-{per_breed}-{train}", told, others, "--seed", str(seed), "--train", train
        )
        shown = inputs_of(held_out, base.input_side)
        labels = np.array([photo.label for photo in held_out])
        library = Encoder(base).logits(inputs_of([photo for photo, _ in told] + others, base.input_side))
        before = Encoder(base).logits(shown)
        refitted = fit_itq(library, base.n_bits, seed=seed)
        return {
            "before": p_at_10(pack(before), labels),
            "centred": p_at_10(pack(before - library.mean(axis=0)), labels),
            "itq": p_at_10(pack(((before - refitted.centre) @ refitted.weights).astype(np.float32)), labels),
            "after": p_at_10(Encoder(done.model).encode(shown), labels),
            "seconds": done.seconds,
            "caltech before": caltech(self._material, base),
            "caltech after": caltech(self._material, done.model),
        }


def p_at_10(codes: Codes, labels: NDArray[Any]) -> float:
    """P@10 of each photo among all others, by codes."""
    bits = np.unpackbits(codes, axis=1, bitorder="little")
    return precision(hamming(bits), labels, np.arange(len(labels)))[1]


def caltech(material: Material, model: ModelFile) -> float:
    """(e) P@10 on Caltech-101, as docs/results/network.md has it."""
    photos = material.pack("eval/caltech101")
    codes = Encoder(model).encode(inputs_of(photos, model.input_side))
    bits = np.unpackbits(codes, axis=1, bitorder="little")
    queries = np.random.default_rng(0).permutation(len(photos))[:1000]
    return precision(hamming(bits), np.array([photo.label for photo in photos]), queries)[1]


class Notions:
    """(b) the same photos, told of by place or by who is in them."""

    def __init__(self, material: Material) -> None:
        every = material.pack("train/flickr8k")
        self._train = [photo for photo in every if photo.part != "val"]
        self._val = [photo for photo in every if photo.part == "val"]

    def told(self, notion: str, seed: int, count: int) -> list[tuple[Photo, str]]:
        """Photos of which something is said by this notion, each with what is said."""
        order = np.random.default_rng(seed).permutation(len(self._train))
        found = ((self._train[place], categories(self._train[place].captions, notion)) for place in order)
        return [(photo, ", ".join(sorted(said))) for photo, said in found if said][:count]

    def measure(self, seed: int, count: int = 1000) -> dict[str, float]:
        """Fit of ten neighbours by each notion: of the base, and of the retrainings on either."""
        models = {"base": built_in_model()}
        for notion in NOTIONS:
            done = retrain(
                f"{notion}-{seed}-{count}", self.told(notion, seed, count), [], "--seed", str(seed)
            )
            models[notion] = done.model
        return {
            f"{name} by {notion}": self.fit(model, notion)
            for name, model in models.items()
            for notion in NOTIONS
        }

    def counted(self, count: int, seed: int = 0) -> dict[str, float]:
        """(c) what so many captions of places bring."""
        told = self.told("place", seed, count)
        done = retrain(f"count-{count}-{seed}", told, [], "--seed", str(seed))
        return {
            "captions": len(told),
            "before": self.fit(built_in_model(), "place"),
            "after": self.fit(done.model, "place"),
            "seconds": done.seconds,
        }

    def fit(self, model: ModelFile, notion: str) -> float:
        """Mean share of common categories of photos of the val part and their ten nearest."""
        said = [categories(photo.captions, notion) for photo in self._val]
        kept = [place for place, own in enumerate(said) if own]
        codes = Encoder(model).encode(inputs_of([self._val[place] for place in kept], model.input_side))
        bits = np.unpackbits(codes, axis=1, bitorder="little")
        apart = hamming(bits)
        found = []
        for query in range(len(kept)):
            order = np.argsort(apart(query), kind="stable")
            nearest = order[order != query][:10]
            own = said[kept[query]]
            found.append(
                np.mean([len(own & said[kept[other]]) / len(own | said[kept[other]]) for other in nearest])
            )
        return float(np.mean(found))


def cells(material: Material) -> dict[str, Callable[[], dict[str, float]]]:
    """All cells by name; the word before the first blank is their kind."""
    breeds, notions = Breeds(material), Notions(material)
    found: dict[str, Callable[[], dict[str, float]]] = {}
    for seed in SEEDS:
        found[f"domain {seed}"] = lambda seed=seed: breeds.measure(seed)
        found[f"notion {seed}"] = lambda seed=seed: notions.measure(seed)
    for count in COUNTS:
        found[f"captions {count}"] = lambda count=count: notions.counted(count)
    for train in TRAINED:
        found[f"trained {train}"] = lambda train=train: breeds.measure(0, train=train)
    return found


def stored() -> dict[str, dict[str, float]]:
    """Figures of earlier runs with the same built-in model."""
    try:
        found: Mapping[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found["cells"]) if found.get("model") == built_in_model().digest else {}


def main() -> None:
    """Measures and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="kind of cells (repeat): domain, notion, ...")
    only = parser.parse_args().only
    folder = shared()
    if folder is None:
        sys.exit("The shared photos are needed; set HAMMINGBIRD_SHARED.")
    figures = stored()
    for name, measure in cells(Material(folder / "data")).items():
        if only and name.split()[0] not in only:
            continue
        sys.stderr.write(f"{name} ...\n")
        figures[name] = measure()
        sys.stderr.write(f"  {figures[name]}\n")
        told = {"model": built_in_model().digest, "cells": figures}
        FIGURES.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    TARGET.write_text(page(figures, built_in_model()), encoding="utf-8")


if __name__ == "__main__":
    main()
