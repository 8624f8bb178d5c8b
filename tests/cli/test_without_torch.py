"""The product is installed without torch; the commands that need it say so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from engine import jobs
from engine.library.database import Library
from engine.progress import Failed

WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchvision", "safetensors", "lightning_fabric"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from engine.cli.main import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("command", ["train", "distil", "align", "evaluate", "experiment"])
def test_a_command_that_needs_it_says_how_to_get_it(command: str, tmp_path: Path) -> None:
    (tmp_path / "red").mkdir()
    Image.new("RGB", (60, 60)).save(tmp_path / "red" / "one.png")
    taught = ["--teacher", "teacher.py", "--run", "run"]
    more = {
        "train": ["--output", "model"],
        "distil": taught,
        "align": [
            *taught,
            "--output",
            "model",
            "--weights",
            "best.safetensors",
            "--caption-encoder",
            "words",
        ],
    }
    arguments = [str(tmp_path), *more.get(command, [])]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, command, *arguments], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1
    assert f"`{command}` needs" in done.stderr
    assert "pip install 'hammingbird[training]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_is_not_added_without_it(tmp_path: Path) -> None:
    Library.open(tmp_path / "library", create=True).close()
    command = [sys.executable, "-c", WITHOUT, "--library", str(tmp_path / "library"), "models"]
    done = subprocess.run([*command, "add", "resnet18"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "pip install 'hammingbird[training]'" in done.stderr and "Traceback" not in done.stderr
    listed = subprocess.run(command, capture_output=True, text=True)
    assert listed.returncode == 0 and "Hammingbird" in listed.stdout


def test_the_others_do_without(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT, "--library", str(tmp_path / "library"), "status"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "torch" not in done.stderr


def test_the_base_edition_says_that_it_is_one_and_what_to_do(tmp_path: Path) -> None:
    Library.open(tmp_path / "library", create=True).close()
    bundled = WITHOUT.replace("import sys\n", "import sys\nsys.frozen = True\n", 1)
    options = ["--library", str(tmp_path / "library"), "retrain", "--check", "--json"]
    done = subprocess.run([sys.executable, "-c", bundled, *options], capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "needs torch, which this base edition of Hammingbird does without" in done.stderr
    assert "install the full edition" in done.stderr and "Your library stays as it is." in done.stderr


def test_a_job_that_lacks_it_says_so_to_the_window(tmp_path: Path) -> None:
    Library.open(tmp_path / "library", create=True).close()
    folder = jobs.new_job(tmp_path / "library")
    command = [
        sys.executable,
        "-c",
        WITHOUT,
        "--library",
        str(tmp_path / "library"),
        "models",
        "add",
        "resnet18",
    ]
    done = subprocess.run(
        command, capture_output=True, cwd=tmp_path, env={**os.environ, "HAMMINGBIRD_JOB": folder.job_id}
    )
    assert done.returncode == 1
    outcome = folder.outcome()
    assert isinstance(outcome, Failed)
    assert "not installed" in outcome.message and "pip install" in outcome.remedy
