"""Between the list of models and the jobs that switch and add them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_thread import LibraryThread
    from desktop_app.views.dialogs.models_page import ModelsPage
    from desktop_app.views.main_window import MainWindow
    from engine.library.models_table import ModelRow


class ModelDesk(QObject):
    """Opens the list of models and does what is asked for there."""

    def __init__(self, window: MainWindow, library: LibraryThread, jobs: JobDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._library, self._jobs = window, library, jobs
        self._page: ModelsPage | None = None
        library.modelsRead.connect(self._take)
        library.changed.connect(self._ask)
        jobs.moved.connect(self._ask)

    @Slot()
    def show(self) -> None:
        """Opens the list, or brings it to the front."""
        from desktop_app.views.dialogs.models_page import ModelsPage

        if self._page is None:
            self._page = ModelsPage(self._window)
            self._page.useWanted.connect(self._use)
            self._page.addWanted.connect(self._add)
            self._page.destroyed.connect(self._gone)
        self._page.show()
        self._page.activateWindow()
        self._ask()

    @Slot()
    def _ask(self) -> None:
        if self._page is not None:
            self._page.show_busy(self._jobs.running)
            self._library.read_models()

    @Slot(object)
    def _take(self, models: list[ModelRow]) -> None:
        from desktop_app.views.dialogs.models_page import ListedModel

        if self._page is not None:
            self._page.show_models(
                [ListedModel(m.digest, m.name, m.n_bits, m.codes, m.active) for m in models]
            )

    @Slot(str)
    def _use(self, digest: str) -> None:
        self._jobs.start(["models", "use", digest, "--wait"])
        self._ask()

    @Slot(object)
    def _add(self, arguments: list[str]) -> None:
        self._jobs.start(["models", "add", *arguments, "--wait"])
        self._ask()

    @Slot()
    def _gone(self) -> None:
        self._page = None
