"""Between the page where a model learns and what it needs: library, jobs, folders of retrainings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.places import PhotosPlace, Place, TeachPlace
from desktop_app.retraining_setup import RetrainingSetup
from desktop_app.training_watch import TrainingWatch
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.message_bar import Deed
from desktop_app.views.retraining.steps import JUDGE, SET_UP, WATCH
from engine.progress import Failed, Result

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_thread import LibraryThread
    from desktop_app.navigation import Navigator
    from desktop_app.settings import WindowSettings
    from desktop_app.views.main_window import MainWindow
    from desktop_app.views.retraining.closing_question import ClosingQuestion
    from desktop_app.views.retraining.retraining_page import RetrainingPage
    from engine.library.retraining import RunFolder

MOST_CHOSEN = 10_000
GOES_ON = QT_TR_NOOP("A training goes on. Another can begin when it is done.")
DIED = QT_TR_NOOP(
    "The training stopped before its end. What it had learned by then is kept, and can be gone on with."
)


class RetrainingDesk(QObject):
    """Starts retrainings, follows them, and shows their verdicts.

    Signals:
        verdictShown: The `RunFolder` whose verdict the page shows from now on.
    """

    verdictShown = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        library_dir: Path,
        settings: WindowSettings,
        library: LibraryThread,
        navigator: Navigator,
        jobs: JobDesk,
    ) -> None:
        super().__init__(window)
        self._window, self._dir, self._settings = window, library_dir, settings
        self._navigator, self._jobs = navigator, jobs
        self._setup = RetrainingSetup(library_dir, library, self)
        self._training = TrainingWatch(library_dir, library, jobs.follower, self)
        self._page: RetrainingPage | None = None
        self._question: ClosingQuestion | None = None
        self._folder: Path | None = None
        self._asked_for = False  # a training was started here and has told nothing yet
        navigator.moved.connect(self._moved)
        library.changed.connect(self.refresh)
        jobs.moved.connect(self.refresh)
        jobs.follower.began.connect(self._began)
        jobs.follower.ended.connect(self._ended)
        jobs.follower.died.connect(self._died)
        window.ask_before_closing(self._ask_before_closing)

    def begin(self) -> None:
        """Says so where a training has ended while no window was open."""
        if self._unseen is not None:
            self._tell_verdict(tr("A training has ended while the window was closed."))

    def close(self) -> None:
        """Follows nothing any more; a training goes on."""
        self._training.close()
        self._setup.leave()

    # -- coming and going ------------------------------------------------------------------------------------

    @Slot()
    def open(self) -> None:
        """Goes to the page."""
        self._navigator.go(TeachPlace())

    @Slot()
    def refresh(self) -> None:
        """Captions may have come or gone while the page is looked at; not told of each batch of a job."""
        looked_at = isinstance(self._navigator.place, TeachPlace) and self._made_page().step == SET_UP
        if looked_at and not self._jobs.running and not self._under_way:
            self._setup.refresh()

    @Slot(object)
    def _moved(self, place: Place) -> None:
        if isinstance(place, TeachPlace):
            self._arrive()
            return
        if isinstance(place, PhotosPlace):
            self._folder = place.folder
        self._setup.leave()
        self._window.job_bar.stand_aside(False)

    def _arrive(self) -> None:
        """Shows a verdict that is open or unseen, a training that goes on, or the setting up."""
        if self._made_page().step == JUDGE:
            self._turn_to(JUDGE)
        elif self._under_way:
            self._turn_to(WATCH)
        elif (unseen := self._unseen) is not None:
            self.show_verdict(unseen)
        else:
            self._turn_to(SET_UP)

    @property
    def _under_way(self) -> bool:
        return self._training.learning or self._asked_for

    def _made_page(self) -> RetrainingPage:
        if self._page is None:
            page = self._page = self._window.retraining_page
            self._setup.serve(page.setup)
            page.stepChosen.connect(self._turn_to)
            page.setup.startWanted.connect(self._start)
            page.setup.found.photosWanted.connect(self._navigator.back)
            page.setup.found.captionsWanted.connect(self._window.actions_.captions.trigger)
            page.stack.currentChanged.connect(self._share_the_bar)
        return self._page

    @Slot(str)
    def _turn_to(self, step: str) -> None:
        """Shows one of the three steps, and works for it."""
        page = self._made_page()
        if step == JUDGE and not page.judge_made and (newest := self._newest_judged) is not None:
            self.show_verdict(newest)
            return
        if step == WATCH and not page.watch_made:
            self._training.serve(page.watch)
        page.turn_to(step)
        self._offer_steps()
        self._setup.leave()
        if step == SET_UP and self._under_way:
            page.setup.show_trouble(tr(GOES_ON))
        elif step == SET_UP:
            self._setup.arrive(self._folder, self._chosen())
        self._share_the_bar()

    def _chosen(self) -> list[int]:
        """Photos that are chosen in the grid, where these are several and not more than one would pick."""
        grid, photos = self._window.grid, self._window.photos
        if not 1 < grid.selected_count() <= MOST_CHOSEN:
            return []
        return [photos.photo_id(row) for row in grid.selected_rows()]

    def _offer_steps(self) -> None:
        if self._page is not None:
            self._page.offer(watch=self._under_way, judge=self._newest_judged is not None)
            self._page.setup.show_busy(self._under_way)

    @Slot()
    def _share_the_bar(self) -> None:
        """The bar of jobs need not say what the page says above it."""
        watched = self._page is not None and self._page.step == WATCH
        shown = isinstance(self._navigator.place, TeachPlace)
        self._window.job_bar.stand_aside(shown and watched and self._training.learning)

    # -- a training ------------------------------------------------------------------------------------------

    @Slot()
    def _start(self) -> None:
        try:
            command = self._setup.job()
        except OSError as error:
            self._window.messages.tell(
                tr("The library's folder can't be written: {reason}.").format(reason=error.strerror)
            )
            return
        waits = self._jobs.running
        self._jobs.start(command)
        self._asked_for = True
        self._made_page().setup.show_note("")
        self._training.await_start(waits=waits)
        self._turn_to(WATCH)

    @Slot(str)
    def _began(self, title: str) -> None:
        del title
        if self._training.learning:
            self._asked_for = False
            if self._page is not None and self._page.step == SET_UP:
                self._turn_to(WATCH)
            self._offer_steps()
            self._share_the_bar()

    @Slot(object)
    def _ended(self, event: Result | Failed) -> None:
        if not self._training.was_last:
            return
        run = self._training.run_of(self._jobs.follower.last_job_id)
        if isinstance(event, Failed):
            self._stop(f"{event.message} {event.remedy}".strip())
        elif event.cancelled or run.verdict() is None:
            self._stop(event.summary)
        else:
            self._stop("")
            if isinstance(self._navigator.place, TeachPlace):
                self.show_verdict(run)
            else:
                self._tell_verdict(tr("The model has learned."))

    @Slot()
    def _died(self) -> None:
        if self._training.was_last:
            self._stop(tr(DIED))

    def _stop(self, note: str) -> None:
        """Nothing is learned any more; the page says why where there is no verdict to show instead."""
        self._asked_for = False
        self._training.end()
        self._window.job_bar.stand_aside(False)
        if self._page is not None:
            self._page.setup.show_note(note)
            if not isinstance(self._navigator.place, TeachPlace):
                self._page.turn_to(SET_UP)
            elif self._page.step != JUDGE:
                self._turn_to(SET_UP)
            self._offer_steps()

    # -- verdicts --------------------------------------------------------------------------------------------

    def show_verdict(self, run: RunFolder) -> None:
        """Goes to the verdict of a retraining."""
        verdict = run.verdict()
        if verdict is None:
            self._window.messages.tell(tr("The verdict of this training can't be read."), brief=True)
            return
        self._settings.seen_verdict = max(run.run_id, self._settings.seen_verdict)
        page = self._made_page()
        page.judge.show_verdict(verdict)
        self._turn_to(JUDGE)
        self.verdictShown.emit(run)
        self.open()

    @property
    def _newest_judged(self) -> RunFolder | None:
        from engine.library.retraining import runs

        return next((run for run in runs(self._dir) if run.verdict_path.exists()), None)

    @property
    def _unseen(self) -> RunFolder | None:
        """The newest run with a verdict, unless somebody has seen that already."""
        newest = self._newest_judged
        return newest if newest is not None and newest.run_id != self._settings.seen_verdict else None

    def _tell_verdict(self, what: str) -> None:
        self._window.messages.tell(
            what + " " + tr("See what came of it."), Deed(tr("See the verdict"), self.open)
        )

    # -- closing the window ----------------------------------------------------------------------------------

    def _ask_before_closing(self) -> bool:
        """Asks what is to become of a training.

        Returns:
            False when there is none.
        """
        from desktop_app.views.retraining.closing_question import ClosingQuestion

        if not self._training.learning:
            return False
        if self._question is None:
            self._question = ClosingQuestion(self._window)
            self._question.answered.connect(self._answered)
            self._question.finished.connect(self._forget_question)
        self._question.open()
        return True

    @Slot(str)
    def _answered(self, answer: str) -> None:
        from desktop_app.views.retraining.closing_question import CANCEL, FINISH

        if answer == FINISH:
            self._jobs.follower.finish()
        elif answer == CANCEL:
            self._jobs.follower.cancel()
        self._window.leave()

    @Slot()
    def _forget_question(self) -> None:
        self._question = None
