"""One photo, as large as one likes: fit, 100 %, zoom to the pointer, pan."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

STEP = 1.25
LARGEST = 16.0
SHARP_FROM = 3.0  # from here on one sees the pixels themselves


class PhotoCanvas(QWidget):
    """Shows the best picture it was given of a photo whose full size is known.

    The scale counts device pixels of the screen per pixel of the full-size photo: at 1.0 one sees 100 %.

    Signals:
        zoomed: The scale changed.
        detailWanted: The picture at hand is too small for the scale.
    """

    zoomed = Signal(float)
    detailWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._full = QSize()
        self._scale = 1.0
        self._fitted = True
        self._centre = QPointF()
        self._grip: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        self.setAccessibleName("Photo")

    # -- what is shown -------------------------------------------------------------------------------------

    def show_photo(self, image: QImage, full: QSize) -> None:
        """Shows another photo, fitted.

        Args:
            image: What there is of it already; may be null.
            full: Upright full size in pixels.
        """
        self._image, self._full = image, full
        self.fit()

    def set_picture(self, image: QImage, full: QSize) -> None:
        """Swaps in a better picture of the same photo; zoom and place stay."""
        if full != self._full and not full.isEmpty():
            ratio = full.width() / max(self._full.width(), 1)
            self._centre = QPointF(self._centre.x() * ratio, self._centre.y() * ratio)
            self._scale /= ratio
            self._full = full
        if image.width() >= self._image.width():
            self._image = image
        if self._fitted:
            self.fit()
        self.update()

    @property
    def picture(self) -> QImage:
        """The best picture at hand."""
        return self._image

    @property
    def scale(self) -> float:
        """Device pixels per pixel of the photo."""
        return self._scale

    @property
    def is_fitted(self) -> bool:
        """True while the photo follows the size of the window."""
        return self._fitted

    # -- zoom and pan --------------------------------------------------------------------------------------

    def _screen(self) -> QSizeF:
        """The canvas in device pixels."""
        return QSizeF(self.size()) * self.devicePixelRatioF()

    def _fit_scale(self) -> float:
        if self._full.isEmpty():
            return 1.0
        screen = self._screen()
        return min(screen.width() / self._full.width(), screen.height() / self._full.height(), 1.0)

    def fit(self) -> None:
        """Shows the whole photo; small ones at 100 %."""
        self._fitted = True
        self._centre = QPointF(self._full.width() / 2, self._full.height() / 2)
        self._set_scale(self._fit_scale())

    def actual_size(self) -> None:
        """Shows 100 %."""
        self.zoom_to(1.0, None)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.zoom_to(self._scale * STEP, None)

    def zoom_out(self) -> None:
        """One step back; not further than the whole photo."""
        self.zoom_to(self._scale / STEP, None)

    def zoom_to(self, scale: float, point: QPointF | None) -> None:
        """Zooms so that what is at a point stays there.

        Args:
            scale: Device pixels per pixel of the photo.
            point: In the widget; None for its middle.
        """
        lowest = self._fit_scale()
        scale = min(max(scale, lowest), max(LARGEST, lowest))
        at = point or QPointF(self.width() / 2, self.height() / 2)
        held = self._to_photo(at)
        self._fitted = scale <= lowest * 1.0001
        self._scale = scale
        moved = self._to_photo(at)
        self._centre += held - moved
        self._set_scale(scale)

    def pan(self, dx: float, dy: float) -> None:
        """Moves the photo by logical pixels."""
        factor = self.devicePixelRatioF() / self._scale
        self._centre -= QPointF(dx * factor, dy * factor)
        self._keep_in_sight()
        self.update()

    def _set_scale(self, scale: float) -> None:
        self._scale = scale
        self._keep_in_sight()
        self.zoomed.emit(scale)
        if (
            self._image.width() < self._full.width()
            and self._image.width() < self._full.width() * scale * 0.98
        ):
            self.detailWanted.emit()
        self.update()

    def _keep_in_sight(self) -> None:
        """No panning into the void: a photo smaller than the canvas stays in the middle."""
        half = self._screen() / (2 * self._scale)
        self._centre = QPointF(
            _between(self._centre.x(), half.width(), self._full.width()),
            _between(self._centre.y(), half.height(), self._full.height()),
        )

    def _to_photo(self, point: QPointF) -> QPointF:
        ratio = self.devicePixelRatioF() / self._scale
        return QPointF(
            self._centre.x() + (point.x() - self.width() / 2) * ratio,
            self._centre.y() + (point.y() - self.height() / 2) * ratio,
        )

    # -- events --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paints the part of the picture that is in sight."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if self._full.isEmpty():
            return
        corner, end = self._to_photo(QPointF(0, 0)), self._to_photo(QPointF(self.width(), self.height()))
        seen = QRectF(corner, end).intersected(QRectF(0, 0, self._full.width(), self._full.height()))
        ratio = self._scale / self.devicePixelRatioF()
        target = QRectF(
            (seen.x() - corner.x()) * ratio,
            (seen.y() - corner.y()) * ratio,
            seen.width() * ratio,
            seen.height() * ratio,
        )
        if self._image.isNull():
            painter.fillRect(target, QColor(128, 128, 128, 40))
            painter.end()
            return
        across, down = self._image.width() / self._full.width(), self._image.height() / self._full.height()
        source = QRectF(seen.x() * across, seen.y() * down, seen.width() * across, seen.height() * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._scale < SHARP_FROM)
        painter.drawImage(target, self._image, source)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted photo stays fitted."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        else:
            self._set_scale(max(self._scale, self._fit_scale()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms to the pointer."""
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_to(self._scale * STEP**turns, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold of the photo."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._grip = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pulls it along."""
        if self._grip is not None:
            moved = event.position() - self._grip
            self._grip = event.position()
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lets go."""
        self._grip = None
        self.unsetCursor()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole photo and 100 % at the pointer."""
        if self._fitted:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()


def _between(centre: float, half: float, full: float) -> float:
    return full / 2 if 2 * half >= full else min(max(centre, half), full - half)
