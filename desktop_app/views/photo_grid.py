"""The grid of photos: places follow from arithmetic, so that a million of them lay out at once.

QListView asks each row for its size whenever the width changes (0.4 s for 100,000 photos, see
docs/decisions/0006-grid.md). All cells here are one size, so everything follows from the number of columns.
QListView stays the base class: selection, keys, dragging and what screen readers see come from it.
"""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyleOptionViewItem, QWidget

from desktop_app.models.photo_list import Index, PhotoList
from desktop_app.translation import tr

PADDING = 6
SIDE_STEP = 24


class PhotoGrid(QListView):
    """Shows a `PhotoList`.

    Signals:
        visibleChanged: First and last row on screen, once per turn of the event loop.
        opened: A row was asked for with Space or Enter.
        similarWanted: A row was double-clicked.
        menuWanted: A global position where the context menu belongs.
        sideStepped: Ctrl and the wheel: +1 for larger thumbnails, -1 for smaller.
    """

    visibleChanged = Signal(int, int)
    opened = Signal(int)
    similarWanted = Signal(int)
    menuWanted = Signal(QPoint)
    sideStepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # One that Python made: for any other, PySide6 loads all kinds of widgets to find out which it is.
        ground = QWidget()
        ground.setBackgroundRole(QPalette.ColorRole.Base)  # as the one it replaces
        ground.setAutoFillBackground(True)
        self.setViewport(ground)
        self._side = 176
        self._columns = 1
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(0)
        self._tell.timeout.connect(self._tell_visible)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Photos"))
        self.doubleClicked.connect(self._double_clicked)

    # -- geometry ------------------------------------------------------------------------------------------

    @property
    def side(self) -> int:
        """The smallest side of the square in which a thumbnail is shown, in logical pixels."""
        return self._side

    def set_side(self, side: int) -> None:
        """Shows larger or smaller thumbnails; the photo at the upper left stays."""
        if side == self._side:
            return
        top = self.top_row()
        self._side = side
        self.doItemsLayout()
        self.show_at_top(top)

    def _cell(self) -> int:
        """Side of a cell: as many as fit side by side, then stretched until they fill the width."""
        return max(self.viewport().width() // self._columns, 1)

    @property
    def shown_side(self) -> int:
        """Side of the square in which a thumbnail is really shown, in logical pixels."""
        return self._cell() - 2 * PADDING

    def _count(self) -> int:
        model = self.model()
        return model.rowCount() if model else 0

    def columns(self) -> int:
        """Photos side by side."""
        return self._columns

    def top_row(self) -> int:
        """The row at the upper left."""
        return min(
            (self.verticalOffset() + PADDING) // self._cell() * self._columns, max(self._count() - 1, 0)
        )

    def top_offset(self) -> int:
        """How many pixels of the line at the top are scrolled away."""
        return self.verticalOffset() - self.top_row() // self._columns * self._cell()

    def show_at_top(self, row: int, offset: int = 0) -> None:
        """Scrolls until the line with this row is the first.

        Args:
            row: Any row of the line.
            offset: How many pixels of it should be scrolled away.
        """
        self.updateGeometries()  # rows that have just come may not be counted yet
        self.verticalScrollBar().setValue(row // self._columns * self._cell() + offset)

    def visible_rows(self) -> tuple[int, int]:
        """First and last row on screen; (0, -1) when there is none."""
        first = self.verticalOffset() // self._cell() * self._columns
        lines = (self.verticalOffset() + self.viewport().height()) // self._cell() + 1
        return first, min(lines * self._columns, self._count()) - 1

    def doItemsLayout(self) -> None:
        """Counts the columns anew; nothing is asked of the rows."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Sets the scroll bar to the height of all lines."""
        QAbstractItemView.updateGeometries(self)
        width, height = self.viewport().width(), self.viewport().height()
        self._columns = max(1, width // (self._side + 2 * PADDING))
        lines = -(-self._count() // self._columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, lines * self._cell() + PADDING - height))
        bar.setPageStep(max(height - self._cell() // 2, self._cell()))
        bar.setSingleStep(max(self._cell() // 3, 20))
        self._tell.start()

    def _place(self, row: int) -> QRect:
        """The cell of a row, in viewport coordinates; the columns share all of the width."""
        line, column = divmod(row, self._columns)
        width = self.viewport().width()
        left = column * width // self._columns
        right = (column + 1) * width // self._columns
        return QRect(
            left, line * self._cell() - self.verticalOffset() + PADDING // 2, right - left, self._cell()
        )

    def _row_near(self, point: QPoint) -> int:
        """The row at a point, or the nearest one."""
        line = max(0, (point.y() + self.verticalOffset() - PADDING // 2) // self._cell())
        column = point.x() * self._columns // max(self.viewport().width(), 1)
        column = min(max(column, 0), self._columns - 1)
        return min(line * self._columns + column, self._count() - 1)

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Where a photo is, in viewport coordinates."""
        return self._place(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The photo at a point of the viewport."""
        if self._count():
            row = self._row_near(point)
            if self._place(row).adjusted(PADDING, PADDING, -PADDING, -PADDING).contains(point):
                return self.model().index(row, 0)
        return QModelIndex()

    def horizontalOffset(self) -> int:
        """Never scrolled sideways."""
        return 0

    def verticalOffset(self) -> int:
        """Pixels scrolled."""
        return self.verticalScrollBar().value()

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Brings a photo on screen with as little movement as the hint allows."""
        if not index.isValid():
            return
        self.updateGeometries()  # rows that have just come may not be counted yet
        bar, rect, height = self.verticalScrollBar(), self._place(index.row()), self.viewport().height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - height // 2)
        elif hint == QAbstractItemView.ScrollHint.PositionAtTop or rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif hint == QAbstractItemView.ScrollHint.PositionAtBottom or rect.bottom() > height:
            bar.setValue(bar.value() + rect.bottom() - height + PADDING)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002
        """Paints anew; thumbnails are in memory, so that costs little."""
        self.viewport().update()
        self._tell.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the photo at the upper left where it is."""
        top = self.top_row()
        before = self._columns
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if self._columns != before:
            self.show_at_top(top)

    # -- selection and keys --------------------------------------------------------------------------------

    def moveCursor(
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,  # noqa: ARG002
    ) -> QModelIndex:
        """Where a key leads from the current photo."""
        count = self._count()
        if not count:
            return QModelIndex()
        current = self.currentIndex()
        if not current.isValid():
            return self.model().index(min(self.top_row(), count - 1), 0)
        move = QAbstractItemView.CursorAction
        page = max(1, self.viewport().height() // self._cell()) * self._columns
        step = {
            move.MoveLeft: -1,
            move.MovePrevious: -1,
            move.MoveRight: 1,
            move.MoveNext: 1,
            move.MoveUp: -self._columns,
            move.MoveDown: self._columns,
            move.MovePageUp: -page,
            move.MovePageDown: page,
            move.MoveHome: -count,
            move.MoveEnd: count,
        }[action]
        row = current.row() + step
        if abs(step) == self._columns and not 0 <= row < count:
            # Up from the first line and down from the last: stay; down into a shorter line: its last photo.
            on_last_line = current.row() // self._columns == (count - 1) // self._columns
            row = current.row() if row < 0 or on_last_line else count - 1
        return self.model().index(min(max(row, 0), count - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Chooses the photos in a dragged rectangle, or from one corner to the other in reading order."""
        selection = QItemSelection()
        if self._count():
            model = self.model()
            if self.state() == QAbstractItemView.State.DragSelectingState:
                for first, last in self._row_runs(rect.normalized()):
                    selection.select(model.index(first, 0), model.index(last, 0))
            elif rect.width() != 1 or rect.height() != 1 or self.indexAt(rect.topLeft()).isValid():
                ends = sorted((self._row_near(rect.topLeft()), self._row_near(rect.bottomRight())))
                selection.select(model.index(ends[0], 0), model.index(ends[1], 0))
        self.selectionModel().select(selection, command)

    def _row_runs(self, rect: QRect) -> list[tuple[int, int]]:
        """The rows that a rectangle touches, as (first, last) of each line."""
        low, high = self._row_near(rect.topLeft()), self._row_near(rect.bottomRight())
        left = min(max(rect.left() * self._columns // max(self.viewport().width(), 1), 0), self._columns - 1)
        right = min(
            max(rect.right() * self._columns // max(self.viewport().width(), 1), 0), self._columns - 1
        )
        runs = []
        for line in range(low // self._columns, high // self._columns + 1):
            first = line * self._columns + left
            last = min(line * self._columns + right, self._count() - 1)
            if first <= last:
                runs.append((first, last))
        return runs

    def selectAll(self) -> None:
        """Chooses all photos as one span; Qt's own way asks about each row."""
        if self._count():
            span = QItemSelection(self.model().index(0, 0), self.model().index(self._count() - 1, 0))
            self.selectionModel().select(span, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: ARG002
        """What to paint anew when the selection changes: everything on screen, quicker than to ask."""
        return QRegion(self.viewport().rect())

    def selected_rows(self, limit: int | None = None) -> list[int]:
        """Chosen rows in ascending order, at most `limit` of them."""
        rows: list[int] = []
        for first, last in sorted(self._spans()):
            rows.extend(range(first, last + 1))
            if limit is not None and len(rows) >= limit:
                return rows[:limit]
        return rows

    def selected_count(self) -> int:
        """How many photos are chosen; quick even when it is all of them."""
        return sum(last - first + 1 for first, last in self._spans())

    def _spans(self) -> list[tuple[int, int]]:
        spans = self.selectionModel().selection()
        return [(spans.at(i).top(), spans.at(i).bottom()) for i in range(spans.size())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter open the photo; the rest is the list's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex().row())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here, not a search for names."""

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        self.similarWanted.emit(index.row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Lets the window have the back and forward buttons."""
        if event.button() in (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton):
            event.ignore()
            return
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel change the size of the thumbnails."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.sideStepped.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse at the pointer, by key at the current photo."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.visualRect(self.currentIndex()).center()
            self.menuWanted.emit(self.viewport().mapToGlobal(place))
        elif self.indexAt(self.viewport().mapFromGlobal(event.globalPos())).isValid():
            self.menuWanted.emit(event.globalPos())

    # -- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the cells that the event touches."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        first, last = self.visible_rows()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state & ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        chosen, current, model = self.selectionModel(), self.currentIndex(), self.model()
        pointer = self.viewport().mapFromGlobal(QCursor.pos())
        under_pointer = self.indexAt(pointer) if self.underMouse() else QModelIndex()
        for row in range(first, last + 1):
            option.rect = self._place(row)
            if not option.rect.intersects(event.rect()):
                continue
            index = model.index(row, 0)
            option.state = plain
            if chosen.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if index == current and self.hasFocus():
                option.state |= QStyle.StateFlag.State_HasFocus
            if index == under_pointer:
                option.state |= QStyle.StateFlag.State_MouseOver
            self.itemDelegate().paint(painter, option, index)
        painter.end()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:  # noqa: ARG002
        """Paints anew: sizes never change, so there is nothing to lay out."""
        self.viewport().update()
        self._tell.start()

    def viewportEvent(self, event: QEvent) -> bool:
        """Paints the hover mark when the pointer leaves."""
        if event.type() == QEvent.Type.Leave:
            self.viewport().update()
        return super().viewportEvent(event)

    @Slot()
    def _tell_visible(self) -> None:
        first, last = self.visible_rows()
        self.visibleChanged.emit(first, last)

    def photo_list(self) -> PhotoList:
        """The model, with its own type."""
        model = self.model()
        if not isinstance(model, PhotoList):
            raise TypeError("the grid shows a PhotoList")
        return model
