"""Measures that know how wrong a wrong answer is: gains 1 - d from a class tree or any target distances.

HP@k = (sum of gains of the k nearest) / (the most that any ranking has at k), in [0, 1]; 0 while the best
ranking has none. Two protocols average it, and their figures can't be compared: name the protocol with each.
All of these are linear in the gains, so that replacing gains by the means of their tie groups
(`average_ties=True`) gives the exact expectation over all orders of photos at equal distance.
"""

import numpy as np
from numpy.typing import NDArray

from engine.training.ranking import Gains, Ranked, Values


def graded(table: NDArray[np.float32], query_classes: NDArray[np.int64], classes: NDArray[np.int64]) -> Gains:
    """Gains 1 - d by the classes of query and photo.

    Args:
        table: float32 (C, C) target distances in [0, 1], 0 on the diagonal (`ClassTree.distances`,
            `two_level_distances`).
        query_classes: int64 (Q,) in 0..C-1.
        classes: int64 (N,) in 0..C-1.

    Raises:
        ValueError: A distance lies outside [0, 1].
    """
    gains = _gains(table)
    return lambda rows: gains[query_classes[rows]][:, classes]


def graded_by_nearest(
    table: NDArray[np.float32], query_labels: NDArray[np.float32], labels: NDArray[np.float32]
) -> Gains:
    """Gains 1 - d of the two nearest labels of query and photo, so that one shared label is enough for 1.

    No paper defines a tree's distance between photos with several labels; this is ours.

    Args:
        table: float32 (C, C), as of `graded`.
        query_labels: float32 (Q, C), 1 for each label of a query, else 0.
        labels: float32 (N, C), the same of the database.

    Raises:
        ValueError: A distance lies outside [0, 1], or a photo has no label.
    """
    if not (query_labels.any(axis=1).all() and labels.any(axis=1).all()):
        raise ValueError("a photo without a label has no distance")
    class_gains = _gains(table)
    several = [np.flatnonzero(row) for row in labels]
    most = max((len(found) for found in several), default=0)
    filled = np.array([np.resize(found, most) for found in several], np.int64).reshape(-1, most)

    def gains(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        reach = np.stack([class_gains[np.flatnonzero(query_labels[row])].max(axis=0) for row in rows])
        found = np.zeros((len(rows), len(labels)), np.float32)
        for column in filled.T:
            np.maximum(found, reach[:, column], out=found)
        return found

    return gains


def _gains(table: NDArray[np.float32]) -> NDArray[np.float32]:
    if table.min() < 0 or table.max() > 1:
        raise ValueError("target distances lie in 0 to 1")
    return (1 - table).astype(np.float32)


def two_level_distances(coarse: NDArray[np.int64]) -> NDArray[np.float32]:
    """Protocol B's distances: 0 for one class, 1/2 for two of one coarse class, otherwise 1.

    Args:
        coarse: int64 (C,), the coarse class of each fine class.

    Returns:
        float32 (C, C).
    """
    table = np.where(coarse[:, None] == coarse, np.float32(0.5), np.float32(1))
    np.fill_diagonal(table, 0)
    return table


def hierarchical_precision(ranked: Ranked, top: int | None = None, *, average_ties: bool = False) -> Values:
    """HP@1 to HP@top, float64 (B, top), or as far as the ranking goes. The query is in neither sum."""
    n = ranked.depth(top)
    gains = ranked.expected_gains if average_ties else ranked.gains
    return _share_of_best(
        np.cumsum(gains[:, :n], axis=1, dtype=np.float64), np.cumsum(_best(ranked, n), axis=1)
    )


def ahp_protocol_a(ranked: Ranked, top: int | None = 250, *, average_ties: bool = False) -> Values:
    """AHP@top after Barz & Denzler, WACV 2019 (cvjena/semantic-embeddings): in [0, (top - 1) / top].

    The trapezoid rule over HP@1 to HP@top with steps of 1 / top, so that a perfect ranking has
    (top - 1) / top. Without `top`, or where the ranking is shorter, its length takes the place of `top`.
    CIFAR-100: each test photo asks for the other 9,999, top 250, distances of their class tree.
    """
    found = hierarchical_precision(ranked, top, average_ties=average_ties)
    return np.trapezoid(found, dx=1 / max(found.shape[1], 1), axis=1)


def ahp_protocol_b(ranked: Ranked, top: int = 2500, *, average_ties: bool = False) -> Values:
    """AHP@top after HPDH, arXiv 1901.11259 (mzhang367/hpdh): the mean of HP@1 to HP@top, in [0, 1].

    CIFAR-100: 10,000 test photos ask for the 50,000 training photos, top 2,500, `two_level_distances` of 20
    coarse classes. With a `top` that a class fills (250), perfect classes score 1 whatever the order of the
    rest: such a figure says nothing about hierarchy.
    """
    found = hierarchical_precision(ranked, top, average_ties=average_ties)
    return found.sum(axis=1) / max(found.shape[1], 1)


def ndcg(ranked: Ranked, top: int, *, average_ties: bool = False) -> Values:
    """NDCG@top with the gain itself (not 2^gain - 1) and the discount log2(rank + 1), in [0, 1].

    The ideal is the best ranking of the whole database without the query; 0 where no photo has any gain.
    """
    n = ranked.depth(top)
    weights = 1 / np.log2(np.arange(2, n + 2))
    gains = ranked.expected_gains if average_ties else ranked.gains
    return _share_of_best(gains[:, :n] @ weights, _best(ranked, n) @ weights)


def mean_gain(ranked: Ranked, top: int, *, average_ties: bool = False) -> Values:
    """The mean gain of the `top` nearest (all, if fewer), in [0, 1]; P@top where gains are 0 or 1."""
    n = ranked.depth(top)
    gains = ranked.expected_gains if average_ties else ranked.gains
    return gains[:, :n].sum(axis=1, dtype=np.float64) / max(n, 1)


def _best(ranked: Ranked, n: int) -> Values:
    """The n highest gains of each row, highest first, float64 (B, n)."""
    gains = ranked.gains
    if n < gains.shape[1]:
        gains = -np.partition(-gains, n - 1, axis=1)[:, :n]  # long rows are cut before they are sorted
    return np.sort(gains, axis=1)[:, ::-1].astype(np.float64)


def _share_of_best(found: Values, best: Values) -> Values:
    return np.divide(found, best, out=np.zeros_like(best), where=best > 0)
