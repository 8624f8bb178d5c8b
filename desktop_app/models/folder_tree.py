"""The left side: all photos, the folders with their counts, teaching, the problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop_app.icons import icon
from desktop_app.places import PhotosPlace, Place, ProblemsPlace, TeachPlace
from desktop_app.translation import number, tr

if TYPE_CHECKING:
    from desktop_app.library_thread import Overview

Index = QModelIndex | QPersistentModelIndex
COUNT_ROLE = int(Qt.ItemDataRole.UserRole)
OFFLINE_ROLE = COUNT_ROLE + 1
PLACE_ROLE = COUNT_ROLE + 2
ROOT_ROLE = COUNT_ROLE + 3


@dataclass(eq=False)
class Node:
    """One line of the tree.

    Attributes:
        key: What it is called among its siblings; unique there.
        title: What a person reads.
        place: Where it leads.
        count: Photos in it and below, or problems.
        root: The root's folder when the node is a root, else None.
        offline: True for a root that is not mounted.
    """

    key: str
    title: str
    place: Place
    icon: str = "folder"
    count: int = 0
    root: Path | None = None
    offline: bool = False
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    def row(self) -> int:
        """Position among the siblings."""
        return self.parent.children.index(self) if self.parent else 0


def _child(node: Node, name: str, folder: Path) -> Node:
    for child in node.children:
        if child.key == name:
            return child
    child = Node(name, name, PhotosPlace(folder), parent=node)
    node.children.append(child)
    return child


def build(overview: Overview | None) -> Node:
    """Makes the tree that an overview tells of."""
    top = Node("", "", PhotosPlace())
    total = overview.counts.photos if overview else 0
    problems = overview.counts.problems if overview else 0
    top.children.append(Node("all", tr("All photos"), PhotosPlace(), "photos", total, parent=top))
    for root in overview.roots if overview else []:
        node = Node(f"root {root.path}", root.path.name or str(root.path), PhotosPlace(root.path), parent=top)
        node.count, node.root, node.offline = root.photos, root.path, not root.online
        top.children.append(node)
        by_folder: dict[str, Node] = {"": node}
        for count in overview.folders if overview else []:
            if count.root_id == root.id and count.rel_dir:
                _add(by_folder, root.path, count.rel_dir, count.photos)
        _sort(node)
    top.children.append(Node("teach", tr("Teach"), TeachPlace(), "teach", parent=top))
    top.children.append(Node("problems", tr("Problems"), ProblemsPlace(), "problem", problems, parent=top))
    return top


def _add(by_folder: dict[str, Node], root: Path, rel_dir: str, photos: int) -> None:
    """Adds a folder with the folders that lead to it; each counts what lies below it."""
    names = rel_dir.split("/")
    for depth in range(1, len(names) + 1):
        rel = "/".join(names[:depth])
        if rel not in by_folder:
            by_folder[rel] = _child(by_folder["/".join(names[: depth - 1])], names[depth - 1], root / rel)
        by_folder[rel].count += photos


def _sort(node: Node) -> None:
    node.children.sort(key=_sort_key)
    for child in node.children:
        _sort(child)


def _sort_key(node: Node) -> tuple[str, str]:
    return node.title.casefold(), node.key


class FolderTree(QAbstractItemModel):
    """Shows `Node`s, and keeps those that stay when a new overview comes, so that nothing folds shut.

    Signals:
        grown: A line and the lines below it are new.
    """

    grown = Signal(QModelIndex)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._top = build(None)

    def set_overview(self, overview: Overview) -> None:
        """Shows new counts, adds new folders and takes away those that are gone."""
        self._merge(self._top, build(overview), QModelIndex())

    def _merge(self, old: Node, new: Node, at: QModelIndex) -> None:
        wanted = {child.key for child in new.children}
        for row in range(len(old.children) - 1, -1, -1):
            if old.children[row].key not in wanted:
                self.beginRemoveRows(at, row, row)
                gone = old.children.pop(row)  # kept until the views have let go of it
                self.endRemoveRows()
                gone.parent = None
        for row, fresh in enumerate(new.children):
            if row < len(old.children) and old.children[row].key == fresh.key:
                self._update(old.children[row], fresh, self.index(row, 0, at))
                continue
            self.beginInsertRows(at, row, row)
            fresh.parent = old
            old.children.insert(row, fresh)
            self.endInsertRows()
            self.grown.emit(self.index(row, 0, at))

    def _update(self, node: Node, fresh: Node, index: QModelIndex) -> None:
        if (node.count, node.offline) != (fresh.count, fresh.offline):
            node.count, node.offline = fresh.count, fresh.offline
            self.dataChanged.emit(index, index)
        self._merge(node, fresh, index)

    def _node(self, index: Index) -> Node:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, Node) else self._top

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """A line."""
        children = self._node(parent).children
        if column != 0 or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The line above in the tree."""
        above = self._node(index).parent
        if above is None or above is self._top:
            return QModelIndex()
        return self.createIndex(above.row(), 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Folders in a folder."""
        return len(self._node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """One; the count is painted beside the name."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One aspect of one line."""
        if not index.isValid():
            return None
        node = self._node(index)
        values = {
            int(Qt.ItemDataRole.DisplayRole): node.title,
            COUNT_ROLE: node.count,
            OFFLINE_ROLE: node.offline,
            PLACE_ROLE: node.place,
            ROOT_ROLE: node.root,
        }
        if role in values:
            return values[role]
        if role == Qt.ItemDataRole.DecorationRole:
            return icon(node.icon)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(node.place, PhotosPlace) and node.place.folder:
            offline = (
                "\n" + tr("Offline: its photos can be searched, opening them needs the disk.")
                if node.offline
                else ""
            )
            return f"{node.place.folder}{offline}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = "" if isinstance(node.place, TeachPlace) else f", {number(node.count)}"
            return f"{node.title}{told}" + (f", {tr('offline')}" if node.offline else "")
        return None

    def index_of(self, place: Place) -> QModelIndex:
        """The line that leads to a place; an invalid index when there is none."""
        return self._find(place, self._top.children, QModelIndex())

    def _find(self, place: Place, nodes: Iterable[Node], at: QModelIndex) -> QModelIndex:
        for row, node in enumerate(nodes):
            here = self.index(row, 0, at)
            if node.place == place:
                return here
            below = self._find(place, node.children, here)
            if below.isValid():
                return below
        return QModelIndex()
