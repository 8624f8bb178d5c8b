"""Where a list of captions is pasted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.pasted_captions import read_pasted
from desktop_app.translation import QT_TR_NOOP, tr

SIZE = (620, 420)
SHOWN_LINES = 5
EXPLANATION = QT_TR_NOOP(
    "A photo a line: its file name or path, a tab, its caption. Two columns that were copied from a"
    " spreadsheet are such a list. Several lines for one photo give it several captions."
)
EXAMPLE = QT_TR_NOOP("IMG_0412.jpg\ttwo dogs on a beach\nlake/IMG_0413.jpg\tAnna in the boat")


class PastePage(QDialog):
    """Says at once how much of the text is understood.

    Signals:
        pasted: The captions, pairs of a photo's name and a text.
    """

    pasted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Paste captions"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        explanation = QLabel(tr(EXPLANATION))
        explanation.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(tr("Captions, a photo a line"))
        self.text.setPlaceholderText(tr(EXAMPLE))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(False)  # tabs are typed here
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.textChanged.connect(self._update)
        self.told = QLabel()
        self.told.setObjectName("faint")
        self.told.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.take = self.buttons.addButton(tr("Take them"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._taken)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(12)
        column.addWidget(explanation)
        column.addWidget(self.text, 1)
        column.addWidget(self.told)
        column.addWidget(self.buttons)
        self._update()

    @Slot()
    def _update(self) -> None:
        found = read_pasted(self.text.toPlainText())
        count = len(found.rows)
        words = tr("%Ln caption(s)", None, count)
        if found.wrong_lines:
            lines = ", ".join(map(str, found.wrong_lines[:SHOWN_LINES]))
            more = len(found.wrong_lines) > SHOWN_LINES
            lines = tr("{lines} and others").format(lines=lines) if more else lines
            words += ". " + tr("There is no tab between a name and a caption in line {lines}.").format(
                lines=lines
            )
        self.told.setText(words if count or found.wrong_lines else "")
        self.take.setEnabled(bool(count) and not found.wrong_lines)

    @Slot()
    def _taken(self) -> None:
        self.pasted.emit(read_pasted(self.text.toPlainText()).rows)
        self.accept()
