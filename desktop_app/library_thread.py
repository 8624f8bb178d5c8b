"""The thread that reads the library: it owns a connection and the Hamming index, and looks for changes.

The heavy imports (numpy, faiss, the library itself) happen here, after the window is on the screen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.places import NeighboursPlace, PhotosPlace, Place
from desktop_app.thumbnails import decode
from engine.errors import HammingbirdError, UsageError

if TYPE_CHECKING:
    from engine.library.database import Library
    from engine.library.photos import Counts, FolderCount, PhotoRow
    from engine.library.problems import Problem
    from engine.library.roots import Root
    from engine.search.hamming_index import HammingIndex

POLL_MS = 300
OPEN_ATTEMPTS = 4
KEPT_NEIGHBOURS = 2000
QUERY_THUMBNAILS = 6
QUERY_THUMBNAIL_SIDE = 96


@dataclass(frozen=True)
class Listing:
    """What a place holds.

    Attributes:
        generation: Of the request; an answer to an older request is thrown away.
        place: What was asked for.
        ids: int64 (N,): photo ids in the order to show.
        distances: int32 (N,): bits, for neighbours; negative where there is none.
        matches: uint8 (N,): where the words stand (`engine.search.query.Match`), for neighbours.
        limit: The calibrated distance up to which a neighbour is near, in bits.
        n_bits: Length of a code, for neighbours that were compared by codes.
        query_images: Thumbnails of the query photos.
        trouble: Why there is nothing, when that is not simply so.
    """

    generation: int
    place: Place
    ids: Any = ()
    distances: Any = None
    matches: Any = None
    limit: int = 0
    n_bits: int = 0
    query_images: tuple[QImage, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Overview:
    """What the left side shows.

    Attributes:
        roots: All roots.
        folders: Photos in each folder.
        counts: Of the whole library.
    """

    roots: list[Root]
    folders: list[FolderCount]
    counts: Counts


class LibraryWorker(QObject):
    """Lives in the library thread; everything here is called through signals.

    Signals:
        opened: The library is there.
        absent: There is none yet; looked for again and again.
        broken: The library can't be read: what and remedy.
        changed: Photos or codes changed since the last look.
        listed, rowsRead, detailsRead, overviewRead, problemsRead, modelsRead: Answers.
        workDone: What is to take the result of a `work`, and the result.
    """

    opened = Signal()
    absent = Signal()
    broken = Signal(str)
    changed = Signal()
    listed = Signal(object)
    rowsRead = Signal(int, object, object)
    detailsRead = Signal(str, object, object)
    overviewRead = Signal(object)
    problemsRead = Signal(object)
    modelsRead = Signal(object)
    workDone = Signal(object, object)

    def __init__(self, library_dir: Path) -> None:
        super().__init__()
        self._dir = library_dir
        self._library: Library | None = None
        self._index: HammingIndex | None = None
        self._timer = QTimer(self)  # goes to the library thread with its parent
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._stamp = 0
        self._said_absent = False
        self._failures = 0
        self.newest_generation = 0  # written by the window's thread, read here to skip stale requests

    @Slot()
    def begin(self) -> None:
        """Opens the library, and from then on looks for changes."""
        self._timer.start()
        self._look()

    @Slot()
    def end(self) -> None:
        """Closes the connection in the thread that opened it, and then ends the thread."""
        self._timer.stop()
        if self._library is not None:
            self._library.close()
            self._library = None
            self._index = None
        self.thread().quit()

    @Slot()
    def _look(self) -> None:
        if self._library is None:
            self._try(self._open)
        else:
            self._try(self._look_for_changes)

    def _try(self, work: Callable[[], None]) -> None:
        """Does the work; what a person can do something about is told, once until all is well again."""
        try:
            work()
        except HammingbirdError as error:
            self._fail(str(error))
        except sqlite3.Error as error:
            self._fail(f"The library {self._dir} could not be read ({error}).")
        else:
            self._failures = 0

    def _fail(self, trouble: str) -> None:
        self._failures += 1
        # A library that is just being made looks broken for a moment.
        if self._failures == (1 if self._library is not None else OPEN_ATTEMPTS):
            self.broken.emit(trouble)

    def _open(self) -> None:
        if not (self._dir / "library.db").exists():
            if not self._said_absent:
                self._said_absent = True
                self.absent.emit()
            return
        from engine.library.database import Library

        self._library = Library.open_reading(self._dir)
        self._stamp = self._newest_change()
        self.opened.emit()

    def _newest_change(self) -> int:
        from engine.library.changes import last_seq

        assert self._library is not None
        return last_seq(self._library)

    def _look_for_changes(self) -> None:
        stamp = self._newest_change()
        if stamp != self._stamp:
            self._stamp = stamp
            self.changed.emit()

    @Slot(int, object, str)
    def list_place(self, generation: int, place: Place, order: str) -> None:
        """Answers with a `Listing` unless something newer was asked for meanwhile."""
        if self._library is None or generation < self.newest_generation:
            return

        def work() -> None:
            if isinstance(place, NeighboursPlace):
                self.listed.emit(self._neighbours(generation, place))
            elif isinstance(place, PhotosPlace):
                self.listed.emit(self._photos(generation, place, order))

        self._try(work)

    def _photos(self, generation: int, place: PhotosPlace, order: str) -> Listing:
        import numpy as np

        from engine.library.caption_overview import uncaptioned_ids
        from engine.library.photos import grid_ids

        assert self._library is not None
        try:
            ids = grid_ids(self._library, place.folder, order)
            if place.uncaptioned:
                ids = ids[np.isin(ids, uncaptioned_ids(self._library))]
            return Listing(generation, place, ids)
        except UsageError as error:
            return Listing(generation, place, trouble=str(error))

    def _neighbours(self, generation: int, place: NeighboursPlace) -> Listing:
        from engine.library.thumbnails import read_thumbnail
        from engine.search.hamming_index import HammingIndex
        from engine.search.query import Query, answer

        assert self._library is not None
        webps = [read_thumbnail(self._library, i) for i in place.photo_ids[:QUERY_THUMBNAILS]]
        webps += [photo.thumbnail for photo in place.outside[:QUERY_THUMBNAILS]]
        images = tuple(decode(webp, QUERY_THUMBNAIL_SIDE) if webp else QImage() for webp in webps)
        if self._index is None:
            self._index = HammingIndex(self._library)
        self._index.refresh()
        codes = tuple(photo.code for photo in place.outside)
        query = Query(
            place.photo_ids, codes, place.sentence, place.words, under=place.under, top=KEPT_NEIGHBOURS
        )
        compared = place.photo_ids or place.outside or place.sentence
        n_bits = self._index.snapshot.codes.shape[1] * 8 if compared else 0
        try:
            found = answer(self._library, self._index, query)
        except UsageError as error:
            return Listing(generation, place, n_bits=n_bits, query_images=images, trouble=str(error))
        return Listing(
            generation, place, found.ids, found.distances, found.matches, found.limit, n_bits, images
        )

    @Slot(int, object)
    def read_rows(self, page: int, ids: list[int]) -> None:
        """Answers with the rows of a page of the grid."""
        if self._library is not None:
            self._try(lambda: self.rowsRead.emit(page, ids, self._rows(ids)))

    @Slot(str, object)
    def read_details(self, purpose: str, ids: list[int]) -> None:
        """Answers with the rows of some photos, and says again what they are for."""
        if self._library is not None:
            self._try(lambda: self.detailsRead.emit(purpose, ids, self._rows(ids)))

    def _rows(self, ids: list[int]) -> dict[int, PhotoRow]:
        from engine.library.photos import photo_rows

        assert self._library is not None
        return photo_rows(self._library, ids)

    @Slot()
    def read_overview(self) -> None:
        """Answers with roots, folders and counts."""
        if self._library is not None:
            self._try(self._read_overview)

    def _read_overview(self) -> None:
        from engine.library.photos import counts, folder_counts
        from engine.library.roots import list_roots

        library = self._library
        assert library is not None
        with library.reading():
            overview = Overview(list_roots(library), folder_counts(library), counts(library))
        self.overviewRead.emit(overview)

    @Slot()
    def read_problems(self) -> None:
        """Answers with the problem list."""
        if self._library is not None:
            self._try(self._read_problems)

    def _read_problems(self) -> None:
        from engine.library.problems import list_problems

        assert self._library is not None
        problems: list[Problem] = list_problems(self._library)
        self.problemsRead.emit(problems)

    @Slot()
    def read_models(self) -> None:
        """Answers with the models whose codes the library holds."""
        if self._library is not None:
            self._try(self._read_models)

    def _read_models(self) -> None:
        from engine.library.models_table import list_models

        assert self._library is not None
        self.modelsRead.emit(list_models(self._library))

    @Slot(object, object)
    def work(self, work: Callable[[Library], object], take: Callable[[Any], None]) -> None:
        """Does what only one desk needs, and answers with its result."""
        library = self._library
        if library is not None:
            self._try(lambda: self.workDone.emit(take, work(library)))


class LibraryThread(QObject):
    """The window's handle on the worker: what is asked here is done there.

    Signals:
        As `LibraryWorker`'s, on the window's thread.
    """

    opened = Signal()
    absent = Signal()
    broken = Signal(str)
    changed = Signal()
    listed = Signal(object)
    rowsRead = Signal(int, object, object)
    detailsRead = Signal(str, object, object)
    overviewRead = Signal(object)
    problemsRead = Signal(object)
    modelsRead = Signal(object)

    _begin = Signal()
    _end = Signal()
    _list = Signal(int, object, str)
    _rows = Signal(int, object)
    _details = Signal(str, object)
    _overview = Signal()
    _problems = Signal()
    _models = Signal()
    _work = Signal(object, object)

    def __init__(self, library_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._thread = QThread(self)
        self._thread.setObjectName("library")
        self._worker = LibraryWorker(library_dir)
        self._worker.moveToThread(self._thread)
        worker = self._worker
        self._begin.connect(worker.begin)
        self._end.connect(worker.end)
        self._list.connect(worker.list_place)
        self._rows.connect(worker.read_rows)
        self._details.connect(worker.read_details)
        self._overview.connect(worker.read_overview)
        self._problems.connect(worker.read_problems)
        self._models.connect(worker.read_models)
        self._work.connect(worker.work)
        worker.workDone.connect(self._hand_over)
        worker.opened.connect(self.opened)
        worker.absent.connect(self.absent)
        worker.broken.connect(self.broken)
        worker.changed.connect(self.changed)
        worker.listed.connect(self.listed)
        worker.rowsRead.connect(self.rowsRead)
        worker.detailsRead.connect(self.detailsRead)
        worker.overviewRead.connect(self.overviewRead)
        worker.problemsRead.connect(self.problemsRead)
        worker.modelsRead.connect(self.modelsRead)

    def begin(self) -> None:
        """Starts the thread and opens the library."""
        self._thread.start()
        self._begin.emit()

    def list_place(self, place: Place, order: str) -> int:
        """Asks what a place holds.

        Returns:
            The generation that the answer will carry.
        """
        self._generation += 1
        self._worker.newest_generation = self._generation
        self._list.emit(self._generation, place, order)
        return self._generation

    @Slot(int, object)
    def read_rows(self, page: int, ids: list[int]) -> None:
        """Asks for the rows of a page."""
        self._rows.emit(page, ids)

    def read_details(self, purpose: str, ids: list[int]) -> None:
        """Asks for the rows of some photos."""
        self._details.emit(purpose, ids)

    @Slot()
    def read_overview(self) -> None:
        """Asks for roots, folders and counts."""
        self._overview.emit()

    @Slot()
    def read_problems(self) -> None:
        """Asks for the problem list."""
        self._problems.emit()

    @Slot()
    def read_models(self) -> None:
        """Asks for the models."""
        self._models.emit()

    def read(self, work: Callable[[Library], object], take: Callable[[Any], None]) -> None:
        """Asks for what only one desk needs.

        Args:
            work: Reads in the library thread, with its library; it is not called while there is none.
            take: Gets the result on this thread; not called when the library can't be read.
        """
        self._work.emit(work, take)

    @Slot(object, object)
    def _hand_over(self, take: Callable[[Any], None], result: object) -> None:
        if not self.signalsBlocked():  # closed meanwhile
            take(result)

    def close(self) -> None:
        """Closes the library and ends the thread; answers on their way are not told any more."""
        if self._thread.isRunning():
            self._end.emit()
            self.blockSignals(True)
            self._thread.wait()
