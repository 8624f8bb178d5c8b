"""What can be done with the chosen photos: ask for their like, copy them, show their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QGuiApplication

from desktop_app.file_actions import FileManager, files_as_mime
from desktop_app.places import NeighboursPlace, PhotosPlace
from desktop_app.translation import tr

if TYPE_CHECKING:
    from desktop_app.library_thread import LibraryThread
    from desktop_app.navigation import Navigator
    from desktop_app.pages import Pages
    from desktop_app.views.main_window import MainWindow
    from engine.library.photos import PhotoRow

QUERY_PHOTOS = 20
COPIED_FILES = 10_000


class PhotoDeeds(QObject):
    """Acts on the photo in the viewer, or on those chosen in the grid.

    Paths are asked of the library thread first: the grid need not know the rows of all that is chosen.
    """

    def __init__(
        self, window: MainWindow, library: LibraryThread, navigator: Navigator, pages: Pages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.window, self.library, self.navigator, self.pages = window, library, navigator, pages
        self._files = FileManager(self)
        library.detailsRead.connect(self._take_details)

    def chosen_ids(self, limit: int | None = None) -> list[int]:
        """The photo in the viewer, or those chosen in the grid, or the current one."""
        if self.pages.viewing:
            return [self.window.viewer.photo_id]
        if not self.pages.on_grid:
            return []
        grid = self.window.grid
        rows = grid.selected_rows(limit)
        if not rows and grid.currentIndex().isValid():
            rows = [grid.currentIndex().row()]
        return [self.window.photos.photo_id(row) for row in rows]

    @Slot(int)
    def similar_to_row(self, row: int) -> None:
        """Photos like the one in a row of the grid."""
        self.navigator.go(NeighboursPlace((self.window.photos.photo_id(row),)))

    @Slot()
    def find_similar(self) -> None:
        """Photos like the chosen ones, in the whole library."""
        if ids := self.chosen_ids(QUERY_PHOTOS):
            self.navigator.go(NeighboursPlace(tuple(ids)))

    @Slot()
    def find_similar_here(self) -> None:
        """Photos like the chosen ones, in the folder shown, or else in the photo's own."""
        ids = self.chosen_ids(QUERY_PHOTOS)
        place = self.navigator.place
        folder = place.folder if isinstance(place, PhotosPlace) else None
        if ids and folder is not None:
            self.navigator.go(NeighboursPlace(tuple(ids), (), folder))
        elif ids:
            self.library.read_details("similar here", ids)

    @Slot()
    def search_anywhere(self) -> None:
        """The same query without its folder."""
        place = self.navigator.place
        if isinstance(place, NeighboursPlace):
            self.navigator.go(NeighboursPlace(place.photo_ids, place.outside))

    @Slot()
    def clear_query(self) -> None:
        """From neighbours back to the photos."""
        if isinstance(self.navigator.place, NeighboursPlace):
            self.navigator.go(PhotosPlace(self.navigator.place.under))

    @Slot(object)
    def show_file(self, path: Path) -> None:
        """Shows a file or folder in the file manager."""
        if not self._files.show(path):
            told = tr("{path} is not there any more, or its disk is not connected.").format(path=path)
            self.window.messages.tell(told, brief=True)

    @Slot()
    def show_current_file(self) -> None:
        """Shows the first chosen photo's file."""
        if ids := self.chosen_ids(1):
            self.library.read_details("show", ids)

    @Slot()
    def copy(self) -> None:
        """Copies the chosen photos: as files, as text, and a single one as a picture too."""
        if ids := self.chosen_ids(COPIED_FILES):
            self.library.read_details("copy", ids)

    @Slot()
    def copy_paths(self) -> None:
        """Copies where the chosen photos lie."""
        if ids := self.chosen_ids(COPIED_FILES):
            self.library.read_details("copy paths", ids)

    def _to_clipboard(self, paths: list[Path], *, paths_only: bool) -> None:
        clipboard = QGuiApplication.clipboard()
        if paths_only:
            clipboard.setText("\n".join(map(str, paths)))
            told = tr("Copied %Ln path(s).", None, len(paths))
        else:
            picture = self.window.viewer.canvas.picture if self.pages.viewing and len(paths) == 1 else None
            clipboard.setMimeData(files_as_mime(paths, picture))
            told = (
                tr("Copied {name}.").format(name=paths[0].name)
                if len(paths) == 1
                else tr("Copied %Ln photos.", None, len(paths))
            )
        self.window.statusBar().showMessage(told, 4000)

    @Slot(QPoint)
    def show_menu(self, place: QPoint) -> None:
        """The context menu of the chosen photos."""
        if self.chosen_ids(1):
            self.window.actions_.photo_menu().popup(place)

    @Slot(str, object, object)
    def _take_details(self, purpose: str, ids: list[int], rows: dict[int, PhotoRow]) -> None:
        found = [rows[i] for i in ids if i in rows]
        if purpose == "similar here" and found:
            self.navigator.go(NeighboursPlace(tuple(ids), (), found[0].path.parent))
        elif purpose == "show" and found:
            self.show_file(found[0].path)
        elif purpose in ("copy", "copy paths") and found:
            self._to_clipboard([row.path for row in found], paths_only=purpose == "copy paths")
