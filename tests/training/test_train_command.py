"""`hammingbird train` and `evaluate`, small: from folders of photos to a model that the product takes."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from safetensors.torch import load_file

from engine.cli.evaluate import evaluate
from engine.cli.train import train
from engine.errors import HammingbirdError, UsageError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile


@pytest.fixture
def arguments_of(tmp_path: Path, classes: Path) -> Callable[..., list[str]]:
    def arguments(output: str, run: str = "") -> list[str]:
        fixed = ["--tree", str(tmp_path / "tree.txt"), "--teacher", str(tmp_path / "teacher.py")]
        fixed += ["--run", str(tmp_path / (run or f"run-{output}")), "--output", str(tmp_path / output)]
        fixed += ["--teacher-side", "32"]
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
        return [str(classes), *fixed, "--progress", "jsonl"]

    return arguments


@pytest.fixture
def run_train(arguments_of: Callable[..., list[str]]) -> Callable[..., Result]:
    def invoke(*arguments: str, output: str = "model", run: str = "") -> Result:
        return CliRunner().invoke(train, [*arguments_of(output, run), *arguments])

    return invoke


def test_a_trained_model_ranks_by_class_and_says_what_it_is(
    run_train: Callable[..., Result], tmp_path: Path, classes: Path
) -> None:
    done = run_train(*["--epochs", "6", "--learning-rate", "0.003", "--set", "similarity=1"])
    assert done.exit_code == 0, done.output
    model = ModelFile.load(tmp_path / "model")
    assert (model.n_bits, model.input_side) == (16, 32)
    assert Encoder(model).digest == model.digest
    training = model.card["training"]
    assert training["targets"] == {"tree": 0.4, "teacher": 0.6}
    assert (training["tree"], training["teacher"]) == ("tree.txt", "teacher.py")
    assert (training["caption_encoder"], training["weights"]) == (None, None)
    assert training["device"].startswith("1 x ")
    assert training["split"]["train"] + training["split"]["validation"] == 180
    assert "Left out, since they are missing or can't be read: 1." in done.stderr
    assert training["best_epoch"] in range(1, 7)
    assert (training["photos"], training["skipped"], training["left_out"]) == (180, 1, [])
    assert set(model.card["validation"]) == {"P@10", "mAP@100", "mAHP@250 (A)", "bit_balance"}
    curve = [json.loads(line) for line in (tmp_path / "run-model" / "curve.jsonl").read_text().splitlines()]
    assert [point["epoch"] for point in curve] == [1, 2, 3, 4, 5, 6]
    # Three classes: chance is one third.
    assert model.card["validation"]["P@10"] > 0.85, curve
    measured = CliRunner().invoke(evaluate, [str(classes), "--model", str(model.folder), "--json"])
    assert json.loads(measured.stdout)["P@10"] > 0.85


def test_a_run_that_ended_leaves_nothing_to_resume(run_train: Callable[..., Result], tmp_path: Path) -> None:
    assert run_train("--epochs", "1").exit_code == 0
    kept = {file.name for file in (tmp_path / "run-model").iterdir()}
    assert "best.safetensors" in kept
    assert "checkpoint.pt" not in kept
    shutil.rmtree(tmp_path / "model")
    weights = (tmp_path / "run-model" / "best.safetensors").read_bytes()
    for again in ([], ["--resume"]):
        refused = run_train("--epochs", "1", *again)
        assert isinstance(refused.exception, UsageError) and "has ended" in str(refused.exception)
    assert (tmp_path / "run-model" / "best.safetensors").read_bytes() == weights


def test_a_run_that_was_refused_leaves_nothing_to_the_next(
    run_train: Callable[..., Result], tmp_path: Path
) -> None:
    refused = run_train("--epochs", "1", "--validation", "0.01")
    assert "a larger share with --validation" in str(refused.exception)
    refused = run_train("--epochs", "1", "--leave-out", "purple")
    assert "No photo has the class 'purple'" in str(refused.exception)
    assert run_train("--epochs", "1", "--leave-out", "green").exit_code == 0
    training = ModelFile.load(tmp_path / "model").card["training"]
    assert (training["left_out"], training["photos"]) == (["green"], 120)
    assert training["split"]["validation"] > 15


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError('no such layer')", "failed: ValueError: no such layer"),
        ("return torch.zeros(len(rgb) + 1, 10)", "features of its own"),
        ("return torch.zeros(len(rgb), 10)", "features of its own"),
        ("return torch.full((len(rgb), 10), torch.nan)", "features of its own"),
        ("return torch.rand(len(rgb), len(rgb))", "features of its own"),
        ("return rgb", "features of its own"),
    ],
)
def test_a_teacher_that_gives_no_features_is_named(
    run_train: Callable[..., Result], tmp_path: Path, body: str, words: str
) -> None:
    teacher = tmp_path / "teacher.py"
    forward = "return nn.functional.adaptive_avg_pool2d(rgb, 3).flatten(1)"
    teacher.write_text(teacher.read_text().replace(forward, body))
    done = run_train("--epochs", "1")
    assert isinstance(done.exception, UsageError), done.output
    assert "teacher.py" in str(done.exception) and words in str(done.exception)
    assert not (tmp_path / "run-model" / "teacher.safetensors").exists()


def test_training_goes_on_from_a_model(run_train: Callable[..., Result], tmp_path: Path) -> None:
    assert run_train("--epochs", "1").exit_code == 0
    parent = ModelFile.load(tmp_path / "model")
    done = run_train("--epochs", "1", "--init", str(parent.folder), output="child")
    assert done.exit_code == 0, done.output
    assert ModelFile.load(tmp_path / "child").card["training"]["parent"] == parent.digest


def test_a_model_is_trained_on_as_what_it_is(run_train: Callable[..., Result], tmp_path: Path) -> None:
    assert run_train("--epochs", "0").exit_code == 0
    init = ["--init", str(tmp_path / "model")]
    for other in (["--n-bits", "24"], ["--backbone", "resnet18"]):
        refused = run_train("--epochs", "1", *init, *other, output="child")
        assert "Add --backbone shufflenet_v2_x1_0 --n-bits 16" in str(refused.exception)
    refused = run_train("--epochs", "1", *init, "--weights", "none.pt", output="child")
    assert "not both" in str(refused.exception)
    refused = run_train("--epochs", "1", "--init", str(tmp_path / "none"), output="child")
    assert isinstance(refused.exception, HammingbirdError) and "card.json" in str(refused.exception)


def test_another_teacher_is_asked_again(
    run_train: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its features are kept with the run, so that two teachers may meet in one folder."""
    kept = tmp_path / "run-model" / "teacher.safetensors"
    with monkeypatch.context() as stopped:  # just before the end, with a checkpoint left
        stopped.setattr("engine.training.whole_run.finish_run", lambda *_, **__: sys.exit(130))
        assert run_train("--epochs", "0").exit_code == 130
    first = load_file(kept)["features"]
    teacher = tmp_path / "teacher.py"
    teacher.write_text(teacher.read_text().replace("rgb, 3)", "rgb, 2)"))
    refused = run_train("--epochs", "0", "--resume", output="model2", run="run-model")
    assert "photos was" in str(refused.exception)
    assert (first.shape[2], load_file(kept)["features"].shape[2]) == (27, 12)
    kept.write_bytes(kept.read_bytes()[:100])  # as a killed run of an earlier version left it
    (tmp_path / "run-model" / "checkpoint.pt").unlink()
    assert run_train("--epochs", "0", output="model3", run="run-model").exit_code == 0
    assert load_file(kept)["features"].shape[2] == 12


def test_photos_of_one_class_have_nothing_to_learn(run_train: Callable[..., Result], classes: Path) -> None:
    for other in ("blue", "green"):
        shutil.rmtree(classes / other)
    done = run_train("--epochs", "1", "--target", "tree=1", "--batch", "16")
    assert isinstance(done.exception, UsageError) and "one class, red" in str(done.exception)
    done = run_train("--epochs", "1", "--objective", "orthohash", "--batch", "16")
    assert isinstance(done.exception, UsageError) and "have 1" in str(done.exception)


def test_two_processes_stop_when_one_is_asked(
    arguments_of: Callable[[str], list[str]], tmp_path: Path
) -> None:
    """A SIGTERM reaches the first process alone; a second would end it without the others."""
    command = [sys.executable, "-m", "desktop_app", "train", *arguments_of("pair"), "--epochs", "50"]
    command += ["--device", "cpu", "--devices", "2"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, text=True, start_new_session=True, **pipes) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if '"training"' in line)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()  # ends when the last process does
    assert process.returncode == 130, rest
    assert "--resume" in rest and "Traceback" not in rest
    assert (tmp_path / "run-pair" / "checkpoint.pt").is_file()


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
        (["--n-bits", "8"], "from 16 to 1024"),
        (["--backbone", "alphabet"], "alphabet"),
        (["--tree", "/no/tree.txt"], "tree.txt"),
        (["--teacher", "/no/teacher.py"], "teacher.py"),
        (["--batch", "500"], "too few"),
        (["/no/photos"], "/no/photos"),
        (["--run", "/dev/null"], "is a file"),
        (["--choose-by", "alchemy"], "P@10, mAP@100, mAHP@250 (A)"),
        (["--teacher-weight", "nan"], "from 0"),
        (["--learning-rate", "inf"], "above 0"),
        (["--seed", "99999999999"], "32 bits"),
        (["--batch", "33", "--devices", "2", "--device", "cpu"], "multiple of --devices"),
        (["--objective", "alchemy"], "orthohash"),
        (["--set", "kl"], "NAME=VALUE"),
        (["--set", "gold=1"], "similarity"),
        (["--set", "kl=much"], "number"),
        (["--set", "kl=-1"], "from 0"),
        (["--objective", "dual-hinge", "--set", "sharpness=-5"], "above 0"),
        (["--objective", "hashnet", "--set", "growth=-1"], "not below 0"),
        (["--target", "tree"], "--target tree says no value"),
        (["--target", "tree=much"], "is a number"),
        (["--target", "captions=1"], "no target distances captions"),
        (["--target", "tree=-1"], "numbers from 0"),
        (["--precision", "16"], "bf16"),
        (["--distil", "crop"], "a photo or a view"),
        (["--learning-rate", "0"], "above 0"),
        (["--resume"], "no checkpoint"),
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


def test_the_teacher_can_look_at_each_view(run_train: Callable[..., Result], tmp_path: Path) -> None:
    assert run_train("--epochs", "1", "--distil", "view").exit_code == 0
    card = ModelFile.load(tmp_path / "model").card
    assert card["training"]["distil"] == "view"


def test_without_tree_and_teacher_classes_are_the_target(tmp_path: Path, classes: Path) -> None:
    arguments = [str(classes), "--run", str(tmp_path / "run"), "--output", str(tmp_path / "model")]
    arguments += ["--train-side", "32", "--input-side", "32", "--batch", "32", "--n-bits", "16"]
    done = CliRunner().invoke(
        train, [*arguments, "--validation", "0.2", "--epochs", "1", "--progress", "none"]
    )
    assert done.exit_code == 0, done.output
    assert ModelFile.load(tmp_path / "model").n_bits == 16
    for made in ("model", "run"):
        shutil.rmtree(tmp_path / made)
    done = CliRunner().invoke(train, [*arguments, "--distil", "view"])
    assert isinstance(done.exception, UsageError) and "no teacher" in str(done.exception)


def test_ctrl_c_saves_a_checkpoint_and_resuming_ends_where_no_stop_would(
    arguments_of: Callable[[str], list[str]], run_train: Callable[..., Result], tmp_path: Path
) -> None:
    assert run_train("--epochs", "4", output="whole").exit_code == 0
    command = [sys.executable, "-m", "desktop_app", "train", *arguments_of("halves"), "--epochs", "4"]
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
    assert not (tmp_path / "halves").exists()
    refused = run_train("--epochs", "4", output="halves")
    assert isinstance(refused.exception, UsageError)
    assert "Add --resume" in str(refused.exception)
    done = run_train("--epochs", "4", "--resume", output="halves")
    assert done.exit_code == 0, done.output
    one, two = (tmp_path / name / "weights.safetensors" for name in ("whole", "halves"))
    assert one.read_bytes() == two.read_bytes()


def test_the_first_head_may_be_fitted_to_the_photos(run_train: Callable[..., Result], tmp_path: Path) -> None:
    heads = {}
    for kind in ("random", "itq", "neighbours"):
        done = run_train("--epochs", "0", "--first-head", kind, output=kind)
        assert done.exit_code == 0, done.output
        heads[kind] = load_file(tmp_path / kind / "weights.safetensors")["head.weight"].float()
    assert heads["random"].shape == heads["itq"].shape
    assert not heads["random"].equal(heads["itq"])
    assert not heads["neighbours"].equal(heads["itq"])
    assert ModelFile.load(tmp_path / "itq").card["training"]["first_head"] == "itq"
    wrong = run_train("--epochs", "0", "--first-head", "zeros", output="wrong")
    assert isinstance(wrong.exception, UsageError) and "first head" in wrong.exception.what


def test_a_head_keeps_no_neighbours_without_a_teacher(arguments_of: Callable[..., list[str]]) -> None:
    arguments = arguments_of("alone")
    at = arguments.index("--teacher")
    found = CliRunner().invoke(
        train, [*arguments[:at], *arguments[at + 2 :], "--epochs", "0", "--first-head", "neighbours"]
    )
    assert isinstance(found.exception, UsageError) and found.exception.remedy == "Add --teacher."
