"""Old and new model compared on photos that were not learned from, in figures and in plain words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.hashing.codes import Codes, distances
from engine.training.intervals import Bootstrap, Estimate
from engine.training.retraining.answers import Gallery, Values, gains, rank, side_by_side

SHOWN = 12
MOST_QUERIES = 500
LEAST_OF_WORDS, LEAST_OF_COPIES = -0.03, -0.03
FITS = 0.5  # gain from which on a pair counts as one that fits, in the histograms
BINS = 32

Pairs = tuple[Values, Values]


@dataclass(frozen=True)
class Compared:
    """What both models say.

    Attributes:
        before: uint8 (N, bits / 8), codes of the gallery by the model before.
        after: uint8 (N, bits' / 8), the same by the new one.
        words: Whether captions of held-out photos find these, float64 (Q,) before and after; None without.
        copies: Whether altered photos find themselves, likewise.
    """

    before: Codes
    after: Codes
    words: Pairs | None = None
    copies: Pairs | None = None


TITLES = {
    "fitting": ("Neighbours of 10 that fit", "of 10"),
    "words": ("Captions that find their photo among 10", "share"),
    "kept": ("Neighbours of other photos that stay", "share"),
    "copies": ("Altered copies that are recognised", "share"),
}


def judge(
    gallery: Gallery, compared: Compared, held_out: NDArray[np.int64], others: NDArray[np.int64]
) -> dict[str, Any]:
    """The verdict, as verdict.json has it, without what only the run knows.

    Args:
        gallery: All photos that are ranked.
        compared: Codes and what else was found out.
        held_out: int64 positions of told photos that were not learned from.
        others: int64 positions of photos that nothing is said of.
    """
    queries = _drawn(held_out, MOST_QUERIES)
    before, after = (
        rank(gallery, codes, queries, among=gallery.told) for codes in (compared.before, compared.after)
    )
    columns: dict[str, Pairs | None] = {
        "fitting": (before.fitting, after.fitting),
        "words": compared.words,
        "kept": _kept(gallery, compared, _drawn(others, MOST_QUERIES)),
        "copies": compared.copies,
    }
    measures = {key: _measure(key, pair) for key, pair in columns.items() if pair and len(pair[0])}
    recommended, reasons = _advice(measures)
    change = after.fitting - before.fitting
    worst = [row for row in np.argsort(change, kind="stable")[:SHOWN].tolist() if change[row] < 0]
    return {
        "measures": list(measures.values()),
        "recommended": recommended,
        "reasons": reasons,
        "queries": side_by_side(gallery, range(min(SHOWN, len(queries))), queries, before, after),
        "worst": side_by_side(gallery, worst, queries, before, after),
        "histograms": _histograms(gallery, compared, queries),
    }


def _drawn(places: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of these, by a fixed seed, so that nobody chooses them by what came of it."""
    return np.random.default_rng(0).permutation(places)[:most]


def _kept(gallery: Gallery, compared: Compared, queries: NDArray[np.int64]) -> Pairs | None:
    """Share of the ten neighbours before that are still among ten, beside 1 for the model before."""
    if len(queries) < 11:
        return None
    before, after = (rank(gallery, codes, queries) for codes in (compared.before, compared.after))
    stayed = [
        len(set(a) & set(b)) / len(a)
        for a, b in zip(before.places.tolist(), after.places.tolist(), strict=True)
    ]
    return np.ones(len(queries)), np.array(stayed)


def _measure(key: str, pair: Pairs) -> dict[str, Any]:
    drawn = Bootstrap({"before": pair[0], "after": pair[1]})
    before, after = drawn.mean("before"), drawn.mean("after")
    difference = drawn.difference("after", "before")
    title, unit = TITLES[key]
    return {
        "key": key,
        "title": title,
        "unit": unit,
        "before": asdict(before),
        "after": asdict(after),
        "difference": asdict(difference),
        "explained": _explained(key, before, after),
    }


def _explained(key: str, before: Estimate, after: Estimate) -> str:
    if key == "fitting":
        return f"Of 10 neighbours of a photo, {before.mean:.1f} fitted before and {after.mean:.1f} fit now."
    if key == "words":
        return (
            f"{before.mean:.0%} of the captions found their photo among the first ten before,"
            f" {after.mean:.0%} do now."
        )
    if key == "kept":
        return f"Of the neighbours of photos without captions, {after.mean:.0%} are the same as before."
    return f"{before.mean:.0%} of altered copies were recognised before, {after.mean:.0%} are now."


def _advice(measures: Mapping[str, Mapping[str, Any]]) -> tuple[bool, list[str]]:
    """Whether the new model is recommended, and why or why not."""
    reasons, good = [], False
    fitting = measures.get("fitting")
    if fitting is None:
        reasons.append("There are no held-out photos to judge by.")
    elif fitting["difference"]["low"] > 0:
        good = True
        reasons.append("Neighbours of photos that it never saw fit better, by more than chance explains.")
    elif fitting["difference"]["high"] < 0:
        reasons.append("Neighbours of photos that it never saw fit less well than before.")
    else:
        reasons.append("No gain was seen that chance could not explain.")
    for key, least, lost in (
        ("words", LEAST_OF_WORDS, "Words find photos less well than before."),
        ("copies", LEAST_OF_COPIES, "Altered copies are recognised less well than before."),
    ):
        if key in measures and measures[key]["difference"]["mean"] < least:
            good = False
            reasons.append(lost)
    return good, reasons


def _histograms(gallery: Gallery, compared: Compared, queries: NDArray[np.int64]) -> dict[str, Any]:
    """Shares of pairs by distance: those that fit, and the others.

    Edges are in bits of the model before; distances of a new one with other bits are stretched to these.
    """
    told = np.arange(gallery.told)
    everything = np.broadcast_to(told, (len(queries), len(told)))
    fit = gains(gallery, queries, everything)
    edges = np.linspace(0, 1, BINS + 1)
    found: dict[str, Any] = {"edges": [round(edge * compared.before.shape[1] * 8) for edge in edges.tolist()]}
    for name, codes in (("before", compared.before), ("after", compared.after)):
        bits = codes.shape[1] * 8
        apart = np.stack([distances(codes[query], codes[: gallery.told]) for query in queries]) / bits
        others = told != queries[:, None]
        found[name] = {
            "fitting": _shares(apart[(fit >= FITS) & others], edges),
            "other": _shares(apart[(fit < FITS) & others], edges),
        }
    return found


def _shares(values: NDArray[np.float64], edges: NDArray[np.float64]) -> list[float]:
    counts, _ = np.histogram(values, edges)
    return [round(float(share), 5) for share in counts / max(counts.sum(), 1)]
