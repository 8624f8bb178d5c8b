"""Retrieval measures: one value a query, for packed codes in the product's order and for float outputs.

Each is a function of `Ranked`. With `average_ties=True` it gives the exact expectation over all orders of
photos at equal distance, which no order of files can flatter.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.hashing import codes as packed
from engine.hashing.codes import Codes
from engine.training.ranking import Comparison, Ranked, Score, Values, evaluate, same_label
from engine.training.tied_ranks import cut_group, expected_average_precision, shares_of_hits


def precision(ranked: Ranked, top: int, *, average_ties: bool = False) -> Values:
    """P@top: the share of relevant photos among the `top` nearest (all, if there are fewer), in [0, 1]."""
    n = ranked.depth(top)
    if average_ties and n:
        cut = cut_group(ranked, n)
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
        cut = cut_group(ranked, n)
        return np.where(cut.before > 0, 1, 1 - shares_of_hits(cut)[:, 0])
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
        return expected_average_precision(ranked, n)
    relevant = ranked.relevant[:, :n]
    precisions = np.cumsum(relevant, axis=1) / np.arange(1, n + 1)
    return (precisions * relevant).sum(axis=1) / np.maximum(relevant.sum(axis=1), 1)


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
