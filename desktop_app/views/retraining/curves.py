"""How a training goes, drawn while it goes: a small plot for each part of the loss and for each measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.theme import faint_text
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.elided_label import ElidedLabel
from desktop_app.views.retraining.quiet_plot import QuietPlot

PLOT_HEIGHT = 92
COLUMNS = 4
TITLE_WIDTH = 80
SPACE = 16
ABOVE_TICKS = 8  # room for half a figure
STEPS_S = (5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_TICKS = 4


@dataclass(frozen=True)
class Told:
    """What a curve is called, and how its values are written."""

    title: str
    written: str = "{:.3f}"


LOSSES = {
    "total": Told(QT_TR_NOOP("All together")),
    "similarity": Told(QT_TR_NOOP("Distances as captions say")),
    "kl": Told(QT_TR_NOOP("Spread of the codes (KL)")),
    "keep": Told(QT_TR_NOOP("Old distances kept")),
}
MEASURES = {
    "fitting": Told(QT_TR_NOOP("Neighbours of 10 that fit"), "{:.1f}"),
    "kept": Told(QT_TR_NOOP("Other photos' neighbours kept"), "{:.0%}"),
    "words": Told(QT_TR_NOOP("Photos found by words"), "{:.2f}"),
}


GROUPS = {  # row of the grid and heading
    "loss": (0, QT_TR_NOOP("Loss on the photos that it learns from: lower is better")),
    "held_out": (
        10,
        QT_TR_NOOP("Measures on photos held back: higher is better; a dot marks the best so far"),
    ),
}


class _MinuteAxis(pyqtgraph.AxisItem):
    """Seconds, written as minutes and seconds."""

    def tickSpacing(self, first: float, last: float, size: float) -> list[tuple[float, float]]:  # noqa: ARG002
        """Whole, half and quarter minutes, or whole and half hours, a few at most."""
        fitting = (step for step in STEPS_S if last - first <= MOST_TICKS * step)
        return [(next(fitting, STEPS_S[-1]), 0)]

    def tickStrings(self, values: Iterable[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """As in 1:05."""
        return [f"{int(value) // 60}:{int(value) % 60:02}" if value >= 0 else "" for value in values]


class Curve(QWidget):
    """One value over the time of a training, with its newest figure and a dot where the best so far was."""

    def __init__(self, told: Told, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = told
        self._seconds: list[float] = []
        self._values: list[float] = []
        self._best: tuple[float, float] | None = None
        title, self.figure = ElidedLabel(Qt.TextElideMode.ElideRight), QLabel()
        title.setObjectName("faint")
        title.setText(tr(told.title))
        title.setMinimumWidth(TITLE_WIDTH)
        heading = QHBoxLayout()
        heading.addWidget(title, 1)
        heading.addWidget(self.figure)
        self.plot = QuietPlot()
        self.plot.setAxisItems({"bottom": _MinuteAxis("bottom")})
        self.plot.getAxis("left").setStyle(maxTickLevel=0)
        self.plot.getPlotItem().layout.setContentsMargins(0, ABOVE_TICKS, ABOVE_TICKS, 0)
        self.plot.setLimits(xMin=0)
        self.plot.setFixedHeight(PLOT_HEIGHT)
        self.plot.getAxis("left").setWidth(40)
        self.plot.getAxis("bottom").setHeight(20)
        self._line = self.plot.plot()
        self._mark = self.plot.plot(pen=None, symbol="o", symbolSize=8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(heading)
        column.addWidget(self.plot)
        self._take_colours()

    @property
    def values(self) -> tuple[float, ...]:
        """What is drawn, in the order of time."""
        return tuple(self._values)

    @property
    def mark(self) -> tuple[float, float] | None:
        """Seconds and value of the best so far; None where nothing was called so."""
        return self._best

    def add(self, seconds: float, value: float, *, best: bool = False) -> None:
        """Adds a point; `draw` shows it.

        Args:
            seconds: Since the training began.
            value: Of the loss or measure.
            best: Whether the network of this moment is the best so far.
        """
        self._seconds.append(seconds)
        self._values.append(value)
        if best:
            self._best = (seconds, value)

    def draw(self) -> None:
        """Draws what was added."""
        self._line.setData(self._seconds, self._values)
        if self._best is not None:
            self._mark.setData([self._best[0]], [self._best[1]])
        self.figure.setText(self._told.written.format(self._values[-1]))
        self.plot.setAccessibleName(f"{tr(self._told.title)}: {self.figure.text()}")

    def changeEvent(self, event: QEvent) -> None:
        """Another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colours()

    def _take_colours(self) -> None:
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        self.plot.take_colours(self)
        self._line.setPen(pyqtgraph.mkPen(accent, width=1.5))
        self._mark.setSymbolBrush(accent)
        self._mark.setSymbolPen(faint_text(self))


class Curves(QWidget):
    """All curves of a training: parts of the loss above, measures on photos that were held back below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves: dict[str, Curve] = {}
        self._headings = {group: QLabel(tr(text)) for group, (_, text) in GROUPS.items()}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE)
        self._grid.setVerticalSpacing(SPACE - 6)
        for group, (row, _) in GROUPS.items():
            self._headings[group].setObjectName("heading")
            self._headings[group].setWordWrap(True)
            self._headings[group].hide()
            self._grid.addWidget(self._headings[group], row, 0, 1, COLUMNS)
        for place in range(COLUMNS):
            self._grid.setColumnStretch(place, 1)

    def clear(self) -> None:
        """Forgets an earlier training."""
        for curve in self.curves.values():
            curve.hide()
            curve.deleteLater()
        self.curves = {}
        for heading in self._headings.values():
            heading.hide()

    def add(self, points: Iterable[Mapping[str, Any]]) -> None:
        """Draws points of a curve.jsonl (`engine.library.retraining`) on from those before."""
        changed = set()
        for point in points:
            for group, known in (("loss", LOSSES), ("held_out", MEASURES)):
                for name, value in point.get(group, {}).items():
                    if value is not None:
                        curve = self._curve(group, name, known)
                        curve.add(point["seconds"], value, best=bool(point.get("best")))
                        changed.add(curve)
        for curve in changed:
            curve.draw()

    def _curve(self, group: str, name: str, known: Mapping[str, Told]) -> Curve:
        key = f"{group} {name}"
        if key not in self.curves:
            told = known.get(name, Told(name.replace("_", " ").capitalize()))
            self.curves[key] = Curve(told)
            self._headings[group].show()
            self._arrange(group, known)
        return self.curves[key]

    def _arrange(self, group: str, known: Mapping[str, Told]) -> None:
        """Those that are known stand in their usual order, whichever came first."""
        names = [key.removeprefix(f"{group} ") for key in self.curves if key.startswith(f"{group} ")]
        ordered = [name for name in known if name in names] + [name for name in names if name not in known]
        below = GROUPS[group][0] + 1
        for place, name in enumerate(ordered):
            self._grid.addWidget(self.curves[f"{group} {name}"], below + place // COLUMNS, place % COLUMNS)
