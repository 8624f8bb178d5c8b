"""The left side's tree: counts, and staying as it is while it grows."""

from pathlib import Path

from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.library_thread import Overview
from desktop_app.models.folder_tree import COUNT_ROLE, OFFLINE_ROLE, FolderTree
from desktop_app.places import PhotosPlace, ProblemsPlace
from engine.library.photos import Counts, FolderCount
from engine.library.roots import Root

ROOT = Path("/photos")


def overview(folders: dict[str, int], *, online: bool = True, problems: int = 0) -> Overview:
    total = sum(folders.values())
    root = Root(1, ROOT, online, None, total, problems, 0)
    counts = Counts(total, total, problems, 0, 1, total)
    return Overview([root], [FolderCount(1, name, count) for name, count in folders.items()], counts)


def count(tree: FolderTree, place: object) -> int:
    return tree.index_of(place).data(COUNT_ROLE)


def test_folders_count_what_lies_below_them(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    tree = FolderTree()
    tree.set_overview(overview({"": 2, "a": 3, "a/b/c": 4, "z": 1}, problems=5))
    assert count(tree, PhotosPlace()) == 10
    assert count(tree, PhotosPlace(ROOT)) == 10
    assert count(tree, PhotosPlace(ROOT / "a")) == 7
    assert count(tree, PhotosPlace(ROOT / "a" / "b")) == 4
    assert count(tree, ProblemsPlace()) == 5
    qtmodeltester.check(tree, force_py=True)


def test_growing_keeps_what_was_there(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    tree = FolderTree()
    tree.set_overview(overview({"b": 1, "d": 1}))
    held = QPersistentModelIndex(tree.index_of(PhotosPlace(ROOT / "d")))
    tree.set_overview(overview({"a": 1, "b": 2, "c": 1, "d": 3}))
    assert held.isValid()
    assert held.data(Qt.ItemDataRole.DisplayRole) == "d"
    assert held.data(COUNT_ROLE) == 3
    tree.set_overview(overview({"c": 1}))
    assert not held.isValid()
    assert [tree.index(i, 0, tree.index_of(PhotosPlace(ROOT))).data() for i in range(1)] == ["c"]
    qtmodeltester.check(tree, force_py=True)


def test_an_offline_root_is_marked(qtbot: QtBot) -> None:
    tree = FolderTree()
    tree.set_overview(overview({"": 2}, online=False))
    index = tree.index_of(PhotosPlace(ROOT))
    assert index.data(OFFLINE_ROLE)
    assert "offline" in index.data(Qt.ItemDataRole.AccessibleTextRole)
