"""What the desktop can do with a file: show it in the file manager, take it to the clipboard."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage

FILE_MANAGER = "org.freedesktop.FileManager1"


def files_as_mime(paths: Sequence[Path], picture: QImage | None = None) -> QMimeData:
    """Files for the clipboard: as files for file managers, as text, and one picture for picture programs."""
    urls = [QUrl.fromLocalFile(str(path)) for path in paths]
    mime = QMimeData()
    mime.setUrls(urls)
    mime.setText("\n".join(str(path) for path in paths))
    listed = "\n".join(["copy", *(bytes(url.toEncoded().data()).decode() for url in urls)])
    mime.setData("x-special/gnome-copied-files", listed.encode())
    if picture is not None and not picture.isNull():
        mime.setImageData(picture)
    return mime


class FileManager(QObject):
    """Shows files in the desktop's file manager, with the file marked where the desktop can do that."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: dict[QObject, Path] = {}

    def show(self, path: Path) -> bool:
        """Shows a file in its folder, or a folder itself.

        Returns:
            False when there is nothing at that path and no folder around it either.
        """
        folder = path if path.is_dir() else path.parent
        if not folder.is_dir():
            return False
        if path.is_dir() or not path.exists():
            return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        if sys.platform == "darwin":
            subprocess.Popen(["open", "-R", str(path)])  # noqa: S607
        elif sys.platform == "win32":
            subprocess.Popen(f'explorer /select,"{path}"')
        else:
            self._ask_over_dbus(path)
        return True

    def _ask_over_dbus(self, path: Path) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            self._open_folder(path)
            return
        message = QDBusMessage.createMethodCall(
            FILE_MANAGER, "/org/freedesktop/FileManager1", FILE_MANAGER, "ShowItems"
        )
        message.setArguments(
            [[QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)], ""]
        )
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message), self)
        self._asked[watcher] = path
        watcher.finished.connect(self._answered)

    @Slot()
    def _answered(self) -> None:
        watcher = self.sender()
        path = self._asked.pop(watcher, None)
        if path is not None and watcher.isError():  # type: ignore[attr-defined]
            self._open_folder(path)
        watcher.deleteLater()

    def _open_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
