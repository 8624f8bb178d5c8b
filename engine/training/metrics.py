"""Retrieval measures: one value a query, for packed codes in the product's order and for float outputs.

A `Comparison` ranks queries against a database; `evaluate` ranks once, block by block, and applies any number
of measures, each a function of `Ranked`. Photos at equal distance keep the order of their positions, as in
the product. Measures with `average_ties=True` give the exact expectation over all orders of photos at equal
distance instead, which no order of files can flatter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.hashing import codes as packed
from engine.hashing.codes import Codes

CELLS_PER_BLOCK = 2_000_000

Values = NDArray[np.float64]
Distance = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
Gains = Callable[[NDArray[np.int64]], NDArray[np.float32]]


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
        size = max(1, CELLS_PER_BLOCK // max(len(self.database), 1))
        for start in range(0, len(self.queries), size):
            yield np.arange(start, min(start + size, len(self.queries)))

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


def evaluate(comparison: Comparison, *judged: tuple[Gains, Mapping[str, Score]]) -> dict[str, Values]:
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
    found: dict[str, list[Values]] = {name: [] for name in names}
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


def listed(relevant: Sequence[NDArray[np.int64]], n_photos: int) -> Gains:
    """Gain 1 for the photos at the positions listed for each of the Q queries, else 0."""

    def gains(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        table = np.zeros((len(rows), n_photos), np.float32)
        for line, row in zip(table, rows, strict=True):
            line[relevant[row]] = 1
        return table

    return gains


def precision(ranked: Ranked, top: int, *, average_ties: bool = False) -> Values:
    """P@top: the share of relevant photos among the `top` nearest (all, if there are fewer), in [0, 1]."""
    n = ranked.depth(top)
    if average_ties and n:
        cut = _cut_group(ranked, n)
        return (cut.before + cut.taken * cut.relevant / cut.size) / n
    return ranked.relevant[:, :n].sum(axis=1) / max(n, 1)


def precision_within(ranked: Ranked, radius: float = 2) -> Values:
    """The share of relevant photos among those at most `radius` away, in [0, 1].

    0 where no photo is that near: long codes leave most balls empty, so this falls as codes grow. Ties don't
    matter, since a group of equal distance is within or not.
    """
    near = ranked.distances <= radius
    return (near & ranked.relevant).sum(axis=1) / np.maximum(near.sum(axis=1), 1)


def recall(ranked: Ranked, top: int, *, average_ties: bool = False) -> Values:
    """R@top as caption retrieval has it: 1 where a relevant photo is among the `top` nearest, else 0."""
    n = ranked.depth(top)
    if average_ties and n:
        cut = _cut_group(ranked, n)
        return np.where(cut.before > 0, 1, 1 - _shares_of_hits(cut)[:, 0])
    return (ranked.relevant[:, :n].sum(axis=1) > 0).astype(np.float64)


def average_precision(ranked: Ranked, top: int | None = None, *, average_ties: bool = False) -> Values:
    """AP@top = sum over i <= top of rel_i P@i / relevant photos *within the top*; 0 where there are none.

    So does kamwoh/orthohash. Others divide by min(top, all relevant photos), which gives less. Without `top`
    the whole ranking counts. With ties averaged, the expectation is exact also where `top` cuts a group of
    equal distance, after McSherry & Najork (ECIR 2008), with the hypergeometric number of relevant photos in
    that group's part.
    """
    n = ranked.depth(top)
    if average_ties and n:
        return _expected_average_precision(ranked, n)
    relevant = ranked.relevant[:, :n]
    precisions = np.cumsum(relevant, axis=1) / np.arange(1, n + 1)
    return (precisions * relevant).sum(axis=1) / np.maximum(relevant.sum(axis=1), 1)


@dataclass(frozen=True)
class _CutGroup:
    """The group of equal distance that holds the last rank before a cut; each int64 (B,).

    Attributes:
        start: Photos that are nearer than the group.
        before: Relevant ones among these.
        size: Photos in the group.
        relevant: Relevant ones among these.
        taken: Photos of the group before the cut, 1 to `size`.
    """

    start: NDArray[np.int64]
    before: NDArray[np.int64]
    size: NDArray[np.int64]
    relevant: NDArray[np.int64]
    taken: NDArray[np.int64]


def _cut_group(ranked: Ranked, n: int) -> _CutGroup:
    last = ranked.distances[:, n - 1 : n]
    inside, nearer = ranked.distances == last, ranked.distances < last
    start = nearer.sum(axis=1)
    return _CutGroup(
        start,
        (nearer & ranked.relevant).sum(axis=1),
        inside.sum(axis=1),
        (inside & ranked.relevant).sum(axis=1),
        n - start,
    )


def _shares_of_hits(cut: _CutGroup) -> Values:
    """float64 (B, H): how likely 0..H-1 relevant photos are among those taken from the group at random."""
    hits = np.arange(int(np.minimum(cut.taken, cut.relevant).max()) + 1)
    size, relevant, taken = cut.size[:, None], cut.relevant[:, None], cut.taken[:, None]
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size.max() + 1)))])

    def log_choose(n: NDArray[np.int64], k: NDArray[np.int64]) -> Values:
        k = np.clip(k, 0, n)
        return logs[n] - logs[k] - logs[n - k]

    possible = (hits <= relevant) & (hits <= taken) & (taken - hits <= size - relevant)
    ways = log_choose(relevant, hits) + log_choose(size - relevant, taken - hits) - log_choose(size, taken)
    shares = np.where(possible, np.exp(ways), 0)
    return shares / shares.sum(axis=1, keepdims=True)


def _expected_average_precision(ranked: Ranked, n: int) -> Values:
    """Sums of expected rel_i P@i: over whole groups first, then over what the cut leaves of the last one.

    With r of a group's g photos relevant and c relevant ones before it, its j-th photo is relevant with
    chance r / g, and then c + 1 + (j - 1)(r - 1) / (g - 1) relevant ones are expected up to it.
    """
    cut = _cut_group(ranked, n)
    starts, sizes = ranked.tie_starts, ranked.tie_sizes
    hits = ranked.tie_sums(ranked.relevant)
    reached = np.cumsum(ranked.relevant, axis=1, dtype=np.int64)
    before = (reached - ranked.relevant).ravel()[starts]
    ranks = np.arange(n)
    earlier = ranks - ranked.spread(starts % ranked.distances.shape[1])[:, :n]
    slope = ranked.spread((hits - 1) / np.maximum(sizes - 1, 1))[:, :n]
    terms = ranked.spread(hits / sizes)[:, :n] * (ranked.spread(before + 1)[:, :n] + earlier * slope)
    complete = np.where(ranks < cut.start[:, None], terms / (ranks + 1), 0).sum(axis=1)

    shares = _shares_of_hits(cut)
    found = np.arange(shares.shape[1])
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, n + 1))])
    rises = harmonic[n] - harmonic[cut.start]
    slopes = (cut.taken - (cut.start + 1) * rises) / np.maximum(cut.taken - 1, 1)
    in_group = (found / cut.taken[:, None]) * (
        ((cut.before + 1) * rises)[:, None] + (found - 1) * slopes[:, None]
    )
    total = np.maximum(cut.before[:, None] + found, 1)
    return (shares * (complete[:, None] + in_group) / total).sum(axis=1)


def rank(codes: Codes, query: int, top: int) -> NDArray[np.int64]:
    """Positions of the nearest other codes, nearest first, ties by position.

    Args:
        codes: uint8 (N, n_bits / 8).
        query: Position of the query, left out of the result.
        top: How many; at most N - 1.
    """
    found = packed.distances(codes[query], codes)
    order = np.argsort(found, kind="stable")
    return order[order != query][:top]


def precision_at(codes: Codes, labels: NDArray[np.int64], queries: NDArray[np.int64], top: int) -> float:
    """P@top: the mean share of the `top` nearest others that have the query's label, in [0, 1].

    Args:
        codes: uint8 (N, n_bits / 8).
        labels: int64 (N,).
        queries: int64 (Q,) positions.
        top: Neighbours looked at.
    """
    return _mean_among(codes, labels, queries, partial(precision, top=top))


def mean_average_precision(
    codes: Codes, labels: NDArray[np.int64], queries: NDArray[np.int64], top: int
) -> float:
    """mAP@top: the mean of `average_precision`, arguments as of `precision_at`."""
    return _mean_among(codes, labels, queries, partial(average_precision, top=top))


def _mean_among(codes: Codes, labels: NDArray[np.int64], queries: NDArray[np.int64], score: Score) -> float:
    gains = same_label(labels[queries], labels)
    return float(evaluate(Comparison.among(codes, queries), (gains, {"found": score}))["found"].mean())


def bit_balance(codes: Codes) -> float:
    """Mean over bits of |share of ones - 1/2|, in [0, 1/2]; 0 is best."""
    return float(np.abs(packed.unpack(codes).mean(axis=0) - 0.5).mean())


def bit_correlation(codes: Codes) -> float:
    """Mean over pairs of bits of |correlation|, in [0, 1]; 0 is best.

    Pairs with a bit that never changes have no correlation and are left out (`bit_balance` shows such bits);
    0 where no pair is left.

    Args:
        codes: uint8 (N, n_bits / 8), N >= 1.
    """
    bits = packed.unpack(codes).astype(np.float32)
    bits -= bits.mean(axis=0)
    bits = bits[:, np.abs(bits).max(axis=0) > 0]
    bits /= np.linalg.norm(bits, axis=0)
    pairs = np.abs((bits.T @ bits)[np.triu_indices(bits.shape[1], 1)])
    return float(np.minimum(pairs, 1).mean()) if len(pairs) else 0.0


def unused_codes(codes: Codes) -> float:
    """1 - distinct codes / photos, in [0, 1): the share of photos that no code of their own sets apart.

    Args:
        codes: uint8 (N, n_bits / 8), N >= 1.
    """
    return 1 - len(np.unique(codes, axis=0)) / len(codes)


@dataclass(frozen=True)
class Estimate:
    """A mean and the interval that holds it at the level that was asked for."""

    mean: float
    low: float
    high: float


def estimate(values: Values, *, level: float = 0.95, rounds: int = 2000, seed: int = 0) -> Estimate:
    """The mean over queries with its percentile bootstrap interval.

    The interval says how much the draw of *queries* matters, with database and model as they are; queries
    count as independent.

    Args:
        values: float64 (Q,), Q >= 1, one value a query.
        level: Share of bootstrap means inside the interval, in (0, 1).
        rounds: How many samples of Q queries, drawn with replacement.
        seed: Of the draws; the same seed gives the same interval.

    Raises:
        ValueError: There are no values.
    """
    if not len(values):
        raise ValueError("there is no mean over no queries")
    random = np.random.default_rng(seed)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(rounds)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(values.mean()), float(low), float(high))
