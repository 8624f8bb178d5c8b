"""What the person says about photos: captions, and which results are alike or not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from desktop_app.places import NeighboursPlace
from desktop_app.translation import number, tr

if TYPE_CHECKING:
    from desktop_app.library_edits import LibraryEdits
    from desktop_app.library_thread import LibraryThread
    from desktop_app.navigation import Navigator
    from desktop_app.photo_deeds import PhotoDeeds
    from desktop_app.views.dialogs.caption_editor import CaptionEditor
    from desktop_app.views.main_window import MainWindow
    from engine.library.photos import PhotoRow

MOST_PHOTOS = 10_000
EDITOR = "captionEditor"


class TeachingDesk(QObject):
    """Lets captions be written, and pairs be told; both can be undone."""

    def __init__(
        self,
        window: MainWindow,
        library: LibraryThread,
        navigator: Navigator,
        edits: LibraryEdits,
        deeds: PhotoDeeds,
    ) -> None:
        super().__init__(window)
        self._window, self._library, self._navigator = window, library, navigator
        self._edits, self._deeds = edits, deeds
        library.detailsRead.connect(self._take_details)

    def asked_photos(self) -> tuple[int, ...]:
        """Photos of the library that the results shown are neighbours of."""
        place, listing = self._navigator.place, self._navigator.listing
        shown = listing is not None and listing.place == place  # else the grid has another place's photos
        return place.photo_ids if shown and isinstance(place, NeighboursPlace) else ()

    @Slot()
    def edit_captions(self) -> None:
        """Opens the editor for the chosen photos; one at a time, and for no more than are written at once."""
        if self._window.grid.selected_count() > MOST_PHOTOS and not self._window.viewer.isVisible():
            self._window.messages.tell(
                tr("Choose up to {most} photos for one caption.").format(most=number(MOST_PHOTOS)),
                brief=True,
            )
            return
        ids = self._deeds.chosen_ids()
        if ids and self._window.findChild(QDialog, EDITOR) is None:
            self._library.read_details("captions", ids)

    @Slot(str, object, object)
    def _take_details(self, purpose: str, ids: list[int], rows: dict[int, PhotoRow]) -> None:
        found = [rows[i] for i in ids if i in rows]
        if purpose != "captions" or not found or self._window.findChild(QDialog, EDITOR) is not None:
            return
        from desktop_app.views.dialogs.caption_editor import CaptionEditor

        editor = CaptionEditor(found, self._window)
        editor.setObjectName(EDITOR)
        editor.saveWanted.connect(partial(self._save, editor, [row.id for row in found]))
        editor.open()

    def _save(self, editor: CaptionEditor, ids: list[int], texts: list[str]) -> None:
        values: dict[str, object] = {"photo_id": ids[0], "texts": texts}
        if len(ids) == 1:
            message = tr("The caption is kept in the library.")
            self._edits.change("set_captions", values, message, tr("caption"), editor.take_outcome)
        else:
            values = {"photo_ids": ids, "text": texts[0]}
            message = tr("%Ln photos have got the caption “{text}”.", None, len(ids)).format(
                text=texts[0][:60]
            )
            undoes = tr("caption of %Ln photos", None, len(ids))
            self._edits.change("add_caption", values, message, undoes, editor.take_outcome)

    @Slot()
    def more_like_this(self) -> None:
        """The chosen results are like the photos asked for."""
        self._tell(alike=True)

    @Slot()
    def less_like_this(self) -> None:
        """The chosen results are not like the photos asked for."""
        self._tell(alike=False)

    def _tell(self, *, alike: bool) -> None:
        asked, told = self.asked_photos(), self._deeds.chosen_ids(MOST_PHOTOS)
        if not asked or not told:
            return
        alike_told = tr(
            "Noted: %Ln photo(s) like what you asked for. Retraining learns from it.", None, len(told)
        )
        other_told = tr(
            "Noted: %Ln photo(s) not like what you asked for. Retraining learns from it.", None, len(told)
        )
        message = alike_told if alike else other_told
        values = {"asked": list(asked), "told": told, "alike": alike}
        self._edits.change(
            "tell_pairs", values, message, tr("more like this") if alike else tr("less like this")
        )
