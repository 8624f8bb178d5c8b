"""Patterns of photos to leave out: several lines, which count when they are applied."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from desktop_app.translation import number, tr
from desktop_app.views.settings.rows import SETTLE_MS, SettingRow

LINES_SHOWN = 5


class PatternsRow(SettingRow):
    """A field of lines, what they would leave out, and a button.

    Signals:
        edited: The text as it has stood in the field for a moment, to count what it would leave out.
    """

    edited = Signal(str)

    def __init__(self, name: str, title: str, explanation: str) -> None:
        super().__init__(name, title, explanation)
        self._held = ""
        self.field = QPlainTextEdit()
        self.field.setPlaceholderText(tr("*.png\nScreenshots/\n/2019/drafts/"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(self.field.fontMetrics().lineSpacing() * LINES_SHOWN + 14)
        self.field.setAccessibleName(title)
        self.field.setAccessibleDescription(explanation)
        self.title.setBuddy(self.field)
        self.field.textChanged.connect(self._edited)
        self.count = QLabel()
        self.count.setObjectName("faint")
        self.apply = QPushButton(tr("Apply"))
        self.apply.setAutoDefault(False)
        self.apply.clicked.connect(self._apply)
        self.revert = QPushButton(tr("Revert"))
        self.revert.setAutoDefault(False)
        self.revert.clicked.connect(self._revert)
        deeds = QWidget()
        row = QHBoxLayout(deeds)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.apply)
        row.addWidget(self.revert)
        row.addWidget(self.count, 1)
        self.insert(1, self.field)
        self.insert(2, deeds)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._tell)
        self._update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for a count any more."""
        super().hideEvent(event)
        self._settled.stop()

    def show_value(self, value: str) -> None:
        """The patterns that hold; what is being written stays."""
        untouched = self.field.toPlainText() == self._held
        self._held = value
        if untouched and value != self.field.toPlainText():
            self.field.setPlainText(value)
        self._update()

    def show_count(self, patterns: str, photos: int) -> None:
        """Says how many photos these patterns would leave out, where they still stand in the field."""
        if patterns == self.field.toPlainText() and patterns != self._held:
            told = tr("Photos that would be left out: {count}").format(count=number(photos))
            self.count.setText(told)

    @Slot()
    def _edited(self) -> None:
        self.show_trouble("")
        self.count.clear()
        self._update()
        self._settled.start()

    @Slot()
    def _tell(self) -> None:
        self.edited.emit(self.field.toPlainText())

    @Slot()
    def _apply(self) -> None:
        self.count.clear()
        self.changed.emit(self.name, self.field.toPlainText())

    @Slot()
    def _revert(self) -> None:
        self.field.setPlainText(self._held)

    def _update(self) -> None:
        other = self.field.toPlainText() != self._held
        self.apply.setEnabled(other)
        self.revert.setEnabled(other)
