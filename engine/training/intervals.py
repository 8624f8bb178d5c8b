"""Bootstrap intervals over queries: of means, and of what one ranking gains or loses against another."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.training.ranking import Values

ROUNDS_AT_ONCE = 100

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval that holds it at the level that was asked for."""

    mean: float
    low: float
    high: float


class Bootstrap(Generic[Key]):
    """Resamples of the same queries for every measure, so that measures can be compared in pairs.

    Percentile intervals (Efron 1979). They say how much the draw of *queries* matters, with database and
    model as they are; queries count as independent.
    """

    def __init__(
        self, values: Mapping[Key, Values], *, level: float = 0.95, rounds: int = 2000, seed: int = 0
    ) -> None:
        """Draws the resamples.

        Args:
            values: Measures, each float64 (Q,), one value a query; the same queries in the same order.
            level: Share of resamples inside an interval, in (0, 1).
            rounds: How many samples of Q queries, drawn with replacement.
            seed: Of the draws; the same seed gives the same intervals.

        Raises:
            ValueError: There are no queries, or measures differ in their number.
        """
        sizes = {len(column) for column in values.values()}
        if len(sizes) != 1 or not min(sizes):
            raise ValueError(f"there is no mean over no queries, and none over {sorted(sizes)} at once")
        self._places = {key: place for place, key in enumerate(values)}
        self._shares = ((1 - level) / 2, (1 + level) / 2)
        table = np.stack([np.asarray(column, np.float64) for column in values.values()], axis=1)
        self._means = table.mean(axis=0)
        self._drawn = _resampled_means(table, rounds, np.random.default_rng(seed))

    def mean(self, key: Key) -> Estimate:
        """The mean over queries."""
        place = self._places[key]
        return self._estimate(self._means[place], self._drawn[:, place])

    def difference(self, key: Key, other: Key) -> Estimate:
        """The mean of one measure minus that of another, paired."""
        ours, theirs = self._places[key], self._places[other]
        return self._estimate(
            self._means[ours] - self._means[theirs], self._drawn[:, ours] - self._drawn[:, theirs]
        )

    def ratio(self, key: Key, other: Key) -> Estimate | None:
        """The mean of one measure by that of another, paired; None where the other's may be 0."""
        ours, theirs = self._places[key], self._places[other]
        if self._means[theirs] <= 0 or self._drawn[:, theirs].min() <= 0:
            return None
        return self._estimate(
            self._means[ours] / self._means[theirs], self._drawn[:, ours] / self._drawn[:, theirs]
        )

    def _estimate(self, mean: float, drawn: Values) -> Estimate:
        low, high = np.quantile(drawn, self._shares)
        return Estimate(float(mean), float(low), float(high))


def _resampled_means(table: Values, rounds: int, random: np.random.Generator) -> Values:
    """float64 (rounds, M) means of (Q, M) values over Q queries drawn with replacement."""
    count = len(table)
    found = np.empty((rounds, table.shape[1]))
    for start in range(0, rounds, ROUNDS_AT_ONCE):
        times: NDArray[np.int64] = np.stack(
            [
                np.bincount(random.integers(0, count, count), minlength=count)
                for _ in range(start, min(start + ROUNDS_AT_ONCE, rounds))
            ]
        )
        found[start : start + len(times)] = times @ table / count
    return found
