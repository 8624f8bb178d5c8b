"""What the pictures of an evaluation show: precision at each recall, distances of near and far pairs."""

import numpy as np
from numpy.typing import NDArray

from engine.training.ranking import Comparison, Gains, Values

LEVELS = 100


def precision_at_recall(comparison: Comparison, gains: Gains) -> Values:
    """The mean over queries of precision at 1 %, 2 % ... 100 % recall, float64 (100,), in [0, 1].

    Precision at a level is that of the shortest ranking which has at least that share of the query's relevant
    photos, not interpolated; ties by position. Queries without relevant photos don't count.

    Args:
        comparison: Queries and database.
        gains: 1 for relevant photos.

    Returns:
        Zeros where no query has a relevant photo.
    """
    total, counted = np.zeros(LEVELS), 0
    for rows in comparison.blocks():
        order = comparison.rank(rows)[1]
        for relevant in np.take_along_axis(gains(rows) == 1, order, axis=1):
            ranks = np.flatnonzero(relevant) + 1
            if len(ranks):
                hits = -(-np.arange(1, LEVELS + 1) * len(ranks) // LEVELS)  # rounded up, without floats
                total += hits / ranks[hits - 1]
                counted += 1
    return total / max(counted, 1)


def distance_counts(
    comparison: Comparison, gains: Gains, n_bits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many pairs of query and photo lie at each Hamming distance.

    Args:
        comparison: Of codes by `hamming`.
        gains: 1 for relevant photos.
        n_bits: Length of the codes.

    Returns:
        Pairs with a relevant photo and all other pairs, each int64 (n_bits + 1,).
    """
    near, every = np.zeros(n_bits + 1, np.int64), np.zeros(n_bits + 1, np.int64)
    for rows in comparison.blocks():
        distances, order = comparison.rank(rows)
        relevant = np.take_along_axis(gains(rows) == 1, order, axis=1)
        near += np.bincount(distances[relevant], minlength=n_bits + 1)
        every += np.bincount(distances.ravel(), minlength=n_bits + 1)
    return near, every - near
