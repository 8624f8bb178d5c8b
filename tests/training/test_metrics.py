"""Measures against hand-computed cases and a loop."""

import numpy as np
import pytest

from engine.training.metrics import bit_balance, mean_average_precision, precision_at, rank


def test_ties_go_by_position_and_the_query_is_left_out() -> None:
    codes = np.array([[0b1], [0b0], [0b11], [0b1]], np.uint8)
    assert rank(codes, 0, 3).tolist() == [3, 1, 2]


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


def test_balance_of_bits() -> None:
    assert bit_balance(np.array([[0], [255]], np.uint8)) == 0
    assert bit_balance(np.array([[0], [0]], np.uint8)) == 0.5
