"""A library is never made in a folder of photos, nor around one: photo folders are only read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]


def tree(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.mark.parametrize(
    ("library", "photos"),
    [("photos", "photos"), ("photos/library", "photos"), ("photos", "photos/inner"), ("link", "photos")],
)
def test_nothing_is_written_before_the_refusal(
    hammingbird: Run, photo_folder: Folder, tmp_path: Path, library: str, photos: str
) -> None:
    photo_folder("photos/inner", range(2))
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    before = tree(tmp_path)
    done = hammingbird("index", tmp_path / photos, "--progress", "none", library=tmp_path / library)
    assert done.exit_code == 2, done.err
    assert "--library" in done.err and "Traceback" not in done.err
    assert tree(tmp_path) == before


def test_a_good_folder_does_not_hide_a_wrong_one(
    hammingbird: Run, photo_folder: Folder, tmp_path: Path
) -> None:
    good, wrong = photo_folder("good", [1]), photo_folder("wrong", [2])
    assert hammingbird("index", good, wrong, library=wrong).exit_code == 2
    assert tree(wrong) == [wrong / "2.jpg"]


def test_a_folder_inside_the_library_is_not_added_later_either(
    hammingbird: Run, photo_folder: Folder, library_dir: Path
) -> None:
    assert hammingbird("index", photo_folder("photos", [1]), "--progress", "none").exit_code == 0
    done = hammingbird("index", library_dir / "models")
    assert done.exit_code == 2 and "library" in done.err
    assert [entry["photos"] for entry in hammingbird("folders", "--json").data] == [1]


def test_the_usual_library_may_lie_in_a_home_that_is_indexed_whole(
    hammingbird: Run, photo_folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = photo_folder("home", range(2))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    for _ in range(2):
        done = hammingbird("index", home, "--progress", "jsonl", library=None)
        assert done.exit_code == 0, done.err
        assert json.loads(done.out.splitlines()[-1])["figures"]["files"] == 2
