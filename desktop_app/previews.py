"""Large pictures for the viewer: the service decodes, a pool thread reads what it wrote."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.service_client import Answer, ServiceClient
from desktop_app.translation import tr


def read_raw(path: Path, width: int, height: int) -> QImage:
    """Reads RGB888 bytes into a picture that owns its memory, and deletes the file.

    Returns:
        A null image when the file is gone or too short.
    """
    try:
        data = path.read_bytes()
        path.unlink()
    except OSError:
        return QImage()
    if width <= 0 or height <= 0 or len(data) < width * height * 3:
        return QImage()
    # The conversion copies, so the picture does not look into `data` after we return.
    return QImage(data, width, height, width * 3, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


class _Relay(QObject):
    read = Signal(int, QImage, QSize)


class _RawReader(QRunnable):
    def __init__(self, photo_id: int, told: dict[str, object], relay: _Relay) -> None:
        super().__init__()
        self._photo_id, self._told, self._relay = photo_id, told, relay

    def run(self) -> None:
        size = [int(str(self._told[key])) for key in ("width", "height", "full_width", "full_height")]
        image = read_raw(Path(str(self._told["file"])), size[0], size[1])
        self._relay.read.emit(self._photo_id, image, QSize(size[2], size[3]))


class PreviewLoader(QObject):
    """Asks the service for previews; only the newest wish counts.

    Signals:
        arrived: Photo id, picture, full size of the photo.
        failed: Photo id and what went wrong.
    """

    arrived = Signal(int, QImage, QSize)
    failed = Signal(int, str)

    def __init__(self, service: ServiceClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._request = 0
        self._relay = _Relay(self)
        self._relay.read.connect(self._take_picture)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def load(self, photo_id: int, path: Path, max_side: int | None) -> None:
        """Wishes for a preview.

        Args:
            photo_id: Comes back with the picture.
            path: The file.
            max_side: Longest side in pixels; None for full size.
        """
        self._request = self._service.ask(
            "preview", partial(self._take_answer, photo_id), path=str(path), max_side=max_side
        )

    def _take_answer(self, photo_id: int, answer: Answer) -> None:
        if answer.failed:
            self.failed.emit(photo_id, answer.message)
        else:
            self._pool.start(_RawReader(photo_id, answer.ok, self._relay))

    def close(self) -> None:
        """Waits for the reader."""
        self._relay.blockSignals(True)
        self._pool.waitForDone()

    @Slot(int, QImage, QSize)
    def _take_picture(self, photo_id: int, image: QImage, full: QSize) -> None:
        if image.isNull():
            self.failed.emit(photo_id, tr("The preview could not be read."))
        else:
            self.arrived.emit(photo_id, image, full)
