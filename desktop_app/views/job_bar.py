"""The running job at the lower edge: how far it is, and the buttons to pause, cancel and go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QToolButton, QWidget

from desktop_app.icons import icon
from desktop_app.translation import QT_TR_NOOP, figure, number, tr
from desktop_app.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from engine.progress import Failed, Progress, Result

DONE_MS = 6_000
ENGLISH = QLocale.Language.English
PHASES = {
    "scanning": QT_TR_NOOP("Looking for photos"),
    "reading": QT_TR_NOOP("Reading photos"),
    "captions": QT_TR_NOOP("Reading captions"),
    "encoding": QT_TR_NOOP("Making codes"),
    "clearing": QT_TR_NOOP("Clearing the thumbnails"),
    "downloading": QT_TR_NOOP("Downloading weights"),
    "looking": QT_TR_NOOP("Looking at photos"),
    "fitting": QT_TR_NOOP("Fitting codes to your photos"),
    "learning": QT_TR_NOOP("Learning"),
    "measuring": QT_TR_NOOP("Measuring what was learned"),
    "paused": QT_TR_NOOP("Paused"),
}


def duration(seconds: float) -> str:
    """A time as a person says it: "about 5 minutes"."""
    if seconds < 8:
        return tr("a few seconds")
    if seconds < 55:
        return tr("about %Ln seconds", None, round(seconds / 5) * 5)
    if seconds < 90:
        return tr("about a minute")
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("about %Ln minutes", None, minutes)
    hours, minutes = divmod(minutes, 60)
    return tr("about {hours} h {minutes} min").format(hours=hours, minutes=minutes)


def time_left(seconds: float) -> str:
    """As `duration`, of what is left."""
    return tr("{duration} left").format(duration=duration(seconds))


def progress_text(progress: Progress) -> str:
    """A progress event as one line."""
    phase = tr(PHASES.get(progress.phase, progress.phase.capitalize()))
    parts = [phase if progress.state == "running" else _paused(phase)]
    if progress.total is not None:
        parts.append(tr("{done} of {total}").format(done=number(progress.done), total=number(progress.total)))
    elif progress.done:
        parts.append(number(progress.done))
    if progress.rate:
        rate = number(round(progress.rate)) if progress.rate >= 10 else figure(progress.rate, ".1f")
        parts.append(tr("{rate} photos/s").format(rate=rate))
    if progress.seconds_left is not None and progress.state == "running":
        parts.append(time_left(progress.seconds_left))
    if progress.problems:
        parts.append(tr("%Ln problem(s)", None, progress.problems))
    return " · ".join(parts)


def _paused(phase: str) -> str:
    """English goes on in small letters; German nouns keep theirs, so there the phase stays as it is."""
    return tr("Paused ({phase})").format(phase=phase.lower() if QLocale().language() == ENGLISH else phase)


class JobBar(QFrame):
    """Shows one job.

    Signals:
        pauseWanted, resumeWanted, cancelWanted: Wishes for the running job.
        goOnWanted: Start again what was not finished.
        putAway: The unfinished or failed job is of no interest any more.
    """

    pauseWanted = Signal()
    resumeWanted = Signal()
    cancelWanted = Signal()
    goOnWanted = Signal()
    putAway = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobBar")
        self._paused = False
        self._cancelling = False
        self._talking = self._aside = False
        self._text = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._text.setMinimumWidth(80)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setMaximumWidth(220)
        self._bar.setAccessibleName(tr("Progress of the job"))
        self._pause = self._button(tr("Pause"), "pause", tr("Pause after the photos in hand"))
        self._cancel = self._button(tr("Cancel"), "close", tr("Stop; what is done is kept"))
        self._go_on = self._button(tr("Go on"), "play", tr("Go on where it stopped"))
        self._away = QToolButton()
        self._away.setIcon(icon("close"))
        self._away.setAutoRaise(True)
        self._away.setToolTip(tr("Put this away"))
        self._away.setAccessibleName(tr("Put this away"))
        self._pause.clicked.connect(self._pause_or_resume)
        self._cancel.clicked.connect(self._cancel_pressed)
        self._go_on.clicked.connect(self.goOnWanted)
        self._away.clicked.connect(self._put_away)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self._text, 1)
        row.addWidget(self._bar, 1)
        for button in (self._pause, self._cancel, self._go_on, self._away):
            row.addWidget(button)
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.setInterval(DONE_MS)
        self._hide.timeout.connect(self._be_quiet)
        self.hide()

    @property
    def text(self) -> str:
        """What the bar says."""
        return self._text.text()

    @Slot(str)
    def show_start(self, title: str) -> None:
        """A job is being followed."""
        self._paused = self._cancelling = False
        self._say(title or tr("Starting…"), running=True)

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self._paused = progress.state == "paused"
        text = progress_text(progress)
        self._say(tr("Stopping… {text}").format(text=text) if self._cancelling else text, running=True)
        if progress.total:
            self._bar.setRange(0, progress.total)
            self._bar.setValue(min(progress.done, progress.total))
            self._bar.show()

    def show_failure(self, event: Failed) -> None:
        """Why the job could not go on."""
        self._say(f"{event.message} {event.remedy}".strip(), go_on=tr("Try again"))

    def show_result(self, event: Result) -> None:
        """What came of it; a job that ended well goes away by itself."""
        if event.cancelled:
            self._say(event.summary or tr("Cancelled; what was done is kept."), go_on=tr("Go on"))
        else:
            self._say(event.summary or tr("Done."))
            self._hide.start()

    def stand_aside(self, aside: bool) -> None:
        """While the page shown says all this itself."""
        self._aside = aside
        self.setVisible(self._talking and not aside)

    def rest(self) -> None:
        """Waits for nothing any more."""
        self._hide.stop()

    def show_unfinished(self, text: str) -> None:
        """Offers to go on with a job that did not get to its end."""
        self._say(text, go_on=tr("Go on"))

    def _say(self, text: str, *, running: bool = False, go_on: str = "") -> None:
        self._hide.stop()
        self._text.setText(text)
        self._bar.hide()  # a bar without a known end looks full; `show_progress` shows it when there is one
        self._pause.setVisible(running)
        self._pause.setText(tr("Resume") if self._paused else tr("Pause"))
        self._pause.setIcon(icon("play" if self._paused else "pause"))
        self._pause.setToolTip(tr("Go on") if self._paused else tr("Pause after the photos in hand"))
        self._cancel.setVisible(running)
        self._cancel.setEnabled(not self._cancelling)
        self._go_on.setVisible(bool(go_on))
        self._go_on.setText(go_on)
        self._away.setVisible(not running)
        self._talking = True
        self.setVisible(not self._aside)

    def _button(self, text: str, icon_name: str, tip: str) -> QPushButton:
        button = QPushButton(icon(icon_name), text)
        button.setToolTip(tip)
        return button

    @Slot()
    def _pause_or_resume(self) -> None:
        if self._paused:
            self.resumeWanted.emit()
        else:
            self.pauseWanted.emit()

    @Slot()
    def _cancel_pressed(self) -> None:
        self._cancelling = True
        self._cancel.setEnabled(False)
        self._text.setText(tr("Stopping…"))
        self.cancelWanted.emit()

    @Slot()
    def _be_quiet(self) -> None:
        self._talking = False
        self.hide()

    @Slot()
    def _put_away(self) -> None:
        self._be_quiet()
        self.putAway.emit()
