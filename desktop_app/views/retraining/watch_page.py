"""A training while it goes: curves, how long it still takes, and what photos a few queries bring by now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.icons import icon
from desktop_app.models.compared import compared
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.job_bar import progress_text
from desktop_app.views.retraining.comparison_view import QUERY_SIDE, ComparisonView
from desktop_app.views.retraining.curves import Curves

if TYPE_CHECKING:
    from desktop_app.thumbnails import ThumbnailLoader
    from engine.library.photos import PhotoRow
    from engine.progress import Progress

MARGIN, QUERY_GAP = 28, 18
CROPPED = 1.4  # the middle of a photo fills a square
LEARNING = "learning"
STARTING = QT_TR_NOOP("Starting…")
WAITING = QT_TR_NOOP("It begins as soon as the job is done that runs now.")
SAMPLES = QT_TR_NOOP("What a few photos bring by now")
LEGEND = QT_TR_NOOP(
    "Under each photo its distance in bits; where captions say so, a bar for how well it fits."
    " New neighbours are framed, those that are gone are faded."
)


class WatchPage(QWidget):
    """Follows one training.

    Attributes:
        curves: Losses and measures.

    Signals:
        pauseWanted, resumeWanted, finishWanted, cancelWanted: Wishes for the training.
        rowsWanted: Photo ids whose names are to be shown; answer with `take_rows`.
    """

    pauseWanted = Signal()
    resumeWanted = Signal()
    finishWanted = Signal()
    cancelWanted = Signal()
    rowsWanted = Signal(object)

    def __init__(self, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("A training"))
        self._thumbnails = thumbnails
        self._paused = self._stopping = False
        self._samples: list[ComparisonView] = []
        self.title, self.state = QLabel(), QLabel()
        self.title.setObjectName("title")
        self.state.setObjectName("faint")
        for label in (self.title, self.state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.gauge = QProgressBar()
        self.gauge.setTextVisible(False)
        self.gauge.setFixedHeight(6)
        self.gauge.setAccessibleName(tr("Progress of the training"))
        self.pause = QPushButton(icon("pause"), tr("&Pause"))
        self.finish = QPushButton(tr("&Stop and keep the best so far"))
        self.finish.setToolTip(tr("Learning ends now; then the best network so far is measured"))
        self.cancel = QPushButton(icon("close"), tr("&Cancel"))
        self.cancel.setToolTip(tr("Stop; you can go on later from where it was"))
        self.pause.clicked.connect(self._pause_or_resume)
        self.finish.clicked.connect(self._finish)
        self.cancel.clicked.connect(self._cancel)
        self.curves = Curves()
        self._lay_out()
        self.show_start()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.state)
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, MARGIN - 8, MARGIN, 10)
        head.setSpacing(10)
        head.addLayout(words, 1)
        for button in (self.pause, self.finish, self.cancel):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._heading, self._legend = QLabel(tr(SAMPLES)), QLabel(tr(LEGEND))
        self._heading.setObjectName("heading")
        self._legend.setObjectName("faint")
        self._legend.setWordWrap(True)
        self._strip = QVBoxLayout()
        self._strip.setSpacing(QUERY_GAP)
        content = QWidget()
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(MARGIN, 14, MARGIN, MARGIN)
        inner.setSpacing(12)
        inner.addWidget(self.curves)
        inner.addSpacing(8)
        inner.addWidget(self._heading)
        inner.addWidget(self._legend)
        inner.addLayout(self._strip)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("A training"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.gauge)
        column.addWidget(scroll, 1)
        self.setFocusProxy(scroll)

    # -- the training ----------------------------------------------------------------------------------------

    def show_start(self, *, waits: bool = False) -> None:
        """A training that has not told anything yet, perhaps because it waits for another job's end."""
        self._paused = self._stopping = False
        self.title.setText(tr("The model learns"))
        self.state.setText(tr(WAITING if waits else STARTING))
        self.gauge.setRange(0, 0)
        self.clear()
        self._update(learning=False, told=False)

    def clear(self) -> None:
        """Forgets curves and samples, which come anew."""
        self.curves.clear()
        self._show_queries([])

    def show_plan(self, plan: Mapping[str, Any]) -> None:
        """Takes a plan.json (`engine.library.retraining`)."""
        self.title.setText(tr("Teaching “{name}”").format(name=plan["name"]))

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self._paused = progress.state == "paused"
        text = progress_text(progress)
        self.state.setText(tr("Stopping… {text}").format(text=text) if self._stopping else text)
        self.gauge.setRange(0, progress.total or 0)
        if progress.total:
            self.gauge.setValue(min(progress.done, progress.total))
        self._update(learning=progress.phase == LEARNING, told=True)

    def _update(self, *, learning: bool, told: bool) -> None:
        self.pause.setText(tr("&Resume") if self._paused else tr("&Pause"))
        self.pause.setIcon(icon("play" if self._paused else "pause"))
        self.pause.setEnabled(told and not self._stopping)
        self.finish.setEnabled(learning and not self._stopping)
        self.cancel.setEnabled(told and not self._stopping)

    @Slot()
    def _pause_or_resume(self) -> None:
        if self._paused:
            self.resumeWanted.emit()
        else:
            self.pauseWanted.emit()

    @Slot()
    def _finish(self) -> None:
        self._stop()
        self.finishWanted.emit()

    @Slot()
    def _cancel(self) -> None:
        self._stop()
        self.cancelWanted.emit()

    def _stop(self) -> None:
        self._stopping = True
        self.state.setText(tr("Stopping…"))
        self._update(learning=False, told=True)

    # -- samples ---------------------------------------------------------------------------------------------

    def show_samples(self, samples: Mapping[str, Any]) -> None:
        """Takes a samples.json (`engine.library.retraining`), in place of an earlier one."""
        self._show_queries(samples["queries"])
        photos = self._photos()
        self.rowsWanted.emit(photos)
        self._want()

    def _show_queries(self, queries: list[Mapping[str, Any]]) -> None:
        for view in self._samples[len(queries) :]:
            view.hide()
            view.deleteLater()
        del self._samples[len(queries) :]
        for place, told in enumerate(queries):
            if place < len(self._samples):
                self._samples[place].set_query(compared(told))
            else:
                self._samples.append(ComparisonView(compared(told), self._thumbnails))
                self._strip.addWidget(self._samples[-1])
        for label in (self._heading, self._legend):
            label.setVisible(bool(queries))

    @property
    def samples(self) -> tuple[ComparisonView, ...]:
        """What is shown of a few photos."""
        return tuple(self._samples)

    def take_rows(self, rows: Mapping[int, PhotoRow]) -> None:
        """Takes what is known of photos, for their names."""
        for view in self._samples:
            view.take_rows(rows)

    def _photos(self) -> list[int]:
        return list(dict.fromkeys(photo for view in self._samples for photo in view.query.photos()))

    def _want(self) -> None:
        self._thumbnails.want(self._photos(), round(QUERY_SIDE * CROPPED * self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        """Other pages have wished for other thumbnails meanwhile."""
        super().showEvent(event)
        if self._samples:
            self._want()
