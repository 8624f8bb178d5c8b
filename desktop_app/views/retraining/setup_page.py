"""What a model is to learn, from which photos and captions, and for how long."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

TITLE = "Teach what is alike"


class SetupPage(QWidget):
    """Good defaults, one button to start.

    Signals:
        startWanted: The button was pressed.
    """

    startWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(TITLE)
        title.setObjectName("title")
        column = QVBoxLayout(self)
        column.addWidget(title)
        column.addStretch(1)
