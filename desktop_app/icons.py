"""Line icons, drawn in the colour of the text around them so that they fit every theme and size."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)

from engine.paths import resource

INK = 0.9
PROGRAM_SIDES = (16, 24, 32, 48, 64, 128, 256)


def _lines(*strokes: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for stroke in strokes:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in stroke]))
    return path


def _back() -> QPainterPath:
    return _lines(((13, 8), (3, 8)), ((7, 3.5), (2.5, 8), (7, 12.5)))


def _forward() -> QPainterPath:
    return _lines(((3, 8), (13, 8)), ((9, 3.5), (13.5, 8), (9, 12.5)))


def _folder() -> QPainterPath:
    return _lines(((1.5, 12.5), (1.5, 3.5), (6, 3.5), (7.5, 5.5), (14.5, 5.5), (14.5, 12.5), (1.5, 12.5)))


def _add_folder() -> QPainterPath:
    path = _lines(((9, 12.5), (1.5, 12.5), (1.5, 3.5), (6, 3.5), (7.5, 5.5), (14.5, 5.5), (14.5, 8)))
    path.addPath(_lines(((12.5, 9.5), (12.5, 15)), ((9.75, 12.25), (15.25, 12.25))))
    return path


def _photos() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(1.5, 3, 13, 10), 1.2, 1.2)
    path.addEllipse(QPointF(5, 6.2), 1.2, 1.2)
    path.addPath(_lines(((2, 12), (6, 8.6), (8.5, 10.6), (11.2, 7.6), (14.3, 11))))
    return path


def _search() -> QPainterPath:
    path = _lines(((10, 10), (14, 14)))
    path.addEllipse(QPointF(6.7, 6.7), 4.6, 4.6)
    return path


def _similar() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(6, 6.2), 4.2, 4.2)
    path.addEllipse(QPointF(10, 9.8), 4.2, 4.2)
    return path


def _teach() -> QPainterPath:
    path = _lines(((1, 6.2), (8, 3), (15, 6.2), (8, 9.4), (1, 6.2)), ((15, 6.2), (15, 10.4)))
    path.addPath(_lines(((4.2, 7.8), (4.2, 11.2), (8, 13), (11.8, 11.2), (11.8, 7.8))))
    return path


def _problem() -> QPainterPath:
    path = _lines(((8, 2), (14.8, 13.6), (1.2, 13.6), (8, 2)), ((8, 6.4), (8, 9.6)))
    path.addEllipse(QPointF(8, 11.6), 0.35, 0.35)
    return path


def _pause() -> QPainterPath:
    return _lines(((5.5, 3), (5.5, 13)), ((10.5, 3), (10.5, 13)))


def _play() -> QPainterPath:
    return _lines(((4.5, 2.8), (12.8, 8), (4.5, 13.2), (4.5, 2.8)))


def _close() -> QPainterPath:
    return _lines(((4, 4), (12, 12)), ((12, 4), (4, 12)))


def _retry() -> QPainterPath:
    path = QPainterPath()
    path.arcMoveTo(QRectF(2.8, 2.8, 10.4, 10.4), 20)
    path.arcTo(QRectF(2.8, 2.8, 10.4, 10.4), 20, 290)
    path.addPath(_lines(((13.6, 2.4), (13.2, 6.2), (9.6, 5.6))))
    return path


def _fit() -> QPainterPath:
    corners = (
        ((2, 6), (2, 2), (6, 2)),
        ((10, 2), (14, 2), (14, 6)),
        ((14, 10), (14, 14), (10, 14)),
        ((6, 14), (2, 14), (2, 10)),
    )
    return _lines(*corners)


def _zoom(*bars: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = _lines(((10.2, 10.2), (14, 14)), *bars)
    path.addEllipse(QPointF(6.8, 6.8), 4.8, 4.8)
    return path


def _zoom_in() -> QPainterPath:
    return _zoom(((4.6, 6.8), (9, 6.8)), ((6.8, 4.6), (6.8, 9)))


def _zoom_out() -> QPainterPath:
    return _zoom(((4.6, 6.8), (9, 6.8)))


def _facts() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(8, 8), 6.2, 6.2)
    path.addEllipse(QPointF(8, 4.9), 0.35, 0.35)
    path.addPath(_lines(((8, 7.4), (8, 11.4))))
    return path


def _previous() -> QPainterPath:
    return _lines(((10.5, 3), (5.5, 8), (10.5, 13)))


def _next() -> QPainterPath:
    return _lines(((5.5, 3), (10.5, 8), (5.5, 13)))


DRAWINGS: dict[str, Callable[[], QPainterPath]] = {
    "back": _back,
    "forward": _forward,
    "previous": _previous,
    "next": _next,
    "folder": _folder,
    "add-folder": _add_folder,
    "photos": _photos,
    "search": _search,
    "similar": _similar,
    "teach": _teach,
    "problem": _problem,
    "pause": _pause,
    "play": _play,
    "close": _close,
    "retry": _retry,
    "fit": _fit,
    "zoom-in": _zoom_in,
    "zoom-out": _zoom_out,
    "facts": _facts,
}


class _LineIconEngine(QIconEngine):
    """Strokes one drawing; asks for the palette at each painting, so a change of theme shows at once."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:  # noqa: ARG002
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        role = (
            QPalette.ColorRole.HighlightedText
            if mode == QIcon.Mode.Selected
            else QPalette.ColorRole.ButtonText
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(rect.width(), rect.height()) * INK  # air around it, so that text beside it does not touch
        painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
        painter.scale(side / 16, side / 16)
        pen = QPen(QGuiApplication.palette().color(group, role), 1.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(DRAWINGS[self._name]())
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _LineIconEngine(self._name)


def icon(name: str) -> QIcon:
    """The icon of one of DRAWINGS."""
    return QIcon(_LineIconEngine(name))


def program_icon() -> QIcon:
    """The bird, for task bars and window lists."""
    found = QIcon()
    for side in PROGRAM_SIDES:
        found.addFile(str(resource(f"icons/hammingbird-{side}.png")), QSize(side, side))
    return found
