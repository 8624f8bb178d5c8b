"""What stands behind the first step of a retraining: what can be chosen, and the check of what is chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from desktop_app.child_command import ChildCommands, Outcome
from desktop_app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from desktop_app.library_thread import LibraryThread
    from desktop_app.retraining_request import RetrainingRequest
    from desktop_app.views.retraining.setup_page import SetupPage
    from engine.library.database import Library

SETTLE_MS = 400
PHOTOS_FILE = "chosen-photos.txt"
NO_SOURCE = QT_TR_NOOP("No captions are chosen. Choose at least one kind above.")


@dataclass(frozen=True)
class Captions:
    """What there is to choose from.

    Attributes:
        photos: How many the library has.
        sources: Photos with captions, by source.
        ignored: Captions that are marked as saying nothing.
    """

    photos: int
    sources: Mapping[str, int]
    ignored: tuple[str, ...]


class RetrainingSetup(QObject):
    """Fills the page, and has a child look at what is chosen, one at a time."""

    def __init__(self, library_dir: Path, library: LibraryThread, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._photos_file = library_dir / "retraining" / PHOTOS_FILE
        self._checks = ChildCommands(library_dir, self)
        self._page: SetupPage | None = None
        self._folder: Path | None = None
        self._chosen: tuple[int, ...] = ()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._check)

    def serve(self, page: SetupPage) -> None:
        """Works for a page from now on."""
        self._page = page
        page.checkWanted.connect(self._settle.start)

    def arrive(self, folder: Path | None, chosen: Sequence[int]) -> None:
        """Somebody looks at the page.

        Args:
            folder: The folder that was shown before; None for none.
            chosen: Ids of the photos that are chosen there.
        """
        self._folder, self._chosen = folder, tuple(chosen)
        if self._page is not None:
            self._page.choices.offer_photos(0, self._folder, self._chosen)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Looks anew at what there is to learn from."""
        if self._page is not None:
            self._page.look_anew()
        self._library.read(_read_captions, self._take_captions)

    @Slot()
    def leave(self) -> None:
        """Nobody looks any more."""
        self._settle.stop()
        self._checks.close()

    def job(self) -> list[str]:
        """The command that does what is chosen now.

        Raises:
            OSError: The list of chosen photos can't be written.
        """
        assert self._page is not None
        return [*self._command(self._page.choices.request()), "--wait"]

    def _command(self, request: RetrainingRequest) -> list[str]:
        if request.photos:
            self._photos_file.parent.mkdir(parents=True, exist_ok=True)
            self._photos_file.write_text("".join(f"{photo}\n" for photo in request.photos))
        return request.arguments(self._photos_file)

    def _take_captions(self, captions: Captions) -> None:
        if self._page is None:
            return
        choices = self._page.choices
        before = choices.request()
        choices.offer_photos(captions.photos, self._folder, self._chosen)
        choices.offer_sources(captions.sources, captions.ignored)
        if choices.request() != before:
            self._page.look_anew()

    @Slot()
    def _check(self) -> None:
        """Has what is chosen now looked at, in place of what was chosen before."""
        self._checks.close()
        if self._page is None:
            return
        if self._page.choices.nothing_to_read:
            self._page.show_trouble(tr(NO_SOURCE))
            return
        try:
            command = self._command(self._page.choices.request())
        except OSError as error:
            self._page.show_trouble(
                tr("The library's folder can't be written: {reason}. Make room there.").format(
                    reason=error.strerror
                )
            )
            return
        self._checks.run([*command, "--check", "--json"], self._take_check)

    def _take_check(self, outcome: Outcome) -> None:
        if self._page is None:
            return
        if outcome.trouble:
            self._page.show_trouble(outcome.trouble)
        else:
            self._page.show_check(json.loads(outcome.text))


def _read_captions(library: Library) -> Captions:
    from engine.library.caption_overview import caption_overview
    from engine.library.settings import ignored_captions

    overview = caption_overview(library)
    return Captions(overview.photos, overview.sources, ignored_captions(library))
