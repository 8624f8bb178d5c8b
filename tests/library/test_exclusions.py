"""Patterns that leave photos out: they vanish from results, keep what was written, and come back."""

from pathlib import Path

import pytest

from engine.library.captions import add_caption, captions_of
from engine.library.exclusions import Exclusions, excluded_photos
from engine.library.photos import counts, photo_of_path, visible_ids
from engine.library.preferences import set_preference
from engine.library.problems import list_problems
from engine.library.roots import list_roots


@pytest.mark.parametrize(
    ("patterns", "inside", "outside"),
    [
        (["*.png"], ["a.png", "b/c.PNG"], ["a.jpg", "png/a.jpg"]),
        (["Private/"], ["private/a.jpg", "x/Private/y/a.jpg"], ["private.jpg"]),
        (["/2019/"], ["2019/a.jpg"], ["x/2019/a.jpg"]),
        (["raw/**/tmp*"], ["raw/x/tmp1.jpg"], ["tmp1.jpg"]),
        (["*.jpg", "!keep.jpg"], ["a.jpg"], ["keep.jpg"]),
        (["private/", "!private/a.jpg"], ["private/a.jpg"], ["a.jpg"]),
        (["# note", "", "  "], [], ["# note", "a.jpg"]),
    ],
)
def test_patterns_fit_as_in_a_gitignore_file(
    patterns: list[str], inside: list[str], outside: list[str]
) -> None:
    left_out = Exclusions(patterns)
    assert [path for path in inside + outside if left_out.leave_out(path)] == inside


def test_excluded_photos_vanish_and_come_back_with_what_was_written(
    library, encoder, run_index, photo_folder
) -> None:
    folder = photo_folder("photos", range(3))
    hidden = photo_folder("photos/Private", range(3, 6))
    (hidden / "3.txt").write_text("a secret garden")
    run_index(folder)
    photo_id = photo_of_path(library, hidden / "3.jpg")
    add_caption(library, [photo_id], "typed by hand", "label")
    assert "a secret garden" in [text for _, text in captions_of(library, photo_id)]

    set_preference(library, "exclusions", "private/")
    figures = run_index()
    assert (figures.excluded, figures.vanished, figures.doubtful, figures.offline) == (4, 0, 0, 0)
    assert len(visible_ids(library)) == 3
    assert photo_of_path(library, hidden / "3.jpg") is None
    assert "typed by hand" in [text for _, text in captions_of(library, photo_id)]

    encoded = encoder.encoded
    set_preference(library, "exclusions", None)
    assert run_index().back == 4
    assert photo_of_path(library, hidden / "3.jpg") == photo_id and len(visible_ids(library)) == 6
    assert encoder.encoded == encoded, "photos that come back are not encoded again"
    texts = {text for _, text in captions_of(library, photo_id)}
    assert texts == {"typed by hand", "a secret garden"}


def test_new_photos_that_fit_are_never_opened(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(2))
    (folder / "screenshot.png").write_bytes(b"no picture at all")
    set_preference(library, "exclusions", "*.png")
    assert run_index(folder).files == 2
    assert list_problems(library) == []


def test_leaving_out_everything_is_believed_and_no_disk_is_missed(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(25))
    run_index(folder)
    set_preference(library, "exclusions", "*.jpg")
    figures = run_index()
    assert (figures.excluded, figures.doubtful, figures.offline) == (25, 0, 0)
    assert counts(library).photos == 0
    (root,) = list_roots(library)
    assert root.online and not root.doubtful


def test_deleted_photos_are_doubted_beside_excluded_ones(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(25))
    photo_folder("photos/Private", range(25, 30))
    run_index(folder)
    set_preference(library, "exclusions", "Private/")
    for path in folder.glob("*.jpg"):
        path.unlink()
    (folder / "left.txt").touch()  # not a disk that is not mounted
    figures = run_index()
    assert (figures.excluded, figures.doubtful) == (5, 25)
    assert len(visible_ids(library)) == 25


def test_it_is_known_beforehand_how_many_would_go(library, run_index, photo_folder, tmp_path: Path) -> None:
    folder = photo_folder("photos", range(4))
    (folder / "Copies").mkdir()
    (folder / "Copies" / "0.jpg").write_bytes((folder / "0.jpg").read_bytes())
    run_index(folder)
    assert excluded_photos(library, Exclusions(["0.jpg", "1.jpg"])) == 2
    assert excluded_photos(library, Exclusions(["/Copies/"])) == 0, "the photo has another file"
    assert excluded_photos(library, Exclusions()) == 0
