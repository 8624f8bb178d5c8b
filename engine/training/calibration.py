"""Which distances mean "near" for a model, from queries whose right answers are known.

Each query is asked twice: of all photos, and of those alone that are no answer to it. The first should find
the right photos and few others; the second should find nothing, or little. A limit that shows hardly any
right photo is none that a person can use, and neither is one that answers most questions with nothing, so
that each must find some, and answer nearly all questions that have an answer.
"""

from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engine.hashing.codes import Codes, distances
from engine.hashing.limit import LEAST_SHOWN, Calibration

DEVIATIONS = tuple(np.arange(0.5, 5.01, 0.25).tolist())
SURELY = (0.02, 0.05, 0.08, 0.11, 0.14, 0.17, 0.2, 0.24)
QUERIES, FEWEST_QUERIES = 500, 20
LEAST_FOUND, LEAST_ANSWERED = 0.3, 0.9
BETTER_THAN_CHANCE = 2.0  # times the odds that a photo drawn at random is right
AT_MOST = (0.14, 0.17, 0.2, 0.23, 0.26, 0.29, 0.32, 0.35, 0.38, 0.42)


@dataclass(frozen=True)
class LimitFigures:
    """How well a limit does.

    Attributes:
        silent: Share of the queries without an answer that found nothing.
        spared: R / (R + photos that a query without an answer found), R being the right photos that it has
            otherwise; mean over queries. 1 where nothing was found, half where as many as would be right.
        found: Of the right photos, the share that was found; mean over queries.
        right: Of what was found, the share that is right; mean over queries that found something.
        fit: Mean over queries of F1, the harmonic mean of both.
        answered: Share of the queries that found anything.
    """

    silent: float
    spared: float
    found: float
    right: float
    fit: float
    answered: float

    @property
    def score(self) -> float:
        """What is chosen by: both kinds of query count alike."""
        return (self.spared + self.fit) / 2


class AskedTwice:
    """Queries with and without their answers."""

    def __init__(self, distances: NDArray[np.int32], relevant: NDArray[np.bool_], n_bits: int) -> None:
        """Counts photos by distance.

        Args:
            distances: int32 (Q, N) of queries to photos, in bits.
            relevant: bool (Q, N), right answers; each query has one and not all.
            n_bits: Length of a code.
        """
        self.n_bits = n_bits
        self.samples = [row[~right] for row, right in zip(distances, relevant, strict=True)]
        self.mean = np.array([row.mean() for row in self.samples])
        self.deviation = np.array([row.std() for row in self.samples])
        self.right = _counted(distances, relevant, n_bits)
        self.wrong = _counted(distances, ~relevant, n_bits)
        self.chance = float(relevant.mean())

    def figures(self, calibration: Calibration) -> LimitFigures:
        """What the limit of a calibration does to these queries."""
        rows, every = np.arange(len(self.mean)), self.right + self.wrong
        limits = self._limits(calibration, every)
        right, wrong = self.right[rows, limits], self.wrong[rows, limits]
        alone = self.wrong[rows, self._limits(calibration, self.wrong)]
        found, shown = right / self.right[:, -1], right + wrong
        answered = shown > 0
        precise = right[answered] / shown[answered]
        fit = 2 * right / (shown + self.right[:, -1])
        return LimitFigures(
            float((alone == 0).mean()),
            float((self.right[:, -1] / (self.right[:, -1] + alone)).mean()),
            float(found.mean()),
            float(precise.mean()) if answered.any() else 1.0,
            float(fit.mean()),
            float(answered.mean()),
        )

    def _limits(self, calibration: Calibration, counted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Limits by `Calibration.limit` where so many photos are at most so far; int64 (Q,)."""
        between = np.maximum(
            self.mean - calibration.deviations * self.deviation, calibration.surely * self.n_bits
        )
        dozenth = (counted >= np.minimum(LEAST_SHOWN, counted[:, -1:])).argmax(axis=1)
        limits = np.maximum(between.astype(np.int64), dozenth)
        return np.minimum(limits, int(calibration.at_most * self.n_bits))


def fit_calibration(asked: AskedTwice) -> tuple[Calibration, LimitFigures] | None:
    """The best of a grid of calibrations by `LimitFigures.score`, and what it does; ties by the first.

    Returns:
        None where no calibration finds `LEAST_FOUND` of the right photos and something for `LEAST_ANSWERED`
        of the queries, or where the best shows hardly more right photos than chance would.
    """
    grid = [
        Calibration(deviations, surely, at_most)
        for deviations, surely, at_most in product(DEVIATIONS, SURELY, AT_MOST)
        if surely <= at_most
    ]
    scored = [(asked.figures(calibration), calibration) for calibration in grid]
    usable = [pair for pair in scored if pair[0].found >= LEAST_FOUND and pair[0].answered >= LEAST_ANSWERED]
    if not usable:
        return None
    figures, best = max(usable, key=lambda pair: pair[0].score)
    chance = asked.chance / (1 - asked.chance)
    odds = figures.right / max(1 - figures.right, 1e-9)
    return (best, figures) if odds >= BETTER_THAN_CHANCE * chance else None


def calibrate(packed: Codes, labels: NDArray[np.int64], *, seed: int = 0) -> dict[str, float] | None:
    """What a card says of photo queries: the best calibration for photos with classes, and what it does.

    Args:
        packed: uint8 (N, n_bits / 8), codes of photos that were not trained on.
        labels: int64 (N,), the class of each.
        seed: Of the photos that are asked about.

    Returns:
        Fields of `Calibration` and of `LimitFigures`; None where hardly any photo has another of its class,
        or where right and wrong photos lie so mixed that no limit can be told, see `fit_calibration`.
    """
    drawn = np.random.default_rng(seed).permutation(len(packed))
    shared = np.bincount(labels, minlength=int(labels.max(initial=0)) + 1)[labels]
    queries = drawn[(shared[drawn] > 1) & (shared[drawn] < len(packed))][:QUERIES]
    if len(queries) < FEWEST_QUERIES:
        return None
    found = np.array([np.delete(distances(packed[query], packed), query) for query in queries])
    relevant = np.array([np.delete(labels == labels[query], query) for query in queries])
    return _told(found, relevant, packed.shape[1] * 8)


def calibrate_words(
    asked: Codes, wanted: NDArray[np.int64], packed: Codes, labels: NDArray[np.int64]
) -> dict[str, float] | None:
    """What a card says of word queries, as `calibrate` does of photo queries.

    Args:
        asked: uint8 (Q, n_bits / 8), codes of names of classes.
        wanted: int64 (Q,), the class of each.
        packed: uint8 (N, n_bits / 8), codes of photos that were not trained on.
        labels: int64 (N,), the class of each.

    Returns:
        As `calibrate`; None also where fewer than 20 names have photos.
    """
    relevant = wanted[:, None] == labels
    usable = relevant.any(axis=1) & ~relevant.all(axis=1)
    if usable.sum() < FEWEST_QUERIES:
        return None
    found = np.array([distances(query, packed) for query in asked[usable]])
    return _told(found, relevant[usable], packed.shape[1] * 8)


def _told(found: NDArray[np.int32], relevant: NDArray[np.bool_], n_bits: int) -> dict[str, float] | None:
    fitted = fit_calibration(AskedTwice(found, relevant, n_bits))
    return {**asdict(fitted[0]), **asdict(fitted[1])} if fitted else None


def _counted(distances: NDArray[np.int32], which: NDArray[np.bool_], n_bits: int) -> NDArray[np.int64]:
    """How many of some photos are at most so far: int64 (Q, n_bits + 1)."""
    rows = [
        np.bincount(row[chosen], minlength=n_bits + 1) for row, chosen in zip(distances, which, strict=True)
    ]
    return np.cumsum(rows, axis=1)
