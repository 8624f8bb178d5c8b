"""Follows the jobs of a library: their event files become Qt signals, buttons become wishes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from engine.jobs import JobFolder
    from engine.progress import Event

POLL_MS = 200
LOOK_FOR_OTHERS_MS = 1500
START_PATIENCE_S = 30.0


class JobFollower(QObject):
    """Knows the running job and the unfinished one before it.

    Job processes live on their own: this only reads their files, so it makes no difference whether a job was
    started here, by another window or in a terminal.

    Signals:
        began: A job is being followed: its title.
        progressed: A `Progress` event.
        warned: A `Warned` event.
        ended: A `Result` or `Failed` event.
        died: A job's process is gone without having told its end.
    """

    began = Signal(str)
    progressed = Signal(object)
    warned = Signal(object)
    ended = Signal(object)
    died = Signal()

    def __init__(self, library_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dir = library_dir
        self._folder: JobFolder | None = None
        self._last_job_id = ""
        self._kind = ""
        self._offset = 0
        self._told_start = False
        self._deadline = 0.0
        self._ours: list[JobFolder] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._look_again_at = 0.0

    @property
    def job_id(self) -> str:
        """The job that is followed, empty when there is none."""
        return self._folder.job_id if self._folder else ""

    @property
    def alive_path(self) -> Path | None:
        """The file that the followed job keeps locked while it lives."""
        return self._folder.path / "alive" if self._folder else None

    @property
    def last_job_id(self) -> str:
        """The job that was followed last, empty before the first."""
        return self._last_job_id

    @property
    def kind(self) -> str:
        """What the job does that is followed, or was followed last: "index", "retrain" and the like."""
        return self._kind

    def begin(self) -> JobFolder | None:
        """Looks for a running job, then keeps looking.

        Returns:
            The newest job if it ended before its work was done: cancelled, failed or killed; None otherwise.
        """
        from engine.jobs import list_jobs
        from engine.progress import Result

        self._timer.start()
        if self._find_running():
            return None
        newest = next(iter(list_jobs(self._dir)), None)
        if newest is None:
            return None
        outcome = newest.outcome()
        return None if isinstance(outcome, Result) and not outcome.cancelled else newest

    def start(self, arguments: Sequence[str]) -> None:
        """Starts `hammingbird ARGUMENTS`, which waits for its turn while another job writes."""
        from engine.jobs import start_detached

        folder = start_detached(self._dir, arguments)
        if self._folder is None:
            self._follow(folder)
        else:
            self._ours.append(folder)

    @Slot()
    def pause(self) -> None:
        """Asks the job to pause after its transaction."""
        self._ask("pause")

    @Slot()
    def resume(self) -> None:
        """Asks the job to go on."""
        self._ask("run")

    @Slot()
    def finish(self) -> None:
        """Asks the job to end early and keep the best so far; only jobs that learn do."""
        self._ask("finish")

    @Slot()
    def cancel(self) -> None:
        """Asks the job to stop; what is done is kept."""
        self._ask("cancel")

    def close(self) -> None:
        """Stops looking; jobs go on."""
        self._timer.stop()
        self._folder = None

    def _ask(self, wish: str) -> None:
        if self._folder is not None:
            self._folder.ask(wish)

    def _follow(self, folder: JobFolder) -> None:
        self._folder, self._offset, self._told_start = folder, 0, False
        self._last_job_id = folder.job_id
        self._kind = next(iter(folder.arguments()), "")
        self._deadline = time.monotonic() + START_PATIENCE_S

    def _find_running(self) -> bool:
        from engine.jobs import running_jobs

        running = running_jobs(self._dir)
        if not running:
            return False
        # The one at work has told its start; those that wait for their turn have not.
        self._follow(next((job for job in running if job.events()[0]), running[-1]))
        return True

    @Slot()
    def _poll(self) -> None:
        if self._folder is None:
            if self._ours:
                self._follow(self._ours.pop(0))
            elif time.monotonic() >= self._look_again_at:
                self._look_again_at = time.monotonic() + LOOK_FOR_OTHERS_MS / 1000
                self._find_running()
            if self._folder is None:
                return
        # Alive is asked before the events are read: a job that ends in between has written its last word.
        alive = self._folder.is_alive()
        events, self._offset = self._folder.events(self._offset)
        for event in self._worth_telling(events):
            self._tell(event)
        if self._folder is None or alive:
            return
        if self._told_start or time.monotonic() > self._deadline:
            self._folder = None
            self.died.emit()

    @staticmethod
    def _worth_telling(events: list[Event]) -> list[Event]:
        """Of several progress events only the last is of interest."""
        last = max((i for i, event in enumerate(events) if event.event == "progress"), default=-1)
        return [event for i, event in enumerate(events) if event.event != "progress" or i == last]

    def _tell(self, event: Event) -> None:
        from engine.progress import Progress, Started, Warned

        if isinstance(event, Started):
            self._told_start, self._kind = True, event.kind
            self.began.emit(event.title)
        elif isinstance(event, Progress):
            self.progressed.emit(event)
        elif isinstance(event, Warned):
            self.warned.emit(event)
        else:
            self._folder = None
            self.ended.emit(event)
