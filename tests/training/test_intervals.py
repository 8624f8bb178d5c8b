"""Bootstrap intervals: coverage, width, pairs, determinism."""

import numpy as np
import pytest

from engine.training.intervals import Bootstrap, Estimate


def estimate(values: np.ndarray, rounds: int = 2000, seed: int = 0) -> Estimate:
    return Bootstrap({"": values}, rounds=rounds, seed=seed).mean("")


def test_an_interval_covers_and_is_deterministic() -> None:
    random = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        found = estimate(random.random(80), rounds=300)
        covered += found.low <= 0.5 <= found.high
    assert 180 <= covered <= 199
    values = random.random(50)
    assert estimate(values) == estimate(values) != estimate(values, seed=1)
    assert estimate(values).mean == pytest.approx(values.mean())


def test_an_interval_has_the_width_of_the_normal_one() -> None:
    values = np.random.default_rng(8).standard_normal(2000)
    found = estimate(values)
    half = 1.96 * values.std() / np.sqrt(2000)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)
    assert estimate(np.ones(9)) == Estimate(1, 1, 1)


def test_pairs_share_their_resamples() -> None:
    ours = np.random.default_rng(9).random(300)
    found = Bootstrap({"ours": ours, "theirs": 2 * ours, "less": ours - 0.25}, rounds=500)
    ratio = found.ratio("ours", "theirs")
    assert ratio is not None
    assert [ratio.mean, ratio.low, ratio.high] == pytest.approx([0.5] * 3)
    lost = found.difference("less", "ours")
    assert [lost.mean, lost.low, lost.high] == pytest.approx([-0.25] * 3)
    alone = found.difference("theirs", "ours")  # as wide as the mean of one, since one is twice the other
    mean = found.mean("ours")
    assert (alone.low, alone.high) == pytest.approx((mean.low, mean.high))


def test_independent_differences_are_wider_than_paired_ones() -> None:
    random = np.random.default_rng(10)
    shared = random.random(400)
    values = {"a": shared + 0.01 * random.random(400), "b": shared, "c": random.random(400)}
    found = Bootstrap(values)
    paired, free = found.difference("a", "b"), found.difference("c", "b")
    assert free.high - free.low > 20 * (paired.high - paired.low)


def test_there_is_no_share_of_nothing() -> None:
    mostly_nothing = np.zeros(10)
    mostly_nothing[0] = 1  # some resamples hold none but zeros
    found = Bootstrap({"a": np.ones(10), "none": np.zeros(10), "rare": mostly_nothing})
    assert found.ratio("a", "none") is None
    assert found.ratio("a", "rare") is None


def test_no_queries_are_refused() -> None:
    with pytest.raises(ValueError, match="no queries"):
        Bootstrap({"a": np.empty(0)})
    with pytest.raises(ValueError, match="2, 3"):
        Bootstrap({"a": np.ones(2), "b": np.ones(3)})
