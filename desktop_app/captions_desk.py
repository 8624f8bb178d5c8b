"""Between the page of captions and what it needs: the library's figures, tables that are taken in, marks."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.child_command import ChildCommands, Outcome
from desktop_app.places import PhotosPlace
from desktop_app.translation import QT_TR_NOOP, number, tr

if TYPE_CHECKING:
    from desktop_app.library_edits import LibraryEdits
    from desktop_app.library_thread import LibraryThread
    from desktop_app.navigation import Navigator
    from desktop_app.service_client import Answer, ServiceClient
    from desktop_app.views.dialogs.captions_page import CaptionFigures, CaptionsPage
    from desktop_app.views.main_window import MainWindow
    from engine.library.database import Library

SHOWN_NAMES = 3
LEFT_OUT = {
    "unknown": QT_TR_NOOP("Left out, since no photo of the library has such a name: {names}."),
    "ambiguous": QT_TR_NOOP("Left out, since several photos have such a name: {names}."),
}


class CaptionsDesk(QObject):
    """Opens the page of captions and does what is asked for there.

    Signals:
        ignoredChanged: Other texts are left out from now on when a model learns.
    """

    ignoredChanged = Signal()

    def __init__(
        self,
        window: MainWindow,
        library_dir: Path,
        library: LibraryThread,
        navigator: Navigator,
        service: ServiceClient,
        edits: LibraryEdits,
    ) -> None:
        super().__init__(window)
        self._window, self._library, self._navigator = window, library, navigator
        self._service, self._edits = service, edits
        self._commands = ChildCommands(library_dir, self)
        self._temporary: Path | None = None
        self._page: CaptionsPage | None = None
        library.changed.connect(self._ask)

    @Slot()
    def show(self) -> None:
        """Opens the page, or brings it to the front."""
        if self._page is None:
            from desktop_app.views.dialogs.captions_page import CaptionsPage

            page = self._page = CaptionsPage(self._window)
            page.uncaptionedWanted.connect(self._show_uncaptioned)
            page.ignoredChanged.connect(self._ignore)
            page.pasted.connect(self._take_pasted)
            page.tableWanted.connect(self._take_table)
            page.destroyed.connect(self._gone)
        self._page.show()
        self._page.activateWindow()
        self._ask()

    def close(self) -> None:
        """Waits for no command any more."""
        self._commands.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    @Slot()
    def _ask(self) -> None:
        if self._page is not None:
            self._library.read(_read_figures, self._take_figures)

    def _take_figures(self, figures: CaptionFigures) -> None:
        if self._page is not None:
            self._page.show_figures(figures)

    @Slot()
    def _show_uncaptioned(self) -> None:
        self._navigator.go(PhotosPlace(uncaptioned=True))

    @Slot(object)
    def _ignore(self, texts: list[str]) -> None:
        self._service.ask("ignore_captions", self._ignored, texts=texts)

    def _ignored(self, answer: Answer) -> None:
        if answer.failed:
            self._window.messages.tell(answer.message)
            self._ask()
        else:
            self.ignoredChanged.emit()

    # -- lists and tables ----------------------------------------------------------------------------------

    @Slot(object)
    def _take_pasted(self, rows: Sequence[tuple[str, str]]) -> None:
        """A list becomes a table for a moment, so that both come in by one way."""
        try:
            self._temporary = self._temporary or Path(tempfile.mkdtemp(prefix="hammingbird-"))
            table = self._temporary / "list.json"
            table.write_text(json.dumps([{"photo": name, "caption": text} for name, text in rows]), "utf-8")
        except OSError as error:
            self._tell(
                tr("The list can't be written for the moment: {reason}. Make room on the disk.").format(
                    reason=error.strerror
                )
            )
            return
        self._run(table, partial(self._imported_list, table))

    def _imported_list(self, table: Path, outcome: Outcome) -> None:
        trouble = outcome.trouble.replace(str(table), "The list")
        self._imported(tr("the list"), Outcome(outcome.text, trouble))

    @Slot(object)
    def _take_table(self, table: Path) -> None:
        self._run(table, partial(self._imported, table.name))

    def _run(self, table: Path, take: Any) -> None:
        if self._page is not None:
            self._page.show_busy(True)
        self._tell(tr("Taking the captions in…"))
        self._commands.run(["captions", "import", "--json", "--", str(table)], take)

    def _imported(self, name: str, outcome: Outcome) -> None:
        if self._page is not None:
            self._page.show_busy(False)
        if outcome.trouble:
            self._tell(outcome.trouble)
            return
        figures = json.loads(outcome.text)
        self._tell(imported_text(figures))
        if figures["undo"] is not None:
            told = tr("The captions of {name} are in the library.").format(name=name)
            self._edits.tell_undo(
                int(figures["undo"]), told, tr("captions of {name}").format(name=name), brief=True
            )
        self._edits.done.emit()
        self._ask()

    def _tell(self, text: str) -> None:
        if self._page is not None:
            self._page.show_outcome(text)
        else:
            self._window.messages.tell(text, brief=True)

    @Slot()
    def _gone(self) -> None:
        self._page = None


def imported_text(figures: dict[str, Any]) -> str:
    """What became of a table, in sentences.

    Args:
        figures: What `hammingbird captions import --json` prints.
    """
    told = [
        tr("New captions: {captions}, of photos: {photos}.").format(
            captions=number(figures["captions"]), photos=number(figures["photos"])
        )
    ]
    if figures["known"]:
        told.append(tr("There already: {known}.").format(known=number(figures["known"])))
    if figures["cut"]:
        told.append(
            tr("Too long, and cut off after 4,000 letters: {cut}.").format(cut=number(figures["cut"]))
        )
    for key, why in LEFT_OUT.items():
        names = figures[key]
        if names:
            shown, left = ", ".join(names[:SHOWN_NAMES]), len(names) - SHOWN_NAMES
            shown = tr("{names} and %Ln more", None, left).format(names=shown) if left > 0 else shown
            told.append(tr(why).format(names=shown))
    return " ".join(told)


def _read_figures(library: Library) -> CaptionFigures:
    from desktop_app.views.dialogs.captions_page import CaptionFigures
    from engine.library.caption_languages import caption_languages
    from engine.library.caption_overview import caption_overview
    from engine.library.settings import ignored_captions

    return CaptionFigures(caption_overview(library), caption_languages(library), ignored_captions(library))
