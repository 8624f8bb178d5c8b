"""Paints one cell of the grid: the thumbnail, how far it is, and what is special about the photo."""

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.models.photo_list import DISTANCE_ROLE, ID_ROLE, MATCH_ROLE, ROW_ROLE, bits
from desktop_app.thumbnails import LARGEST_BLOW_UP, ThumbnailLoader
from desktop_app.translation import tr

CORNER = 4
INSET = 6
ROOM = QSize(110, 64)
MARK_GROUND = QColor(15, 20, 18, 205)
MARK_TEXT = QColor(255, 255, 255)


class PhotoDelegate(QStyledItemDelegate):
    """Asks the thumbnail loader for pixmaps; where there is none yet it paints an empty card."""

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        """All cells are one size; the grid knows which."""
        return option.rect.size()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints one photo into `option.rect`."""
        cell = option.rect.adjusted(INSET, INSET, -INSET, -INSET)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        pixmap = self._thumbnails.pixmap(index.data(ID_ROLE))
        photo = _fit(pixmap, cell) if pixmap else _centred_square(cell)
        self._paint_ground(painter, option, photo, selected)
        if pixmap:
            painter.drawPixmap(photo, pixmap)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.AlternateBase))
            painter.drawRoundedRect(QRectF(photo), CORNER, CORNER)
        self._paint_marks(painter, option, index, room_for_marks(photo, cell))

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, photo: QRect, selected: bool
    ) -> None:
        accent = option.palette.color(QPalette.ColorRole.Highlight)
        ring = QRectF(photo).adjusted(-2.5, -2.5, 2.5, 2.5)
        if selected:
            painter.setPen(QPen(accent, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ring, CORNER, CORNER)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Mid), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ring, CORNER, CORNER)
        if option.state & QStyle.StateFlag.State_HasFocus:
            pen = QPen(option.palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ring.adjusted(-2.5, -2.5, 2.5, 2.5), CORNER + 2, CORNER + 2)

    def _paint_marks(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        frame: QRect,
    ) -> None:
        font = QFont(option.font)
        font.setPointSizeF(max(option.font.pointSizeF() * 0.85, 7.0))
        painter.setFont(font)
        distance = index.data(DISTANCE_ROLE)
        if distance is not None:
            text = bits(distance) if frame.width() >= ROOM.width() else str(distance)
            _mark(painter, font, text, frame.bottomLeft(), grow_right=True, grow_up=True)
        if index.data(MATCH_ROLE):
            _mark(
                painter, font, tr(index.data(MATCH_ROLE)), frame.bottomRight(), grow_right=False, grow_up=True
            )
        row = index.data(ROW_ROLE)
        if row is None:
            return
        if not row.online:
            _mark(painter, font, tr("offline"), frame.topLeft(), grow_right=True, grow_up=False)
        if row.copies > 1:
            _mark(painter, font, f"× {row.copies}", frame.topRight(), grow_right=False, grow_up=False)  # noqa: RUF001


def room_for_marks(photo: QRect, cell: QRect) -> QRect:
    """Where marks go: the photo's corners, or the cell's where the photo is too small to hold them apart."""
    if photo.width() >= ROOM.width() and photo.height() >= ROOM.height():
        return photo
    room = QRect(QPoint(0, 0), ROOM.expandedTo(photo.size()).boundedTo(cell.size()))
    room.moveCenter(photo.center())
    return room


def _fit(pixmap: QPixmap, cell: QRect) -> QRect:
    """The largest rectangle with the photo's proportions in the cell; tiny photos are not blown up far."""
    natural = pixmap.size()
    factor = min(cell.width() / natural.width(), cell.height() / natural.height(), LARGEST_BLOW_UP)
    if abs(factor - 1) < 0.03:
        factor = 1.0  # drawn pixel by pixel: sharper, and many times quicker
    width, height = max(1, round(natural.width() * factor)), max(1, round(natural.height() * factor))
    return QRect(
        cell.x() + (cell.width() - width) // 2, cell.y() + (cell.height() - height) // 2, width, height
    )


def _centred_square(cell: QRect) -> QRect:
    side = min(cell.width(), cell.height())
    return QRect(cell.x() + (cell.width() - side) // 2, cell.y() + (cell.height() - side) // 2, side, side)


def _mark(
    painter: QPainter, font: QFont, text: str, corner: object, *, grow_right: bool, grow_up: bool
) -> None:
    """A dark pill with white text in a corner of the photo: readable on any picture."""
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 3
    x = corner.x() + 5 if grow_right else corner.x() - width - 4  # type: ignore[attr-defined]
    y = corner.y() - height - 4 if grow_up else corner.y() + 5  # type: ignore[attr-defined]
    rect = QRectF(QPointF(x, y), QPointF(x + width, y + height))
    path = QPainterPath()
    path.addRoundedRect(rect, height / 2, height / 2)
    painter.fillPath(path, MARK_GROUND)
    painter.setPen(MARK_TEXT)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
