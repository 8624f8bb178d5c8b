"""The viewer: one photo in the place of the grid, with its neighbours in the list one key away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from desktop_app.icons import icon
from desktop_app.models.photo_list import DISTANCE_ROLE, PhotoList
from desktop_app.thumbnails import ThumbnailLoader
from desktop_app.translation import number, tr
from desktop_app.views.elided_label import ElidedLabel
from desktop_app.views.facts_panel import FactsPanel
from desktop_app.views.photo_canvas import PhotoCanvas

if TYPE_CHECKING:
    from engine.library.photos import PhotoRow

FULL_SIZE_LIMIT = 120_000_000  # pixels; four bytes each in memory


class PhotoViewer(QWidget):
    """Shows the photo of one row of a `PhotoList`.

    Signals:
        closed: Back to the grid, which should stand at the given row.
        previewWanted: Photo id, file, longest side (0 for full size).
        rowWanted: A photo id whose row is not known yet.
        factsToggled: The facts are shown, or not.
        menuWanted: Where the context menu belongs.
    """

    closed = Signal(int)
    previewWanted = Signal(int, object, int)
    rowWanted = Signal(int)
    factsToggled = Signal(bool)
    menuWanted = Signal(object)

    def __init__(self, photos: PhotoList, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos, self._thumbnails = photos, thumbnails
        self._row = -1
        self._photo_id = -1
        self._known: PhotoRow | None = None
        self._asked_side: int | None = None
        self.canvas = PhotoCanvas()
        self.facts = FactsPanel()
        self._name = ElidedLabel()
        self._place = QLabel(objectName="faint")  # type: ignore[call-overload]
        self._zoom = QLabel(objectName="faint")  # type: ignore[call-overload]
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1600 %"))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._trouble = QLabel(objectName="faint")  # type: ignore[call-overload]
        self._trouble.setContentsMargins(14, 6, 14, 6)
        self._trouble.setWordWrap(True)
        self._trouble.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Photo"))
        self.canvas.zoomed.connect(self._show_zoom)
        self.canvas.detailWanted.connect(self._want_detail)
        photos.dataChanged.connect(self._rows_came)
        thumbnails.arrived.connect(self._thumbnail_came)
        self._lay_out(self._make_bar())

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self._tool("back", tr("Back to the photos (Esc)"), self.leave, tr("Photos")))
        row.addSpacing(6)
        row.addWidget(self._name, 1)
        row.addWidget(self._tool("previous", tr("Previous photo (Left)"), self.show_previous))
        row.addWidget(self._place)
        row.addWidget(self._tool("next", tr("Next photo (Right)"), self.show_next))
        row.addSpacing(10)
        row.addWidget(self._zoom)
        row.addWidget(self._tool("zoom-out", tr("Smaller (-)"), self.canvas.zoom_out))
        row.addWidget(self._tool("zoom-in", tr("Larger (+)"), self.canvas.zoom_in))
        row.addWidget(self._tool("fit", tr("Whole photo (0)"), self.canvas.fit))
        row.addWidget(self._tool("", tr("Full size, pixel by pixel (1)"), self.canvas.actual_size, "1:1"))
        self._facts_button = self._tool("facts", tr("Facts about the photo (I)"), self.toggle_facts)
        self._facts_button.setCheckable(True)
        row.addWidget(self._facts_button)
        return bar

    def _tool(self, icon_name: str, tip: str, slot: object, text: str = "") -> QToolButton:
        button = QToolButton()
        if icon_name:
            button.setIcon(icon(icon_name))
        if text:
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def _lay_out(self, bar: QWidget) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._trouble)
        column.addLayout(middle, 1)

    # -- which photo ---------------------------------------------------------------------------------------

    @property
    def row(self) -> int:
        """The row shown, -1 for none."""
        return self._row

    @property
    def photo_id(self) -> int:
        """The photo shown, -1 for none."""
        return self._photo_id

    @property
    def path(self) -> Path | None:
        """Its file, as soon as that is known."""
        return self._known.path if self._known else None

    @property
    def trouble(self) -> str:
        """Why the photo can't be shown in full, empty when it can."""
        return self._trouble.text() if not self._trouble.isHidden() else ""

    def show_row(self, row: int) -> None:
        """Shows the photo of a row: its thumbnail at once, the preview when it comes."""
        self._row = row
        self._photo_id = self._photos.photo_id(row)
        self._asked_side = None
        self._trouble.hide()
        self._known = self._photos.row(self._photo_id)
        pixmap = self._thumbnails.pixmap(self._photo_id)
        image = pixmap.toImage() if pixmap else QImage()
        full = QSize(self._known.width, self._known.height) if self._known else image.size()
        self.canvas.show_photo(image, full)
        self._tell_facts()
        if self._known is None:
            self.rowWanted.emit(self._photo_id)
        else:
            self._want_preview()

    def follow(self) -> None:
        """Finds the photo again after the list changed; leaves when it is gone."""
        row = self._photos.find(self._photo_id)
        if row is None:
            self.leave()
        else:
            self._row = row
            self._tell_facts()

    def take_row(self, row: PhotoRow) -> None:
        """Takes the answer to `rowWanted`."""
        if row.id == self._photo_id and self._known is None:
            self._known = row
            self.canvas.set_picture(self.canvas.picture, QSize(row.width, row.height))
            self._tell_facts()
            self._want_preview()

    def take_preview(self, photo_id: int, image: QImage, full: QSize) -> None:
        """Swaps in a preview; one for another photo comes too late and is thrown away."""
        if photo_id == self._photo_id:
            self._trouble.hide()
            self.canvas.set_picture(image, full)

    def take_failure(self, photo_id: int, message: str) -> None:
        """Says why there is no preview; the thumbnail stays."""
        if photo_id == self._photo_id:
            self._trouble.setText(message)
            self._trouble.show()

    def _tell_facts(self) -> None:
        known = self._known
        self._name.setText(known.path.name if known else "")
        self._place.setText(
            tr("{done} of {total}").format(done=number(self._row + 1), total=number(self._photos.rowCount()))
        )
        distance = self._photos.index(self._row, 0).data(DISTANCE_ROLE)
        self.facts.show_row(known, distance)
        self.canvas.setAccessibleName(known.path.name if known else tr("Photo"))

    def _want_preview(self) -> None:
        side = round(max(self.canvas.width(), self.canvas.height()) * self.devicePixelRatioF())
        self._ask(max(side, 256))

    @Slot()
    def _want_detail(self) -> None:
        """Asks for full size once it is looked at more closely than the preview allows."""
        if self._known is not None and self._asked_side is not None and not self.canvas.is_fitted:
            pixels = self._known.width * self._known.height
            if pixels <= FULL_SIZE_LIMIT:
                self._ask(0)
            else:
                shrink = (FULL_SIZE_LIMIT / pixels) ** 0.5
                self._ask(int(max(self._known.width, self._known.height) * shrink))

    def _ask(self, side: int) -> None:
        if self._known is None or self._asked_side == side or self._asked_side == 0:
            return
        self._asked_side = side
        if not self._known.online:
            self.take_failure(
                self._photo_id,
                tr("The disk with {folder} is offline; this is the thumbnail.").format(
                    folder=self._known.path.parent
                ),
            )
            return
        self.previewWanted.emit(self._photo_id, self._known.path, side)

    @Slot(QModelIndex, QModelIndex)
    def _rows_came(self, first: QModelIndex, last: QModelIndex) -> None:
        if self._known is None and first.row() <= self._row <= last.row():
            row = self._photos.row(self._photo_id)
            if row is not None:
                self.take_row(row)

    @Slot()
    def _thumbnail_came(self) -> None:
        if self._photo_id >= 0 and self.canvas.picture.isNull():
            pixmap = self._thumbnails.pixmap(self._photo_id)
            if pixmap:
                full = QSize(self._known.width, self._known.height) if self._known else pixmap.size()
                self.canvas.set_picture(pixmap.toImage(), full)

    # -- moving on -----------------------------------------------------------------------------------------

    @Slot()
    def show_next(self) -> None:
        """The next photo of the list."""
        if 0 <= self._row < self._photos.rowCount() - 1:
            self.show_row(self._row + 1)

    @Slot()
    def show_previous(self) -> None:
        """The one before."""
        if self._row > 0:
            self.show_row(self._row - 1)

    @Slot()
    def leave(self) -> None:
        """Back to the grid."""
        row, self._row, self._photo_id, self._known = self._row, -1, -1, None
        self.closed.emit(row)

    def set_facts_shown(self, shown: bool) -> None:
        """Shows or hides the facts."""
        self.facts.setVisible(shown)
        self._facts_button.setChecked(shown)

    @Slot()
    def toggle_facts(self) -> None:
        """Shows the facts, or hides them."""
        shown = self.facts.isHidden()
        self.set_facts_shown(shown)
        self.factsToggled.emit(shown)

    @Slot(float)
    def _show_zoom(self, scale: float) -> None:
        self._zoom.setText(f"{scale * 100:.0f} %")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All the viewer's keys."""
        key = Qt.Key
        deeds: dict[int, Callable[[], None]] = {
            key.Key_Escape: self.leave,
            key.Key_Space: self.leave,
            key.Key_Return: self.leave,
            key.Key_Enter: self.leave,
            key.Key_Right: self.show_next,
            key.Key_PageDown: self.show_next,
            key.Key_Left: self.show_previous,
            key.Key_PageUp: self.show_previous,
            key.Key_Plus: self.canvas.zoom_in,
            key.Key_Equal: self.canvas.zoom_in,
            key.Key_Minus: self.canvas.zoom_out,
            key.Key_0: self.canvas.fit,
            key.Key_1: self.canvas.actual_size,
            key.Key_I: self.toggle_facts,
        }
        modifiers = (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        )
        deed = deeds.get(event.key()) if not modifiers else None
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the photo."""
        self.menuWanted.emit(event.globalPos())
