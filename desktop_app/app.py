"""The composition root: makes the parts of the window and puts them together."""

import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot
from PySide6.QtWidgets import QApplication

from desktop_app.conductor import Conductor
from desktop_app.errors import BugTeller
from desktop_app.settings import WindowSettings
from desktop_app.theme import apply_theme
from desktop_app.thumbnails import ThumbnailLoader
from desktop_app.views.main_window import MainWindow


class Interrupts(QObject):
    """Ctrl-C in the terminal and a polite `kill` close the window.

    Python runs signal handlers only between its own steps, of which a waiting Qt makes none. So each signal
    writes a byte to a socket, which wakes Qt.

    Signals:
        came: SIGINT or SIGTERM.
    """

    came = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno())
        numbers = (signal.SIGINT, signal.SIGTERM)
        self._before = {number: signal.signal(number, self._note) for number in numbers}
        self._noted = False

    def close(self) -> None:
        """Gives the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._noted = True

    @Slot()
    def _woken(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
        if self._noted:
            self._noted = False
            self.came.emit()


def make_window(library_dir: Path) -> tuple[MainWindow, Conductor]:
    """Makes a window on a library; nothing is read and nothing started before `Conductor.begin`."""
    settings = WindowSettings(library_dir)
    thumbnails = ThumbnailLoader(library_dir)
    window = MainWindow(thumbnails, settings)
    thumbnails.setParent(window)
    return window, Conductor(window, library_dir, settings, thumbnails)


class _Start(QObject):
    """What follows once the window can be seen."""

    def __init__(self, conductor: Conductor, add: list[Path], on_visible: Callable[[], None] | None) -> None:
        super().__init__(conductor)
        self._conductor, self._add, self._on_visible = conductor, add, on_visible

    @Slot()
    def go(self) -> None:
        if self._on_visible is not None:
            self._on_visible()
        self._conductor.begin(self._add)


def run(library_dir: Path, add: Sequence[Path] = (), on_visible: Callable[[], None] | None = None) -> int:
    """Opens the window and stays until it is closed.

    Args:
        library_dir: The library; it may not exist yet.
        add: Folders to add at once.
        on_visible: Called when the window was painted for the first time, before anything heavy is loaded.

    Returns:
        The exit code.
    """
    application = QApplication(sys.argv[:1])
    application.setApplicationName("hammingbird")
    application.setApplicationDisplayName("Hammingbird")
    application.setDesktopFileName("hammingbird")
    application.setStyle("Fusion")
    apply_theme(application, WindowSettings(library_dir).theme)
    window, conductor = make_window(library_dir)
    start = _Start(conductor, list(add), on_visible)
    window.visible.connect(start.go)
    bugs = BugTeller(window.messages)
    interrupts = Interrupts(application)
    interrupts.came.connect(window.close)
    window.show()
    try:
        return application.exec()
    finally:
        conductor.close()
        interrupts.close()
        bugs.restore()
