"""A run that is killed at any moment, and run again, ends as an undisturbed one."""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from engine.library.database import Library
from engine.library.thumbnails import read_thumbnails

CHILD = Path(__file__).with_name("index_child.py")


def state(folder: Path) -> tuple[object, ...]:
    """Everything that a person could notice, without row numbers, which depend on the order of reading."""
    lib = Library.open_reading(folder)
    assert lib.rows("PRAGMA foreign_key_check") == [] and lib.value("PRAGMA integrity_check") == "ok"
    pixel_hashes = dict(lib.rows("SELECT id, hex(pixel_hash) FROM photos"))
    thumbnails = read_thumbnails(lib, list(pixel_hashes))
    found = (
        sorted(lib.rows("SELECT hex(pixel_hash), hex(code) FROM photos JOIN codes ON id = photo_id")),
        sorted(
            lib.rows(
                "SELECT rel_path, hex(content_hash), hex(pixel_hash) FROM files"
                " LEFT JOIN photos ON photos.id = photo_id"
            )
        ),
        sorted(lib.rows("SELECT rel_path, reason FROM problems JOIN files ON files.id = file_id")),
        sorted((pixel_hashes[photo_id], webp) for photo_id, webp in thumbnails.items()),
    )
    lib.close()
    return found


def start(library: Path, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, CHILD, library, folder], stdout=subprocess.PIPE, text=True)


def finish(library: Path, folder: Path) -> None:
    with start(library, folder) as child:
        child.communicate()
    assert child.returncode == 0


@pytest.fixture
def folder(photo_folder) -> Path:
    made = photo_folder("photos", range(40), (96, 64))
    shutil.copyfile(made / "3.jpg", made / "copy.jpg")
    (made / "broken.jpg").write_bytes((made / "5.jpg").read_bytes()[:500])
    (made / "notes.txt").write_text("no photo")
    return made


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_and_run_again_ends_as_an_undisturbed_run(tmp_path, folder) -> None:
    finish(tmp_path / "whole", folder)
    random = Random(1)
    kills = 0
    for stored in (0, 1, 2, 5, 9):
        with start(tmp_path / "killed", folder) as child:
            assert child.stdout is not None
            for _ in range(stored):
                child.stdout.readline()
            time.sleep(random.uniform(0, 0.03) if stored else 0.4)  # into the next batch, or the start
            kills += child.poll() is None
            child.kill()
    assert kills >= 3
    finish(tmp_path / "killed", folder)
    assert state(tmp_path / "killed") == state(tmp_path / "whole")
