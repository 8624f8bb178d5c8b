"""The page of what retraining brings."""

from collections.abc import Mapping
from datetime import date
from statistics import mean

from engine.hashing.model_file import ModelFile
from tests.benchmarks.machine import describe

Figures = Mapping[str, Mapping[str, float]]
FLOOR, AIM, MOST_LOST = 0.15, 0.30, -0.03


def page(figures: Figures, base: ModelFile) -> str:
    """Markdown."""
    parts = [
        "# What retraining brings",
        f"Written by `python -m tests.benchmarks.retraining` on {date.today()}. The model before is"
        f" {base.digest[:12]}, {base.n_bits} bits. Figures are of photos that are in no library; seeds draw"
        " other photos.",
        _domain(_of(figures, "domain")),
        _notions(_of(figures, "notion")),
        _captions(_of(figures, "captions")),
        _trained(_of(figures, "trained")),
        "; ".join(f"{name}: {value}" for name, value in describe().items()) + ".",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _of(figures: Figures, kind: str) -> dict[str, Mapping[str, float]]:
    return {name.split()[1]: cell for name, cell in figures.items() if name.split()[0] == kind}


def _domain(cells: Mapping[str, Mapping[str, float]]) -> str:
    if not cells:
        return ""
    rows = [
        (
            f"seed {seed}",
            *(f"{cell[key]:.3f}" for key in ("before", "centred", "itq", "after")),
            f"{cell['after'] - cell['before']:+.3f}",
            f"{cell['caltech before']:.3f}",
            f"{cell['caltech after'] - cell['caltech before']:+.3f}",
            f"{cell['seconds']:.0f} s",
        )
        for seed, cell in sorted(cells.items())
    ]
    gain = mean(cell["after"] - cell["before"] for cell in cells.values())
    lost = mean(cell["caltech after"] - cell["caltech before"] for cell in cells.values())
    head = (
        "photos drawn by",
        "before",
        "re-centred",
        "ITQ refitted",
        "retrained",
        "gain",
        "Caltech-101",
        "change",
        "click to verdict",
    )
    return (
        "## A new domain\n\nTen dog breeds that the built-in network has not seen. 30 photos of each with the"
        ' caption "a photo of a ...", among 1,500 photos of other things without captions; P@10 of breeds'
        " among the photos of these breeds that are in no library, and P@10 on Caltech-101.\n\n"
        + _table(head, rows)
        + f"\n\nMean gain {gain:+.3f} (floor {FLOOR:+.2f}, aim {AIM:+.2f}):"
        f" {'reached' if gain >= FLOOR else 'missed'}. Mean change on Caltech-101 {lost:+.3f} (at most"
        f" {MOST_LOST:+.2f}): {'kept' if lost >= MOST_LOST else 'missed'}."
    )


def _notions(cells: Mapping[str, Mapping[str, float]]) -> str:
    if not cells:
        return ""
    names = sorted({name for cell in cells.values() for name in cell})
    rows = [
        (f"seed {seed}", *(f"{cell[name]:.3f}" for name in names)) for seed, cell in sorted(cells.items())
    ]
    return (
        "## A personal notion\n\nFlickr8k's photos, up to 1,000 with captions rewritten by a rule"
        " (`tests/benchmarks/notions.py`) to speak only of the place, or only of who is in it: two"
        " retrainings. The mean share of common categories of photos of the val part and of their ten"
        " nearest.\n\n" + _table(("photos drawn by", *names), rows)
    )


def _captions(cells: Mapping[str, Mapping[str, float]]) -> str:
    if not cells:
        return ""
    rows = [
        (
            f"{cell['captions']:,.0f}",
            f"{cell['before']:.3f}",
            f"{cell['after']:.3f}",
            f"{cell['after'] - cell['before']:+.3f}",
            f"{cell['seconds']:.0f} s",
        )
        for _, cell in sorted(cells.items(), key=lambda item: int(item[0]))
    ]
    head = ("captions", "before", "retrained", "gain", "click to verdict")
    return "## How many captions\n\nBy place, as above.\n\n" + _table(head, rows)


def _trained(cells: Mapping[str, Mapping[str, float]]) -> str:
    if not cells:
        return ""
    rows = [
        (
            name,
            f"{cell['after']:.3f}",
            f"{cell['after'] - cell['before']:+.3f}",
            f"{cell['caltech after'] - cell['caltech before']:+.3f}",
            f"{cell['seconds']:.0f} s",
        )
        for name, cell in cells.items()
    ]
    head = ("trained", "P@10 of breeds", "gain", "Caltech-101", "click to verdict")
    return "## What is trained\n\nDog breeds, seed 0.\n\n" + _table(head, rows)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
