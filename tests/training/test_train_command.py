"""`hammingbird train` and `evaluate`, small: from folders of photos to a model that the product takes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw

from engine.cli.evaluate import evaluate
from engine.cli.train import train
from engine.errors import HammingbirdError, UsageError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile

TEACHER = """
import torch
from torch import nn

class Colours(nn.Module):
    def forward(self, rgb):
        return nn.functional.adaptive_avg_pool2d(rgb, 3).flatten(1)

def load_teacher():
    return Colours()
"""
COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200), "green": (30, 180, 30)}


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Three classes that differ in colour, 60 photos each, a tree and a teacher that sees colours."""
    folder = tmp_path / "classes"
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for seed in range(60):
            photo = Image.new("RGB", (64, 48), colour)
            ImageDraw.Draw(photo).ellipse(
                (seed % 20, seed % 13, seed % 20 + 25, seed % 13 + 25), fill=(seed, 90, 90)
            )
            photo.save(folder / name / f"{name}-{seed}.jpg")
    (folder / "red" / "broken.jpg").write_bytes(b"no photo")
    (tmp_path / "tree.txt").write_text("thing warm\nthing cold\nwarm red\ncold blue\ncold green\n")
    (tmp_path / "teacher.py").write_text(TEACHER)
    return folder


@pytest.fixture
def run_train(tmp_path: Path, classes: Path) -> Callable[..., Result]:
    def run(*arguments: str, output: str = "model") -> Result:
        fixed = ["--tree", str(tmp_path / "tree.txt"), "--teacher", str(tmp_path / "teacher.py")]
        fixed += ["--run", str(tmp_path / "run"), "--output", str(tmp_path / output), "--teacher-side", "32"]
        fixed += [
            "--train-side",
            "32",
            "--input-side",
            "32",
            "--batch",
            "32",
            "--n-bits",
            "16",
            "--validation",
            "0.2",
        ]
        return CliRunner().invoke(train, [str(classes), *fixed, "--progress", "jsonl", *arguments])

    return run


def test_a_trained_model_ranks_by_class_and_says_what_it_is(
    run_train: Callable[..., Result], tmp_path: Path, classes: Path
) -> None:
    done = run_train(
        *["--epochs", "6", "--learning-rate", "0.003", "--set", "similarity=1", "--leave-out", "nothing"]
    )
    assert done.exit_code == 0, done.output
    model = ModelFile.load(tmp_path / "model")
    assert (model.n_bits, model.input_side) == (16, 32)
    assert Encoder(model).digest == model.digest
    training = model.card["training"]
    assert (training["photos"], training["skipped"], training["left_out"]) == (180, 1, ["nothing"])
    assert set(model.card["validation"]) == {"P@10", "mAP@100", "bit_balance"}
    curve = [json.loads(line) for line in (tmp_path / "run" / "curve.jsonl").read_text().splitlines()]
    assert [point["epoch"] for point in curve] == [1, 2, 3, 4, 5, 6]
    # Three classes: chance is one third.
    assert model.card["validation"]["P@10"] > 0.85, curve
    measured = CliRunner().invoke(evaluate, [str(classes), "--model", str(model.folder), "--json"])
    assert json.loads(measured.stdout)["P@10"] > 0.85


def test_training_goes_on_from_a_model(run_train: Callable[..., Result], tmp_path: Path) -> None:
    assert run_train("--epochs", "1").exit_code == 0
    parent = ModelFile.load(tmp_path / "model")
    done = run_train("--epochs", "1", "--init", str(parent.folder), output="child")
    assert done.exit_code == 0, done.output
    assert ModelFile.load(tmp_path / "child").card["training"]["parent"] == parent.digest


def test_the_same_seed_gives_the_same_model(run_train: Callable[..., Result], tmp_path: Path) -> None:
    assert run_train("--epochs", "1", output="one").exit_code == 0
    assert run_train("--epochs", "1", output="two").exit_code == 0
    one, two = (tmp_path / name / "weights.safetensors" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_loss_that_is_no_number_stops_with_an_explanation(run_train: Callable[..., Result]) -> None:
    done = run_train("--epochs", "3", "--learning-rate", "1e20")
    assert isinstance(done.exception, HammingbirdError)
    assert "not a number" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--n-bits", "12"], "multiple of 8"),
        (["--backbone", "alphabet"], "alphabet"),
        (["--tree", "/no/tree.txt"], "tree.txt"),
        (["--teacher", "/no/teacher.py"], "teacher.py"),
        (["--batch", "500"], "too few"),
        (["/no/photos"], "/no/photos"),
        (["--init", "/no/model"], "can't be trained"),
        (["--objective", "alchemy"], "orthohash"),
        (["--set", "kl"], "NAME=VALUE"),
        (["--set", "gold=1"], "similarity"),
        (["--set", "kl=much"], "number"),
        (["--objective", "orthohash", "--set", "codebook=red"], "bernoulli"),
    ],
)
def test_what_is_wrong_is_named(run_train: Callable[..., Result], arguments: list[str], words: str) -> None:
    done = run_train("--epochs", "1", *arguments)
    assert isinstance(done.exception, UsageError), done.output
    assert words in str(done.exception)


def test_an_existing_model_is_not_written_over(run_train: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    done = run_train("--epochs", "1")
    assert isinstance(done.exception, UsageError)
    assert "exists already" in str(done.exception)
