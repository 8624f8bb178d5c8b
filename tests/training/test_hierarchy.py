"""Hierarchical measures: hand-computed cases, loops, the anchors of CIFAR-100's tree, path codes, ties."""

import itertools
from collections.abc import Callable
from functools import partial
from math import log2
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.training.distances import ClassTree
from engine.training.hierarchy import (
    ahp_protocol_a,
    ahp_protocol_b,
    graded,
    graded_by_nearest,
    hierarchical_precision,
    mean_gain,
    ndcg,
    two_level_distances,
)
from engine.training.metrics import average_precision, precision
from engine.training.ranking import Comparison, Ranked, Score, evaluate, same_label

MEASURES = {"A": ahp_protocol_a, "B": ahp_protocol_b, "NDCG": ndcg, "gain": mean_gain}


def binary_tree(depth: int) -> ClassTree:
    """A complete binary tree, its nodes named by their paths from the root: r, r0, r1, r00, ..."""
    nodes = ["r" + "".join(turns) for n in range(1, depth + 1) for turns in itertools.product("01", repeat=n)]
    return ClassTree({node: node[:-1] for node in nodes})


def leaves(depth: int) -> list[str]:
    return ["r" + "".join(turns) for turns in itertools.product("01", repeat=depth)]


def path_codes(tree: ClassTree, names: list[str]) -> NDArray[np.uint8]:
    """One bit an edge, set where the edge lies above the leaf; filled up with zeros to bytes."""
    paths = [set(tree.path(name)) for name in names]
    edges = sorted(set.union(*paths))
    return np.packbits([[edge in path for edge in edges] for path in paths], axis=1, bitorder="little")


def one_hot(classes: NDArray[np.int64], n_classes: int) -> NDArray[np.uint8]:
    return np.packbits(np.eye(n_classes, dtype=np.uint8)[classes], axis=1, bitorder="little")


# Hand-computed


def test_a_hand_computed_case() -> None:
    ranked = Ranked(np.array([[1, 2, 3]]), np.array([[0.5, 1.0, 0.0]], np.float32))
    assert hierarchical_precision(ranked)[0].tolist() == [0.5, 1, 1]  # 0.5/1, 1.5/1.5, 1.5/1.5
    assert hierarchical_precision(ranked, 2)[0].tolist() == [0.5, 1]
    assert ahp_protocol_a(ranked, 2) == pytest.approx((0.5 + 1) / 2 / 2)
    assert ahp_protocol_a(ranked, None) == pytest.approx((0.75 + 1) / 3)
    assert ahp_protocol_b(ranked, 3) == pytest.approx(2.5 / 3)
    assert mean_gain(ranked, 2) == pytest.approx(1.5 / 2)
    assert ndcg(ranked, 2) == pytest.approx((0.5 + 1 / log2(3)) / (1 + 0.5 / log2(3)))


def test_nothing_to_gain_scores_zero() -> None:
    ranked = Ranked(np.array([[1, 2]]), np.zeros((1, 2), np.float32))
    empty = Ranked(np.empty((1, 0)), np.empty((1, 0), np.float32))
    for measure, ties in itertools.product(MEASURES.values(), (False, True)):
        assert measure(ranked, 2, average_ties=ties).tolist() == [0]
        assert measure(empty, 2, average_ties=ties).tolist() == [0]


def test_two_levels() -> None:
    assert two_level_distances(np.array([0, 0, 1])).tolist() == [[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]]


def test_gains_of_distances_outside_their_range_are_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        graded(np.array([[0, 2], [2, 0]], np.float32), np.array([0]), np.array([0, 1]))


# Against loops


def slow_hierarchical_precision(gains: list[float], top: int) -> list[float]:
    best = sorted(gains, reverse=True)
    return [sum(gains[:k]) / sum(best[:k]) for k in range(1, top + 1)]


def slow_ndcg(gains: list[float], top: int) -> float:
    def dcg(line: list[float]) -> float:
        return sum(gain / log2(i + 2) for i, gain in enumerate(line[:top]))

    return dcg(gains) / dcg(sorted(gains, reverse=True))


def test_random_codes_against_a_loop() -> None:
    tree = binary_tree(3)
    table = tree.distances(leaves(3))
    random = np.random.default_rng(0)
    codes = random.integers(0, 256, (60, 1), dtype=np.uint8)
    classes = random.integers(0, 8, 60)
    scores: dict[str, Score] = {name: partial(measure, top=20) for name, measure in MEASURES.items()}
    found = evaluate(Comparison.among(codes, np.arange(60)), (graded(table, classes, classes), scores))
    for q in range(60):
        bits = [bin(int(codes[q, 0] ^ codes[i, 0])).count("1") for i in range(60)]
        order = sorted((i for i in range(60) if i != q), key=lambda i: (bits[i], i))
        gains = [1 - float(table[classes[q], classes[i]]) for i in order]
        hp = slow_hierarchical_precision(gains, 20)
        trapezoid = sum((a + b) / 2 for a, b in itertools.pairwise(hp)) / 20
        assert found["A"][q] == pytest.approx(trapezoid, abs=1e-6)
        assert found["B"][q] == pytest.approx(sum(hp) / 20, abs=1e-6)
        assert found["NDCG"][q] == pytest.approx(slow_ndcg(gains, 20), abs=1e-6)
        assert found["gain"][q] == pytest.approx(sum(gains[:20]) / 20, abs=1e-6)


@pytest.mark.parametrize("top", [1, 2, 7, 599, 600])
def test_gains_that_are_all_unlike(top: int) -> None:
    gains = np.random.default_rng(4).random((5, 600), dtype=np.float32)
    ranked = Ranked(np.tile(np.arange(600), (5, 1)), gains)
    for found, ndcgs, line in zip(
        hierarchical_precision(ranked, top), ndcg(ranked, top), gains.tolist(), strict=True
    ):
        assert found.tolist() == pytest.approx(slow_hierarchical_precision(line, top), abs=1e-6)
        assert ndcgs == pytest.approx(slow_ndcg(line, top), abs=1e-6)


def test_several_labels_are_as_near_as_their_nearest_pair() -> None:
    table = binary_tree(2).distances(leaves(2))  # 0 and 1 are siblings, 2 and 3 are
    queries = np.array([[1, 0, 0, 0], [1, 0, 1, 0]], np.float32)
    photos = np.array([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]], np.float32)
    found = graded_by_nearest(table, queries, photos)(np.arange(2))
    assert found.tolist() == [[1, 0.5, 0, 0.5], [1, 0.5, 0.5, 0.5]]


def test_one_label_each_is_the_plain_case() -> None:
    table = binary_tree(3).distances(leaves(3))
    classes = np.random.default_rng(5).integers(0, 8, 30)
    hot = np.eye(8, dtype=np.float32)[classes]
    rows = np.array([3, 0, 29])
    np.testing.assert_array_equal(
        graded_by_nearest(table, hot, hot)(rows), graded(table, classes, classes)(rows)
    )


def test_no_label_has_no_distance() -> None:
    with pytest.raises(ValueError, match="without a label"):
        graded_by_nearest(np.zeros((1, 1), np.float32), np.ones((1, 1)), np.array([[1], [0]]))


def test_relevance_and_gain_are_read_from_one_ranking() -> None:
    random = np.random.default_rng(1)
    codes = random.integers(0, 256, (40, 1), dtype=np.uint8)
    classes = random.integers(0, 4, 40)
    comparison = Comparison.among(codes, np.arange(40))
    scores: dict[str, Score] = {"P": partial(precision, top=5), "mAP": average_precision}
    by_tree = evaluate(comparison, (graded(binary_tree(2).distances(leaves(2)), classes, classes), scores))
    by_label = evaluate(comparison, (same_label(classes, classes), scores))
    for name in scores:
        np.testing.assert_array_equal(by_tree[name], by_label[name])


# Path codes and other perfect rankings


def test_path_codes_rank_a_complete_binary_tree_perfectly() -> None:
    tree, names = binary_tree(3), leaves(3)
    codes = path_codes(tree, names)
    assert len(set.union(*(set(tree.path(name)) for name in names))) == 15  # 14 edges and the root
    found = np.unpackbits(codes[:, None] ^ codes[None], axis=2).sum(axis=2)
    table = tree.distances(names)
    assert (found == np.round(6 * table)).all()  # 2 height(lcs), and the root has height 3

    classes = np.repeat(np.arange(8), 5)
    comparison = Comparison.among(codes[classes], np.arange(40))
    for ties in (False, True):
        scores: dict[str, Score] = {
            name: partial(measure, top=30, average_ties=ties) for name, measure in MEASURES.items()
        }
        scores["whole A"] = partial(ahp_protocol_a, top=None, average_ties=ties)
        perfect = evaluate(comparison, (graded(table, classes, classes), scores))
        assert perfect["A"] == pytest.approx(29 / 30)
        assert perfect["whole A"] == pytest.approx(38 / 39)
        assert perfect["B"] == pytest.approx(1)
        assert perfect["NDCG"] == pytest.approx(1)


def test_a_short_cut_within_the_class_sees_no_hierarchy() -> None:
    classes = np.repeat(np.arange(4), 30)
    queries = np.arange(0, 120, 7)
    gains = graded(two_level_distances(np.array([0, 0, 1, 1])), classes[queries], classes)
    comparison = Comparison.among(one_hot(classes, 4), queries)
    scores: dict[str, Score] = {
        "short": partial(ahp_protocol_b, top=29, average_ties=True),
        "long": partial(ahp_protocol_b, top=59, average_ties=True),
    }
    found = evaluate(comparison, (gains, scores))
    assert found["short"] == pytest.approx(1)
    assert found["long"].max() < 0.95


# Ties


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_averaged_ties_are_the_mean_over_all_orders(name: str) -> None:
    measure: Callable[..., NDArray[np.float64]] = MEASURES[name]
    distances = np.array([[0, 1, 1, 1, 2, 3, 3, 3]])
    gains = np.array([[0.25, 1, 0, 0.5, 0.75, 0.5, 0, 1]], np.float32)
    orders = np.array(
        [
            [gains[0, i] for i in (0, *near, 4, *far)]
            for near in itertools.permutations((1, 2, 3))
            for far in itertools.permutations((5, 6, 7))
        ],
        np.float32,
    )
    for top in (1, 2, 3, 6, 8):
        each = measure(Ranked(np.repeat(distances, len(orders), axis=0), orders), top)
        exact = measure(Ranked(distances, gains), top, average_ties=True)
        assert exact == pytest.approx(each.mean(), abs=1e-9)


def test_constant_codes_score_what_random_rankings_score() -> None:
    table = binary_tree(3).distances(leaves(3))
    classes = np.repeat(np.arange(8), 10)
    gains = graded(table, classes, classes)
    scores: dict[str, Score] = {name: partial(measure, top=25) for name, measure in MEASURES.items()}
    averaged: dict[str, Score] = {name: partial(score, average_ties=True) for name, score in scores.items()}
    constant = Comparison.among(np.zeros((80, 1), np.uint8), np.arange(80))
    exact = evaluate(constant, (gains, averaged))
    random = np.random.default_rng(2)
    drawn = []
    for _ in range(40):
        order = random.permutation(80)
        drawn.append(evaluate(constant, (graded(table, classes[order], classes[order]), scores)))
    for name in scores:
        assert np.mean([d[name].mean() for d in drawn]) == pytest.approx(exact[name].mean(), abs=0.01)


# Anchors


def of_chance_and_of_perfect_classes(
    table: NDArray[np.float32], n_each: int, queries: NDArray[np.int64], score: Score, *, among: bool
) -> tuple[float, float]:
    """A measure with constant codes, and with codes that know the class and nothing else; ties averaged.

    The database has n_each photos of each class; one query of each class in `queries`, among them or not.
    """
    database = np.repeat(np.arange(len(table)), n_each)
    own = queries * n_each if among else None
    found = []
    for codes in (np.zeros((len(table), 1), np.uint8), one_hot(np.arange(len(table)), len(table))):
        comparison = Comparison(codes[queries], codes[database], own=own)
        values = evaluate(comparison, (graded(table, queries, database), {"found": score}))["found"]
        found.append(float(values.mean()))
    return found[0], found[1]


def test_protocol_a_on_a_small_tree_by_hand() -> None:
    table = binary_tree(2).distances(leaves(2))
    score = partial(ahp_protocol_a, top=4, average_ties=True)
    chance, classes = of_chance_and_of_perfect_classes(table, 3, np.arange(4), score, among=True)
    # Of the 11 others, 2 gain 1, 3 gain 1/2, 6 gain 0: 3.5 / 11 by chance, at best 1, 1, 1/2, 1/2.
    mean = 3.5 / 11
    by_chance = [mean, 2 * mean / 2, 3 * mean / 2.5, 4 * mean / 3]
    assert chance == pytest.approx(np.trapezoid(by_chance, dx=1 / 4))
    rest = 1.5 / 9
    assert classes == pytest.approx(np.trapezoid([1, 1, (2 + rest) / 2.5, (2 + 2 * rest) / 3], dx=1 / 4))


@pytest.mark.shared
def test_protocol_a_on_the_tree_of_cifar_100(shared: Path) -> None:
    tree = ClassTree.load(shared / "data/wordnet/cifar100.parent-child.txt")
    table = tree.distances([str(i) for i in range(100)])
    pairs = np.round(8 * table[np.triu_indices(100, 1)]).astype(int)
    assert np.bincount(pairs)[1:].tolist() == [69, 115, 211, 395, 716, 225, 550, 2669]
    score = partial(ahp_protocol_a, average_ties=True)
    chance, classes = of_chance_and_of_perfect_classes(table, 100, np.arange(100), score, among=True)
    assert chance == pytest.approx(0.193, abs=0.0005)
    assert classes == pytest.approx(0.832, abs=0.0005)


def test_protocol_b_on_twenty_coarse_classes_of_five() -> None:
    table = two_level_distances(np.arange(100) // 5)
    score = partial(ahp_protocol_b, average_ties=True)
    chance, classes = of_chance_and_of_perfect_classes(table, 500, np.array([0, 42]), score, among=False)
    assert chance == pytest.approx(0.041, abs=0.0005)
    assert classes == pytest.approx(0.654, abs=0.0005)


@pytest.mark.shared
def test_path_codes_rank_the_tree_of_cifar_100_perfectly(shared: Path) -> None:
    tree = ClassTree.load(shared / "data/wordnet/cifar100.parent-child.txt")
    names = [str(i) for i in range(100)]
    table = tree.distances(names)
    codes = height_codes(tree, names)
    classes = np.repeat(np.arange(100), 3)
    scores: dict[str, Score] = {
        "A": partial(ahp_protocol_a, top=250),
        "NDCG": partial(ndcg, top=250),
    }
    found = evaluate(
        Comparison.among(codes[classes], np.arange(300)), (graded(table, classes, classes), scores)
    )
    assert found["A"] == pytest.approx(249 / 250)
    assert found["NDCG"] == pytest.approx(1)


def height_codes(tree: ClassTree, names: list[str]) -> NDArray[np.uint8]:
    """One bit a unit of height along each edge, so that Hamming distances are 2 height(lcs)."""
    paths = [tree.path(name) for name in names]
    heights: dict[str, int] = {}
    for path in paths:
        for height, node in enumerate(path):
            heights[node] = max(height, heights.get(node, 0))
    edges = {
        (low, high): heights[high] - heights[low] for path in paths for low, high in itertools.pairwise(path)
    }
    assert sum(edges.values()) == 235
    rows = []
    for path in paths:
        above = set(itertools.pairwise(path))
        rows.append([edge in above for edge, units in edges.items() for _ in range(units)])
    return np.packbits(rows, axis=1, bitorder="little")
