"""Retrieval measures on the product's own packed codes and tie order."""

import numpy as np
from numpy.typing import NDArray

from engine.hashing.codes import Codes, distances


def rank(codes: Codes, query: int, top: int) -> NDArray[np.int64]:
    """Positions of the nearest other codes, nearest first, ties by position.

    Args:
        codes: uint8 (N, n_bits / 8).
        query: Position of the query, left out of the result.
        top: How many; at most N - 1.
    """
    found = distances(codes[query], codes)
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
    hits = [float((labels[rank(codes, int(q), top)] == labels[q]).mean()) for q in queries]
    return float(np.mean(hits))


def mean_average_precision(
    codes: Codes, labels: NDArray[np.int64], queries: NDArray[np.int64], top: int
) -> float:
    """mAP@top with AP = sum over i of rel_i P@i / relevant within the top; 0 where none is relevant."""
    found = []
    for q in queries:
        relevant = labels[rank(codes, int(q), top)] == labels[q]
        precision = np.cumsum(relevant) / np.arange(1, len(relevant) + 1)
        found.append(float((precision * relevant).sum() / max(relevant.sum(), 1)))
    return float(np.mean(found))


def bit_balance(codes: Codes) -> float:
    """Mean over bits of |share of ones - 1/2|, in [0, 1/2]; 0 is best."""
    ones = np.unpackbits(codes, axis=1, bitorder="little").mean(axis=0)
    return float(np.abs(ones - 0.5).mean())
