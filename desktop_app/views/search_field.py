"""Where words are typed: what is to be seen, or what captions and names say."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from desktop_app.icons import icon
from desktop_app.translation import QT_TR_NOOP, tr

LONGEST = 500  # letters; the text tower reads a few dozen words
NARROWEST, WIDEST = 140, 340  # logical pixels
FREE, ADDING = QT_TR_NOOP("Search: two dogs on a beach"), QT_TR_NOOP("Add words: in the snow")


class SearchField(QLineEdit):
    """Asks at Enter.

    Signals:
        asked: The words, empty after they were cleared.
        left: The person wants to go on among the photos.
    """

    asked = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName(tr("Search by words"))
        self.setToolTip(tr("What is to be seen in the photo, or words of its caption or name (Ctrl+F)"))
        self.setPlaceholderText(tr(FREE))
        self.setMaxLength(LONGEST)
        self.setMinimumWidth(NARROWEST)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.returnPressed.connect(self._ask)
        self.textChanged.connect(self._notice_clearing)

    def sizeHint(self) -> QSize:
        """Room for a sentence, where the tool bar has it."""
        return QSize(WIDEST, super().sizeHint().height())

    def show_words(self, words: str, *, photos: bool) -> None:
        """Shows the words of a place.

        Args:
            words: Of its query; empty where there are none.
            photos: Whether photos are asked about, to which words can be added.
        """
        self._shown = words
        self.setText(words)
        self.setPlaceholderText(tr(ADDING if photos else FREE))

    def event(self, event: QEvent) -> bool:
        """Esc is this field's while one types here, and not the window's way back."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the words back that are asked for, then leaves; the arrow down goes to the photos."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.setText(self._shown)
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _ask(self) -> None:
        words = self.text().strip()
        if words:
            self.asked.emit(words)

    @Slot(str)
    def _notice_clearing(self, text: str) -> None:
        """The clear button, or a person who deletes all, takes the words out of the query."""
        if not text and self._shown:
            self._shown = ""
            self.asked.emit("")
