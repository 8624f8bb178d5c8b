"""Ranks queries against a database, block by block, and hands each block to any number of measures.

A `Comparison` holds queries, database and distance; `evaluate` ranks once and applies measures, each a
function of `Ranked`. Photos at equal distance keep the order of their positions, as in the product.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.hashing import codes as packed
from engine.hashing.codes import Codes

CELLS_PER_BLOCK = 2_000_000

Values = NDArray[np.float64]
Distance = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
Gains = Callable[[NDArray[np.int64]], NDArray[np.float32]]
Name = TypeVar("Name", bound=Hashable)


def blocks(n_queries: int, n_database: int) -> Iterator[NDArray[np.int64]]:
    """Rows of queries, int64 (B,), in order, few enough for tables of B x `n_database` in memory."""
    size = max(1, CELLS_PER_BLOCK // max(n_database, 1))
    for start in range(0, n_queries, size):
        yield np.arange(start, min(start + size, n_queries))


def hamming(queries: Codes, database: Codes) -> NDArray[np.uint16]:
    """Hamming distances in bits, uint16 (B, N), of uint8 (B, n_bits / 8) to uint8 (N, n_bits / 8) codes."""
    return np.stack([packed.distances(query, database).astype(np.uint16) for query in queries])


@dataclass(frozen=True, eq=False)
class Comparison:
    """Queries to be ranked against a database.

    Attributes:
        queries: (Q, K), what `distance` takes first: packed codes or floats.
        database: (N, K'), what it takes second.
        distance: Gives (B, N) distances: `hamming`, or one of `baselines` for floats.
        own: int64 (Q,), where each query stands in the database; it is left out of its own answer. None where
            the queries are other photos.

    Raises:
        ValueError: A value is not finite, or `own` does not fit the queries.
    """

    queries: NDArray[Any]
    database: NDArray[Any]
    distance: Distance = hamming
    own: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.queries).all() and np.isfinite(self.database).all()):
            raise ValueError("a value that is to be ranked is not finite")
        if self.own is not None and len(self.own) != len(self.queries):
            raise ValueError(f"{len(self.own)} positions do not fit {len(self.queries)} queries")

    @classmethod
    def among(
        cls, database: NDArray[Any], positions: NDArray[np.int64], distance: Distance = hamming
    ) -> "Comparison":
        """The photos at these positions, int64 (Q,), each against all others."""
        return cls(database[positions], database, distance, positions)

    def blocks(self) -> Iterator[NDArray[np.int64]]:
        """Rows of queries, int64 (B,), in order, few enough for tables of B x N."""
        return blocks(len(self.queries), len(self.database))

    def rank(self, rows: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Ranks the database for these queries, int64 (B,), nearest first, ties by position.

        Returns:
            Distances in rising order and the photos' positions, both (B, M), M = N or, without self, N - 1.
        """
        found = self.distance(self.queries[rows], self.database)
        if self.own is not None:
            last = np.iinfo(found.dtype).max if found.dtype.kind in "iu" else np.inf
            found[np.arange(len(rows)), self.own[rows]] = last
        order = np.argsort(found, axis=1, kind="stable")[:, : found.shape[1] - (self.own is not None)]
        return np.take_along_axis(found, order, axis=1), order


@dataclass(frozen=True, eq=False)
class Ranked:
    """What measures see of a block of queries.

    Attributes:
        distances: (B, M), rising in each row.
        gains: float32 (B, M) in [0, 1], how good the photo at each rank is. 1 means relevant.
    """

    distances: NDArray[Any]
    gains: NDArray[np.float32]

    @cached_property
    def relevant(self) -> NDArray[np.bool_]:
        """Whether the gain is 1, bool (B, M). With a class tree: whether the class is the same."""
        return self.gains == 1

    @cached_property
    def tie_starts(self) -> NDArray[np.int64]:
        """int64 (T,), where groups of equal distance begin, as positions in the flattened (B, M) table."""
        new = np.ones(self.distances.shape, bool)
        new[:, 1:] = self.distances[:, 1:] != self.distances[:, :-1]
        return np.flatnonzero(new)

    @cached_property
    def tie_sizes(self) -> NDArray[np.int64]:
        """int64 (T,), how many photos each group has."""
        return np.diff(self.tie_starts, append=self.distances.size)

    def tie_sums(self, values: NDArray[Any]) -> Values:
        """float64 (T,), sums of (B, M) values over groups of equal distance."""
        return np.add.reduceat(values.ravel(), self.tie_starts, dtype=np.float64)

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """(T,) values of groups, repeated for each of their photos: (B, M)."""
        return np.repeat(values, self.tie_sizes).reshape(self.distances.shape)

    @cached_property
    def expected_gains(self) -> Values:
        """float64 (B, M), gains with each replaced by the mean of its group of equal distance."""
        return self.spread(self.tie_sums(self.gains) / self.tie_sizes)

    def depth(self, top: int | None) -> int:
        """How many ranks a cut at `top` leaves; None cuts nowhere.

        Raises:
            ValueError: `top` is less than 1.
        """
        if top is not None and top < 1:
            raise ValueError(f"a ranking is cut after at least 1 photo, not {top}")
        return self.distances.shape[1] if top is None else min(top, self.distances.shape[1])


Score = Callable[[Ranked], Values]


def evaluate(comparison: Comparison, *judged: tuple[Gains, Mapping[Name, Score]]) -> dict[Name, Values]:
    """Ranks once and measures.

    Args:
        comparison: Queries and database.
        judged: Pairs of gains and named measures. Gains take query rows, int64 (B,), and give float32 (B, N)
            in [0, 1], 1 for relevant photos; a query's gain for itself is never looked at. A measure with
            settings is a `functools.partial`, such as `partial(precision, top=10)`.

    Returns:
        For each name float64 (Q,), one value a query.

    Raises:
        ValueError: A name comes twice.
    """
    names = [name for _, scores in judged for name in scores]
    if len(set(names)) < len(names):
        raise ValueError(f"two measures have one name among {names}")
    found: dict[Name, list[Values]] = {name: [] for name in names}
    for rows in comparison.blocks():
        distances, order = comparison.rank(rows)
        for gains, scores in judged:
            ranked = Ranked(distances, np.take_along_axis(gains(rows), order, axis=1))
            for name, score in scores.items():
                found[name].append(score(ranked))
    return {name: np.concatenate([np.empty(0), *parts]) for name, parts in found.items()}


def same_label(query_labels: NDArray[np.int64], labels: NDArray[np.int64]) -> Gains:
    """Gain 1 for photos of the query's label, else 0; int64 (Q,) and int64 (N,)."""
    return lambda rows: (query_labels[rows, None] == labels).astype(np.float32)


def shared_label(query_labels: NDArray[np.float32], labels: NDArray[np.float32]) -> Gains:
    """Gain 1 for photos that have at least one of the query's labels, else 0.

    Args:
        query_labels: float32 (Q, C), 1 for each label of a query, else 0.
        labels: float32 (N, C), the same of the database.
    """
    return lambda rows: (query_labels[rows] @ labels.T > 0).astype(np.float32)


def listed(relevant: Sequence[NDArray[np.int64]], n_photos: int) -> Gains:
    """Gain 1 for the photos at the positions listed for each of the Q queries, else 0."""

    def gains(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        table = np.zeros((len(rows), n_photos), np.float32)
        for line, row in zip(table, rows, strict=True):
            line[relevant[row]] = 1
        return table

    return gains
