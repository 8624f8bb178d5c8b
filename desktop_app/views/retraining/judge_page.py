"""What came of a retraining: in plain words, in figures and in photos, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QTabBar, QVBoxLayout, QWidget

from desktop_app.models.compared import ComparedQuery, compared
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.retraining import verdict_words
from desktop_app.views.retraining.comparison_view import QUERY_SIDE, ComparisonView
from desktop_app.views.retraining.decision_bar import DecisionBar
from desktop_app.views.retraining.distance_histograms import DistanceHistograms
from desktop_app.views.retraining.measures_view import MeasuresView
from desktop_app.views.retraining.trial_panel import TrialPanel

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader
    from engine.library.photos import PhotoRow

MARGIN, SECTION_GAP, QUERY_GAP = 28, 26, 20
WIDEST = 1240  # longer lines are hard to read
CROPPED = 1.4  # the middle of a photo fills a square
LEGEND = QT_TR_NOOP(
    "Under each photo its distance in bits; where captions say so, a bar for how well it fits."
    " New neighbours are framed, those that are gone are faded."
)
LINES = QT_TR_NOOP(
    "Grey is before, coloured is now; dots are means, lines show where they lie with 95 % confidence."
)
HILLS = QT_TR_NOOP(
    "The filled hill in front shows photos that fit by captions; the further left of the others, the better."
)


class JudgePage(QWidget):
    """Shows one verdict, see `engine.library.retraining`.

    Attributes:
        decision: The buttons below.
        trial: Where other photos are tried.
        views: One for each query.
        tabs: Which queries are shown.
    """

    def __init__(self, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.views: list[ComparisonView] = []
        self._lists: list[QWidget] = []
        self.decision = DecisionBar()
        self.trial = TrialPanel(thumbnails)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(tr("Verdict"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.decision)
        self.setFocusProxy(self._scroll)

    # -- what is shown ---------------------------------------------------------------------------------------

    def show_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Shows another verdict from its top."""
        self.trial.setParent(None)
        self.trial.clear()
        self.views, self._lists = [], []
        content = _Content()
        content.setMaximumWidth(WIDEST)
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN - 6, MARGIN, MARGIN)
        column.setSpacing(10)
        self._add_words(column, verdict)
        _add_heading(column, tr("What was measured"))
        column.addWidget(_text(tr(LINES), "faint"))
        column.addWidget(MeasuresView(verdict["measures"]))
        _add_heading(column, tr("Neighbours before and now"))
        self._add_queries(column, verdict)
        _add_heading(column, tr("Try another photo"))
        column.addWidget(self.trial)
        if verdict.get("histograms"):
            _add_heading(column, tr("Distances"))
            column.addWidget(_text(tr(HILLS), "faint"))
            column.addWidget(DistanceHistograms(verdict["histograms"]))
        column.addStretch(1)
        self._scroll.setWidget(content)
        self.trial.show()
        self.decision.show_models(verdict["before"], verdict["after"], recommended=verdict["recommended"])
        self._want()

    def _add_words(self, column: QVBoxLayout, verdict: Mapping[str, Any]) -> None:
        column.addWidget(_text(verdict_words.title(verdict), "title"))
        if headline := verdict_words.headline(verdict):
            column.addWidget(_text(headline, "heading"))
        for reason in verdict["reasons"]:
            column.addWidget(_text(f"• {reason}"))
        worse = any(verdict_words.judged(measure) == verdict_words.WORSE for measure in verdict["measures"])
        column.addWidget(_text(verdict_words.losses(verdict), "worse" if worse else ""))
        column.addWidget(_text(verdict_words.basis(verdict), "faint"))

    def _add_queries(self, column: QVBoxLayout, verdict: Mapping[str, Any]) -> None:
        queries, worst = ([compared(told) for told in verdict.get(key, ())] for key in ("queries", "worst"))
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(tr("Which held-out photos"))
        self.tabs.addTab(tr("Chosen by chance (%Ln)", None, len(queries)))
        self.tabs.addTab(tr("Those that lost most (%Ln)", None, len(worst)))
        self.tabs.setTabEnabled(1, bool(worst))
        column.addWidget(self.tabs)
        column.addWidget(_text(tr(LEGEND), "faint"))
        self._lists = [self._list_of(queries), self._list_of(worst)]
        for listed in self._lists:
            column.addWidget(listed)
        self.tabs.currentChanged.connect(self._turn_tab)
        self._turn_tab(0)

    def _list_of(self, queries: Sequence[ComparedQuery]) -> QWidget:
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(QUERY_GAP)
        for query in queries:
            view = ComparisonView(query, self._thumbnails)
            view.chosen.connect(self._try)
            column.addWidget(view)
            self.views.append(view)
        return listed

    @Slot(int)
    def _turn_tab(self, shown: int) -> None:
        for number, listed in enumerate(self._lists):
            listed.setVisible(number == shown)

    # -- photos ----------------------------------------------------------------------------------------------

    def take_rows(self, rows: Mapping[int, PhotoRow]) -> None:
        """Takes what is known of photos, for their names."""
        for view in self.views:
            view.take_rows(rows)
        self.trial.take_rows(rows)

    def take_trial(self, query: ComparedQuery) -> None:
        """Shows the neighbours of a photo that was tried."""
        self.trial.take_trial(query)
        self._want()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # makes room for it
        self._scroll.ensureWidgetVisible(self.trial)

    @Slot(int)
    def _try(self, photo: int) -> None:
        self.trial.trialWanted.emit(photo)

    def photos(self) -> list[int]:
        """All photos shown, each once."""
        tried = self.trial.view.query.photos() if self.trial.view else []
        return list(dict.fromkeys([*tried, *(photo for view in self.views for photo in view.query.photos())]))

    def _want(self) -> None:
        self._thumbnails.want(self.photos(), round(QUERY_SIDE * CROPPED * self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        """Other pages have wished for other thumbnails meanwhile."""
        super().showEvent(event)
        self._want()


class _Content(QWidget):
    """As high as its layout needs at the width that there is, not as at the smallest."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)


def _text(text: str, name: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


def _add_heading(column: QVBoxLayout, text: str) -> None:
    column.addSpacing(SECTION_GAP - 10)
    column.addWidget(_text(text, "heading"))
