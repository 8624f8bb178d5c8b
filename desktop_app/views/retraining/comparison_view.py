"""Draws the neighbours of one photo by two models, one row above the other, with the changes marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.models.compared import GONE, NEW, ComparedNeighbour, ComparedQuery
from desktop_app.models.photo_list import bits
from desktop_app.theme import faint_text
from desktop_app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader
    from engine.library.photos import PhotoRow

COLUMNS = 10
SMALLEST, LARGEST = 40, 92  # sides of a neighbour's picture, logical pixels
QUERY_SIDE = 104
GAP, ROW_GAP, CORNER = 8, 8, 4
BAR = 6  # room for the bar that says how well a neighbour fits
FRAME = 4  # room around the outermost pictures for what frames them
GONE_OPACITY = 0.4
ROWS = (QT_TR_NOOP("before"), QT_TR_NOOP("now"))
Cell = tuple[int, int]  # row and column
HERE: Cell = (-1, 0)  # the query itself


class ComparisonView(QWidget):
    """One query at the left, its neighbours before and now beside it.

    Signals:
        chosen: A photo that the person wants to ask about, by mouse or by Enter.
    """

    chosen = Signal(int)

    def __init__(
        self, query: ComparedQuery, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._query, self._thumbnails = query, thumbnails
        self._names: dict[int, str] = {}
        self._current: Cell = (0, 0)
        self._small = QFont(self.font())
        self._small.setPointSizeF(max(self.font().pointSizeF() * 0.85, 7.0))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        thumbnails.arrived.connect(self.update)
        self._tell()

    @property
    def query(self) -> ComparedQuery:
        """What is shown."""
        return self._query

    def set_query(self, query: ComparedQuery) -> None:
        """Shows another query."""
        self._query, self._current = query, (0, 0)
        self._tell()
        self.update()

    def take_rows(self, rows: Mapping[int, PhotoRow]) -> None:
        """Takes what is known of the photos, for their names."""
        self._names |= {i: rows[i].path.name for i in self._query.photos() if i in rows}
        self._tell()
        self.update()

    def _tell(self) -> None:
        """For screen readers: all that the pictures show."""
        query = self._query
        told = tr("Neighbours of {name}, {changes}")
        self.setAccessibleName(told.format(name=self._name(query.photo), changes=_changes(query)))
        lines = [
            f"{tr(row)}: " + "; ".join(self._said(neighbour) for neighbour in answer)
            for row, answer in zip(ROWS, (query.before, query.after), strict=True)
        ]
        self.setAccessibleDescription("\n".join(lines))

    def _name(self, photo: int) -> str:
        return self._names.get(photo, tr("photo {number}").format(number=photo))

    def _said(self, neighbour: ComparedNeighbour) -> str:
        fits = (
            "" if neighbour.gain is None else ", " + tr("fits {share}").format(share=f"{neighbour.gain:.0%}")
        )
        change = f", {tr(neighbour.change)}" if neighbour.change else ""
        return f"{self._name(neighbour.photo)}, {bits(neighbour.distance)}{fits}{change}"

    # -- where -----------------------------------------------------------------------------------------------

    @property
    def picture_side(self) -> int:
        """Side of a neighbour's picture at this width, in logical pixels."""
        return self._side(self.width())

    def _left(self) -> int:
        return QUERY_SIDE + 2 * GAP + self.fontMetrics().horizontalAdvance(tr(ROWS[0])) + GAP

    def _side(self, width: int) -> int:
        return min(max((width - self._left()) // COLUMNS - GAP, SMALLEST), LARGEST)

    def _row_height(self, side: int) -> int:
        return side + BAR + QFontMetrics(self._small).height() + 6

    def heightForWidth(self, width: int) -> int:
        """Two rows of pictures, or the query with its name and figures."""
        query = QUERY_SIDE + 2 * self.fontMetrics().height() + 8
        return FRAME + max(2 * self._row_height(self._side(width)) + ROW_GAP, query)

    def sizeHint(self) -> QSize:
        """Wide enough for pictures of a middle size."""
        width = self._left() + COLUMNS * (64 + GAP)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Ten small pictures in a row."""
        width = self._left() + COLUMNS * (SMALLEST + GAP)
        return QSize(width, self.heightForWidth(width))

    def _place(self, cell: Cell) -> QRect:
        if cell == HERE:
            return QRect(0, FRAME, QUERY_SIDE, QUERY_SIDE)
        side = self.picture_side
        x = self._left() + cell[1] * (side + GAP)
        return QRect(x, FRAME + cell[0] * (self._row_height(side) + ROW_GAP), side, side)

    def _cells(self) -> list[Cell]:
        answers = (self._query.before, self._query.after)
        return [HERE, *((row, column) for row in (0, 1) for column in range(len(answers[row])))]

    def _cell_at(self, place: QPoint) -> Cell | None:
        return next((cell for cell in self._cells() if self._place(cell).contains(place)), None)

    def _neighbour(self, cell: Cell) -> ComparedNeighbour:
        return (self._query.before, self._query.after)[cell[0]][cell[1]]

    def photo_at(self, cell: Cell) -> int:
        """The photo in a row and column; the query itself in row -1."""
        return self._query.photo if cell == HERE else self._neighbour(cell).photo

    # -- drawing ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draws query and neighbours."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_query(painter)
        for row, answer in enumerate((self._query.before, self._query.after)):
            self._draw_label(painter, row)
            for column, neighbour in enumerate(answer):
                self._draw_neighbour(painter, (row, column), neighbour)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            place = QRectF(self._place(self._current)).adjusted(-3.5, -3.5, 3.5, 3.5)
            painter.drawRoundedRect(place, CORNER + 3, CORNER + 3)
        painter.end()

    def _draw_query(self, painter: QPainter) -> None:
        place = self._place(HERE)
        self._draw_picture(painter, place, self._query.photo)
        metrics, line = self.fontMetrics(), self.fontMetrics().height()
        name = metrics.elidedText(self._name(self._query.photo), Qt.TextElideMode.ElideMiddle, QUERY_SIDE)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(place.translated(0, QUERY_SIDE + 4), Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(faint_text(self))
        painter.setFont(self._small)
        painter.drawText(
            place.translated(0, QUERY_SIDE + 4 + line), Qt.AlignmentFlag.AlignLeft, _changes(self._query)
        )
        painter.setFont(self.font())

    def _draw_label(self, painter: QPainter, row: int) -> None:
        first = self._place((row, 0))
        x = QUERY_SIDE + 2 * GAP
        place = QRect(x, first.y(), first.x() - x, first.height())
        painter.setPen(faint_text(self))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, tr(ROWS[row]))

    def _draw_neighbour(self, painter: QPainter, cell: Cell, neighbour: ComparedNeighbour) -> None:
        place = self._place(cell)
        painter.setOpacity(GONE_OPACITY if neighbour.change == GONE else 1.0)
        self._draw_picture(painter, place, neighbour.photo)
        painter.setOpacity(1.0)
        if neighbour.change:
            accent = QPen(self.palette().color(QPalette.ColorRole.Highlight), 2.5)
            faint = QPen(faint_text(self), 1.5, Qt.PenStyle.DashLine)
            painter.setPen(accent if neighbour.change == NEW else faint)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(place).adjusted(-1, -1, 1, 1), CORNER + 1, CORNER + 1)
        if neighbour.gain is not None:
            self._draw_gain(painter, place, neighbour.gain)
        self._draw_words(painter, place, neighbour)

    def _draw_words(self, painter: QPainter, place: QRect, neighbour: ComparedNeighbour) -> None:
        """The distance, and the change where there is room: the frame says it too."""
        painter.setFont(self._small)
        metrics, distance = QFontMetrics(self._small), str(neighbour.distance)
        change = tr(neighbour.change) if neighbour.change else ""
        line = QRect(place.x(), place.bottom() + BAR + 3, place.width(), metrics.height() + 2)
        painter.setPen(faint_text(self))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, distance)
        if metrics.horizontalAdvance(f"{distance} {change}") <= line.width():
            accent = self.palette().color(QPalette.ColorRole.Highlight)
            painter.setPen(accent if neighbour.change == NEW else faint_text(self))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, change)
        painter.setFont(self.font())

    def _draw_gain(self, painter: QPainter, place: QRect, gain: float) -> None:
        ground = QRectF(place.x(), place.bottom() + BAR - 1, place.width(), 3)
        painter.fillRect(ground, self.palette().color(QPalette.ColorRole.Mid))
        ground.setWidth(place.width() * min(max(gain, 0.0), 1.0))
        painter.fillRect(ground, self.palette().color(QPalette.ColorRole.Highlight))

    def _draw_picture(self, painter: QPainter, place: QRect, photo: int) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(place), CORNER, CORNER)
        pixmap = self._thumbnails.pixmap(photo)
        if pixmap is None:
            painter.fillPath(path, self.palette().color(QPalette.ColorRole.Mid))
            return
        painter.save()
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        painter.drawPixmap(QRectF(place), pixmap, _middle(pixmap))
        painter.restore()

    # -- keys and mouse --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from photo to photo, Enter and Space choose."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.photo_at(self._current))
            return
        step = steps.get(Qt.Key(event.key()))
        target = (self._current[0] + step[0], self._current[1] + step[1]) if step else None
        if target is None or target == HERE or target not in self._cells():
            super().keyPressEvent(event)
            return
        self._current = target
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        cell = self._cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = cell if cell != HERE else self._current
            self.update()
            self.chosen.emit(self.photo_at(cell))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Photos can be clicked, the rest can not."""
        over = self._cell_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Tool tips name the photos."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell_at(event.pos())
            if cell is None:
                QToolTip.hideText()
            else:
                photo = self.photo_at(cell)
                told = self._name(photo) if cell == HERE else self._said(self._neighbour(cell))
                QToolTip.showText(event.globalPos(), told, self, self._place(cell))
            return True
        return super().event(event)


def _changes(query: ComparedQuery) -> str:
    return (
        tr("{changed} of {count} new").format(changed=query.changed, count=len(query.after))
        if query.changed
        else tr("the same photos")
    )


def _middle(pixmap: QPixmap) -> QRectF:
    """The largest square in the middle of a picture, in its own pixels."""
    side = min(pixmap.width(), pixmap.height())
    corner = QPointF((pixmap.width() - side) / 2, (pixmap.height() - side) / 2)
    return QRectF(corner.x(), corner.y(), side, side)
