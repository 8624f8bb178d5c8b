"""Files beside photos become captions, and stay in step with them."""

import os
from pathlib import Path

import pytest

from engine.errors import JobCancelled, UnreadablePhoto
from engine.library.captions import captions_of
from engine.library.photos import photo_of_path
from engine.library.problems import list_problems
from engine.photos import sidecars


def said(library, photo: Path) -> list[tuple[str, str]]:
    photo_id = photo_of_path(library, photo)
    assert photo_id is not None
    return captions_of(library, photo_id)


def test_words_beside_a_photo_are_its_captions(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("a heron")
    (folder / "0.jpg.json").write_text('{"title": "0.jpg", "description": "by the lake"}')
    (folder / "notes.txt").write_text("nobody's")
    assert run_index(folder).sidecars == 2
    assert sorted(said(library, folder / "0.jpg")) == [("takeout", "by the lake"), ("txt", "a heron")]
    assert said(library, folder / "1.jpg") == []


def test_what_is_known_is_not_opened_again(library, run_index, photo_folder, monkeypatch) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("a heron")
    run_index(folder)
    photo_folder("photos", [7])
    assert run_index(folder).sidecars == 0
    assert said(library, folder / "0.jpg") == [("txt", "a heron")]


def test_changed_gone_and_back(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    words = folder / "0.txt"
    words.write_text("a heron")
    run_index(folder)
    words.write_text("a grey heron")
    run_index(folder)
    assert said(library, folder / "0.jpg") == [("txt", "a grey heron")]
    moved = words.rename(folder / "1.txt")
    run_index(folder)
    assert said(library, folder / "0.jpg") == []
    assert said(library, folder / "1.jpg") == [("txt", "a grey heron")]
    moved.unlink()
    run_index(folder)
    assert said(library, folder / "1.jpg") == []


def test_words_that_were_there_before_their_photo(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "7.txt").write_text("a heron")
    run_index(folder)
    photo_folder("photos", [7])
    run_index(folder)
    assert said(library, folder / "7.jpg") == [("txt", "a heron")]


def test_a_photo_that_became_another_keeps_the_words_of_its_name(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("a heron")
    run_index(folder)
    (folder / "0.jpg").write_bytes((photo_folder("other", [9]) / "9.jpg").read_bytes())
    run_index(folder)
    assert said(library, folder / "0.jpg") == [("txt", "a heron")]


def test_one_file_for_two_photos(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    (folder / "1.jpg").rename(folder / "0.jpeg")
    (folder / "0.txt").write_text("a heron")
    run_index(folder)
    assert said(library, folder / "0.jpg") == said(library, folder / "0.jpeg") == [("txt", "a heron")]


def test_a_file_that_is_too_large_is_a_problem(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    (folder / "0.txt").write_bytes(b"x" * (sidecars.MAX_BYTES + 1))
    assert run_index(folder).problems == 1
    (problem,) = list_problems(library)
    assert (problem.path, problem.reason) == (folder / "0.txt", "too-large")
    (folder / "0.txt").write_text("a heron")
    run_index(folder)
    assert list_problems(library) == []
    assert said(library, folder / "0.jpg") == [("txt", "a heron")]


def test_a_file_that_may_not_be_read_is_tried_again(library, run_index, photo_folder, monkeypatch) -> None:
    folder = photo_folder("photos", range(2))
    (folder / "0.txt").write_text("a heron")
    run_index(folder)

    def refused(_path: bytes) -> None:
        raise UnreadablePhoto("no-permission")

    with monkeypatch.context() as patched:
        patched.setattr("engine.library.sidecar_pass.read_sidecar", refused)
        (folder / "0.txt").write_text("a grey heron")
        run_index(folder)
    assert [problem.reason for problem in list_problems(library)] == ["no-permission"]
    assert run_index(folder).sidecars == 1
    assert list_problems(library) == []
    assert said(library, folder / "0.jpg") == [("txt", "a grey heron")]


def test_a_cancelled_run_is_made_up_for(library, run_index, photo_folder, monkeypatch) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("a heron")
    monkeypatch.setattr("engine.library.indexer.run_sidecar_pass", _cancel)
    with pytest.raises(JobCancelled):
        run_index(folder)
    monkeypatch.undo()
    other = photo_folder("other", [7])
    run_index(other)
    run_index(folder)
    assert said(library, folder / "0.jpg") == [("txt", "a heron")]


def test_what_is_unplugged_meanwhile_is_read_later(library, run_index, photo_folder, monkeypatch) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("a heron")

    def gone(_path: bytes) -> None:
        raise UnreadablePhoto("vanished")

    with monkeypatch.context() as patched:
        patched.setattr("engine.library.sidecar_pass.read_sidecar", gone)
        run_index(folder)
    assert list_problems(library) == []
    photo_folder("photos", [7])
    run_index(folder)
    assert said(library, folder / "0.jpg") == [("txt", "a heron")]


def test_an_offline_folder_keeps_its_words(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    (folder / "0.txt").write_text("a heron")
    run_index(folder)
    away = folder.rename(folder.with_name("away"))
    run_index(photo_folder("other", [7]))
    run_index()
    away.rename(folder)
    (folder / "0.txt").write_text("a grey heron")
    run_index()
    assert said(library, folder / "0.jpg") == [("txt", "a grey heron")]
    assert list_problems(library) == []


def test_names_that_are_no_utf8_are_told_apart(library, run_index, photo_folder, tmp_path: Path) -> None:
    folder = photo_folder("photos", range(2))
    names = [os.fsdecode(raw) for raw in (b"M\xfcller", b"M\xf6ller")]
    for number, name in enumerate(names):
        (folder / f"{number}.jpg").rename(folder / f"{name}.jpg")
        (folder / f"{name}.txt").write_text(f"photo {number}")
    run_index(folder)
    for number, name in enumerate(names):
        assert said(library, folder / f"{name}.jpg") == [("txt", f"photo {number}")]


def _cancel(*_args: object) -> None:
    raise JobCancelled("cancelled")
