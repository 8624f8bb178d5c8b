"""Between the page of settings and what it changes: the library, the window, jobs, backups."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox

from desktop_app.child_command import ChildCommands, Outcome
from desktop_app.translation import install, tr
from desktop_app.views.settings.state import data_size

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_edits import LibraryEdits
    from desktop_app.library_thread import LibraryThread
    from desktop_app.settings import WindowSettings
    from desktop_app.views.main_window import MainWindow
    from desktop_app.views.settings.settings_page import SettingsPage
    from desktop_app.views.settings.state import LibraryState
    from engine.library.database import Library

# Settings that change which photos are found, once an index run has looked.
NEED_INDEX = ("exclusions", "max_megapixels")
CLEAR = ["thumbnails", "--clear", "--yes", "--wait"]


class SettingsDesk(QObject):
    """Opens the page of settings and does what is asked for there.

    Signals:
        addWanted: A folder should be chosen and added.
        forgetWanted: The folder that should leave the library, after a question.
        showWanted: A folder to show in the file manager.
    """

    addWanted = Signal()
    forgetWanted = Signal(object)
    showWanted = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        library_dir: Path,
        settings: WindowSettings,
        library: LibraryThread,
        edits: LibraryEdits,
        jobs: JobDesk,
    ) -> None:
        super().__init__(window)
        self._window, self._dir, self._settings = window, library_dir, settings
        self._library, self._edits, self._jobs = library, edits, jobs
        self._commands = ChildCommands(library_dir, self)
        self._page: SettingsPage | None = None
        self._known: dict[str, str] = {}
        self._clearing = False
        self._pending = 0  # changes that are on their way; what was read before them is old
        edits.done.connect(self._ask)
        library.overviewRead.connect(self._ask_for_page)
        jobs.follower.ended.connect(self._job_ended)

    @Slot()
    def show(self) -> None:
        """Opens the page, or brings it to the front."""
        if self._page is None:
            from desktop_app.views.settings.settings_page import SettingsPage

            page = self._page = SettingsPage(self._dir, self._window)
            page.changed.connect(self._change)
            page.photos.addWanted.connect(self.addWanted)
            page.photos.forgetWanted.connect(self.forgetWanted)
            page.photos.patternsEdited.connect(self._count)
            page.storage.clearWanted.connect(self._ask_to_clear)
            page.storage.backUpWanted.connect(self._back_up)
            page.storage.showWanted.connect(self.showWanted)
            page.destroyed.connect(self._gone)
            self._show_defaults(page)
        self._page.show()
        self._page.activateWindow()
        self._ask()

    def close(self) -> None:
        """Closes the page, which tells what was chosen last, and waits for no command any more."""
        if self._page is not None:
            self._page.close()
        self._commands.close()

    def _show_defaults(self, page: SettingsPage) -> None:
        """What holds while there is no library yet, and what the window remembers by itself."""
        from desktop_app.views.settings.state import LibraryState
        from engine.library.preferences import PREFERENCES

        page.show_state(LibraryState({name: wanted.default for name, wanted in PREFERENCES.items()}))
        battery = "yes" if self._settings.pause_on_battery else "no"
        page.show_window(
            {
                "language": self._settings.language,
                "theme": self._settings.theme,
                "pause_on_battery": battery,
            }
        )

    # -- reading -------------------------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        if self._page is not None or self._known:
            self._library.read(_read_state, self._take_state)

    @Slot()
    def _ask_for_page(self) -> None:
        if self._page is not None:
            self._ask()

    def _take_state(self, state: LibraryState) -> None:
        if self._pending:
            return
        before, self._known = self._known, state.values
        if self._page is not None:
            self._page.show_state(state)
        if before and state.roots and any(before[name] != state.values[name] for name in NEED_INDEX):
            self._jobs.index([])
        if before and before["index_when"] != state.values["index_when"]:
            self._pause_or_resume(state.values["index_when"])

    def _pause_or_resume(self, index_when: str) -> None:
        if self._jobs.running and self._jobs.follower.kind == "index":
            if index_when == "paused":
                self._jobs.follower.pause()
            else:
                self._jobs.follower.resume()

    @Slot(str)
    def _count(self, patterns: str) -> None:
        self._library.read(partial(_count_excluded, patterns), self._take_count)

    def _take_count(self, counted: tuple[str, int, str]) -> None:
        patterns, photos, trouble = counted
        if self._page is None or patterns != self._page.photos.patterns.field.toPlainText():
            return
        self._page.show_trouble("exclusions", trouble)
        if not trouble:
            self._page.photos.patterns.show_count(patterns, photos)

    # -- changing ------------------------------------------------------------------------------------------

    @Slot(str, str)
    def _change(self, name: str, value: str) -> None:
        if name == "language":
            self._speak(value)
        elif name == "theme":
            self._window.actions_.themeChosen.emit(value)
        elif name == "pause_on_battery":
            self._settings.pause_on_battery = value == "yes"
        else:
            self._change_library(name, value)

    def _speak(self, language: str) -> None:
        """Another language takes effect in a new window, which `desktop_app.app` makes."""
        self._settings.language = language
        application = QCoreApplication.instance()
        if application is not None:
            install(application, language)

    def _change_library(self, name: str, value: str) -> None:
        assert self._page is not None
        self._pending += 1
        title = self._page.rows()[name].title.text()
        self._edits.change(
            "set_setting",
            {"key": name, "value": value},
            tr("The setting “{title}” was changed.").format(title=title),
            tr("the setting “{title}”").format(title=title),
            partial(self._changed, name),
        )

    def _changed(self, name: str, trouble: str) -> None:
        self._pending -= 1
        if self._page is not None:
            self._page.show_trouble(name, trouble)
        if trouble:
            self._ask()  # shows what holds

    # -- thumbnails and backups ----------------------------------------------------------------------------

    @Slot()
    def _ask_to_clear(self) -> None:
        box = QMessageBox(self._page or self._window)
        box.setObjectName("clear")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Clear the thumbnails"))
        box.setText(tr("Clear the thumbnails and make them again?"))
        box.setInformativeText(
            tr(
                "All photos are read anew, which takes about as long as indexing them did. Until then the"
                " grid shows empty fields. Thumbnails of folders that are offline are kept."
            )
        )
        box.addButton(tr("Clear"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
        box.accepted.connect(self._clear)
        box.open()

    @Slot()
    def _clear(self) -> None:
        self._clearing = True
        self._jobs.start(CLEAR)

    @Slot()
    def _job_ended(self) -> None:
        if self._clearing and self._jobs.follower.kind == "thumbnails":
            self._clearing = False
            self._jobs.index([])
        self._ask_for_page()

    @Slot()
    def _back_up(self) -> None:
        if self._page is not None:
            self._page.storage.show_backing_up(True)
        self._commands.run(["backup", "--json"], self._backed_up)

    def _backed_up(self, outcome: Outcome) -> None:
        told = outcome.trouble
        if not told:
            made = json.loads(outcome.text)
            told = tr("Backed up: {path} ({size})")
            told = told.format(path=made["path"], size=data_size(made["size"]))
        if self._page is not None:
            self._page.storage.show_backing_up(False, told)
        else:
            self._window.messages.tell(told, brief=True)
        if not outcome.trouble:
            self._ask_for_page()

    @Slot()
    def _gone(self) -> None:
        self._page = None


def _read_state(library: Library) -> LibraryState:
    from desktop_app.views.settings.state import LibraryState
    from engine.library.backup import backup_folder, list_backups
    from engine.library.clear_thumbnails import store_bytes
    from engine.library.preferences import all_preferences
    from engine.library.roots import list_roots
    from engine.library.thumbnails import thumbnail_ids

    backups = list_backups(library)
    return LibraryState(
        values=all_preferences(library),
        roots=list_roots(library),
        thumbnails=len(thumbnail_ids(library)),
        thumbnail_bytes=store_bytes(library.dir),
        backup_folder=backup_folder(library),
        last_backup=backups[0].path if backups else None,
    )


def _count_excluded(patterns: str, library: Library) -> tuple[str, int, str]:
    from engine.library.exclusions import Exclusions, excluded_photos

    try:
        return patterns, excluded_photos(library, Exclusions(patterns.splitlines())), ""
    except ValueError as error:
        return patterns, 0, str(error)
