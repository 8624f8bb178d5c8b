"""The photos of the grid: an array of ids, each row read only when it is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from desktop_app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from engine.library.photos import PhotoRow

Index = QModelIndex | QPersistentModelIndex
ID_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_ROLE = ID_ROLE + 1
DISTANCE_ROLE = ID_ROLE + 2
MATCH_ROLE = ID_ROLE + 3
MATCHES = ("", QT_TR_NOOP("caption"), QT_TR_NOOP("name"))  # by `engine.search.query.Match`
FOUND_BY = {"caption": QT_TR_NOOP("found by its caption"), "name": QT_TR_NOOP("found by its name")}
PAGE = 128
KEPT_ROWS = 20_000
DRAGGED_FILES = 1000


def bits(distance: int) -> str:
    """A distance as a person reads it."""
    return tr("%Ln bit(s)", None, distance)


def _equal(some: Sequence[int], others: Sequence[int]) -> bool:
    """Compares arrays in C (a million ids in a millisecond) and plain sequences as they are."""
    same = some == others
    return bool(same.all()) if hasattr(same, "all") else same


def _same_start(some: Sequence[int] | None, others: Sequence[int] | None, count: int) -> bool:
    if some is None or others is None:
        return some is others
    return _equal(some[:count], others)


class PhotoList(QAbstractListModel):
    """Ids in the order shown, and for neighbours their distances.

    Signals:
        rowsWanted: A page number and the photo ids of that page; answer with `take_rows`.
    """

    rowsWanted = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: Sequence[int] = ()
        self._distances: Sequence[int] | None = None
        self._matches: Sequence[int] | None = None
        self._rows: dict[int, PhotoRow | None] = {}
        self._asked: set[int] = set()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Photos shown."""
        return 0 if parent.isValid() else len(self._ids)

    @property
    def ids(self) -> Sequence[int]:
        """int64 (N,): photo ids in the order shown."""
        return self._ids

    def photo_id(self, row: int) -> int:
        """The photo in a row."""
        return int(self._ids[row])

    def distance(self, row: int) -> int | None:
        """Its distance from the query in bits; None where there is no query, or none by codes."""
        if self._distances is None or self._distances[row] < 0:
            return None
        return int(self._distances[row])

    def found_by(self, row: int) -> str:
        """Where the words of the query stand: "caption", "name", or nowhere."""
        return "" if self._matches is None else MATCHES[self._matches[row]]

    def row(self, photo_id: int) -> PhotoRow | None:
        """What is known of a photo; None until its page was read."""
        return self._rows.get(photo_id)

    def set_photos(
        self,
        ids: Sequence[int],
        distances: Sequence[int] | None = None,
        matches: Sequence[int] | None = None,
    ) -> bool:
        """Shows other photos.

        Args:
            ids: int64 (N,).
            distances: int32 (N,) in bits, for neighbours; negative for none.
            matches: uint8 (N,), places in `MATCHES`, for neighbours.

        Returns:
            True when the rows before stayed as they were: nothing changed or some were added at the end.
        """
        old = len(self._ids)
        same_start = (
            0 < old <= len(ids)
            and _equal(ids[:old], self._ids)
            and _same_start(distances, self._distances, old)
            and _same_start(matches, self._matches, old)
        )
        if same_start and len(ids) == old:
            return True
        if same_start:
            self.beginInsertRows(QModelIndex(), old, len(ids) - 1)
            self._ids, self._distances, self._matches = ids, distances, matches
            self._asked.discard(old // PAGE)
            self.endInsertRows()
            return True
        self.beginResetModel()
        self._ids, self._distances, self._matches = ids, distances, matches
        self._asked.clear()
        self.endResetModel()
        return False

    def find(self, photo_id: int) -> int | None:
        """The row of a photo, None when it is not shown."""
        ids = self._ids
        if not len(ids):
            return None
        if hasattr(ids, "nonzero"):  # an array: one pass in C instead of one in Python
            hits = (ids == photo_id).nonzero()[0]  # type: ignore[attr-defined]
            return int(hits[0]) if len(hits) else None
        return ids.index(photo_id) if photo_id in ids else None

    def want_rows(self, first: int, last: int) -> None:
        """Asks for the pages that hold the rows `first` to `last`, each once."""
        for page in range(first // PAGE, last // PAGE + 1):
            if page in self._asked:
                continue
            ids = [int(i) for i in self._ids[page * PAGE : (page + 1) * PAGE]]
            self._asked.add(page)
            if ids:
                self.rowsWanted.emit(page, ids)

    def take_rows(self, page: int, ids: Iterable[int], rows: dict[int, PhotoRow]) -> None:
        """Takes the answer to `rowsWanted`; a photo that is gone meanwhile becomes a disabled row."""
        if len(self._rows) > KEPT_ROWS:
            self._rows.clear()
            self._asked.clear()
        for photo_id in ids:
            self._rows[photo_id] = rows.get(photo_id)
        first, last = page * PAGE, min((page + 1) * PAGE, len(self._ids)) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first), self.index(last))

    def refresh_rows(self) -> None:
        """Reads again what is on screen, after the library changed; until then the old rows stay."""
        self._asked.clear()
        if len(self._ids):
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One aspect of one photo."""
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        photo_id = int(self._ids[index.row()])
        if role == ID_ROLE:
            return photo_id
        if role == DISTANCE_ROLE:
            return self.distance(index.row())
        if role == MATCH_ROLE:
            return self.found_by(index.row())
        row = self._rows.get(photo_id)
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.path.name if row else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._description(index.row(), "\n")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._description(index.row(), ", ")
        return None

    def _description(self, position: int, joint: str) -> str:
        row = self._rows.get(int(self._ids[position]))
        if row is None:
            return ""
        parts = [row.path.name, str(row.path.parent), f"{row.width} × {row.height}"]  # noqa: RUF001
        if row.taken_at:
            parts.append(row.taken_at.replace("T", " ")[:16])
        parts += row.captions[:1]
        if row.copies > 1:
            parts.append(tr("%Ln copies", None, row.copies))
        if not row.online:
            parts.append(tr("offline"))
        distance = self.distance(position)
        if distance is not None:
            parts.append(tr("{distance} away").format(distance=bits(distance)))
        if self.found_by(position):
            parts.append(tr(FOUND_BY[self.found_by(position)]))
        return joint.join(parts)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Photos can be chosen and dragged out; one that is gone can't."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        photo_id = int(self._ids[index.row()])
        if photo_id in self._rows and self._rows[photo_id] is None:
            return Qt.ItemFlag.ItemNeverHasChildren
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def mimeTypes(self) -> list[str]:
        """What is dragged out: files."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files of the chosen photos, as far as they are known."""
        mime = QMimeData()
        rows = [self.data(index, ROW_ROLE) for index in list(indexes)[:DRAGGED_FILES]]
        mime.setUrls([QUrl.fromLocalFile(str(row.path)) for row in rows if row])
        return mime
