"""Between a verdict and what is done about it: photos are tried, the new model is accepted or not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.places import PhotosPlace
from desktop_app.run_trials import RunTrials
from desktop_app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_thread import LibraryThread
    from desktop_app.models.compared import ComparedQuery
    from desktop_app.navigation import Navigator
    from desktop_app.views.main_window import MainWindow
    from desktop_app.views.retraining.judge_page import JudgePage
    from engine.library.database import Library
    from engine.library.models_table import ModelRow
    from engine.library.photos import PhotoRow
    from engine.library.retraining import RunFolder

NOT_IN_POOL = QT_TR_NOOP(
    "This photo can't be tried: it was not there when the retraining ended, or was one too many to keep."
)


class DecisionDesk(QObject):
    """Serves the page of a verdict, and does what the person decides there.

    Signals:
        exportWanted: Digest and name of a model to copy into a folder.
    """

    exportWanted = Signal(str, str)

    def __init__(
        self, window: MainWindow, library: LibraryThread, navigator: Navigator, jobs: JobDesk
    ) -> None:
        super().__init__(window)
        self._window, self._library, self._navigator, self._jobs = window, library, navigator, jobs
        self._page: JudgePage | None = None
        self._trials: RunTrials | None = None
        library.modelsRead.connect(self._take_models)
        library.changed.connect(self._follow)
        jobs.moved.connect(self._follow)

    @Slot(object)
    def serve(self, run: RunFolder) -> None:
        """Gives the page, which shows the verdict of this run, what it asks for from now on."""
        if self._page is None:
            self._page = self._window.retraining_page.judge
            self._connect(self._page)
        self._trials = RunTrials(run)
        self._read_rows(self._page.photos())
        self._follow()

    def _connect(self, page: JudgePage) -> None:
        page.trial.namesWanted.connect(self._find)
        page.trial.trialWanted.connect(self._try)
        page.trial.gridWanted.connect(self._try_from_grid)
        page.decision.acceptWanted.connect(self._accept)
        page.decision.goBackWanted.connect(self._go_back)
        page.decision.keepWanted.connect(self._keep)
        page.decision.exportWanted.connect(self.exportWanted)

    # -- photos --------------------------------------------------------------------------------------------

    def _read_rows(self, ids: list[int]) -> None:
        def rows(library: Library) -> dict[int, PhotoRow]:
            from engine.library.photos import photo_rows

            return photo_rows(library, ids)

        assert self._page is not None
        self._library.read(rows, self._page.take_rows)

    @Slot(str)
    def _find(self, words: str) -> None:
        page, trials = self._page, self._trials
        if page is not None and trials is not None:
            take = partial(page.trial.take_found, words)
            self._library.read(lambda library: trials.found(library, words), take)

    @Slot(int)
    def _try(self, photo: int) -> None:
        trials = self._trials
        if trials is not None:
            self._library.read(lambda _: trials.neighbours(photo), partial(self._take_trial, trials))

    def _take_trial(self, trials: RunTrials, query: ComparedQuery | None) -> None:
        if self._page is None or trials is not self._trials:
            return
        if query is None:
            self._page.trial.take_trouble(tr(NOT_IN_POOL))
        else:
            self._page.take_trial(query)
            self._read_rows(query.photos())

    @Slot()
    def _try_from_grid(self) -> None:
        grid, photos = self._window.grid, self._window.photos
        rows = grid.selected_rows(1) or [grid.currentIndex().row()]
        if 0 <= rows[0] < photos.rowCount():
            self._try(photos.photo_id(rows[0]))
        elif self._page is not None:
            self._page.trial.take_trouble(tr("No photo is chosen in the grid."))

    # -- what is decided -----------------------------------------------------------------------------------

    @Slot()
    def _follow(self) -> None:
        if self._page is not None:
            self._page.decision.show_busy(self._jobs.running)
            self._library.read_models()

    @Slot(object)
    def _take_models(self, models: list[ModelRow]) -> None:
        if self._page is not None:
            state = next((model.state for model in models if model.digest == self._page.decision.digest), "")
            self._page.decision.show_state(state)

    @Slot(str)
    def _accept(self, digest: str) -> None:
        self._jobs.start(["models", "accept", digest, "--wait"])

    @Slot(str)
    def _go_back(self, digest: str) -> None:
        self._jobs.start(["models", "use", digest, "--wait"])

    @Slot()
    def _keep(self) -> None:
        message = tr("The old model stays in use. The new one is kept in the list of models.")
        self._window.messages.tell(message, brief=True)
        self._navigator.go(PhotosPlace())
