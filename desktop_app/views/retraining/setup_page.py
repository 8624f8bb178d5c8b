"""What a model is to learn, from which photos and captions, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app.icons import icon
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.retraining.check_panel import CheckPanel
from desktop_app.views.retraining.setup_choices import SetupChoices

TITLE = QT_TR_NOOP("Teach what you mean by alike")
INTRODUCTION = QT_TR_NOOP(
    "A new model learns from your captions and from what you told alike. It is tried on photos that were held"
    " back, and you see both answers side by side. Nothing changes until you accept it, and you can go back."
)
WIDTH = 720


class SetupPage(QScrollArea):
    """Good defaults, one button to start.

    Attributes:
        choices: What is chosen.
        found: What the check says of it.

    Signals:
        checkWanted: Something else is chosen: look at it anew.
        startWanted: Begin.
    """

    checkWanted = Signal()
    startWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("Set up a retraining"))
        title, introduction = QLabel(tr(TITLE)), QLabel(tr(INTRODUCTION))
        title.setObjectName("title")
        introduction.setObjectName("faint")
        for label in (title, introduction):
            label.setWordWrap(True)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.hide()
        self.choices, self.found = SetupChoices(), CheckPanel()
        self.choices.changed.connect(self.look_anew)
        self.start = QPushButton(icon("play"), tr("&Start teaching"))
        self.start.setMinimumHeight(36)
        self.start.setAutoDefault(True)
        self.start.clicked.connect(self.startWanted)
        buttons = QHBoxLayout()
        buttons.addWidget(self.start)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(14)
        for label in (title, introduction, self.note):
            column.addWidget(label)
        column.addSpacing(6)
        column.addWidget(self.choices)
        column.addWidget(self.found)
        column.addLayout(buttons)
        column.addStretch(1)
        self.setWidget(_centred(column))
        self.setFocusProxy(self.choices.photos)
        self._busy = self._possible = False
        self.show_checking()

    def show_note(self, text: str) -> None:
        """Says why a training has ended without a verdict; empty for nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def show_checking(self) -> None:
        """The check is under way; it says whether there is anything to start."""
        self._allow(False)
        self.found.show_busy()

    def show_check(self, check: Mapping[str, Any]) -> None:
        """Shows what was found.

        Args:
            check: What `hammingbird retrain --check --json` prints.
        """
        self.found.show_check(check)
        self._allow(not check["problems"])

    def show_trouble(self, trouble: str) -> None:
        """Why the check could not be made."""
        self.found.show_trouble(trouble)
        self._allow(False)

    def show_busy(self, busy: bool) -> None:
        """While one training goes on, no other is started."""
        self._busy = busy
        self._allow(self._possible)

    def _allow(self, possible: bool) -> None:
        self._possible = possible
        self.start.setEnabled(possible and not self._busy)
        self.start.setToolTip(tr("A training goes on.") if self._busy else "")

    @Slot()
    def look_anew(self) -> None:
        """Asks for a check of what is chosen now."""
        self.show_checking()
        self.checkWanted.emit()


def _centred(column: QVBoxLayout) -> QWidget:
    """A column that stays narrow enough to read, in the middle of a wide window."""
    inner = QWidget()
    inner.setLayout(column)
    inner.setMaximumWidth(WIDTH)
    column.setContentsMargins(24, 24, 24, 24)
    outer = QWidget()
    row = QHBoxLayout(outer)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(inner, 1000)
    row.addStretch(1)
    row.setAlignment(inner, Qt.AlignmentFlag(0))
    return outer
