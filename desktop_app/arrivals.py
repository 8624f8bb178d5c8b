"""What comes in from outside: dropped, pasted, chosen in a dialog, or handed over by the file manager."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from desktop_app.drops import Brought, brought
from desktop_app.outside_queries import MOST_PHOTOS
from desktop_app.places import PhotosPlace
from desktop_app.translation import tr
from desktop_app.views.message_bar import Deed

if TYPE_CHECKING:
    from desktop_app.library_thread import LibraryThread, Overview
    from desktop_app.navigation import Navigator
    from desktop_app.outside_queries import OutsideQueries
    from desktop_app.views.main_window import MainWindow


class Arrivals(QObject):
    """Asks about files; adds folders, or offers to where nobody has asked for that in so many words."""

    def __init__(
        self,
        window: MainWindow,
        library: LibraryThread,
        navigator: Navigator,
        outside: OutsideQueries,
        add_folders: Callable[[list[Path]], None],
    ) -> None:
        super().__init__(window)
        self._window, self._navigator, self._outside = window, navigator, outside
        self._add_folders = add_folders
        self._overview: Overview | None = None
        self._waiting: list[Path] = []
        library.overviewRead.connect(self._take_overview)
        library.absent.connect(self._take_absence)
        outside.found.connect(navigator.go)
        outside.refused.connect(window.messages.tell)
        outside.busy.connect(self._show_busy)

    # -- dropped, pasted, chosen ---------------------------------------------------------------------------

    @Slot(QMimeData)
    def take_mime(self, mime: QMimeData) -> None:
        """Takes what was dropped or pasted."""
        self._take(brought(mime))

    @Slot()
    def paste(self) -> None:
        """Asks about what is in the clipboard."""
        self.take_mime(QGuiApplication.clipboard().mimeData() or QMimeData())

    @Slot()
    def choose_file(self) -> None:
        """Lets the person choose a file to ask about."""
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Find photos like this one"))
        if name:
            self._outside.ask_about_files([Path(name)])

    def _take(self, what: Brought) -> None:
        if what.trouble:
            self._window.messages.tell(what.trouble, brief=True)
        if what.folders:
            self._add_folders(list(what.folders))
        if what.files:
            self._outside.ask_about_files(what.files)
        if what.picture is not None:
            self._outside.ask_about_picture(what.picture)

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        if busy:
            self._window.statusBar().showMessage(tr("Looking at the photo…"))
        else:
            self._window.statusBar().clearMessage()

    # -- opened with this program --------------------------------------------------------------------------

    def open(self, paths: list[Path]) -> None:
        """Takes files and folders that were opened with this program, as soon as the library is known."""
        self._waiting += paths
        if self._overview is not None:
            self._open_waiting()

    @Slot(object)
    def _take_overview(self, overview: Overview) -> None:
        self._overview = overview
        self._open_waiting()

    @Slot()
    def _take_absence(self) -> None:
        """Files wait until there is something that they can be compared with."""
        self._open_folders()
        if self._waiting:
            told = tr("Add a folder with photos first. Then you see those like {name}.").format(
                name=self._waiting[0].name
            )
            self._window.messages.tell(told)

    def _open_folders(self) -> None:
        for folder in [path for path in self._waiting if path.is_dir()]:
            self._waiting.remove(folder)
            if self._in_library(folder):
                self._navigator.go(PhotosPlace(folder))
            else:
                self._offer(folder)

    def _open_waiting(self) -> None:
        self._open_folders()
        files, self._waiting = self._waiting, []
        if len(files) > MOST_PHOTOS:
            told = tr(
                "These are %Ln photos: the first {most} of them are asked about.", None, len(files)
            ).format(most=MOST_PHOTOS)
            self._window.messages.tell(told, brief=True)
        if files:
            self._outside.ask_about_files(files)

    def _in_library(self, folder: Path) -> bool:
        roots = self._overview.roots if self._overview else []
        return any(folder.is_relative_to(root.path) for root in roots)

    def _offer(self, folder: Path) -> None:
        self._window.messages.tell(
            tr("{folder} is not in this library. Shall its photos be found too?").format(folder=folder),
            Deed(tr("Add it"), partial(self._add_folders, [folder])),
        )
