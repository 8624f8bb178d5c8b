"""Measures against hand-computed cases, loops and many random orders."""

import itertools
import tracemalloc
from collections.abc import Callable
from functools import partial
from math import comb

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.training.baselines import cosine, sigmoid_l1
from engine.training.metrics import (
    average_precision,
    bit_balance,
    bit_correlation,
    mean_average_precision,
    precision,
    precision_at,
    precision_within,
    rank,
    recall,
    unused_codes,
)
from engine.training.ranking import (
    Comparison,
    Ranked,
    Score,
    evaluate,
    hamming,
    listed,
    same_label,
    shared_label,
)


def test_ties_go_by_position_and_the_query_is_left_out() -> None:
    codes = np.array([[0b1], [0b0], [0b11], [0b1]], np.uint8)
    assert rank(codes, 0, 3).tolist() == [3, 1, 2]
    _, order = Comparison.among(codes, np.array([0, 3])).rank(np.arange(2))
    assert order.tolist() == [[3, 1, 2], [0, 1, 2]]


def test_a_hand_computed_case() -> None:
    codes = np.array([[0], [1], [3], [7]], np.uint8)  # distances from the first: 1, 2, 3 bits
    labels = np.array([0, 1, 0, 0])
    query = np.array([0])
    assert precision_at(codes, labels, query, 1) == 0
    assert precision_at(codes, labels, query, 2) == 0.5
    assert mean_average_precision(codes, labels, query, 3) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert mean_average_precision(codes, labels, query, 1) == 0


def test_random_codes_against_a_loop() -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 256, (60, 2), dtype=np.uint8)
    labels = random.integers(0, 4, 60)
    queries = np.arange(60)
    total = 0.0
    for q in queries:
        others = [i for i in range(60) if i != q]
        others.sort(key=lambda i: (bin(int(codes[q] @ [1, 256] ^ codes[i] @ [1, 256])).count("1"), i))
        total += sum(labels[i] == labels[q] for i in others[:10]) / 10
    assert precision_at(codes, labels, queries, 10) == pytest.approx(total / 60)


def slow_average_precision(relevant: list[bool], top: int | None) -> float:
    hits, total = 0, 0.0
    for i, good in enumerate(relevant[:top], start=1):
        if good:
            hits += 1
            total += hits / i
    return total / hits if hits else 0.0


def slow_precision_within(relevant: list[bool], distances: list[float]) -> float:
    near = [good for good, distance in zip(relevant, distances, strict=True) if distance <= 2]
    return sum(near) / len(near) if near else 0.0


@pytest.mark.parametrize("among", [True, False])
def test_every_measure_against_a_loop(among: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.ranking.CELLS_PER_BLOCK", 200)  # several blocks, the last one small
    random = np.random.default_rng(1)
    codes = random.integers(0, 256, (70, 1), dtype=np.uint8)
    labels = random.integers(0, 5, 70)
    database = codes if among else codes[:50]
    truth = labels if among else labels[:50]
    queries = np.arange(0, 70, 3) if among else np.arange(50, 70)
    comparison = Comparison.among(codes, queries) if among else Comparison(codes[queries], database)
    scores: dict[str, Score] = {
        "P@7": partial(precision, top=7),
        "mAP@9": partial(average_precision, top=9),
        "mAP": average_precision,
        "r2": precision_within,
        "R@3": partial(recall, top=3),
    }
    found = evaluate(comparison, (same_label(labels[queries], truth), scores))
    for row, q in enumerate(queries):
        bits = [bin(int(codes[q, 0] ^ database[i, 0])).count("1") for i in range(len(database))]
        order = sorted((i for i in range(len(database)) if not among or i != q), key=lambda i: (bits[i], i))
        relevant = [bool(truth[i] == labels[q]) for i in order]
        assert found["P@7"][row] == pytest.approx(sum(relevant[:7]) / 7)
        assert found["mAP@9"][row] == pytest.approx(slow_average_precision(relevant, 9))
        assert found["mAP"][row] == pytest.approx(slow_average_precision(relevant, None))
        assert found["r2"][row] == pytest.approx(slow_precision_within(relevant, [bits[i] for i in order]))
        assert found["R@3"][row] == any(relevant[:3])
    assert all(values.shape == (len(queries),) and values.dtype == np.float64 for values in found.values())


@pytest.mark.parametrize("distance", [cosine, sigmoid_l1])
def test_float_outputs_are_ranked_by_their_own_distance(
    distance: Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]],
) -> None:
    random = np.random.default_rng(2)
    outputs = random.standard_normal((40, 12), dtype=np.float32)
    outputs[30:] = outputs[:10]  # equal outputs are at equal distances
    queries = np.array([35, 2, 20])
    distances, order = Comparison.among(outputs, queries, distance).rank(np.arange(3))
    assert order.shape == (3, 39) and (np.diff(distances, axis=1) >= 0).all()
    for row, q in enumerate(queries):
        exact = [slow_distance(distance is cosine, outputs[q], v) for v in outputs]
        assert sorted([*order[row], q]) == list(range(40))
        np.testing.assert_allclose(distances[row], [exact[i] for i in order[row]], atol=1e-6)
        for first in range(10):
            if q not in (first, first + 30):
                places = order[row].tolist()
                assert places.index(first) + 1 == places.index(first + 30)


def slow_distance(is_cosine: bool, a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    if is_cosine:
        return float(1 - a @ b / np.sqrt((a @ a) * (b @ b)))
    return float(np.abs(1 / (1 + np.exp(-a)) - 1 / (1 + np.exp(-b))).sum())


def test_a_duplicate_of_the_query_counts_but_not_the_query_itself() -> None:
    codes = np.array([[5], [5], [250]], np.uint8)
    found = evaluate(
        Comparison.among(codes, np.array([1])),
        (same_label(np.array([0]), np.array([0, 0, 1])), {"r2": partial(precision_within, radius=0)}),
    )
    assert found["r2"].tolist() == [1]


def test_one_shared_label_is_enough() -> None:
    labels = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 0, 0]], np.float32)
    found = shared_label(labels, labels)(np.array([0, 2, 4]))
    assert found.tolist() == [[1, 1, 0, 1, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]]


def test_an_empty_ball_has_precision_zero() -> None:
    ranked = Ranked(np.array([[3, 4], [2, 3]]), np.ones((2, 2), np.float32))
    assert precision_within(ranked).tolist() == [0, 1]


def test_recall_of_captions() -> None:
    codes = np.array([[0], [1], [3], [7], [15]], np.uint8)  # 0 to 4 bits from a query of zeros
    relevant = [np.array([2, 4]), np.array([0]), np.array([], np.int64)]
    comparison = Comparison(np.zeros((3, 1), np.uint8), codes)
    gains = listed(relevant, len(codes))
    found = evaluate(comparison, (gains, {f"R@{k}": partial(recall, top=k) for k in (1, 3, 10)}))
    assert {name: values.tolist() for name, values in found.items()} == {
        "R@1": [0, 1, 0],
        "R@3": [1, 1, 0],
        "R@10": [1, 1, 0],
    }


# Ties

TIED = np.array([[1, 1, 2, 2, 2, 2, 3, 4, 4, 4]])
RELEVANT = np.array([[0, 1, 1, 0, 0, 1, 0, 1, 1, 0]], np.float32)


def all_orders(distances: NDArray[np.int64], gains: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Gains of one ranking in every order that ties allow."""
    groups = [gains[0][distances[0] == d] for d in np.unique(distances)]
    each = [list(itertools.permutations(group)) for group in groups]
    return [np.concatenate(order)[None].astype(np.float32) for order in itertools.product(*each)]


@pytest.mark.parametrize("top", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20])
@pytest.mark.parametrize("score", [precision, average_precision, recall])
def test_averaged_ties_are_the_mean_over_all_orders(score: Callable[..., NDArray], top: int) -> None:
    orders = np.concatenate(all_orders(TIED, RELEVANT))
    each = score(Ranked(np.repeat(TIED, len(orders), axis=0), orders), top)
    found = score(Ranked(TIED, RELEVANT), top, average_ties=True)
    assert found == pytest.approx(each.mean(), abs=1e-12)
    backwards = Ranked(TIED, RELEVANT[:, [1, 0, 5, 4, 3, 2, 6, 9, 8, 7]])
    assert score(backwards, top, average_ties=True) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize("top", [5, 40, None])
def test_averaged_ties_are_near_the_mean_of_many_shuffled_databases(top: int | None) -> None:
    random = np.random.default_rng(3)
    codes = random.integers(0, 16, (120, 1), dtype=np.uint8)
    labels = np.sort(random.integers(0, 3, 120))  # positions that follow classes flatter
    queries = codes[:20]
    exact = evaluate(
        Comparison(queries, codes),
        (same_label(labels[:20], labels), {"mAP": partial(average_precision, top=top, average_ties=True)}),
    )["mAP"]
    drawn = []
    for _ in range(200):
        order = random.permutation(120)
        gains = same_label(labels[:20], labels[order])
        scores: dict[str, Score] = {"mAP": partial(average_precision, top=top)}
        drawn.append(evaluate(Comparison(queries, codes[order]), (gains, scores))["mAP"])
    error = np.std(drawn, axis=0) / np.sqrt(len(drawn))
    assert (np.abs(np.mean(drawn, axis=0) - exact) < 4.5 * error + 1e-9).all()


def test_constant_codes_have_the_precision_of_chance() -> None:
    labels = np.arange(50) // 10
    comparison = Comparison(np.zeros((5, 1), np.uint8), np.zeros((50, 1), np.uint8))
    scores: dict[str, Score] = {
        "P@7": partial(precision, top=7, average_ties=True),
        "R@3": partial(recall, top=3, average_ties=True),
        "r2": precision_within,
    }
    found = evaluate(comparison, (same_label(np.arange(5), labels), scores))
    assert found["P@7"] == pytest.approx(0.2)
    assert found["r2"] == pytest.approx(0.2)
    assert found["R@3"] == pytest.approx(1 - comb(40, 3) / comb(50, 3))


def test_without_ties_averaging_changes_nothing() -> None:
    random = np.random.default_rng(4)
    gains = (random.random((6, 300)) < 0.1).astype(np.float32)
    ranked = Ranked(np.tile(np.arange(300), (6, 1)), gains)
    for score, top in itertools.product((precision, average_precision, recall), (1, 37, 300)):
        np.testing.assert_allclose(score(ranked, top, average_ties=True), score(ranked, top), atol=1e-10)


# What can't be ranked


def test_odd_input_is_refused() -> None:
    codes = np.zeros((3, 1), np.uint8)
    with pytest.raises(ValueError, match="not finite"):
        Comparison(np.array([[np.nan]]), np.zeros((2, 1)), cosine)
    with pytest.raises(ValueError, match="2 positions do not fit 3 queries"):
        Comparison(codes, codes, hamming, np.array([0, 1]))
    gains = same_label(np.zeros(3, int), np.zeros(3, int))
    with pytest.raises(ValueError, match="one name"):
        evaluate(Comparison(codes, codes), (gains, {"a": recall}), (gains, {"a": recall}))
    with pytest.raises(ValueError, match="at least 1"):
        precision(Ranked(np.zeros((1, 2)), np.zeros((1, 2), np.float32)), 0)


def test_a_query_without_others_scores_zero() -> None:
    alone = Comparison.among(np.zeros((1, 1), np.uint8), np.array([0]))
    scores: dict[str, Score] = {
        f"{score.__name__} {ties}": partial(score, top=5, average_ties=ties)
        for score in (precision, average_precision, recall)
        for ties in (False, True)
    }
    found = evaluate(alone, (same_label(np.array([0]), np.array([0])), scores))
    assert all(values.tolist() == [0] for values in found.values())


def test_memory_is_bounded() -> None:
    random = np.random.default_rng(5)
    codes = random.integers(0, 256, (50_000, 2), dtype=np.uint8)
    labels = random.integers(0, 10, 50_000)
    gains = same_label(labels[:100], labels)
    score = partial(average_precision, average_ties=True)
    tracemalloc.start()
    evaluate(Comparison.among(codes, np.arange(100)), (gains, {"mAP": score}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500e6


# Bits


def test_balance_of_bits() -> None:
    assert bit_balance(np.array([[0], [255]], np.uint8)) == 0
    assert bit_balance(np.array([[0], [0]], np.uint8)) == 0.5


def test_correlation_of_bits() -> None:
    both = np.array([[0b00], [0b01], [0b10], [0b11]], np.uint8)
    assert bit_correlation(both) == 0  # the six other bits never change
    assert bit_correlation(np.array([[0b00], [0b11]], np.uint8)) == pytest.approx(1)
    assert bit_correlation(np.array([[0b01], [0b10]], np.uint8)) == pytest.approx(1)
    assert bit_correlation(np.zeros((4, 1), np.uint8)) == 0


def test_correlation_of_random_bits_against_numpy() -> None:
    codes = np.random.default_rng(6).integers(0, 256, (50, 2), dtype=np.uint8)
    table = np.abs(np.corrcoef(np.unpackbits(codes, axis=1), rowvar=False))
    pairs = [table[i, j] for i in range(16) for j in range(i)]
    assert bit_correlation(codes) == pytest.approx(np.mean(pairs), abs=1e-6)


def test_share_of_unused_codes() -> None:
    assert unused_codes(np.array([[1, 0], [0, 1], [1, 0], [1, 0]], np.uint8)) == 0.5
    assert unused_codes(np.array([[1], [2]], np.uint8)) == 0
