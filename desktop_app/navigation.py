"""Goes from place to place: asks the library thread, fills the list, remembers the way."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QTimer, Signal, Slot

from desktop_app.places import NeighboursPlace, PhotosPlace, Place
from desktop_app.query_history import QueryHistory, Step

if TYPE_CHECKING:
    from desktop_app.library_thread import LibraryThread, Listing
    from desktop_app.views.photo_grid import PhotoGrid

REFRESH_MS = 600
KEPT_SELECTION = 1000


class Navigator(QObject):
    """Knows where the window is.

    Signals:
        moved: The place that is shown from now on; its photos follow.
        shown: The `Listing` that the list now holds, cut at the largest distance.
    """

    moved = Signal(object)
    shown = Signal(object)

    def __init__(
        self, library: LibraryThread, grid: PhotoGrid, order: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library, self._grid, self._photos = library, grid, grid.photo_list()
        self.history = QueryHistory()
        self._order = order
        self._within: tuple[Place | None, int] = None, 0  # the query that it was chosen for
        self._generation = 0
        self._asked_at = 0.0
        self._listing: Listing | None = None
        self._return_to: Step | None = None
        self._stay = False
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self.reload)
        library.listed.connect(self._take)

    # -- where ---------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where we are."""
        return self.history.current.place

    @property
    def listing(self) -> Listing | None:
        """What the place holds, uncut; None until the answer came."""
        return self._listing

    @Slot(object)
    def go(self, place: Place) -> None:
        """Goes somewhere."""
        self.note_spot()
        if self.history.go(place):
            self._arrive(None)

    @Slot()
    def back(self) -> None:
        """One place back."""
        if self.history.can_go_back:
            self.note_spot()
            self._arrive(self.history.back())

    @Slot()
    def forward(self) -> None:
        """One place forward."""
        if self.history.can_go_forward:
            self.note_spot()
            self._arrive(self.history.forward())

    def note_spot(self) -> None:
        """Notes where the grid stands, for the way back and for the next start."""
        if self._listing is not None and _has_photos(self.place):
            spot = Spot.of(self._grid)
            step = self.history.current
            step.top_photo, step.top_offset, step.current_photo = spot.top, spot.offset, spot.current

    def start(self, place: Place, top_photo: int | None) -> None:
        """Begins where an earlier window ended."""
        self.history = QueryHistory(place)
        self.history.current.top_photo = top_photo
        self._arrive(self.history.current)

    def _arrive(self, step: Step | None) -> None:
        self._return_to, self._stay, self._listing = step, False, None
        self.moved.emit(self.place)
        self._ask()

    # -- what ----------------------------------------------------------------------------------------------

    @property
    def order(self) -> str:
        """How photos are sorted where no query ranks them."""
        return self._order

    def set_order(self, order: str) -> None:
        """Sorts otherwise."""
        if order != self._order:
            self._order = order
            self._return_to, self._stay = None, False
            self._ask()

    def set_within(self, within: int) -> None:
        """Shows neighbours of this query up to another distance; nothing is asked again."""
        self._within = _query_of(self.place), within
        if self._listing is not None and self._listing.distances is not None:
            self._stay = True
            self._show(self._listing)

    def within_of(self, listing: Listing) -> int:
        """The largest distance shown: as the person chose for this query, else the calibrated one."""
        query, within = self._within
        return min(within, listing.n_bits) if query == _query_of(listing.place) else listing.limit

    @Slot()
    def refresh_soon(self) -> None:
        """Asks again a little later, once for many changes, and seldom where the answer takes long."""
        if not self._refresh.isActive():
            self._refresh.start()

    @Slot()
    def reload(self) -> None:
        """Asks again; the grid stays where it is."""
        if self._listing is not None:
            self._stay = True
        self._ask()

    def close(self) -> None:
        """Asks nothing more."""
        self._refresh.stop()

    def _ask(self) -> None:
        if _has_photos(self.place):
            self._asked_at = time.monotonic()
            self._generation = self._library.list_place(self.place, self._order)

    @Slot(object)
    def _take(self, listing: Listing) -> None:
        if listing.generation != self._generation or listing.place != self.place:
            return
        took_ms = (time.monotonic() - self._asked_at) * 1000
        self._refresh.setInterval(round(max(REFRESH_MS, 4 * took_ms)))
        self._listing = listing
        self._show(listing)

    def _show(self, listing: Listing) -> None:
        ids, distances, matches = listing.ids, listing.distances, listing.matches
        if isinstance(listing.place, NeighboursPlace) and distances is not None:
            # Photos with the words are shown however far away.
            shown = (matches != 0) | (distances <= self.within_of(listing))
            ids, distances, matches = ids[shown], distances[shown], matches[shown]
        before = Spot.of(self._grid)
        kept = self._photos.set_photos(ids, distances, matches)
        if not self._stay:
            step = self._return_to or Step(listing.place)
            self._grid.scrollToTop()
            chosen = () if step.current_photo is None else (step.current_photo,)
            Spot(step.top_photo, step.top_offset, step.current_photo, chosen).restore(self._grid)
            self._stay = bool(self._photos.rowCount())
        elif not kept:
            before.restore(self._grid)
        self.shown.emit(listing)


def _has_photos(place: Place) -> bool:
    """False for a place with a page of its own."""
    return isinstance(place, PhotosPlace | NeighboursPlace)


def _query_of(place: Place) -> Place:
    """What is asked, wherever it is looked for."""
    return replace(place, under=None) if isinstance(place, NeighboursPlace) else place


class Spot:
    """Where a grid stands, told by photos rather than by rows."""

    def __init__(
        self,
        top: int | None = None,
        offset: int = 0,
        current: int | None = None,
        selected: tuple[int, ...] = (),
    ) -> None:
        self.top, self.offset, self.current, self.selected = top, offset, current, selected

    @classmethod
    def of(cls, grid: PhotoGrid) -> Spot:
        """Where a grid stands now."""
        photos = grid.photo_list()
        if not photos.rowCount():
            return cls()
        top = photos.photo_id(grid.top_row()) if grid.verticalOffset() > 0 else None
        current = photos.photo_id(grid.currentIndex().row()) if grid.currentIndex().isValid() else None
        ids = photos.ids
        selected = tuple(int(ids[row]) for row in grid.selected_rows(limit=KEPT_SELECTION))
        return cls(top, grid.top_offset(), current, selected)

    def restore(self, grid: PhotoGrid) -> None:
        """Puts a grid there; photos that are gone are left out."""
        photos = grid.photo_list()
        mode = QItemSelectionModel.SelectionFlag
        current = photos.find(self.current) if self.current is not None else None
        if current is not None:
            grid.selectionModel().setCurrentIndex(photos.index(current, 0), mode.NoUpdate)
        selection = QItemSelection()
        for photo_id in self.selected:
            row = photos.find(photo_id)
            if row is not None:
                selection.select(photos.index(row, 0), photos.index(row, 0))
        if not selection.isEmpty():
            grid.selectionModel().select(selection, mode.ClearAndSelect)
        top = photos.find(self.top) if self.top is not None else None
        if top is not None:
            grid.show_at_top(top, self.offset)
