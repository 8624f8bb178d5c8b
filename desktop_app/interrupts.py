"""Ctrl-C in the terminal."""

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot


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
