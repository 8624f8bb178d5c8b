"""How far apart fitting photos and others are, by both models; the further apart the hills, the better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.models.photo_list import bits
from desktop_app.theme import faint_text
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.retraining.quiet_plot import QuietPlot

HEIGHT = 170
TITLES = {"before": QT_TR_NOOP("Before"), "after": QT_TR_NOOP("Now")}
FILL = 90  # opacity of a hill, of 255
ROOM = 1.06  # above the highest hill


class DistanceHistograms(QWidget):
    """Two plots on one scale.

    Args:
        histograms: "edges" in bits, and for "before" and "after" the shares of "fitting" and of "other" pairs
            of photos between two edges each.
    """

    def __init__(self, histograms: Mapping[str, Any]) -> None:
        super().__init__()
        self._edges: Sequence[float] = histograms["edges"]
        self._shares = {side: histograms[side] for side in TITLES}
        self._plots = {side: QuietPlot() for side in TITLES}
        highest = max(max(shares) for hills in self._shares.values() for shares in hills.values())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        for side, plot in self._plots.items():
            plot.setFixedHeight(HEIGHT)
            plot.getAxis("left").hide()
            plot.setLabel("bottom", tr("distance in bits"))
            plot.setXRange(self._edges[0], self._edges[-1], padding=0)
            plot.setYRange(0, highest * ROOM, padding=0)
            column = QVBoxLayout()
            column.setSpacing(4)
            title = QLabel(f"{tr(TITLES[side])}: {self._said(side)}")
            title.setWordWrap(True)
            column.addWidget(title)
            column.addWidget(plot)
            plot.setAccessibleName(tr("Distances") + f", {tr(TITLES[side])}: {self._said(side)}")
            row.addLayout(column, 1)
        self._paint()

    def _said(self, side: str) -> str:
        fitting, other = (self._middle(self._shares[side][hill]) for hill in ("fitting", "other"))
        return tr("half of the fitting photos within {fitting}, half of the others within {other}").format(
            fitting=bits(fitting), other=bits(other)
        )

    def _middle(self, shares: Sequence[float]) -> int:
        """The median, to the middle of its bin."""
        half, passed = sum(shares) / 2, 0.0
        for place, share in enumerate(shares):
            passed += share
            if passed >= half:
                return round((self._edges[place] + self._edges[place + 1]) / 2)
        return round(self._edges[-1])

    def changeEvent(self, event: QEvent) -> None:
        """Another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()

    def _paint(self) -> None:
        palette = self.palette()
        faint = faint_text(self)
        colours = {"other": faint, "fitting": palette.color(QPalette.ColorRole.Highlight)}
        for side, plot in self._plots.items():
            plot.clear()
            plot.take_colours(self)
            for hill, colour in colours.items():
                filled = QColor(colour)
                filled.setAlpha(FILL)
                plot.plot(
                    self._edges,
                    self._shares[side][hill],
                    stepMode="center",
                    fillLevel=0,
                    pen=pyqtgraph.mkPen(colour, width=1.5),
                    brush=filled,
                )
