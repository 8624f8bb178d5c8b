"""Between the list of models and what is done with them, by jobs or by short commands."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from desktop_app.child_command import ChildCommands, Outcome
from desktop_app.translation import tr

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_thread import LibraryThread
    from desktop_app.model_reading import ModelReading
    from desktop_app.views.dialogs.models_page import ModelsPage
    from desktop_app.views.dialogs.models_tree import ListedModel
    from desktop_app.views.main_window import MainWindow


class ModelDesk(QObject):
    """Opens the list of models and does what is asked for there.

    Signals:
        verdictWanted: The `RunFolder` whose verdict should be shown.
    """

    verdictWanted = Signal(object)

    def __init__(
        self, window: MainWindow, library_dir: Path, library: LibraryThread, jobs: JobDesk, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window, self._dir, self._library, self._jobs = window, library_dir, library, jobs
        self._commands = ChildCommands(library_dir, self)
        self._page: ModelsPage | None = None
        self._reading: ModelReading | None = None
        library.changed.connect(self._ask)
        jobs.moved.connect(self._ask)

    @Slot()
    def show(self) -> None:
        """Opens the list, or brings it to the front."""
        if self._page is None:
            self._page = self._make_page()
        self._page.show()
        self._page.activateWindow()
        self._ask()

    def _make_page(self) -> ModelsPage:
        from desktop_app.views.dialogs.models_page import ModelsPage

        page = ModelsPage(self._window)
        page.useWanted.connect(self._use)
        page.acceptWanted.connect(self._accept)
        page.addWanted.connect(self._add)
        page.importWanted.connect(self._import)
        page.exportWanted.connect(self.export)
        page.renameWanted.connect(self._rename)
        page.removeWanted.connect(self._remove)
        page.compareWanted.connect(self._compare)
        page.verdictWanted.connect(self._show_verdict)
        page.destroyed.connect(self._gone)
        return page

    def close(self) -> None:
        """Waits for no command any more."""
        self._commands.close()

    @Slot()
    def _ask(self) -> None:
        if self._page is None:
            return
        from desktop_app.model_reading import ModelReading

        self._page.show_busy(self._jobs.running)
        if self._reading is None:
            self._reading = ModelReading()
        self._library.read(self._reading.read, self._take)

    def _take(self, models: list[ListedModel]) -> None:
        if self._page is not None:
            self._page.show_models(models)

    @Slot(str)
    def _show_verdict(self, run_id: str) -> None:
        from engine.library.retraining import run_folder

        self.verdictWanted.emit(run_folder(self._dir, run_id))

    # -- jobs ----------------------------------------------------------------------------------------------

    @Slot(str)
    def _use(self, digest: str) -> None:
        self._start("use", digest)

    @Slot(str)
    def _accept(self, digest: str) -> None:
        self._start("accept", digest)

    @Slot(object)
    def _add(self, arguments: list[str]) -> None:
        self._start("add", *arguments)

    @Slot(object)
    def _import(self, folder: Path) -> None:
        self._start("import", str(folder))

    @Slot(str)
    def _remove(self, digest: str) -> None:
        self._start("remove", digest, "--yes")

    def _start(self, *arguments: str) -> None:
        self._jobs.start(["models", *arguments, "--wait"])
        self._ask()

    # -- short commands ------------------------------------------------------------------------------------

    @Slot(str, str)
    def _rename(self, digest: str, name: str) -> None:
        self._commands.run(["models", "rename", digest, "--", name], self._take_renamed)

    def _take_renamed(self, outcome: Outcome) -> None:
        self._tell(outcome.trouble)
        self._ask()

    @Slot(str, str)
    def _compare(self, first: str, second: str) -> None:
        self._commands.run(["models", "compare", first, second, "--json"], self._take_compared)

    def _take_compared(self, outcome: Outcome) -> None:
        if self._page is None:
            return
        self._tell(outcome.trouble)
        if not outcome.trouble:
            from desktop_app.views.dialogs.compare_page import ComparePage

            compared = ComparePage(json.loads(outcome.text), self._page)
            compared.verdictWanted.connect(self._show_verdict)
            compared.verdictWanted.connect(self._page.accept)
            compared.open()

    @Slot(str, str)
    def export(self, digest: str, name: str) -> None:
        """Asks where a model should be copied to, and copies it into a new folder there."""
        above = QFileDialog.getExistingDirectory(
            self._window, tr("Where to put {name}").format(name=name), str(Path.home())
        )
        if above:
            plain = re.sub(r"\W+", "-", name).strip("-")
            folder = Path(above) / f"{plain}-{digest[:8]}"
            take = partial(
                self._take_exported, tr("{name} lies in {folder} now.").format(name=name, folder=folder)
            )
            self._commands.run(["models", "export", digest, str(folder)], take)

    def _take_exported(self, message: str, outcome: Outcome) -> None:
        self._tell(outcome.trouble or message)

    def _tell(self, text: str) -> None:
        """On the list where that is open, else in the window."""
        if self._page is not None:
            self._page.show_outcome(text)
        elif text:
            self._window.messages.tell(text)

    @Slot()
    def _gone(self) -> None:
        self._page = None
