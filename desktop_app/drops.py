"""What was dropped or pasted: folders to add, files to ask about, a picture, or nothing of use."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from desktop_app.translation import tr


@dataclass(frozen=True)
class Brought:
    """What came in.

    Attributes:
        folders: To add.
        files: To find similar photos of.
        picture: A picture without a file; null when there is none.
        trouble: Why nothing of it can be used, empty otherwise.
    """

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    picture: QImage | None = None
    trouble: str = ""


def can_bring(mime: QMimeData) -> bool:
    """True when `brought` may find something of use."""
    return mime.hasUrls() or mime.hasImage()


def _paths_in_text(text: str) -> list[Path]:
    """Paths in pasted text, one a line, plain or as file:// addresses."""
    paths = []
    for line in text.splitlines():
        name = line.strip().strip("\"'")
        if name.startswith("file:"):
            name = QUrl(name).toLocalFile()
        if name:
            paths.append(Path(name).expanduser())
    return paths


def brought(mime: QMimeData) -> Brought:
    """Looks at what was dropped or pasted."""
    local = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if local:
        return _sorted(local)
    if mime.hasImage():
        picture = mime.imageData()
        if isinstance(picture, QImage) and not picture.isNull():
            return Brought(picture=picture)
    if mime.hasUrls():
        return Brought(
            trouble=tr(
                "That lies on the network, and Hammingbird does not go there: save it to a file first, "
                "or copy the picture itself."
            )
        )
    if mime.hasText() and mime.text().strip():
        paths = _paths_in_text(mime.text()[:20_000])
        if paths and any(_exists(path) for path in paths):
            return _sorted(paths)
        return Brought(
            trouble=tr("There is no file called “{name}”.").format(
                name=mime.text().strip().splitlines()[0][:120]
            )
        )
    return Brought(trouble=tr("There is nothing to paste: copy a picture, a file or a path first."))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # text that can't be a path: too long, or with a zero byte
        return False


def _sorted(paths: list[Path]) -> Brought:
    folders = tuple(path for path in paths if path.is_dir())
    return Brought(folders, tuple(path for path in paths if path not in folders))
