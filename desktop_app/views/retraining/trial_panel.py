"""Any other photo is tried here: found by name or caption, or taken from the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.models.compared import ComparedQuery
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.retraining.comparison_view import ComparisonView

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader
    from engine.library.photos import PhotoRow

TYPING_MS = 250
PHOTO_ROLE = int(Qt.ItemDataRole.UserRole)
LIST_HEIGHT = 132
HINT = QT_TR_NOOP("Click any photo above, or find one here.")


class TrialPanel(QWidget):
    """Asks for photos and shows one comparison.

    Signals:
        namesWanted: Words to look for in names and captions; answer with `take_found`.
        trialWanted: A photo to try; answer with `take_trial`.
        gridWanted: The photo that is chosen in the grid should be tried.
    """

    namesWanted = Signal(str)
    trialWanted = Signal(int)
    gridWanted = Signal()

    def __init__(self, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._view: ComparisonView | None = None
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("Name or caption of a photo"))
        self.words.setAccessibleName(tr("Photo to try, by name or caption"))
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._typed)
        self.words.returnPressed.connect(self._try_first)
        from_grid = QPushButton(tr("&Use the photo chosen in the grid"))
        from_grid.clicked.connect(self.gridWanted)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Photos found"))
        self.found.setFixedHeight(LIST_HEIGHT)
        self.found.itemActivated.connect(self._try_item)
        self.found.itemClicked.connect(self._try_item)
        self.found.hide()
        self.told = QLabel(tr(HINT))
        self.told.setObjectName("faint")
        self.told.setWordWrap(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._ask_names)
        line = QHBoxLayout()
        line.addWidget(self.words, 1)
        line.addWidget(from_grid)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._column.addLayout(line)
        self._column.addWidget(self.found)
        self._column.addWidget(self.told)

    @property
    def view(self) -> ComparisonView | None:
        """The comparison that is shown, None before the first."""
        return self._view

    def clear(self) -> None:
        """Forgets what was tried: it was another run's."""
        self._typing.stop()
        self.words.blockSignals(True)
        self.words.clear()
        self.words.blockSignals(False)
        self.found.hide()
        self._tell(tr(HINT))
        if self._view is not None:
            self._view.hide()
            self._view.deleteLater()
            self._view = None

    def take_found(self, words: str, found: Sequence[tuple[int, str]]) -> None:
        """Lists photos.

        Args:
            words: What was asked; an answer to older words is thrown away.
            found: Photo ids and names.
        """
        if words != self.words.text().strip():
            return
        self.found.clear()
        for photo, name in found:
            item = QListWidgetItem(name)
            item.setData(PHOTO_ROLE, photo)
            self.found.addItem(item)
        self.found.setVisible(bool(found))
        self._tell("" if found else tr("No photo that can be tried has these words."))

    def take_trial(self, query: ComparedQuery) -> None:
        """Shows a comparison."""
        self._tell("")
        if self._view is None:
            self._view = ComparisonView(query, self._thumbnails)
            self._view.chosen.connect(self.trialWanted)
            self._column.addWidget(self._view)
            self._view.show()  # now, so that the page can scroll to it
        else:
            self._view.set_query(query)

    def take_trouble(self, trouble: str) -> None:
        """Says why a photo can't be tried."""
        self._tell(trouble)

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))

    def take_rows(self, rows: Mapping[int, PhotoRow]) -> None:
        """Takes names of photos."""
        if self._view is not None:
            self._view.take_rows(rows)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight, nothing more is asked."""
        self._typing.stop()
        super().hideEvent(event)

    @Slot()
    def _typed(self) -> None:
        if self.words.text().strip():
            self._typing.start()
        else:
            self._typing.stop()
            self.found.hide()

    @Slot()
    def _ask_names(self) -> None:
        self.namesWanted.emit(self.words.text().strip())

    @Slot()
    def _try_first(self) -> None:
        """Enter tries the first photo found, once there are some."""
        if self.found.isHidden() or self._typing.isActive():
            self._typing.stop()
            self._ask_names()
        elif self.found.count():
            self._try_item(self.found.item(0))

    @Slot(QListWidgetItem)
    def _try_item(self, item: QListWidgetItem) -> None:
        self.trialWanted.emit(int(item.data(PHOTO_ROLE)))
