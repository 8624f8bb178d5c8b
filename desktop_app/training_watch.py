"""What stands behind the page that shows a training: the job, its folder, and the names of photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop_app.job_desk import RETRAIN
from desktop_app.retraining_follower import RetrainingFollower

if TYPE_CHECKING:
    from desktop_app.jobs import JobFollower
    from desktop_app.library_thread import LibraryThread
    from desktop_app.views.retraining.watch_page import WatchPage
    from engine.library.photos import PhotoRow
    from engine.library.retraining import RunFolder
    from engine.progress import Progress

NAMES = "training samples"  # what details of photos are asked for


class TrainingWatch(QObject):
    """Knows the training that is followed, and shows it on a page as soon as there is one."""

    def __init__(self, library_dir: Path, library: LibraryThread, jobs: JobFollower, parent: QObject) -> None:
        super().__init__(parent)
        self._dir, self._library, self._jobs = library_dir, library, jobs
        self._folder = RetrainingFollower(self)
        self._page: WatchPage | None = None
        self._shown_job = ""
        self._waits = False
        self._progress: Progress | None = None
        jobs.began.connect(self._began)
        jobs.progressed.connect(self._progressed)
        library.detailsRead.connect(self._take_names)

    @property
    def learning(self) -> bool:
        """True while a training is followed."""
        return self._jobs.kind == RETRAIN and bool(self._jobs.job_id)

    @property
    def was_last(self) -> bool:
        """True when the job that was followed last is a training."""
        return self._jobs.kind == RETRAIN

    def serve(self, page: WatchPage) -> None:
        """Works for a page from now on."""
        self._page = page
        page.pauseWanted.connect(self._jobs.pause)
        page.resumeWanted.connect(self._jobs.resume)
        page.finishWanted.connect(self._jobs.finish)
        page.cancelWanted.connect(self._jobs.cancel)
        page.rowsWanted.connect(self._want_names)
        self._folder.planned.connect(page.show_plan)
        self._folder.rewritten.connect(page.curves.clear)
        self._folder.grown.connect(page.curves.add)
        self._folder.sampled.connect(page.show_samples)
        page.show_start(waits=self._waits)
        self._show()

    def await_start(self, *, waits: bool) -> None:
        """A training was asked for; whatever the page shows is of an earlier one.

        Args:
            waits: Whether another job has to end before.
        """
        self._folder.close()
        self._waits = waits
        if self._page is not None:
            self._page.show_start(waits=waits)

    def run_of(self, job_id: str) -> RunFolder:
        """The folder of the retraining that a job works on: its own, or the one that it goes on with."""
        from engine.jobs import JobFolder, jobs_dir
        from engine.library.retraining import run_folder

        resumed = [
            argument.removeprefix("--resume=")
            for argument in JobFolder(jobs_dir(self._dir) / job_id).arguments()
            if argument.startswith("--resume=")
        ]
        return run_folder(self._dir, resumed[0] if resumed else job_id)

    def end(self) -> None:
        """The training is over; what it wrote last is shown."""
        self._folder.look()
        self._folder.close()

    def close(self) -> None:
        """Looks no more; the training goes on."""
        self._folder.close()

    def _show(self) -> None:
        if self._page is None or not self.learning:
            return
        if self._jobs.job_id != self._shown_job:
            self._shown_job = self._jobs.job_id
            self._page.show_start()
            self._folder.follow(self.run_of(self._shown_job))
        if self._progress is not None:
            self._page.show_progress(self._progress)

    @Slot(str)
    def _began(self, title: str) -> None:
        del title
        self._progress = None
        self._show()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if self.learning:
            self._progress = progress
            self._show()

    @Slot(object)
    def _want_names(self, photo_ids: list[int]) -> None:
        self._library.read_details(NAMES, photo_ids)

    @Slot(str, object, object)
    def _take_names(self, purpose: str, photo_ids: list[int], rows: dict[int, PhotoRow]) -> None:
        del photo_ids
        if purpose == NAMES and self._page is not None:
            self._page.take_rows(rows)
