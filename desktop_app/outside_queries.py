"""Photos from outside the library become queries: the service makes their codes, one after the other."""

import base64
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.places import NeighboursPlace, OutsidePhoto
from desktop_app.service_client import Answer, ServiceClient
from desktop_app.translation import tr

MOST_PHOTOS = 20


class _Relay(QObject):
    written = Signal(str)
    not_written = Signal(str)


class _Writer(QRunnable):
    """Writes a pasted picture to a file; a large one takes longer than a frame."""

    def __init__(self, picture: QImage, path: Path, relay: _Relay) -> None:
        super().__init__()
        self._picture, self._path, self._relay = picture, path, relay

    def run(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._picture.save(str(self._path), "PNG", 80):  # type: ignore[call-overload]
            self._relay.written.emit(str(self._path))
        else:
            self._relay.not_written.emit(str(self._path))


class _Gathering:
    """One query in the making: as many answers as photos."""

    def __init__(self, paths: Sequence[Path], name: str, under: Path | None) -> None:
        self.name, self.under = name, under
        self.paths = paths
        self.left = len(paths)
        self.photo_ids: list[int] = []
        self.outside: list[OutsidePhoto] = []
        self.troubles: list[tuple[Path, str]] = []


class OutsideQueries(QObject):
    """Turns files and pictures into places.

    Signals:
        found: The place to go to.
        refused: A file name and why it can't be used.
        busy: True while photos are being looked at.
    """

    found = Signal(object)
    refused = Signal(str)
    busy = Signal(bool)

    def __init__(self, library_dir: Path, service: ServiceClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library_dir = library_dir
        self._service = service
        self._latest: _Gathering | None = None
        self._temporary: Path | None = None
        self._pasted = 0
        self._relay = _Relay(self)
        self._relay.written.connect(self._picture_written)
        self._relay.not_written.connect(self._picture_not_written)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def ask_about_files(self, paths: Sequence[Path], under: Path | None = None, name: str = "") -> None:
        """Finds photos like these files.

        Args:
            paths: Files; of very many the first few.
            under: Limits the query to a folder.
            name: What to call them instead of their file names.
        """
        paths = list(paths)[:MOST_PHOTOS]
        if not paths:
            return
        self._latest = gathering = _Gathering(paths, name, under)
        self.busy.emit(True)
        for path in paths:
            self._service.ask("encode", partial(self._take, gathering, path), path=str(path))

    def ask_about_picture(self, picture: QImage) -> None:
        """Finds photos like a picture without a file: it gets one, in the library, until it was read."""
        if self._temporary is None:
            parent = self._library_dir / "temporary"
            try:
                parent.mkdir(parents=True, exist_ok=True)
                self._temporary = Path(tempfile.mkdtemp(prefix="pasted-", dir=parent))
            except OSError as error:
                self.refused.emit(
                    tr("The pasted picture could not be kept for reading: {reason}.").format(
                        reason=error.strerror
                    )
                )
                return
        self._pasted += 1
        self.busy.emit(True)
        self._pool.start(_Writer(picture, self._temporary / f"{self._pasted}.png", self._relay))

    def _take(self, gathering: _Gathering, path: Path, answer: Answer) -> None:
        gathering.left -= 1
        if answer.failed:
            gathering.troubles.append((path, answer.message))
        elif answer.ok.get("photo_id") is not None:
            gathering.photo_ids.append(int(answer.ok["photo_id"]))
        else:
            code = bytes.fromhex(answer.ok["code"])
            thumbnail = base64.b64decode(answer.ok["thumbnail"])
            gathering.outside.append(OutsidePhoto(code, gathering.name or path.name, thumbnail))
        if not gathering.left:
            self._finish(gathering)

    def _finish(self, gathering: _Gathering) -> None:
        """Takes a query whose photos were all looked at; an older one than the latest is dropped."""
        for path in gathering.paths:
            if path.parent == self._temporary:
                path.unlink(missing_ok=True)
        for path, trouble in gathering.troubles:
            name = gathering.name or path.name
            self.refused.emit(trouble if name in trouble else f"{name}: {trouble}")
        if gathering is not self._latest:
            return
        self._latest = None
        self.busy.emit(False)
        if gathering.photo_ids or gathering.outside:
            ids = tuple(dict.fromkeys(gathering.photo_ids))
            self.found.emit(NeighboursPlace(ids, tuple(gathering.outside), gathering.under))

    def close(self) -> None:
        """Waits for the writer and removes the temporary files."""
        self._relay.blockSignals(True)
        self._pool.waitForDone()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    @Slot(str)
    def _picture_written(self, path: str) -> None:
        self.ask_about_files([Path(path)], name=tr("Pasted picture"))

    @Slot(str)
    def _picture_not_written(self, path: str) -> None:
        self.busy.emit(False)
        self.refused.emit(
            tr("The pasted picture could not be written to {path}. Is the disk full?").format(path=path)
        )
