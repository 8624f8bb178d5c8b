"""The page where a model learns: what it is to learn, how it goes, what came of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop_app.translation import tr
from desktop_app.views.retraining.setup_page import SetupPage
from desktop_app.views.retraining.steps import JUDGE, SET_UP, STEPS, WATCH

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader
    from desktop_app.views.retraining.judge_page import JudgePage
    from desktop_app.views.retraining.watch_page import WatchPage


class RetrainingPage(QWidget):
    """Three pages, one at a time; the latter two are made when they are first shown, with what they load.

    Attributes:
        stack: Holds the pages.
        setup: What is to be learned.

    Signals:
        stepChosen: One of STEPS that the person wants to see.
    """

    stepChosen = Signal(str)

    def __init__(self, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.setup = SetupPage()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.setup)
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setAccessibleName(tr("Steps of a retraining"))
        for step in STEPS:
            self._tabs.addTab(tr(step))
        self._tabs.currentChanged.connect(self._chosen)
        bar = QWidget()
        bar.setObjectName("problemBar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 0)
        row.addWidget(self._tabs)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.stack, 1)
        self.offer(watch=False, judge=False)
        self.turn_to(SET_UP)

    @property
    def watch_made(self) -> bool:
        """Whether `watch` was shown before."""
        return "watch" in self.__dict__

    @cached_property
    def watch(self) -> WatchPage:
        """How it goes."""
        from desktop_app.views.retraining.watch_page import WatchPage

        page = WatchPage(self._thumbnails)
        self.stack.addWidget(page)
        return page

    @cached_property
    def judge(self) -> JudgePage:
        """What came of it."""
        from desktop_app.views.retraining.judge_page import JudgePage

        page = JudgePage(self._thumbnails)
        self.stack.addWidget(page)
        return page

    @property
    def judge_made(self) -> bool:
        """Whether `judge` was shown before."""
        return "judge" in self.__dict__

    @property
    def step(self) -> str:
        """Which of STEPS is shown."""
        return STEPS[self._tabs.currentIndex()]

    def offer(self, *, watch: bool, judge: bool) -> None:
        """Says which steps can be looked at besides the first."""
        for step, offered in ((WATCH, watch), (JUDGE, judge)):
            self._tabs.setTabEnabled(STEPS.index(step), offered)

    def turn_to(self, step: str) -> None:
        """Shows one of STEPS."""
        self._tabs.blockSignals(True)
        self._tabs.setTabEnabled(STEPS.index(step), True)
        self._tabs.setCurrentIndex(STEPS.index(step))
        self._tabs.blockSignals(False)
        page: QWidget = self.setup if step == SET_UP else self.watch if step == WATCH else self.judge
        self.stack.setCurrentWidget(page)
        self.setFocusProxy(page)

    @Slot(int)
    def _chosen(self, place: int) -> None:
        if place >= 0 and self._tabs.isTabEnabled(place):
            self.stepChosen.emit(STEPS[place])
