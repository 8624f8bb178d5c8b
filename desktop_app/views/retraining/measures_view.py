"""The measures of a verdict: what each means, both figures with their intervals, and better or worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.theme import faint_text, worse_text
from desktop_app.translation import tr
from desktop_app.views.retraining.verdict_words import (
    BETTER,
    UNKNOWN,
    WORSE,
    amount,
    from_to,
    interval,
    judged,
)

SIGNS = {BETTER: "▲ ", WORSE: "▼ "}
NAMES = {BETTER: "better", WORSE: "worse"}  # of styles in the theme
ROOM = 0.12  # beside the outermost ends, as a share of what is between them


class IntervalGraph(QWidget):
    """Two dots on one scale, before above now, each with its interval."""

    def __init__(self, measure: Mapping[str, Any]) -> None:
        super().__init__()
        self._before, self._after = measure["before"], measure["after"]
        self._change = judged(measure)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        before, after = (_spoken(side, measure) for side in (self._before, self._after))
        self.setAccessibleName(
            tr("{title}: before {before}, now {after}").format(
                title=measure["title"], before=before, after=after
            )
        )
        self.setToolTip(
            tr("Before {before}\nNow {after}\nwith 95 % confidence").format(before=before, after=after)
        )

    def sizeHint(self) -> QSize:
        """Room for two lines with dots."""
        return QSize(180, 40)

    def minimumSizeHint(self) -> QSize:
        """Narrow, but still to be read."""
        return QSize(90, 40)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draws the two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        middle = self.height() / 2
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        now = (
            worse_text(self) if self._change == WORSE else self.palette().color(QPalette.ColorRole.Highlight)
        )
        self._draw(painter, self._before, middle - 9, faint_text(self))
        self._draw(painter, self._after, middle + 9, now)
        painter.end()

    def _x(self, value: float) -> float:
        ends = [side[key] for side in (self._before, self._after) for key in ("low", "high")]
        low, high = min(ends), max(ends)
        room = max((high - low) * ROOM, 1e-6)
        return float((value - low + room) / (high - low + 2 * room) * self.width())

    def _draw(self, painter: QPainter, side: Mapping[str, float], y: float, colour: QColor) -> None:
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(self._x(side["low"]), y), QPointF(self._x(side["high"]), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(self._x(side["mean"]) - 4.5, y - 4.5, 9, 9))


class MeasuresView(QWidget):
    """A line a measure, in the order in which the verdict has them."""

    def __init__(self, measures: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        for column, stretch in enumerate((5, 2, 0, 3)):
            grid.setColumnStretch(column, stretch)
        for row, measure in enumerate(measures):
            grid.addWidget(_meaning(measure), row, 0)
            if measure.get("before") and measure.get("after"):
                grid.addWidget(IntervalGraph(measure), row, 1)
            figures = QLabel(from_to(measure))
            figures.setMinimumWidth(figures.fontMetrics().horizontalAdvance("00.0% → 00.0%"))
            grid.addWidget(figures, row, 2)
            grid.addWidget(_judgement(measure), row, 3)


def _spoken(side: Mapping[str, float], measure: Mapping[str, Any]) -> str:
    mean, low, high = (amount(side[key], measure) for key in ("mean", "low", "high"))
    return tr("{mean} ({low} to {high})").format(mean=mean, low=low, high=high)


def _meaning(measure: Mapping[str, Any]) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    for text, name in ((measure["title"], ""), (measure.get("explained", ""), "faint")):
        label = QLabel(str(text))
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(label)
    return both


def _judgement(measure: Mapping[str, Any]) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    change = judged(measure)
    word = QLabel(SIGNS.get(change, "") + tr(change))
    word.setObjectName(NAMES.get(change, ""))
    column.addWidget(word)
    if change != UNKNOWN:
        how_much = QLabel(interval(measure))
        how_much.setObjectName("faint")
        how_much.setWordWrap(True)
        column.addWidget(how_much)
    return both
