"""`hammingbird distil`, small: from folders of photos to a backbone that `train --weights` takes."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from safetensors.torch import load_file
from tiny_maps import MAP_TEACHER, SMALL, SMALL_FASTERNET, save_photos

from engine.cli.distil import distil
from engine.cli.export import export
from engine.cli.train import train
from engine.errors import UsageError
from engine.training.checkpoint import CHECKPOINT

SIZES = ["--train-side", "32", "--input-side", "32", "--batch", "16", "--validation", "0.25"]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    (tmp_path / "teacher.py").write_text(MAP_TEACHER)
    return save_photos(tmp_path / "photos", 80)


@pytest.fixture
def arguments(photos: Path, tmp_path: Path) -> list[str]:
    fixed = ["--teacher", str(tmp_path / "teacher.py"), *SIZES]
    return [str(photos), *fixed, "--backbone", SMALL, "--epochs", "2", "--progress", "jsonl"]


@pytest.fixture
def run_distil(arguments: list[str], tmp_path: Path) -> Callable[..., Result]:
    def invoke(*more: str, run: str = "run") -> Result:
        return CliRunner().invoke(distil, [*arguments, "--run", str(tmp_path / run), *more])

    return invoke


def test_stage_one_gives_stage_two_its_weights(
    run_distil: Callable[..., Result], tmp_path: Path, photos: Path
) -> None:
    done = run_distil("--leave-out", "a class that is not here")
    assert "No photo has the class" in str(done.exception)
    done = run_distil()
    assert done.exit_code == 0, done.output
    run = tmp_path / "run"
    kept = {
        "best.safetensors",
        "guesses.safetensors",
        "curve.jsonl",
        "metrics.jsonl",
        "card.json",
        "split.csv",
    }
    assert {file.name for file in run.iterdir()} == kept
    card = json.loads((run / "card.json").read_text())
    assert set(card["validation"]) == {"cosine", "teacher@10", "shared@10"}
    told = card["distilled"]
    assert (told["backbone"], told["photos"], told["teacher"]) == (SMALL, 80, "teacher.py")
    assert told["teacher_has_logits"] and told["split"]["validation"] >= 11
    arguments = [str(photos), "--run", str(tmp_path / "hash"), *SIZES, "--epochs", "1", "--progress", "none"]
    arguments += ["--backbone", SMALL, "--n-bits", "16", "--weights", str(run / "best.safetensors")]
    trained = CliRunner().invoke(train, [*arguments, "--learning-rate", "1e-12"])
    assert trained.exit_code == 0, trained.output
    backbone, whole = load_file(run / "best.safetensors"), load_file(tmp_path / "hash" / "best.safetensors")
    kernel = "trunk.layer1.0.conv1.weight"
    torch.testing.assert_close(whole[f"backbone.{kernel}"], backbone[kernel])


def test_a_run_goes_on_from_another(run_distil: Callable[..., Result], tmp_path: Path) -> None:
    assert run_distil().exit_code == 0
    measured = json.loads((tmp_path / "run" / "card.json").read_text())["validation"]
    still = ["--init", str(tmp_path / "run"), "--learning-rate", "1e-12", "--muon-rate", "0"]
    done = run_distil(*still, "--epochs", "1", run="second")
    assert done.exit_code == 0, done.output
    card = json.loads((tmp_path / "second" / "card.json").read_text())
    assert card["validation"]["cosine"] == pytest.approx(measured["cosine"], abs=0.02)
    from_file = run_distil("--init", str(tmp_path / "run" / "best.safetensors"), "--epochs", "1", run="third")
    assert from_file.exit_code == 0, from_file.output


def test_sections_that_learned_apart_go_on_as_a_whole(
    run_distil: Callable[..., Result], tmp_path: Path
) -> None:
    cut = ["--backbone", SMALL_FASTERNET, "--precision", "bf16"]
    done = run_distil(*cut, "--apart")
    assert done.exit_code == 0, done.output
    card = json.loads((tmp_path / "run" / "card.json").read_text())
    assert card["distilled"]["apart"] and "bf16" in card["distilled"]["device"]
    still = ["--init", str(tmp_path / "run"), "--learning-rate", "1e-12", "--muon-rate", "0", "--epochs", "1"]
    done = run_distil(*cut, *still, run="whole")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "whole" / "card.json").read_text())["distilled"]
    assert not told["apart"] and told["init"] == "run"
    for name in ("best.safetensors", "guesses.safetensors"):
        before, after = (load_file(tmp_path / run / name) for run in ("run", "whole"))
        kernels = [weight for weight in before if before[weight].ndim > 1]
        torch.testing.assert_close({w: after[w] for w in kernels}, {w: before[w] for w in kernels})


def test_ctrl_c_saves_a_checkpoint_and_resuming_ends_where_no_stop_would(
    run_distil: Callable[..., Result], arguments: list[str], tmp_path: Path
) -> None:
    assert run_distil("--epochs", "4", run="whole").exit_code == 0
    halves = ["--run", str(tmp_path / "halves"), "--epochs", "4"]
    command = [sys.executable, "-m", "desktop_app", "distil", *arguments, *halves]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if '"training"' in line:
                process.send_signal(signal.SIGINT)
                break
        rest = process.stdout.read()
    assert process.returncode == 130, rest
    assert "--resume" in rest
    refused = run_distil("--epochs", "4", run="halves")
    assert "Add --resume" in str(refused.exception)
    done = run_distil("--epochs", "4", "--resume", run="halves")
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "halves" / CHECKPOINT).exists()
    one, two = (tmp_path / name / "best.safetensors" for name in ("whole", "halves"))
    assert one.read_bytes() == two.read_bytes()


def test_a_run_that_ended_is_no_hash_network_and_is_not_written_over(
    run_distil: Callable[..., Result], tmp_path: Path
) -> None:
    assert run_distil("--epochs", "1").exit_code == 0
    for again in ([], ["--resume"]):
        refused = run_distil(*again)
        assert isinstance(refused.exception, UsageError) and "has ended" in str(refused.exception)
    made = CliRunner().invoke(export, [str(tmp_path / "run"), "--output", str(tmp_path / "model")])
    assert isinstance(made.exception, UsageError)
    assert f"hammingbird train PHOTOS --backbone {SMALL} --weights" in str(made.exception)


def test_a_compiler_that_is_not_there_is_missed_before_photos_are_read(
    run_distil: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    done = run_distil("--compiled")
    assert isinstance(done.exception, UsageError)
    assert "compiler no-such-compiler" in str(done.exception)
    assert '"photos"' not in done.stdout


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--minutes", "3"], "epochs or minutes"),
        (["--minutes", "nan"], "epochs or minutes"),
        (["--train-side", "100"], "multiple of 32"),
        (["--input-side", "8"], "at least 32"),
        (["--batch", "1"], "at least 2"),
        (["--batch", "200"], "a batch has 200"),
        (["--mixed", "1.5"], "--mixed is a share from 0 to 1"),
        (["--smallest-crop", "0"], "--smallest-crop is a share"),
        (["--learning-rate", "0"], "above 0"),
        (["--muon-rate", "nan"], "above 0"),
        (["--seed", "99999999999"], "32 bits"),
        (["--backbone", "resnet18"], "networks of timm"),
        (["--teacher", "nowhere.py"], "no Python file nowhere.py"),
        (["--init", "nowhere"], "no weights at nowhere"),
        (["--apart"], "can't be taken apart"),
        (["--apart", "--init", "run"], "not taken apart"),
        (["--run", "/dev/null"], "is a file"),
        (["--validation", "0.01"], "are sharp"),
        (["--resume"], "no checkpoint"),
    ],
)
def test_what_is_wrong_is_named(run_distil: Callable[..., Result], more: list[str], words: str) -> None:
    done = run_distil(*more)
    assert isinstance(done.exception, UsageError), done.output
    assert words in str(done.exception)
