"""What was asked: the query photos, where it was asked, how far neighbours may be, and the way out."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from desktop_app.icons import icon
from desktop_app.models.photo_list import bits
from desktop_app.translation import tr
from desktop_app.views.elided_label import ElidedLabel

SIDE = 40
LONGEST_FOLDER = 130  # logical pixels


class _QueryThumbnails(QWidget):
    """The query photos, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._images: list[QImage] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Query photos"))

    def set_images(self, images: Sequence[QImage]) -> None:
        self._images = [image for image in images if not image.isNull()]
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(len(self._images) * (SIDE + 4), SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, image in enumerate(self._images):
            cut = min(image.width(), image.height())
            source = QRect((image.width() - cut) // 2, (image.height() - cut) // 2, cut, cut)
            place = QRect(number * (SIDE + 4), 0, SIDE, SIDE)
            path = QPainterPath()
            path.addRoundedRect(place, 4, 4)
            painter.setClipPath(path)
            painter.drawImage(place, image, source)
        painter.end()


class QueryBar(QFrame):
    """Stands above the neighbours.

    Signals:
        withinChanged: The largest distance to show, in bits.
        cleared: Back to the photos.
        anywhereWanted: Drop the folder that the query is limited to.
    """

    withinChanged = Signal(int)
    cleared = Signal()
    anywhereWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._thumbnails = _QueryThumbnails()
        self._asked = ElidedLabel()
        self._asked.setMinimumWidth(120)
        self._folder = QToolButton()
        self._folder.setIcon(icon("close"))
        self._folder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._folder.hide()
        self._folder.clicked.connect(self.anywhereWanted)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._slider.setMinimumWidth(80)
        self._slider.setMaximumWidth(170)
        self._slider.setPageStep(4)
        self._slider.setAccessibleName(tr("Largest distance shown, in bits"))
        self._slider.setToolTip(tr("How far a neighbour may be: fewer bits, more alike"))
        self._slider.valueChanged.connect(self._moved)
        self._within = QLabel()
        self._within.setMinimumWidth(
            self.fontMetrics().horizontalAdvance(tr("up to {distance}").format(distance=bits(888)))
        )
        self._clear = QToolButton()
        self._clear.setIcon(icon("close"))
        self._clear.setAutoRaise(True)
        self._clear.setToolTip(tr("Back to the photos (Esc)"))
        self._clear.setAccessibleName(tr("Clear the query"))
        self._clear.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._thumbnails)
        row.addWidget(self._asked, 1)
        row.addWidget(self._folder)
        row.addWidget(self._slider, 1)
        row.addWidget(self._within)
        row.addWidget(self._clear)
        self.hide()

    def set_query(self, asked: str, images: Sequence[QImage], folder: str, n_bits: int, within: int) -> None:
        """Shows a query.

        Args:
            asked: In words, such as "Photos like sunset.jpg".
            images: Thumbnails of the query photos.
            folder: Name of the folder that it is limited to, empty for the whole library.
            n_bits: Length of a code; 0 where there is none.
            within: The largest distance shown.
        """
        self._asked.setText(asked)
        self._thumbnails.set_images(images)
        self._folder.setVisible(bool(folder))
        mode = Qt.TextElideMode.ElideMiddle
        shown = self.fontMetrics().elidedText(folder, mode, LONGEST_FOLDER).replace("&", "&&")
        self._folder.setText(tr("only in {shown}").format(shown=shown))
        self._folder.setToolTip(tr("Search the whole library instead of {folder}").format(folder=folder))
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(n_bits, 1))
        self._slider.setValue(within)
        self._slider.blockSignals(False)
        self._slider.setVisible(n_bits > 0)
        self._within.setVisible(n_bits > 0)
        self._within.setText(tr("up to {distance}").format(distance=bits(within)))

    @property
    def asked(self) -> str:
        """The query in words."""
        return self._asked.text()

    @property
    def within(self) -> int:
        """The largest distance shown, in bits."""
        return self._slider.value()

    def set_within(self, within: int) -> None:
        """Moves the slider."""
        self._slider.setValue(within)

    @Slot(int)
    def _moved(self, value: int) -> None:
        self._within.setText(tr("up to {distance}").format(distance=bits(value)))
        self.withinChanged.emit(value)
