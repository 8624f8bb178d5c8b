"""Which files a scan finds, and what it leaves alone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.photos.scan import FileEntry, absolute_path, scan

# Deeper than Python recurses, though not longer than the longest path that a system takes (4,096 bytes).
DEPTH = 1200


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def no_errors(rel_path: str, error: OSError) -> None:
    raise AssertionError(f"{rel_path}: {error}")


def found(root: Path, on_error: Callable[[str, OSError], None] = no_errors) -> list[str]:
    return [entry.rel_path for entry in scan(root, on_error)]


def test_all_files_below_are_found_in_a_steady_order(tmp_path: Path) -> None:
    root = tree(tmp_path, "b.jpg", "a.jpg", "z/1.jpg", "a/deep/er/2.png", "notes.txt")
    assert found(root) == ["a.jpg", "b.jpg", "notes.txt", "a/deep/er/2.png", "z/1.jpg"]


def test_size_and_time_are_the_files(tmp_path: Path) -> None:
    path = tree(tmp_path, "a.jpg") / "a.jpg"
    os.utime(path, ns=(10**18 + 3, 10**18 + 5))
    assert list(scan(tmp_path, no_errors)) == [FileEntry("a.jpg", b"", 1, path.stat().st_mtime_ns)]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.jpg",
        "._a.jpg",
        ".thumbnails/1.jpg",
        "@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg",
        "$RECYCLE.BIN/a.jpg",
        "lost+found/a.jpg",
        "__MACOSX/a.jpg",
        "Lightroom Previews.lrdata/a.jpg",
        "Photos.photoslibrary/resources/derivatives/a.jpg",
    ],
)
def test_leavings_of_other_programs_are_skipped(name: str, tmp_path: Path) -> None:
    assert found(tree(tmp_path, name, "Photos.photoslibrary/originals/b.jpg")) == [
        "Photos.photoslibrary/originals/b.jpg"
    ]


def test_our_own_library_is_skipped(tmp_path: Path) -> None:
    root = tree(tmp_path, "lib/library.db", "lib/thumbnails.db", "lib/jobs/1/a.jpg", "other/library.db")
    assert found(root) == ["other/library.db"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", "a/1.jpg")
    outside = tree(tmp_path / "outside", "2.jpg")
    (root / "a" / "round").symlink_to(root, target_is_directory=True)
    (root / "elsewhere").symlink_to(outside, target_is_directory=True)
    (root / "link.jpg").symlink_to(outside / "2.jpg")
    (root / "broken.jpg").symlink_to(outside / "gone.jpg")
    assert found(root) == ["link.jpg", "a/1.jpg"]


def test_a_link_as_the_root_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree(tmp_path / "real", "1.jpg"), target_is_directory=True)
    assert found(tmp_path / "link") == ["1.jpg"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in the file system")
def test_pipes_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert found(tree(tmp_path, "a.jpg")) == ["a.jpg"]


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    """A file below more folders than Python's own tools can take; removed step by step for that reason."""
    top = tmp_path / "deep"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=here)
        here = step(here, "d")
    os.close(os.open("a.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    yield top
    os.unlink("a.jpg", dir_fd=here)
    for _ in range(DEPTH):
        here = step(here, "..")
        os.rmdir("d", dir_fd=here)
    os.close(here)


def step(here: int, name: str) -> int:
    """Opens a folder as seen from an open one, which is closed."""
    there = os.open(name, os.O_RDONLY, dir_fd=here)
    os.close(here)
    return there


@pytest.mark.skipif(os.mkdir not in os.supports_dir_fd, reason="this system can't make such folders")
def test_folders_may_be_deeper_than_python_recurses(deep_folder: Path) -> None:
    assert found(deep_folder) == ["d/" * DEPTH + "a.jpg"]


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    raw = b"caf\xe9/\xff.jpg"
    try:
        path = tmp_path / os.fsdecode(raw)
        path.parent.mkdir()
        path.write_bytes(b"hello")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (entry,) = scan(tmp_path, no_errors)
    assert (entry.rel_path, entry.raw_path) == (
        "caf\N{REPLACEMENT CHARACTER}/\N{REPLACEMENT CHARACTER}.jpg",
        raw,
    )
    assert absolute_path(tmp_path, entry.rel_path, entry.raw_path).read_bytes() == b"hello"


def test_plain_names_need_no_bytes(tmp_path: Path) -> None:
    (entry,) = scan(tree(tmp_path, "über/naïve 写真.jpg"), no_errors)
    assert (entry.rel_path, entry.raw_path) == ("über/naïve 写真.jpg", b"")
    assert absolute_path(tmp_path, entry.rel_path, b"").read_bytes() == b"x"


def test_a_folder_that_cannot_be_listed_is_told_and_passed(tmp_path: Path) -> None:
    root = tree(tmp_path, "closed/1.jpg", "open/2.jpg")
    (root / "closed").chmod(0)
    if os.access(root / "closed", os.R_OK):
        pytest.skip("this user may read everything")
    told: list[str] = []
    assert found(root, lambda rel_path, error: told.append(rel_path)) == ["open/2.jpg"]
    assert told == ["closed"]
    (root / "closed").chmod(0o700)


def test_a_root_that_is_not_there_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, type]] = []
    assert found(tmp_path / "gone", lambda rel_path, error: told.append((rel_path, type(error)))) == []
    assert told == [("", FileNotFoundError)]
