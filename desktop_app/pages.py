"""Which page is shown, and what it says: photos, neighbours, teaching, problems, the viewer, or a notice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.library_thread import KEPT_NEIGHBOURS
from desktop_app.models.photo_list import bits
from desktop_app.places import NeighboursPlace, PhotosPlace, Place, ProblemsPlace, TeachPlace
from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.notice_page import FEAR

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_thread import Listing, Overview
    from desktop_app.navigation import Navigator
    from desktop_app.views.main_window import MainWindow


SOON = QT_TR_NOOP("The first ones appear in a moment.")


class Pages(QObject):
    """Chooses pages and words.

    Signals:
        addWanted: The invitation's button was pressed.
    """

    addWanted = Signal()

    def __init__(self, window: MainWindow, navigator: Navigator, jobs: JobDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._navigator, self._jobs = window, navigator, jobs
        self._overview: Overview | None = None
        self._nearest: int | None = None
        self._query_names: list[str] = []
        self.broken = False

    # -- which page ----------------------------------------------------------------------------------------

    @property
    def viewing(self) -> bool:
        """True while the viewer is open."""
        return self._window.stack.currentWidget() is self._window.viewer

    @property
    def on_grid(self) -> bool:
        """True while the grid is shown."""
        return self._window.stack.currentWidget() is self._window.grid

    def show_place(self, place: Place) -> None:
        """Prepares for a place whose photos are on their way."""
        window = self._window
        self._query_names = []
        self._nearest = None
        if isinstance(place, ProblemsPlace):
            window.query_bar.hide()
            self._turn_to(window.problem_page)
        elif isinstance(place, TeachPlace):
            window.query_bar.hide()
            self._turn_to(window.retraining_page)
        elif isinstance(place, PhotosPlace):
            window.query_bar.hide()
            if not self.on_grid:
                self._turn_to(window.grid)
        elif not self.on_grid:
            self._turn_to(window.grid)
        window.setWindowTitle(f"{self._title(place)} – Hammingbird")  # noqa: RUF001
        self.tell_figures()

    def show_listing(self, listing: Listing) -> None:
        """Shows what a place holds."""
        window = self._window
        if isinstance(listing.place, NeighboursPlace):
            self._show_query(listing)
            window.query_bar.setVisible(not self.viewing)
        if self.viewing:
            window.viewer.follow()
        elif window.photos.rowCount():
            self._turn_to(window.grid)
        else:
            self._tell_why_empty(listing)
            self._turn_to(window.notice)
        self.tell_figures()

    def _turn_to(self, page: object) -> None:
        window = self._window
        if window.stack.currentWidget() is page:
            return
        focused = window.stack.isAncestorOf(window.focusWidget()) if window.focusWidget() else True
        window.stack.setCurrentWidget(page)  # type: ignore[arg-type]
        if focused and page is window.problem_page:
            window.problem_page.table.setFocus()
        elif focused and page is not window.notice:
            page.setFocus()  # type: ignore[attr-defined]

    # -- viewer --------------------------------------------------------------------------------------------

    @Slot()
    def open_current(self) -> None:
        """Opens the current photo in the viewer."""
        index = self._window.grid.currentIndex()
        if self.on_grid and index.isValid():
            self.open_viewer(index.row())

    @Slot(int)
    def open_viewer(self, row: int) -> None:
        """Opens the photo of a row."""
        window = self._window
        window.query_bar.hide()
        window.stack.setCurrentWidget(window.viewer)
        window.viewer.setFocus()
        window.viewer.show_row(row)
        window.actions_.clear_query.setEnabled(False)  # Esc is the viewer's now

    @Slot(int)
    def close_viewer(self, row: int) -> None:
        """Back to the grid, to the photo that the viewer showed last."""
        window = self._window
        window.stack.setCurrentWidget(window.grid)
        window.grid.setFocus()
        if 0 <= row < window.photos.rowCount():
            index = window.photos.index(row, 0)
            window.grid.setCurrentIndex(index)
            window.grid.scrollTo(index)
        asking = isinstance(self._navigator.place, NeighboursPlace)
        window.actions_.clear_query.setEnabled(asking)
        window.query_bar.setVisible(asking)
        if not window.photos.rowCount() and self._navigator.listing is not None:
            self.show_listing(self._navigator.listing)

    # -- words ---------------------------------------------------------------------------------------------

    def set_overview(self, overview: Overview) -> None:
        """Takes what the left side shows; notices depend on it."""
        self._overview = overview
        self.refresh_notice()

    def photos_in_root(self, folder: Path) -> int:
        """Photos of a root, 0 for a folder that is none."""
        roots = self._overview.roots if self._overview else []
        return next((root.photos for root in roots if root.path == folder), 0)

    @Slot()
    def show_welcome(self) -> None:
        """The invitation of the first start."""
        if self._jobs.running:
            self._window.notice.tell(tr("Reading your photos"), f"{tr(SOON)}\n{tr(FEAR)}")
        else:
            self._window.notice.invite()
        self._turn_to(self._window.notice)

    def show_broken(self, trouble: str) -> None:
        """A library that can't be opened."""
        self.broken = True
        self._window.notice.tell(tr("This library can't be opened"), trouble)
        self._turn_to(self._window.notice)

    @Slot()
    def refresh_notice(self) -> None:
        """Says anew why there is nothing, when there is nothing."""
        if self.broken or self._window.stack.currentWidget() is not self._window.notice:
            return
        listing = self._navigator.listing
        if listing is None:
            self.show_welcome()
        elif not self._window.photos.rowCount():
            self._tell_why_empty(listing)

    @Slot()
    def press_notice(self) -> None:
        """The notice's button: show more distant neighbours, or add a folder."""
        if self._nearest is not None:
            self._window.query_bar.set_within(self._nearest)
        else:
            self.addWanted.emit()

    def _tell_why_empty(self, listing: Listing) -> None:
        notice = self._window.notice
        self._nearest = None
        if isinstance(listing.place, NeighboursPlace):
            self._tell_no_neighbours(listing)
            return
        if listing.trouble:
            notice.tell(tr("This folder can't be shown"), listing.trouble)
        elif self._overview is None or not self._overview.roots:
            self.show_welcome()
        elif self._jobs.running:
            notice.tell(tr("Reading your photos"), f"{tr(SOON)}\n{tr(FEAR)}")
        elif isinstance(listing.place, PhotosPlace) and listing.place.uncaptioned:
            notice.tell(tr("Every photo has a caption"), tr("Nothing is left to write about here."))
        elif self._is_offline(listing.place):
            notice.tell(tr("This disk is offline"), tr("Connect it, then look for new photos with F5."))
        else:
            notice.tell(
                tr("No photos here"), tr("There is no photo in this folder, or none that could be read.")
            )

    def _tell_no_neighbours(self, listing: Listing) -> None:
        notice = self._window.notice
        assert isinstance(listing.place, NeighboursPlace)
        if listing.trouble:
            notice.tell(tr("Nothing to compare yet"), listing.trouble)
        elif listing.distances is not None and len(listing.distances):
            self._nearest = int(listing.distances.min())
            within = self._navigator.within_of(listing)
            unwritten = tr("No caption and no name has these words.") if listing.place.words else ""
            nearest = tr("The nearest photo is {distance} away.").format(distance=bits(self._nearest))
            notice.tell(
                tr("Nothing like this within {distance}").format(distance=bits(within)),
                f"{nearest} {unwritten}".strip(),
                tr("Show up to {distance}").format(distance=bits(self._nearest)),
            )
        elif listing.place.words:
            notice.tell(
                tr("No photo with these words"),
                tr("Neither a caption nor a name of a file or folder has them."),
            )
        else:
            notice.tell(tr("No other photos here"), tr("There is nothing else to compare with."))

    def _is_offline(self, place: Place) -> bool:
        folder = place.folder if isinstance(place, PhotosPlace) else None
        roots = self._overview.roots if self._overview else []
        return any(not root.online and folder and folder.is_relative_to(root.path) for root in roots)

    def _show_query(self, listing: Listing) -> None:
        place = listing.place
        if isinstance(place, NeighboursPlace):
            within = self._navigator.within_of(listing)
            folder = place.under.name or str(place.under) if place.under else ""
            self._window.query_bar.set_query(
                self._asked(place), listing.query_images, folder, listing.n_bits, within
            )

    def name_query(self, names: list[str]) -> None:
        """Takes the names of the query photos, which come a little later."""
        self._query_names = names
        place, listing = self._navigator.place, self._navigator.listing
        if isinstance(place, NeighboursPlace) and listing is not None:
            self._show_query(listing)
            self._window.setWindowTitle(f"{self._asked(place)} – Hammingbird")  # noqa: RUF001

    def _asked(self, place: NeighboursPlace) -> str:
        names = [*self._query_names, *(photo.name for photo in place.outside)]
        count = len(place.photo_ids) + len(place.outside)
        if not count:
            return tr("Photos for “{words}”").format(words=place.words)
        like = tr("these %Ln", None, count) if count > 1 else names[0] if names else tr("this one")
        asked = tr("Photos like {photo}").format(photo=like)
        return tr("{asked}, with “{words}”").format(asked=asked, words=place.words) if place.words else asked

    def _title(self, place: Place) -> str:
        if isinstance(place, ProblemsPlace):
            return tr("Problems")
        if isinstance(place, TeachPlace):
            return tr("Teach")
        if isinstance(place, NeighboursPlace):
            return self._asked(place)
        where = (place.folder.name or str(place.folder)) if place.folder else tr("All photos")
        return tr("Photos without captions") if place.uncaptioned else where

    @Slot()
    def tell_figures(self) -> None:
        """How many photos are shown and chosen."""
        window, place = self._window, self._navigator.place
        count, chosen = window.photos.rowCount(), window.grid.selected_count()
        if isinstance(place, ProblemsPlace | TeachPlace):
            window.figures.setText("")
            return
        worded = isinstance(place, NeighboursPlace) and place.words
        neighbours = isinstance(place, NeighboursPlace) and not worded
        text = tr("%Ln neighbour(s)", None, count) if neighbours else tr("%Ln photo(s)", None, count)
        listing = self._navigator.listing
        if isinstance(place, NeighboursPlace) and listing is not None:
            cut = count == KEPT_NEIGHBOURS  # there may be more
            within = bits(self._navigator.within_of(listing))
            if cut:
                text = tr("The nearest %Ln photos", None, count)
            elif listing.n_bits:
                text = tr("{neighbours} up to {distance} away").format(neighbours=text, distance=within)
        if chosen > 1:
            text = tr("{photos}, %Ln chosen", None, chosen).format(photos=text)
        window.figures.setText(text)
