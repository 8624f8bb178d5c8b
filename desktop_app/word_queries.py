"""Words become queries: alone, or together with the photos that are asked about."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.places import NeighboursPlace, PhotosPlace, Place
from desktop_app.service_client import Answer

if TYPE_CHECKING:
    from desktop_app.navigation import Navigator
    from desktop_app.service_client import ServiceClient
    from desktop_app.views.search_field import SearchField


class WordQueries(QObject):
    """Stands between the search field, the service, which makes codes of sentences, and the navigator.

    Signals:
        refused: Why words can't be asked for.
    """

    refused = Signal(str)

    def __init__(
        self, field: SearchField, service: ServiceClient, navigator: Navigator, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._field, self._service, self._navigator = field, service, navigator
        field.asked.connect(self.ask)
        navigator.moved.connect(self._show)

    @Slot()
    def focus(self) -> None:
        """Lets the person type."""
        self._field.setFocus()
        self._field.selectAll()

    @Slot(str)
    def ask(self, words: str) -> None:
        """Asks for words, or takes them out of the query when they are empty."""
        place = self._navigator.place
        base = place if isinstance(place, NeighboursPlace) else NeighboursPlace()
        if words:
            self._service.ask("sentence", partial(self._take, words, place, base), text=words)
        elif base.photo_ids or base.outside:
            self._navigator.go(replace(base, words="", sentence=b""))
        else:
            self._navigator.go(PhotosPlace(base.under))

    def _take(self, words: str, asked_at: Place, base: NeighboursPlace, answer: Answer) -> None:
        if self._navigator.place != asked_at:
            return  # the person went on meanwhile
        if answer.failed:
            self.refused.emit(answer.message)
        else:
            outputs = bytes.fromhex(answer.ok["outputs"] or "")
            self._navigator.go(replace(base, words=words, sentence=outputs))

    @Slot(object)
    def _show(self, place: Place) -> None:
        if isinstance(place, NeighboursPlace):
            self._field.show_words(place.words, photos=bool(place.photo_ids or place.outside))
        else:
            self._field.show_words("", photos=False)
