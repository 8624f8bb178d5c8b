"""Between the jobs and the bar that shows them: what to start, what to offer to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.jobs import JobFollower
from desktop_app.translation import QT_TR_NOOP, tr
from engine.progress import Failed, Result, Warned

if TYPE_CHECKING:
    from desktop_app.settings import WindowSettings
    from desktop_app.views.job_bar import JobBar
    from desktop_app.views.message_bar import MessageBar
    from engine.jobs import JobFolder

MOVED_MS = 1500
INDEX = ["index", "--wait"]
RETRAIN = "retrain"
WORK = {
    "index": QT_TR_NOOP("Indexing"),
    "thumbnails": QT_TR_NOOP("Clearing the thumbnails"),
    "models": QT_TR_NOOP("Work on models"),
    RETRAIN: QT_TR_NOOP("The training"),
}
THE_JOB = QT_TR_NOOP("The job")


def arguments_of(job: JobFolder) -> list[str]:
    """What goes on with a job: a training from where it was, else the same again.

    For jobs that no window started, it is indexing all that the library knows.
    """
    from engine.library.retraining import run_folder

    told = job.arguments()
    if run_folder(job.path.parent.parent, job.job_id).plan() is not None:
        return [RETRAIN, f"--resume={job.job_id}", "--wait"]
    return told if told and told[0] in WORK else INDEX


class JobDesk(QObject):
    """Starts jobs and shows how they go.

    Signals:
        moved: A job began, ended, or went on for a while.
    """

    moved = Signal()

    def __init__(
        self, library_dir: Path, settings: WindowSettings, bar: JobBar, messages: MessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._dir, self._settings, self._bar, self._messages = library_dir, settings, bar, messages
        self.follower = JobFollower(library_dir, self)
        self._unfinished = ""
        self._arguments = INDEX
        self._running = False
        self._moved = QTimer(self)
        self._moved.setSingleShot(True)
        self._moved.setInterval(MOVED_MS)
        self._moved.timeout.connect(self.moved)
        self.follower.began.connect(self._began)
        self.follower.progressed.connect(self._progressed)
        self.follower.warned.connect(self._warned)
        self.follower.ended.connect(self._ended)
        self.follower.died.connect(self._died)
        bar.pauseWanted.connect(self.follower.pause)
        bar.resumeWanted.connect(self.follower.resume)
        bar.cancelWanted.connect(self.follower.cancel)
        bar.goOnWanted.connect(self.go_on)
        bar.putAway.connect(self._put_away)

    @property
    def running(self) -> bool:
        """True while a job is at work or about to be."""
        return self._running

    def begin(self) -> None:
        """Finds the job that runs, or the one that did not get to its end."""
        newest = self.follower.begin()
        if newest is None or newest.job_id == self._settings.seen_job:
            return
        self._unfinished = newest.job_id
        self._arguments = arguments_of(newest)
        outcome = newest.outcome()
        if isinstance(outcome, Failed):
            self._bar.show_failure(outcome)
        elif isinstance(outcome, Result):
            self._bar.show_unfinished(
                tr("{work} was cancelled. What was done is kept.").format(work=self._work)
            )
        else:
            self._bar.show_unfinished(
                tr("{work} did not come to its end. What was done is kept.").format(work=self._work)
            )

    @Slot(object)
    def index(self, folders: Sequence[Path]) -> None:
        """Indexes folders, or all that the library knows when there is none in the list.

        A folder around the library, or in it, is refused here already: the job would leave its files there.
        """
        from engine.errors import UsageError
        from engine.library.roots import check_apart

        try:
            for folder in folders:
                check_apart(self._dir, folder)
        except UsageError as error:
            self._messages.tell(str(error))
            return
        self.start([*INDEX, *map(str, folders)])

    def start(self, arguments: Sequence[str]) -> None:
        """Starts `hammingbird ARGUMENTS` as a job."""
        self._arguments = list(arguments)
        self._running = True
        if not self.follower.job_id:
            self._bar.show_start(tr("Starting…"))
        self.follower.start(arguments)
        self.moved.emit()

    @property
    def _work(self) -> str:
        return tr(WORK.get(self._arguments[0], THE_JOB))

    @Slot()
    def go_on(self) -> None:
        """Does again what did not come to its end; what is done already costs nothing."""
        self._put_away()
        self.start(self._arguments)

    def close(self) -> None:
        """Stops following; jobs go on."""
        self._moved.stop()
        self.follower.close()

    @Slot(str)
    def _began(self, title: str) -> None:
        self._running = True
        self._bar.show_start(title)
        self.moved.emit()

    @Slot(object)
    def _progressed(self, progress: object) -> None:
        self._running = True
        self._bar.show_progress(progress)  # type: ignore[arg-type]
        if not self._moved.isActive():
            self._moved.start()

    @Slot(object)
    def _warned(self, event: Warned) -> None:
        self._messages.tell(f"{event.path}: {event.message}" if event.path else event.message)

    @Slot(object)
    def _ended(self, event: Result | Failed) -> None:
        self._note_end()
        if isinstance(event, Failed):
            self._bar.show_failure(event)
        else:
            self._bar.show_result(event)
        self.moved.emit()

    @Slot()
    def _died(self) -> None:
        self._note_end()
        self._bar.show_unfinished(
            tr("{work} stopped before its end. What was done is kept.").format(work=self._work)
        )
        self.moved.emit()

    def _note_end(self) -> None:
        from engine.jobs import JobFolder, jobs_dir

        self._running = False
        self._unfinished = self.follower.last_job_id
        self._arguments = arguments_of(JobFolder(jobs_dir(self._dir) / self._unfinished))

    @Slot()
    def _put_away(self) -> None:
        if self._unfinished:
            self._settings.seen_job = self._unfinished
            self._unfinished = ""
