"""A library of drawn photos, made once, of which each test gets a copy, and the commands in this process."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from model_commands import PHOTOS, Done, Run

from drawn_photos import draw_photo
from engine.cli.main import main
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.database import Library
from engine.library.model_choice import keep_model
from engine.training.export import export_model
from engine.training.networks import HashNetwork

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def first_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `photos` and a `library` of them, indexed with the built-in model."""
    home = tmp_path_factory.mktemp("models")
    (home / "photos").mkdir()
    for seed in range(PHOTOS):
        draw_photo(seed, (160, 120)).save(home / "photos" / f"{seed}.jpg", quality=90)
    command = [sys.executable, "-m", "desktop_app", "--library", str(home / "library"), "index"]
    subprocess.run([*command, str(home / "photos"), "--progress", "none"], check=True, cwd=ROOT, timeout=250)
    return home


@pytest.fixture
def library_dir(first_state: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_state / "library", tmp_path / "library"))


@pytest.fixture
def photos(first_state: Path) -> Path:
    return first_state / "photos"


@pytest.fixture
def hammingbird(library_dir: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`hammingbird("models", "list")` runs the command on this test's library, in this process."""

    def run(*arguments: object, library: Path = library_dir) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--library", str(library), *map(str, arguments)])
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """A small model that says of itself that it was trained from the built-in one."""
    torch.manual_seed(2)
    card = {
        "name": "Taught",
        "objective": "semantic-kl",
        "training": {"parent": built_in_model().digest},
        "validation": {"fitting": 7.4},
        "licence": "none",
    }
    folder = tmp_path_factory.mktemp("taught") / "model"
    return export_model(HashNetwork("shufflenet_v2_x0_5", 16), folder, input_side=64, card=card)


@pytest.fixture
def candidate(library_dir: Path, taught: ModelFile) -> ModelFile:
    """The same as a candidate of this test's library."""
    library = Library.open(library_dir)
    keep_model(library, taught, candidate=True)
    library.close()
    return taught
