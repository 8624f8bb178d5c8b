"""The whole evaluation against loops, scikit-learn and cases whose answer is known."""

import itertools
import tracemalloc
from collections.abc import Sequence
from math import log2
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.hashing.codes import pack
from engine.training.baselines import squared_l2
from engine.training.distances import ClassTree
from engine.training.evaluation import Report, evaluate_model
from engine.training.hierarchy import two_level_distances
from engine.training.judgement import Judgement
from engine.training.metrics import bit_balance, bit_correlation, unused_codes
from engine.training.questions import AVERAGED, BY_POSITION, Ranker

Floats = NDArray[np.float32]


def outputs(count: int, seed: int = 0, n_bits: int = 8) -> Floats:
    """Logits; 8 bits make many ties."""
    return np.random.default_rng(seed).standard_normal((count, n_bits), dtype=np.float32)


def unit(rows: Floats) -> Floats:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def slow_order(logits: Floats, query: int, database: Sequence[int]) -> tuple[list[int], list[int]]:
    """Photos in the product's order, and their distances in bits."""
    bits = logits > 0
    distance = {i: int((bits[i] != bits[query]).sum()) for i in database}
    order = sorted((i for i in database if i != query), key=lambda i: (distance[i], list(database).index(i)))
    return order, [distance[i] for i in order]


def slow_figures(gains: list[float], distances: list[int]) -> dict[str, float]:
    """All label measures of one ranking, ties by position."""
    relevant = [gain == 1 for gain in gains]

    def ap(top: int) -> float:
        hits = [sum(relevant[: i + 1]) / (i + 1) for i in range(min(top, len(relevant))) if relevant[i]]
        return sum(hits) / len(hits) if hits else 0.0

    def hp(top: int) -> list[float]:
        sums = itertools.accumulate(gains), itertools.accumulate(sorted(gains, reverse=True))
        return [found / best for found, best in zip(*sums, strict=True)][:top]

    def dcg(line: list[float]) -> float:
        return sum(gain / log2(i + 2) for i, gain in enumerate(line[:100]))

    near = [good for good, distance in zip(relevant, distances, strict=True) if distance <= 2]
    a, b = hp(250), hp(2500)
    return {
        "P@1": float(relevant[0]),
        "P@10": sum(relevant[:10]) / min(10, len(relevant)),
        "mAP@5": ap(5),
        "mAP@100": ap(100),
        "mAP": ap(len(relevant)),
        "mAHP@250 (A)": sum((x + y) / 2 for x, y in itertools.pairwise(a)) / len(a),
        "mAHP@2500 (B, tree)": sum(b) / len(b),
        "NDCG@100": dcg(gains) / dcg(sorted(gains, reverse=True)),
        "P within 2 bits": sum(near) / len(near) if near else 0.0,
    }


def tree_table() -> Floats:
    """Distances of four classes with three levels of likeness."""
    tree = ClassTree({"a": "ab", "b": "ab", "ab": "abc", "c": "abc", "abc": "top", "d": "top"})
    return tree.distances(["a", "b", "c", "d"])


def multi_hot(labels: Sequence[set[int]], n_classes: int = 4) -> Floats:
    return np.array([[c in known for c in range(n_classes)] for known in labels], np.float32)


def slow_report(
    logits: Floats, labels: Sequence[set[int]], queries: Sequence[int], database: Sequence[int]
) -> tuple[dict[str, float], int]:
    """Means over answered queries, and how many were left out."""
    table, lines = tree_table(), []
    database = [i for i in database if labels[i]]
    for query in queries:
        order, distances = slow_order(logits, query, database)
        if not any(labels[query] & labels[i] for i in order):
            continue
        gains = [float(max(1 - table[u, w] for u in labels[query] for w in labels[i])) for i in order]
        lines.append(slow_figures(gains, distances))
    means = {name: float(np.mean([line[name] for line in lines])) for name in lines[0]}
    return means, len(queries) - len(lines)


CASES = {
    "one label each, among all": (False, True),
    "one label each, two sets": (False, False),
    "several labels, among all": (True, True),
    "several labels, two sets": (True, False),
}


@pytest.mark.parametrize("case", CASES)
def test_every_label_measure_against_a_loop(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.ranking.CELLS_PER_BLOCK", 300)  # several blocks
    several, among = CASES[case]
    random = np.random.default_rng(3)
    logits = outputs(70)
    labels = [{int(c)} for c in random.integers(0, 3, 70)]
    labels[11] = {3}  # nothing shares this class
    if several:
        labels = [
            known | {int(random.integers(0, 3))} if i != 11 else known for i, known in enumerate(labels)
        ]
        labels[5], labels[40] = set(), set()
    queries = np.array([11, 5, 40, *range(12, 40)]) if several else np.arange(0, 35)
    database = None if among else np.setdiff1d(np.arange(70), queries)[::-1].copy()
    truth = multi_hot(labels) if several else np.array([next(iter(known)) for known in labels])
    found = evaluate_model(logits, Judgement(truth, tree_table()), queries, database, cuts=(5, 100))
    means, left_out = slow_report(
        logits, labels, queries.tolist(), list(range(70)) if database is None else database.tolist()
    )
    assert found.left_out == {"labels": left_out} and left_out >= 1
    assert (found.among, found.n_queries) == (among, len(queries))
    for name, mean in means.items():
        assert found.find(name).values["codes"].mean == pytest.approx(mean, abs=1e-6), name


def test_every_cut_where_the_database_is_longer() -> None:
    logits, labels = outputs(2600, 20), np.random.default_rng(20).integers(0, 4, 2600)
    found = evaluate_model(logits, Judgement(labels, tree_table()), np.arange(3), cuts=(5, 100))
    means, _ = slow_report(logits, [{int(c)} for c in labels], range(3), range(2600))
    for name, mean in means.items():
        assert found.find(name).values["codes"].mean == pytest.approx(mean, abs=1e-6), name


def test_averaged_ties_are_the_mean_over_orders_of_the_database() -> None:
    logits, labels = outputs(50, 1), np.random.default_rng(1).integers(0, 4, 50)
    queries = np.arange(10)
    random = np.random.default_rng(2)
    exact = evaluate_model(logits, Judgement(labels, tree_table()), queries, np.arange(10, 50), cuts=(7,))
    drawn = [
        evaluate_model(
            logits, Judgement(labels, tree_table()), queries, random.permutation(np.arange(10, 50)), cuts=(7,)
        )
        for _ in range(25)
    ]
    for name in ("P@1", "P@10", "mAP@7", "mAP", "mAHP@250 (A)", "mAHP@2500 (B, tree)", "NDCG@100"):
        means = [report.find(name).values["codes"].mean for report in drawn]
        error = np.std(means) / np.sqrt(len(means))
        assert abs(np.mean(means) - exact.find(name, AVERAGED).values["codes"].mean) < 4.5 * error + 1e-9, (
            name
        )
        assert np.std(means) > 0
        averaged = [report.find(name, AVERAGED).values["codes"].mean for report in drawn]
        assert averaged == pytest.approx([averaged[0]] * 25, abs=1e-9)


# A second implementation


def test_average_precision_is_that_of_scikit_learn() -> None:
    logits, labels = outputs(60, 4, n_bits=16), np.random.default_rng(4).integers(0, 3, 60)
    found = evaluate_model(logits, Judgement(labels), np.arange(60))
    rows = unit(logits.astype(np.float64))
    expected = []
    for q in range(60):
        others = np.delete(np.arange(60), q)
        expected.append(
            sklearn.metrics.average_precision_score(labels[others] == labels[q], rows[others] @ rows[q])
        )
    for ties in (BY_POSITION, AVERAGED):  # floats don't tie
        assert found.find("mAP", ties).values["cosine"].mean == pytest.approx(np.mean(expected), abs=1e-9)


def test_ndcg_with_averaged_ties_is_that_of_scikit_learn() -> None:
    logits, labels = outputs(150, 5), np.random.default_rng(5).integers(0, 4, 150)
    found = evaluate_model(logits, Judgement(labels, tree_table()), np.arange(40))
    bits, expected = logits > 0, []
    for q in range(40):
        others = np.delete(np.arange(150), q)
        gains = 1 - tree_table()[labels[q], labels[others]]
        nearness = -(bits[others] != bits[q]).sum(axis=1)
        expected.append(sklearn.metrics.ndcg_score([gains], [nearness], k=100))
    assert found.find("NDCG@100", AVERAGED).values["codes"].mean == pytest.approx(np.mean(expected), abs=1e-6)


# Captions


def test_every_caption_measure_against_a_loop() -> None:
    logits, captions = outputs(60, 6), unit(outputs(60, 7, n_bits=24))
    captions[30] = captions[8]
    captioned = np.arange(60) % 7 != 0
    captions[~captioned] = 0
    queries = np.arange(25)
    found = evaluate_model(logits, Judgement(captions=captions, captioned=captioned), queries)
    known = np.flatnonzero(captioned).tolist()
    lines: dict[str, list[float]] = {name: [] for name in ("R@1", "R@5", "R@10", "similarity@10", "NDCG@100")}
    for query in (q for q in range(25) if captioned[q]):
        order, _ = slow_order(logits, query, known)
        likeness = {i: float(captions[query] @ captions[i]) for i in order}
        near = sorted(likeness, key=lambda i: (-round(likeness[i], 6), i))[:10]
        for top in (1, 5, 10):
            lines[f"R@{top}"].append(float(bool(set(order[:top]) & set(near))))
        gains = [max(likeness[i], 0) for i in order]
        lines["similarity@10"].append(sum(gains[:10]) / 10)
        lines["NDCG@100"].append(slow_figures(gains, [9] * len(gains))["NDCG@100"])
    assert found.left_out == {"captions": 4}
    for name, values in lines.items():
        mean = found.find(f"caption {name}").values["codes"].mean
        assert mean == pytest.approx(np.mean(values), abs=1e-5), name


def test_labels_and_captions_are_asked_side_by_side() -> None:
    logits, labels = outputs(40, 8), np.arange(40) % 4
    captions, captioned = unit(outputs(40, 9)), np.arange(40) < 30
    found = evaluate_model(logits, Judgement(labels, None, captions, captioned), np.arange(20, 40))
    assert found.left_out == {"labels": 0, "captions": 10}
    alone = evaluate_model(logits, Judgement(labels), np.arange(20, 40))
    assert found.find("mAP") == alone.find("mAP")
    assert found.unrounded == alone.unrounded and found.find("caption R@5")


def test_outputs_that_are_the_captions_find_all_of_them() -> None:
    captions = unit(outputs(50, 10, n_bits=16))
    found = evaluate_model(captions, Judgement(captions=captions, captioned=np.ones(50, bool)), np.arange(50))
    for name in ("caption R@1", "caption R@10", "caption NDCG@100"):
        assert found.find(name).values["cosine"].mean == pytest.approx(1, abs=1e-6)
    assert found.unrounded == "cosine"
    assert found.find("caption NDCG@100").values["codes"].mean < 0.99


# Rounding


def figures_of(report: Report) -> list[Any]:
    return [*report.figures, report.bits, report.unrounded]


def test_the_loss_by_rounding_is_paired_and_deterministic() -> None:
    labels = np.random.default_rng(11).integers(0, 5, 200)
    logits = (np.eye(16)[labels] * 2 - 0.5 + outputs(200, 11, n_bits=16)).astype(np.float32)
    found = evaluate_model(logits, Judgement(labels), np.arange(100))
    assert figures_of(found) == figures_of(evaluate_model(logits, Judgement(labels), np.arange(100)))
    figure = found.find("mAP")
    code, whole = figure.values["codes"], figure.values[found.unrounded]
    assert figure.kept and figure.difference
    assert figure.kept.mean == pytest.approx(code.mean / whole.mean)
    assert figure.difference.mean == pytest.approx(code.mean - whole.mean)
    assert code.low < code.mean < code.high and figure.kept.low < figure.kept.mean < figure.kept.high
    assert figure.difference.high < 0  # rounding loses here, beyond doubt
    means = {name: found.find("mAP", AVERAGED).values[name].mean for name in ("cosine", "sigmoid L1")}
    assert found.unrounded == max(means, key=lambda name: means[name])


def test_sure_outputs_lose_nothing() -> None:
    labels = np.random.default_rng(12).integers(0, 4, 80)
    signs = np.where(outputs(80, 12, n_bits=32) > 0, 60, -60).astype(np.float32)
    found = evaluate_model(signs, Judgement(labels), np.arange(80))
    for figure in found.figures:
        if figure.measure.ties == AVERAGED:
            assert figure.kept and figure.kept.mean == pytest.approx(1, abs=1e-9), figure.measure
            assert figure.difference and figure.difference.high == pytest.approx(0, abs=1e-9)


def test_precision_within_bits_is_of_codes_alone() -> None:
    figure = evaluate_model(outputs(30), Judgement(np.arange(30) % 3), np.arange(30)).find("P within 2 bits")
    assert list(figure.values) == ["codes"] and figure.kept is None and figure.difference is None


def test_baselines_are_further_columns() -> None:
    logits, labels = outputs(40), np.arange(40) % 4
    others = {"same codes": Ranker(pack(logits)), "points": Ranker(labels[:, None], squared_l2)}
    found = evaluate_model(logits, Judgement(labels), np.arange(40), baselines=others)
    assert found.rankers == ["codes", "cosine", "sigmoid L1", "same codes", "points"]
    for figure in found.figures:
        assert figure.values["same codes"] == figure.values["codes"]
    assert found.find("mAP").values["points"].mean == 1


# Protocols


def test_b_is_named_after_two_levels_alone() -> None:
    labels = np.arange(40) % 4
    two = Judgement(labels, two_level_distances(np.array([0, 0, 1, 1])))
    names = {figure.measure.name for figure in evaluate_model(outputs(40), two, np.arange(40)).figures}
    assert {"mAHP@250 (A)", "mAHP@2500 (B)"} <= names and "mAHP@2500 (B, tree)" not in names
    without = {f.measure.name for f in evaluate_model(outputs(40), Judgement(labels), np.arange(40)).figures}
    assert without == {"P@1", "P@10", "mAP@100", "mAP@1000", "mAP", "P within 2 bits"}


def test_curves_count_every_pair_and_follow_precision() -> None:
    logits, labels = outputs(60, 13), np.arange(60) % 3
    curves = evaluate_model(logits, Judgement(labels), np.arange(20)).curves
    assert (curves.near.sum(), curves.far.sum()) == (20 * 19, 20 * 40)
    bits = logits > 0
    slow = [
        int((bits[q] != bits[i]).sum()) for q in range(20) for i in range(60) if q != i and (q - i) % 3 == 0
    ]
    assert curves.near.tolist() == np.bincount(slow, minlength=9).tolist()
    expected = []
    for q in range(20):
        order, _ = slow_order(logits, q, range(60))
        relevant = [(i - q) % 3 == 0 for i in order]
        line = []
        for percent in range(1, 101):
            rank = next(k for k in range(1, 60) if 100 * sum(relevant[:k]) >= percent * 19)
            line.append(sum(relevant[:rank]) / rank)
        expected.append(line)
    np.testing.assert_allclose(curves.precision["codes"], np.mean(expected, axis=0), atol=1e-12)


def test_bits_are_those_of_queries_and_database_alone() -> None:
    logits = np.concatenate([outputs(40, 15), np.full((40, 8), 9, np.float32)])
    judgement = Judgement(np.arange(80) % 4)
    found = evaluate_model(logits, judgement, np.arange(10), np.arange(10, 40))
    codes = pack(logits[:40])
    assert found.bits == {
        "bit_balance": bit_balance(codes),
        "bit_correlation": bit_correlation(codes),
        "unused_codes": unused_codes(codes),
    }
    assert found.n_database == 30 and found.bits["bit_balance"] < 0.2


# What can't be measured


def test_odd_input_is_refused() -> None:
    logits, labels = outputs(6), np.array([0, 0, 1, 1, 2, 3])
    with pytest.raises(UsageError, match=r"nothing to rank.*at least one query"):
        evaluate_model(logits, Judgement(labels), np.array([], np.int64))
    with pytest.raises(UsageError, match="nothing to rank"):
        evaluate_model(logits[:1], Judgement(labels[:1]), np.array([0]))
    with pytest.raises(UsageError, match=r"No query shares.*two of each"):
        evaluate_model(logits, Judgement(labels), np.array([4, 5]))
    with pytest.raises(UsageError, match="No query and other photo have captions"):
        evaluate_model(
            logits, Judgement(captions=np.ones((6, 1), np.float32), captioned=np.arange(6) == 0), np.arange(6)
        )
    with pytest.raises(ValueError, match="either all"):
        evaluate_model(logits, Judgement(labels), np.array([0, 1]), np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="not finite"):
        evaluate_model(np.full((6, 8), np.nan, np.float32), Judgement(labels), np.arange(6))
    with pytest.raises(KeyError, match="glory"):
        evaluate_model(logits, Judgement(labels), np.arange(4)).find("glory")


def test_judgements_that_do_not_fit_are_refused() -> None:
    labels, captions = np.array([0, 1]), np.ones((3, 2), np.float32)
    with pytest.raises(ValueError, match="nothing is known"):
        Judgement()
    with pytest.raises(ValueError, match="a mark for each"):
        Judgement(captions=captions)
    with pytest.raises(ValueError, match="same photos"):
        Judgement(labels, None, captions, np.ones(3, bool))
    with pytest.raises(ValueError, match="2 classes"):
        Judgement(labels, np.zeros((1, 1), np.float32))


def test_memory_is_bounded() -> None:
    logits = outputs(50_000, 14)
    labels = np.random.default_rng(14).integers(0, 10, 50_000)
    tracemalloc.start()
    evaluate_model(logits, Judgement(labels, np.ones((10, 10), np.float32) - np.eye(10)), np.arange(80))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500e6
