"""`hammingbird experiment`: from a plan to a page, cell by cell."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click import testing as cli

from engine.cli.experiment import experiment
from engine.errors import UsageError
from engine.training.experiments.cells import Result
from engine.training.experiments.grid import Candidate, settle
from engine.training.experiments.hard_pairs import hard_pairs
from engine.training.experiments.plan import Plan, load_plan
from engine.training.judgement import Judgement
from engine.training.questions import Ranker, label_question

PLAN = """
title = "Colours"
page = "results/colours.md"
about = "Small."

[material]
photos = ["classes"]
transfer = ["others"]
tree = "tree.txt"
teacher = "$HERE/teacher.py"
teacher_side = 32
side = 32
crops = 1
validation = 0.2
test = 0.3
queries = 30

[budget]
hidden = 16
epochs = 2
batch = 16
cuts = [10]
bits = [16]
seeds = [0, 1]
tuning_bits = 16

[[rows]]
name = "semantic-kl"
objective = "semantic-kl"
targets = { tree = 1.0 }
candidates = [{}, { options = { kl = "0.5" }, learning_rate = 0.01 }]

[[rows]]
name = "no KL"
objective = "semantic-kl"
like = "semantic-kl"
options = { kl = "0" }

[[rows]]
name = "lsh"
objective = "lsh"

[end_to_end]
backbone = "shufflenet_v2_x0_5"
train_side = 32
input_side = 32
epochs = 1
batch = 32
learning_rate = 0.001

[[rows]]
name = "whole network"
objective = "semantic-kl"
like = "semantic-kl"
end_to_end = true

[[claims]]
work = "End to end"
claim = "A whole network learns."
rows = ["whole network"]
measures = ["mAP"]
bits = [16]

[[claims]]
work = "semantic-kl"
claim = "KL helps."
rows = ["semantic-kl", "no KL"]
measures = ["mAP", "kept mAP", "bit balance", "hard pairs"]
bits = [16]
verdict = "It may."

[not_run]
"a grander row" = "no time."
"""


@pytest.fixture
def plan(tmp_path: Path, classes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan over three classes of colours, with other photos to transfer to."""
    monkeypatch.setenv("HERE", str(tmp_path))
    (tmp_path / "others").symlink_to(classes)
    file = tmp_path / "colours.toml"
    file.write_text(PLAN)
    return file


@pytest.fixture
def run(plan: Path, tmp_path: Path) -> Callable[..., cli.Result]:
    def run(*arguments: str) -> cli.Result:
        fixed = [str(plan), "--run", str(tmp_path / "run"), "--progress", "jsonl"]
        return cli.CliRunner().invoke(experiment, [*fixed, *arguments])

    return run


def test_a_plan_becomes_a_page(run: Callable[..., cli.Result], tmp_path: Path) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    page = (tmp_path / "results" / "colours.md").read_text()
    assert "# Colours" in page
    assert "**Here.** It may." in page
    assert "a grander row: no time." in page
    assert "others, which nothing was trained on" in page
    assert (tmp_path / "results" / "figures" / "colours-semantic-kl.svg").stat().st_size > 1000
    tables = re.findall(r"(?:^\|.*\n)+", page, flags=re.M)
    assert len(tables) >= 8
    for table in tables:
        widths = {line.count("|") for line in table.splitlines()}
        assert len(widths) == 1, table
    # Three classes of plain colours: a trained head tells them apart.
    (row,) = re.findall(r"^\| semantic-kl \| 16 \| ([.\d]+) ", page, flags=re.M)
    assert float(row) > 0.8
    (whole,) = re.findall(r"^\| whole network \| 16 \| ([.\d]+) ", page, flags=re.M)
    assert float(whole) > 0.4  # chance is one third


def test_bits_are_those_of_the_ranked_photos(run: Callable[..., cli.Result], tmp_path: Path) -> None:
    """The test part is a random third of what "others" has too, so its bits are as balanced."""
    assert run().exit_code == 0
    (file,) = (tmp_path / "run" / "cells").glob("test-lsh-16-0-*")
    bits = Result.load(file).bits
    assert bits["test"]["bit balance"] == pytest.approx(bits["others"]["bit balance"], abs=0.1)


def test_what_is_done_is_not_done_again(run: Callable[..., cli.Result], tmp_path: Path) -> None:
    assert run().exit_code == 0
    cells = {file: file.stat().st_mtime_ns for file in (tmp_path / "run" / "cells").iterdir()}
    assert len(cells) == 2 + 4 * 2  # candidates; rows by seeds
    page = (tmp_path / "results" / "colours.md").read_text()
    lost = next(file for file in cells if file.name.startswith("test-lsh"))
    lost.unlink()
    assert run().exit_code == 0
    after = {file: file.stat().st_mtime_ns for file in (tmp_path / "run" / "cells").iterdir()}
    assert after.keys() == cells.keys()
    assert {file for file in cells if after[file] != cells[file]} == {lost}
    again = (tmp_path / "results" / "colours.md").read_text()
    strip = re.compile(r"seconds a seed.*?\n\n", flags=re.S)
    assert strip.sub("", again) == strip.sub("", page)


def test_rows_run_in_several_processes(run: Callable[..., cli.Result], tmp_path: Path) -> None:
    assert run().exit_code == 0
    alone = (tmp_path / "results" / "colours.md").read_text()
    for file in (tmp_path / "run" / "cells").iterdir():
        file.unlink()
    assert run("--processes", "2").exit_code == 0
    together = (tmp_path / "results" / "colours.md").read_text()
    figures = re.compile(r"^\| semantic-kl \| 16 .*", flags=re.M)
    assert figures.findall(together) == figures.findall(alone) != []


def test_a_row_is_like_the_candidate_that_was_chosen(plan: Path) -> None:
    read: Plan = load_plan(plan)
    first, second = (replace(read.row("semantic-kl"), learning_rate=rate) for rate in (0.0, 0.01))
    chosen = settle(read, {"semantic-kl": [Candidate(first, 0.4), Candidate(second, 0.6)]})
    assert chosen["semantic-kl"] is second
    assert chosen["no KL"].learning_rate == 0.01
    assert chosen["no KL"].targets == {"tree": 1.0}
    assert chosen["no KL"].options == {"kl": "0"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "Colours"', "title = ", "is no TOML"),
        ('title = "Colours"', 'name = "Colours"', "has 'name'"),
        ("crops = 1", "crops = 1.5", "crops is 1.5"),
        ("crops = 1", "harvest = 1", "no entry 'harvest'"),
        ('photos = ["classes"]', "", "lacks an entry"),
        ('objective = "lsh"', 'objective = "alchemy"', "alchemy"),
        ('name = "no KL"', 'name = "semantic-kl"', "Two rows"),
        ('like = "semantic-kl"', 'like = "gold"', "is like 'gold'"),
        ('rows = ["semantic-kl", "no KL"]', 'rows = ["gold"]', "names 'gold'"),
        ("$HERE", "$NOWHERE", "NOWHERE"),
        ('photos = ["classes"]', 'photos = ["nothing"]', "nothing"),
        ("test = 0.3", "test = 0.0", "test part has 0 photos"),
        ("epochs = 1\n", "", "[end_to_end] lacks an entry 'epochs'"),
        ('title = "Colours"', "", "lacks 'title'"),
        ("epochs = 2", 'epochs = "many"', "where a whole number is due"),
        ("bits = [16]", "bits = [12]", "multiple of 8"),
        ("seeds = [0, 1]", "seeds = []", "seeds"),
        ("validation = 0.2", "validation = 7", "can't hold out"),
        ('teacher = "$HERE/teacher.py"', "", "a teacher"),
        ('{ kl = "0" }', '{ kk = "0" }', "no option 'kk'"),
        ('objective = "lsh"', 'objective = "lsh"\noptions = { kl = "0" }', "takes none"),
        ("batch = 16", "batch = 9999", "more than the"),
        ('page = "results/colours.md"', 'page = "/dev/null/colours.md"', "can't be written to"),
        ('objective = "lsh"', 'objective = "lsh"\nend_to_end = true', "can't train a whole network"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    plan: Path, run: Callable[..., cli.Result], old: str, new: str, words: str
) -> None:
    assert old in PLAN
    plan.write_text(PLAN.replace(old, new))
    done = run()
    assert isinstance(done.exception, UsageError), done.output
    assert words in str(done.exception)


def test_our_own_plans_are_sound() -> None:
    plans = sorted((Path(__file__).parents[2] / "docs" / "experiments").glob("*.toml"))
    assert plans
    for plan in plans:
        assert load_plan(plan).rows


def test_a_measure_that_nobody_took_is_named(plan: Path, run: Callable[..., cli.Result]) -> None:
    plan.write_text(PLAN.replace('measures = ["', 'measures = ["fun", "'))
    done = run()
    assert isinstance(done.exception, UsageError), done.output
    assert "'fun'" in str(done.exception) and "mAP@10" in str(done.exception)


def test_other_shares_are_another_split(plan: Path, run: Callable[..., cli.Result]) -> None:
    assert run().exit_code == 0
    page = plan.parent / "results" / "colours.md"
    before = page.read_text()
    assert f"hammingbird experiment {plan}" in before
    assert before.count("| the teacher's features, cosine | ") == before.count("| pHash, 64 bits | ") == 2
    plan.write_text(PLAN.replace("validation = 0.2", "validation = 0.3"))
    assert run().exit_code == 0
    split = re.compile(r"Split (\w+)")
    assert split.search(page.read_text())[1] != split.search(before)[1]


def test_hard_pairs_by_hand() -> None:
    """One query of class 0; the farthest of its kind by looks is 3, the nearest of the others is 4."""
    labels = np.array([0, 0, 0, 0, 1, 1])
    looks = np.array([[0.0], [1], [2], [9], [3], [8]], np.float32)
    codes = np.array([[0.0], [1], [1], [4], [6], [2]], np.float32)
    question = label_question(Judgement(labels), np.array([0]), np.arange(6), (10,))

    def gap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.abs(a - b.T)

    assert hard_pairs(question, Ranker(codes, gap), Ranker(looks, gap)).tolist() == [1.0]
    codes[3] = 6
    assert hard_pairs(question, Ranker(codes, gap), Ranker(looks, gap)).tolist() == [0.5]
    codes[3] = 7
    assert hard_pairs(question, Ranker(codes, gap), Ranker(looks, gap)).tolist() == [0.0]


def test_progress_says_how_many_cells_are_left(run: Callable[..., cli.Result]) -> None:
    told = [json.loads(line) for line in run().stdout.splitlines() if line.startswith("{")]
    cells = [event for event in told if event.get("phase") == "experiment"]
    assert [event["done"] for event in cells] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert cells[0]["total"] == 8
