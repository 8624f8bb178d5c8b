"""Index, kill -9 in the middle, run again: the library is that of an undisturbed run."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def start(library: Path, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "desktop_app", "--library", str(library), "index", *map(str, arguments)]
    return subprocess.Popen([*command, "--progress", "none"], cwd=ROOT, env=dict(os.environ))


def finish(library: Path, *arguments: object) -> None:
    with start(library, *arguments) as child:
        assert child.wait(120) == 0


def count(library: Path) -> int:
    try:
        db = sqlite3.connect(f"{(library / 'library.db').as_uri()}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(db.execute("SELECT count(*) FROM codes").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()


def content(library: Path) -> set[tuple[str, bytes, bytes]]:
    """Every file with its photo and code, whatever numbers the rows have."""
    db = sqlite3.connect(library / "library.db")
    try:
        rows = db.execute(
            "SELECT rel_path, pixel_hash, code FROM files JOIN photos ON photos.id = files.photo_id"
            " JOIN codes ON codes.photo_id = photos.id"
        ).fetchall()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        db.close()
    return set(rows)


def thumbnails(library: Path) -> int:
    db = sqlite3.connect(library / "thumbnails.db")
    try:
        return int(db.execute("SELECT count(*) FROM thumbnails").fetchone()[0])
    finally:
        db.close()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("kill_after", [1, 150])
def test_a_killed_run_is_made_good_by_the_next(
    tmp_path: Path, photo_folder: Callable[..., Path], kill_after: int
) -> None:
    folder = photo_folder("photos", range(400), (160, 120))
    finish(tmp_path / "undisturbed", folder)
    killed = tmp_path / "killed"
    child = start(killed, folder)
    deadline = time.monotonic() + 60
    while count(killed) < kill_after and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    half_way = count(killed)
    assert 0 < half_way < 400, "the run was not killed in the middle"
    finish(killed, folder)
    assert content(killed) == content(tmp_path / "undisturbed")
    assert len(content(killed)) == 400
    assert thumbnails(killed) >= 400


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT")
def test_ctrl_c_keeps_what_was_done_and_the_next_run_goes_on(
    tmp_path: Path, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder("photos", range(400), (160, 120))
    library = tmp_path / "library"
    child = start(library, folder)
    while count(library) < 30 and child.poll() is None:
        time.sleep(0.005)
    child.send_signal(signal.SIGINT)
    assert child.wait(30) == 130
    kept = count(library)
    assert 30 <= kept < 400
    finish(library, folder)
    assert count(library) == 400
