"""A plot that is only looked at."""

from __future__ import annotations

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop_app.theme import faint_text


class QuietPlot(pyqtgraph.PlotWidget):
    """It neither zooms nor moves, and the page below it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseEnabled(False, False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to the page."""
        event.ignore()

    def take_colours(self, widget: QWidget) -> None:
        """Ground and axes as the theme of a widget has them."""
        self.setBackground(widget.palette().color(QPalette.ColorRole.Window))
        for name in ("left", "bottom"):
            self.getAxis(name).setPen(faint_text(widget))
            self.getAxis(name).setTextPen(faint_text(widget))
