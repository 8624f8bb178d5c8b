"""What to expect of rankings over all orders of photos at equal distance, also where a cut falls among them.

After McSherry & Najork, *Computing information retrieval performance measures efficiently in the presence of
tied scores* (ECIR 2008), with the hypergeometric number of relevant photos in the part that a cut leaves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.training.ranking import Ranked, Values


@dataclass(frozen=True)
class CutGroup:
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


def cut_group(ranked: Ranked, n: int) -> CutGroup:
    """The group of equal distance that holds rank n, 1 <= n <= M."""
    last = ranked.distances[:, n - 1 : n]
    inside, nearer = ranked.distances == last, ranked.distances < last
    start = nearer.sum(axis=1)
    return CutGroup(
        start,
        (nearer & ranked.relevant).sum(axis=1),
        inside.sum(axis=1),
        (inside & ranked.relevant).sum(axis=1),
        n - start,
    )


def shares_of_hits(cut: CutGroup) -> Values:
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


def expected_average_precision(ranked: Ranked, n: int) -> Values:
    """Expected AP@n, float64 (B,), 1 <= n <= M.

    Sums of expected rel_i P@i: over whole groups first, then over what the cut leaves of the last one.

    With r of a group's g photos relevant and c relevant ones before it, its j-th photo is relevant with
    chance r / g, and then c + 1 + (j - 1)(r - 1) / (g - 1) relevant ones are expected up to it.
    """
    cut = cut_group(ranked, n)
    starts, sizes = ranked.tie_starts, ranked.tie_sizes
    hits = ranked.tie_sums(ranked.relevant)
    reached = np.cumsum(ranked.relevant, axis=1, dtype=np.int64)
    before = (reached - ranked.relevant).ravel()[starts]
    ranks = np.arange(n)
    earlier = ranks - ranked.spread(starts % ranked.distances.shape[1])[:, :n]
    slope = ranked.spread((hits - 1) / np.maximum(sizes - 1, 1))[:, :n]
    terms = ranked.spread(hits / sizes)[:, :n] * (ranked.spread(before + 1)[:, :n] + earlier * slope)
    complete = np.where(ranks < cut.start[:, None], terms / (ranks + 1), 0).sum(axis=1)

    shares = shares_of_hits(cut)
    found = np.arange(shares.shape[1])
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, n + 1))])
    rises = harmonic[n] - harmonic[cut.start]
    slopes = (cut.taken - (cut.start + 1) * rises) / np.maximum(cut.taken - 1, 1)
    in_group = (found / cut.taken[:, None]) * (
        ((cut.before + 1) * rises)[:, None] + (found - 1) * slopes[:, None]
    )
    total = np.maximum(cut.before[:, None] + found, 1)
    return (shares * (complete[:, None] + in_group) / total).sum(axis=1)
