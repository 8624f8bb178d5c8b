"""The report of an evaluation: JSON, Markdown, the terminal's table and plots."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.errors import UsageError
from engine.hashing.codes import Codes, pack
from engine.training.evaluation import Report, evaluate_model
from engine.training.judgement import Judgement
from engine.training.metrics import precision_at
from engine.training.plots import tsne_places, tsne_plot
from engine.training.questions import AVERAGED, BY_POSITION, Ranker
from engine.training.report_folder import write_report
from engine.training.report_page import About, as_dict, as_markdown, as_text, summary

ABOUT = About("Odd | *name*", "ab" * 32, ["one.csv", "a|b"], 90, 2, "tree.txt")
LABELS = np.arange(90) % 3


def logits() -> NDArray[np.float32]:
    noise = np.random.default_rng(0).standard_normal((90, 16))
    return (np.eye(16)[LABELS] * 3 - 0.5 + noise).astype(np.float32)


@pytest.fixture(scope="module")
def report() -> Report:
    classes = np.where(np.arange(90) == 7, 3, LABELS)  # one photo is alone in its class
    table = (1 - np.eye(4)).astype(np.float32)
    other = {"a | b": Ranker(pack(logits()))}
    return evaluate_model(logits(), Judgement(classes, table), np.arange(60), baselines=other)


def tables(page: str) -> list[list[list[str]]]:
    """Every Markdown table as rows of cells, without the line under its headings."""
    found: list[list[list[str]]] = [[]]
    for line in page.splitlines():
        if line.startswith("|"):
            cells = line.replace(r"\|", "¦").strip("|").split("|")
            found[-1].append([cell.strip() for cell in cells])
        elif found[-1]:
            found.append([])
    return [[rows[0], *rows[2:]] for rows in found if rows]


def test_json_has_every_figure_and_survives_a_round_trip(report: Report) -> None:
    found = as_dict(report, ABOUT)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["model"], found["digest"]) == ("ab" * 6, "ab" * 32)
    assert (found["photos"], found["skipped"], found["queries"], found["database"]) == (90, 2, 60, 90)
    assert found["left_out"] == {"labels": 1}
    for figure in report.figures:
        there = found["figures"][figure.measure.name][figure.measure.ties]
        assert there["mean"]["codes"]["low"] == figure.values["codes"].low
        assert set(there["mean"]) == set(figure.values)
        for name, estimate in (("kept", figure.kept), ("difference", figure.difference)):
            assert there[name] == (None if estimate is None else vars(estimate))
        if figure.measure.ties == BY_POSITION:
            assert found[figure.measure.name] == figure.values["codes"].mean
    assert found["protocol"]["tree"] == "tree.txt" and found["protocol"]["unrounded"] == report.unrounded
    others = np.setdiff1d(np.arange(60), [7])
    known = np.where(np.arange(90) == 7, 3, LABELS)
    assert found["P@10"] == pytest.approx(precision_at(pack(logits()), known, others, 10))


def test_the_page_has_whole_tables_with_the_figures(report: Report) -> None:
    page = as_markdown(report, ABOUT, ["distances.png"])
    by_position, averaged, bits = tables(page)
    for rows in (by_position, averaged, bits):
        assert {len(row) for row in rows} == {len(rows[0])}
    assert by_position[0] == [
        *["measure", "codes", "cosine", "sigmoid L1", "a ¦ b"],
        *[f"kept of {report.unrounded}", "difference"],
    ]
    for ties, rows in ((BY_POSITION, by_position), (AVERAGED, averaged)):
        names = [figure.measure.name for figure in report.figures if figure.measure.ties == ties]
        assert [row[0] for row in rows[1:]] == names
        for row in rows[1:]:
            assert float(row[1].split()[0]) == pytest.approx(
                report.find(row[0], ties).values["codes"].mean, abs=0.0005
            )
    assert r"# How well Odd \| \*name\* ranks" in page
    assert "![distances](distances.png)" in page
    assert "by labels, for want of anything known or relevant: 1." in page and "2 could not be read" in page
    assert "each ranked against all 89 other photos" in page


def test_two_sets_are_told_from_one() -> None:
    apart = evaluate_model(logits(), Judgement(LABELS), np.arange(10), np.arange(10, 90))
    assert "10 queries, each ranked against 80 other photos" in summary(apart, ABOUT)


def test_the_terminals_table_is_aligned_and_says_the_same(report: Report) -> None:
    lines = as_text(report).splitlines()
    start = lines[0].index("ties averaged")
    row = next(line for line in lines if line.startswith("P@10"))
    assert row[start:].split()[0] == f"{report.find('P@10', AVERAGED).values['codes'].mean:.3f}"
    assert row.split()[1] == f"{report.find('P@10').values['codes'].mean:.3f}"
    kept = report.find("P@10").kept
    assert kept and f"{kept.mean:.3f} [" in row[lines[0].index("kept") :]
    assert lines[0].endswith("a | b")


# Plots


def colours(file: Path) -> set[tuple[int, ...]]:
    with Image.open(file) as picture:
        assert min(picture.size) > 400
        return {tuple(pixel) for pixel in np.asarray(picture.convert("RGB")).reshape(-1, 3)[::7]}


def test_the_folder_has_pages_and_pictures_that_show_something(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    names = ["_hidden", "$a$", "plain"]
    write_report(folder, report, ABOUT, (pack(logits()), [names[i] for i in LABELS]))
    pictures = ["distances", "precision-recall", "t-sne"]
    expected = {
        "report.json",
        "report.md",
        *(f"{name}.{kind}" for name in pictures for kind in ("png", "svg")),
    }
    assert {file.name for file in folder.iterdir()} == expected
    for name in pictures:
        assert {(0, 114, 178), (213, 94, 0)} <= colours(folder / f"{name}.png"), name
        assert len(ElementTree.parse(folder / f"{name}.svg").findall(".//{*}path")) > 10
        assert f"({name}.png)" in (folder / "report.md").read_text()
    assert json.loads((folder / "report.json").read_text()) == as_dict(report, ABOUT)


def test_without_a_layout_there_is_no_layout(report: Report, tmp_path: Path) -> None:
    write_report(tmp_path, report, ABOUT)
    assert not (tmp_path / "t-sne.png").exists()
    assert "t-sne" not in (tmp_path / "report.md").read_text()


def separate() -> tuple[Codes, NDArray[np.int64]]:
    """Two kinds of codes, 16 bits apart, with a few bits of noise."""
    random, kinds = np.random.default_rng(1), np.arange(60) % 2
    flips = random.random((60, 16)) < 0.1
    return pack(np.where(flips ^ (kinds[:, None] == 1), 1, -1).astype(np.float32)), kinds


def test_tsne_keeps_alike_codes_together() -> None:
    codes, kinds = separate()
    places = tsne_places(codes)
    np.testing.assert_array_equal(places, tsne_places(codes))
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (kinds[distances.argmin(axis=1)] == kinds).mean() > 0.95


def test_every_class_of_the_legend_has_its_name() -> None:
    codes, _ = separate()
    labels = [f"class {i % 10}" for i in range(56)] + ["", "", "_x", "_x"]
    legend = tsne_plot(codes, labels).axes[0].get_legend()
    assert legend is not None
    shown = [text.get_text() for text in legend.get_texts()]
    assert len(shown) == 9 and shown[0] == "other classes" and set(shown[1:]) <= set(labels)


def test_three_photos_are_not_laid_out() -> None:
    with pytest.raises(UsageError, match=r"4 photos, not 3.*--tsne"):
        tsne_plot(np.zeros((3, 1), np.uint8), ["a"] * 3)
