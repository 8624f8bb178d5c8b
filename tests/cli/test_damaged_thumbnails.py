"""Thumbnails that are there and damaged: doctor tells of them, and the way back that it names works."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def photos(hammingbird: Run, photo_folder: Callable[..., Path]) -> Path:
    """Six indexed photos."""
    folder = photo_folder("photos", range(6))
    assert hammingbird("index", folder, "--progress", "none").exit_code == 0
    return folder


def damage(library_dir: Path) -> None:
    """Photo 2 gets nonsense, the end of photo 3 is lost."""
    db = sqlite3.connect(library_dir / "thumbnails.db")
    with db:
        db.execute("UPDATE thumbnails SET webp = x'0011' WHERE photo_id = 2")
        db.execute("UPDATE thumbnails SET webp = substr(webp, 1, 200) WHERE photo_id = 3")
    db.close()


def told(done: Any) -> tuple[bool, str]:
    (check,) = [check for check in done.data if check["check"] == "thumbnails"]
    return check["ok"], check["text"]


def test_doctor_tells_how_many_are_damaged(hammingbird: Run, photos: Path, library_dir: Path) -> None:
    assert told(hammingbird("doctor", "--json")) == (True, "whole, in a sample of 6")
    damage(library_dir)
    before = {path: path.read_bytes() for path in library_dir.glob("*.db")}
    done = hammingbird("doctor", "--json")
    works, text = told(done)
    assert not works and done.exit_code == 1
    assert "2 of 6" in text and "thumbnails.db" in text
    assert {path: path.read_bytes() for path in library_dir.glob("*.db")} == before


def test_what_doctor_advises_makes_them_again(hammingbird: Run, photos: Path, library_dir: Path) -> None:
    damage(library_dir)
    (library_dir / "thumbnails.db").rename(library_dir.parent / "thumbnails.db")
    assert hammingbird("index", "--progress", "none").exit_code == 0
    assert told(hammingbird("doctor", "--json")) == (True, "whole, in a sample of 6")


def test_doctor_needs_no_library(hammingbird: Run, library_dir: Path) -> None:
    done = hammingbird("doctor", "--json")
    assert done.exit_code == 0 and told(done)[0]
    assert not library_dir.exists()


def test_a_sheet_leaves_the_place_of_a_damaged_one_empty(
    hammingbird: Run, photos: Path, library_dir: Path, tmp_path: Path
) -> None:
    damage(library_dir)
    done = hammingbird("similar", photos / "0.jpg", "--all", "--sheet", tmp_path / "sheet.png")
    assert done.exit_code == 0, done.err
    assert len(done.out.splitlines()) == 5
    assert (tmp_path / "sheet.png").exists()
