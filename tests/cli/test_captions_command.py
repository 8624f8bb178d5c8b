"""Captions in the terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def indexed(hammingbird: Run, photo_folder: Callable[..., Path]) -> Path:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("by the lake")
    assert hammingbird("index", folder, "--progress", "none").exit_code == 0
    return folder


def test_they_are_shown_written_and_found(hammingbird: Run, indexed: Path) -> None:
    assert hammingbird("captions", "set", indexed / "0.jpg", "a heron", "grey").exit_code == 0
    assert hammingbird("captions", "show", indexed / "0.jpg", "--json").data == [
        {"source": "txt", "text": "by the lake"},
        {"source": "typed", "text": "a heron"},
        {"source": "typed", "text": "grey"},
    ]
    found = hammingbird("search", "heron", "--by", "words", "--json").data
    assert [Path(entry["path"]).name for entry in found] == ["0.jpg"]
    assert hammingbird("captions", "set", indexed / "0.jpg").exit_code == 0
    assert hammingbird("captions", "show", indexed / "0.jpg").out == "txt: by the lake\n"
    assert "Nothing is written" in hammingbird("captions", "show", indexed / "1.jpg").out


def test_tables_are_taken_in(hammingbird: Run, indexed: Path, tmp_path: Path) -> None:
    table = tmp_path / "captions.csv"
    table.write_text("photo,caption\n1.jpg,a wren\naway.jpg,an owl\n")
    done = hammingbird("captions", "import", table)
    assert (done.exit_code, "Captions: 1 new, of 1 photos" in done.out, "away.jpg" in done.err) == (
        0,
        True,
        True,
    )
    assert hammingbird("captions", "import", table, "--json").data["known"] == 1
    table.write_text("photo,caption\naway.jpg,an owl\n")
    done = hammingbird("captions", "import", table)
    assert (done.exit_code, "says nothing about a photo" in done.err) == (2, True)


def test_what_is_wrong_is_said(hammingbird: Run, indexed: Path, tmp_path: Path) -> None:
    for arguments, words in [
        (("show", tmp_path / "away.jpg"), "has no photo"),
        (("set", tmp_path / "away.jpg", "x"), "has no photo"),
        (("set", indexed / "0.jpg", "x" * 4001), "may have 4,000 letters"),
        (("import", tmp_path / "away.csv"), "can't be read"),
    ]:
        done = hammingbird("captions", *arguments)
        assert (done.exit_code, words in done.err) == (2, True), done.err


def test_no_library_is_made_for_a_caption(hammingbird: Run, library_dir: Path, tmp_path: Path) -> None:
    done = hammingbird("captions", "set", tmp_path / "a.jpg", "x")
    assert done.exit_code != 0 and str(library_dir) in done.err
    assert not library_dir.exists()


def test_status_counts(hammingbird: Run, indexed: Path) -> None:
    done = hammingbird("captions", "status")
    assert done.out.startswith("1 of 3 photos have captions.")
    assert "Photos by source: txt (1)" in done.out and "lake (1)" in done.out
    assert hammingbird("captions", "status", "--json").data["sources"] == {"txt": 1}
