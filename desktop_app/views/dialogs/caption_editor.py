"""Where captions are typed, for one photo or for a selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.translation import number, tr
from engine.library.captions import LONGEST_CAPTION

if TYPE_CHECKING:
    from engine.library.photos import PhotoRow

SIZE = (480, 300)


class CaptionEditor(QDialog):
    """For one photo all that was typed before, a caption a line; for several one that each of them gets.

    It stays until the captions are kept, see `take_outcome`.

    Signals:
        saveWanted: The captions, a list of texts; empty ones are left out.
    """

    saveWanted = Signal(list)

    def __init__(self, rows: Sequence[PhotoRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        single = rows[0] if len(rows) == 1 else None
        self.setWindowTitle(tr("Caption") if single else tr("Caption of %Ln photos", None, len(rows)))
        explanation = QLabel(
            tr("What does {name} show? A line is a caption.").format(name=rows[0].path.name)
            if single
            else tr("What do these photos have in common? Each gets this caption beside those that it has.")
        )
        explanation.setWordWrap(True)
        self.text = QPlainTextEdit("\n".join(single.typed) if single else "")
        self.text.setAccessibleName(tr("Caption"))
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(tr("two dogs on a beach"))
        self.text.textChanged.connect(self._update)
        self._several = single is None
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(10)
        column.addWidget(explanation)
        column.addWidget(self.text, 1)
        if single and (written := [text for text in single.captions if text not in single.typed]):
            column.addWidget(_written(written))
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        self.warning.setObjectName("faint")
        column.addWidget(self.warning)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._save)
        self.text.setFocus()
        self._update()

    def texts(self) -> list[str]:
        """What is typed: a text a line; of several photos one text, whatever its lines."""
        lines = self.text.toPlainText().splitlines()
        if self._several:
            lines = [" ".join(lines)]
        return [line.strip() for line in lines if line.strip()]

    @Slot()
    def _update(self) -> None:
        texts = self.texts()
        long = max(map(len, texts), default=0)
        self.warning.setText(
            tr("A caption has at most {most} letters.").format(most=number(LONGEST_CAPTION))
            if long > LONGEST_CAPTION
            else ""
        )
        empty = self._several and not texts
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(
            long <= LONGEST_CAPTION and not empty
        )

    @Slot()
    def _save(self) -> None:
        if self.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled():
            self.buttons.setEnabled(False)
            self.saveWanted.emit(self.texts())

    def take_outcome(self, trouble: str) -> None:
        """Closes when the captions are kept; else says why not, and keeps what was typed."""
        if not isValid(self):  # closed meanwhile
            return
        self.buttons.setEnabled(True)
        self.warning.setText(trouble)
        if not trouble:
            self.accept()


def _written(captions: list[str]) -> QLabel:
    """What the photo's files say, which is not for us to change."""
    label = QLabel(tr("Its file says: {captions}").format(captions="; ".join(captions)[:300]))
    label.setObjectName("faint")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
