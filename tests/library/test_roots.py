"""Adding, forgetting and undoing folders; folders in folders."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import UsageError
from engine.library.captions import TYPED
from engine.library.changes import changes_since, last_seq
from engine.library.edits import undo
from engine.library.photos import counts, folder_counts, grid_ids, photo_of_path, visible_ids
from engine.library.purge import purge
from engine.library.roots import (
    add_root,
    add_root_with_undo,
    believe_missing,
    forget_root,
    list_roots,
)
from engine.library.thumbnails import read_thumbnail
from engine.library.undo import list_undo


@pytest.fixture
def tree(photo_folder):
    """photos/{0,1}.jpg, photos/in/{2,3}.jpg, photos/in/deep/4.jpg, photos/inner/5.jpg."""
    root = photo_folder("photos", [0, 1], (64, 48))
    photo_folder("photos/in", [2, 3], (64, 48))
    photo_folder("photos/in/deep", [4], (64, 48))
    photo_folder("photos/inner", [5], (64, 48))
    return root


def test_a_folder_inside_a_root_is_that_root(library, tree) -> None:
    outer = add_root(library, tree)
    assert add_root_with_undo(library, tree / "in") == (outer, None)
    assert add_root(library, tree / "in" / ".." / "in").id == outer.id
    assert [root.path for root in list_roots(library)] == [tree]


def test_a_folder_around_roots_takes_them_in_with_their_files_and_photos(
    library, run_index, tree, encoder
) -> None:
    run_index(tree / "in")
    run_index(tree / "inner")
    before = {path: photo_of_path(library, path) for path in tree.rglob("*.jpg")}
    files = dict(library.rows("SELECT photo_id, id FROM files"))
    figures = run_index(tree)
    assert [root.path for root in list_roots(library)] == [tree]
    assert (figures.files, figures.read) == (6, 2)  # only those that lie outside both are new
    for path, photo_id in before.items():
        assert photo_id is None or photo_of_path(library, path) == photo_id
    assert files.items() <= dict(library.rows("SELECT photo_id, id FROM files")).items()
    assert encoder.encoded == 6


def test_undoing_the_outer_folder_gives_the_inner_ones_back(library, run_index, tree) -> None:
    run_index(tree / "in")
    before = visible_ids(library).tolist()
    _, undo_id = add_root_with_undo(library, tree)
    run_index()
    assert len(visible_ids(library)) == 6
    assert undo(library, undo_id).label == f"Add {tree}"
    assert [root.path for root in list_roots(library)] == [tree / "in"]
    assert visible_ids(library).tolist() == before
    assert run_index().read == 0
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(library, undo_id)


def test_forgetting_hides_and_undo_brings_back(library, run_index, tree) -> None:
    run_index(tree)
    shown = visible_ids(library).tolist()
    undo_id = forget_root(library, tree)
    assert list_roots(library) == [] and visible_ids(library).tolist() == []
    assert next(record.id for record in list_undo(library)) == undo_id
    undo(library, undo_id)
    assert visible_ids(library).tolist() == shown
    forget_root(library, tree)
    assert run_index(tree).read == 0  # adding the folder again does the same
    assert visible_ids(library).tolist() == shown


def test_forgetting_what_is_no_root_is_refused(library, run_index, tree) -> None:
    run_index(tree)
    with pytest.raises(UsageError, match="not a folder of the library"):
        forget_root(library, tree / "in")


def test_nothing_is_believed_of_a_folder_that_is_not_there(library, run_index, tree) -> None:
    run_index(tree)
    known = list_roots(library)[0].id
    forget_root(library, tree)
    for root_id in (known, known + 1):
        with pytest.raises(UsageError, match="no folder with the number"):
            believe_missing(library, root_id, True)
    assert library.rows("SELECT key FROM settings WHERE key LIKE 'believe:%'") == []


def test_a_forgotten_outer_folder_does_not_hold_an_inner_one(library, run_index, tree, encoder) -> None:
    run_index(tree)
    forget_root(library, tree)
    figures = run_index(tree / "in")
    assert [root.path for root in list_roots(library)] == [tree / "in"]
    assert len(visible_ids(library)) == 3
    assert figures.known == 3 and encoder.encoded == 6


def test_a_link_to_a_root_is_that_root(library, run_index, tree) -> None:
    run_index(tree)
    link = tree.parent / "link"
    link.symlink_to(tree)
    assert add_root(library, link).path == tree
    assert photo_of_path(library, link / "in" / "2.jpg") == photo_of_path(library, tree / "in" / "2.jpg")


def test_folders_filter_and_count(library, run_index, tree) -> None:
    run_index(tree)
    found = {count.rel_dir: count.photos for count in folder_counts(library)}
    assert found == {"": 2, "in": 2, "in/deep": 1, "inner": 1}
    assert len(visible_ids(library, tree / "in")) == 3
    assert len(visible_ids(library, tree.parent)) == 6
    assert len(visible_ids(library, tree / "empty")) == 0
    with pytest.raises(UsageError, match="not in the library"):
        visible_ids(library, tree.parent / "elsewhere")
    assert counts(library).photos == 6


def test_the_orders_of_the_grid(library, run_index, tree) -> None:
    run_index(tree)
    library.execute("UPDATE photos SET taken_at = '2020-01-01T00:00:00' WHERE id = 4")
    library.execute("UPDATE photos SET taken_at = '2021-01-01T00:00:00' WHERE id = 2")
    assert grid_ids(library).tolist() == [2, 4, 6, 5, 3, 1]
    assert grid_ids(library, order="added").tolist() == [6, 5, 4, 3, 2, 1]
    by_name = [photo_of_path(library, path) for path in sorted(tree.rglob("*.jpg"), key=os.fspath)]
    assert grid_ids(library, order="name").tolist() == by_name
    assert set(grid_ids(library, tree / "in").tolist()) == set(visible_ids(library, tree / "in").tolist())
    with pytest.raises(ValueError, match="order is one of"):
        grid_ids(library, order="colour")


def test_changes_tell_what_happened_and_reload_when_too_much(library, run_index, tree, monkeypatch) -> None:
    assert not changes_since(library, 0)
    run_index(tree)
    start = last_seq(library)
    assert changes_since(library, start).seq == start and not changes_since(library, start)
    gone = photo_of_path(library, tree / "0.jpg")
    (tree / "0.jpg").unlink()
    run_index(tree)
    found = changes_since(library, start)
    assert (found.photo_ids, found.reload) == ((gone,), False)
    forget_root(library, tree)
    assert changes_since(library, start).reload
    assert changes_since(library, last_seq(library) + 5).reload  # another library in the same place
    monkeypatch.setattr("engine.library.changes.KEPT", 1)
    run_index()
    assert changes_since(library, start).reload


def test_what_is_gone_for_long_is_purged_except_what_somebody_wrote_about(
    library, run_index, tree, control
) -> None:
    run_index(tree)
    kept, dropped, present = (
        photo_of_path(library, tree / f"in/{name}.jpg") for name in ("2", "3", "deep/4")
    )
    for name in ("2", "3"):
        (tree / "in" / f"{name}.jpg").unlink()
    run_index(tree)
    library.execute("INSERT INTO captions (photo_id, source, text) VALUES (?, ?, 'our dog')", (kept, TYPED))
    now = datetime.now(UTC)
    assert purge(library, control, now + timedelta(days=89)) == 0
    assert purge(library, control, now + timedelta(days=91)) == 1
    ids = {row[0] for row in library.rows("SELECT id FROM photos")}
    assert dropped not in ids and {kept, present} <= ids
    assert read_thumbnail(library, dropped) is None and read_thumbnail(library, kept) is not None
    assert library.value("SELECT count(*) FROM codes WHERE photo_id = ?", (dropped,)) == 0
    assert library.value("SELECT count(*) FROM files WHERE photo_id = ?", (kept,)) == 1
    forget_root(library, tree)
    assert purge(library, control, now + timedelta(days=29)) == 0
    assert purge(library, control, now + timedelta(days=31)) == 4
    assert {row[0] for row in library.rows("SELECT id FROM photos")} == {kept}
    assert library.rows("PRAGMA foreign_key_check") == []


def test_ids_of_purged_photos_are_not_given_again(library, run_index, tree, control) -> None:
    run_index(tree)
    newest = int(visible_ids(library).max())
    forget_root(library, tree)
    purge(library, control, datetime.now(UTC) + timedelta(days=31))
    run_index(tree)
    assert visible_ids(library).min() > newest
