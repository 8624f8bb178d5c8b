"""Thumbnails for the grid: decoded in a pool, visible ones first; pixmaps are kept up to some bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    from engine.library.database import Library

CACHE_BYTES = 64 * 1024 * 1024
READERS = 2
BATCH = 6
IDLE_S = 2.0
LARGEST_BLOW_UP = 2  # tiny photos stay small


def decode(webp: bytes, side: int) -> QImage:
    """Decodes a thumbnail and scales it into a square, so that painting it need not scale.

    Args:
        webp: What the library holds.
        side: Of the square, in device pixels.

    Returns:
        A null image when the bytes are none.
    """
    image = QImage.fromData(webp)
    if image.isNull():
        return image
    fitted = image.size().scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio)
    if fitted.width() > image.width() * LARGEST_BLOW_UP:
        fitted = image.size() * LARGEST_BLOW_UP
    if fitted != image.size():
        image = image.scaled(
            fitted.expandedTo(QSize(1, 1)),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    kind = (
        QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
    )
    return image.convertToFormat(kind)


class _Wishes:
    """What to read next; replaced as a whole whenever the view moves, so nothing stale is read."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ids: list[int] = []
        self.side = 0
        self.closed = False

    def replace(self, ids: list[int], side: int) -> None:
        with self._changed:
            self._ids, self.side = ids[::-1], side
            self._changed.notify_all()

    def take(self) -> tuple[list[int], int]:
        """The next few ids and the side; no ids after a while of quiet or at the end."""
        with self._changed:
            if not self._ids and not self.closed:
                self._changed.wait(IDLE_S)
            if self.closed:
                return [], self.side
            batch = [self._ids.pop() for _ in range(min(BATCH, len(self._ids)))]
            return batch, self.side

    def left(self) -> int:
        with self._changed:
            return len(self._ids)

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._ids = []
            self._changed.notify_all()


class _Relay(QObject):
    """Carries images from the readers to the loader; owned by the loader, so it outlives every reader."""

    read = Signal(object, int)
    failed = Signal()
    ended = Signal()


class _Reader(QRunnable):
    """Reads thumbnails with a connection of its own until nothing is wished for."""

    def __init__(self, library_dir: Path, wishes: _Wishes, relay: _Relay) -> None:
        super().__init__()
        self._dir, self._wishes, self._relay = library_dir, wishes, relay

    def run(self) -> None:
        from engine.errors import LibraryError
        from engine.library.database import Library

        try:
            library = Library.open_reading(self._dir)
        except LibraryError:
            self._relay.failed.emit()  # the library thread says why; thumbnails are asked for again later
            self._relay.ended.emit()
            return
        try:
            self._read(library)
        except LibraryError:
            self._relay.failed.emit()
        finally:
            library.close()
            self._relay.ended.emit()

    def _read(self, library: Library) -> None:
        from engine.library.thumbnails import read_thumbnails

        while True:
            ids, side = self._wishes.take()
            if not ids:
                return
            webps = read_thumbnails(library, ids)
            images = [(i, decode(webps[i], side) if i in webps else QImage()) for i in ids]
            self._relay.read.emit(images, side)


class ThumbnailLoader(QObject):
    """Hands out pixmaps, and reads those that are wished for.

    Signals:
        arrived: Thumbnails came in; paint anew.
    """

    arrived = Signal()

    def __init__(
        self, library_dir: Path, parent: QObject | None = None, cache_bytes: int = CACHE_BYTES
    ) -> None:
        super().__init__(parent)
        self._dir = library_dir
        self._budget = cache_bytes
        self._bytes = 0
        self._cache: OrderedDict[int, tuple[QPixmap, int]] = OrderedDict()
        self._absent: set[int] = set()
        self._wishes = _Wishes()
        self._readers = 0
        self._relay = _Relay(self)
        self._relay.read.connect(self._take)
        self._relay.failed.connect(self._no_library)
        self._relay.ended.connect(self._reader_ended)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(READERS)

    def pixmap(self, photo_id: int) -> QPixmap | None:
        """The thumbnail if it is in memory, perhaps still in another size; None otherwise."""
        entry = self._cache.get(photo_id)
        if entry is None:
            return None
        self._cache.move_to_end(photo_id)
        return entry[0]

    @property
    def cached_bytes(self) -> int:
        """Memory that the pixmaps take."""
        return self._bytes

    def want(self, ids: Iterable[int], side: int) -> None:
        """Reads these next, in this order; what was wished for before and is not among them is dropped.

        Args:
            ids: Photo ids, the most urgent first.
            side: Side of the square that a thumbnail has to fill, in device pixels.
        """
        self._wishes.replace([i for i in ids if i not in self._absent and not self._has(i, side)], side)
        self._start_readers()

    def forget_absent(self) -> None:
        """Looks again for thumbnails that were not there: the library changed."""
        self._absent.clear()

    def close(self) -> None:
        """Stops the readers and waits for them."""
        self._relay.blockSignals(True)
        self._wishes.close()
        self._pool.waitForDone()
        self._cache.clear()
        self._bytes = 0

    def _has(self, photo_id: int, side: int) -> bool:
        entry = self._cache.get(photo_id)
        return entry is not None and entry[1] == side

    def _start_readers(self) -> None:
        while self._readers < min(READERS, self._wishes.left()):
            self._readers += 1
            self._pool.start(_Reader(self._dir, self._wishes, self._relay))

    @Slot()
    def _reader_ended(self) -> None:
        self._readers -= 1
        self._start_readers()  # for a wish that came in just as the reader gave up waiting

    @Slot()
    def _no_library(self) -> None:
        self._wishes.replace([], 0)

    @Slot(object, int)
    def _take(self, images: list[tuple[int, QImage]], side: int) -> None:
        for photo_id, image in images:
            if image.isNull():
                self._absent.add(photo_id)
                continue
            self._drop(photo_id)
            self._cache[photo_id] = (QPixmap.fromImage(image), side)
            self._bytes += image.sizeInBytes()
        while self._bytes > self._budget and len(self._cache) > 1:
            self._drop(next(iter(self._cache)))
        self.arrived.emit()

    def _drop(self, photo_id: int) -> None:
        entry = self._cache.pop(photo_id, None)
        if entry is not None:
            self._bytes -= entry[0].width() * entry[0].height() * 4
