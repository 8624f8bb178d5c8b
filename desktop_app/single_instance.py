"""One window a library: a second start hands over what it was given to the window that is open, and ends."""

import getpass
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS = 500
ANSWER_MS = 4000  # a window that is busy answers later than at once; one that hangs, never
LONGEST_MESSAGE = 4_000_000  # bytes
TAKEN = b"taken\n"
ACTIVATION = "XDG_ACTIVATION_TOKEN"  # what lets a window come to the front under Wayland


@dataclass(frozen=True)
class HandOver:
    """What a start was given.

    Attributes:
        paths: Files to ask about and folders to show or to offer, absolute.
        add: Folders to add at once, absolute.
        activation: The desktop's permission to come to the front; empty where it gives none.
    """

    paths: tuple[Path, ...] = ()
    add: tuple[Path, ...] = ()
    activation: str = ""

    def to_line(self) -> bytes:
        """As one line of JSON; a name that is no UTF-8 goes along as it is."""
        told = {"paths": [*map(str, self.paths)], "add": [*map(str, self.add)], "activation": self.activation}
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "HandOver | None":
        """Reads what `to_line` wrote; None when the line is something else."""
        try:
            told = json.loads(line)
            paths, add = (tuple(map(Path, map(str, told[key]))) for key in ("paths", "add"))
            return cls(paths, add, str(told["activation"]))
        except (ValueError, KeyError, TypeError):
            return None


def server_name(library_dir: Path) -> str:
    """What the window of this user on this library listens to: a name, or a path where there is one for it.

    A socket in the library itself would not do: that may lie on a drive that knows no sockets.
    """
    whose = f"{getpass.getuser()}\0{library_dir.resolve()}"
    name = (
        f"hammingbird-{hashlib.blake2b(whose.encode(errors='surrogateescape'), digest_size=10).hexdigest()}"
    )
    own_place = os.environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform.startswith("linux") and own_place and Path(own_place).is_dir():
        return str(Path(own_place) / name)
    return name


def hand_over(library_dir: Path, paths: Sequence[Path] = (), add: Sequence[Path] = ()) -> bool:
    """Gives paths to the window that is open on a library.

    Args:
        library_dir: The library.
        paths: Files to ask about and folders to show.
        add: Folders to add at once.

    Returns:
        False when there is no such window, or it does not answer: then this start opens its own.
    """
    socket = QLocalSocket()
    socket.connectToServer(server_name(library_dir))
    if not socket.waitForConnected(CONNECT_MS):
        return False
    _let_others_come_to_the_front()
    told = HandOver(tuple(paths), tuple(add), os.environ.get(ACTIVATION, ""))
    socket.write(told.to_line())
    socket.waitForBytesWritten(ANSWER_MS)
    taken = socket.waitForReadyRead(ANSWER_MS) and bytes(socket.readAll().data()) == TAKEN
    socket.disconnectFromServer()
    return taken


def _let_others_come_to_the_front() -> None:
    """Windows lets only the program that was started last raise a window, unless it gives that away."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)


class SingleInstance(QObject):
    """Listens for later starts on the same library.

    Signals:
        came: A `HandOver`.
    """

    came = Signal(object)

    def __init__(self, library_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._open: list[QLocalSocket] = []
        name = server_name(library_dir)
        if not self._server.listen(name):
            # What a window left behind that crashed; nobody answered to it when this one started.
            QLocalServer.removeServer(name)
            self._server.listen(name)  # where that fails too, there are two windows, and no harm is done

    @property
    def listening(self) -> bool:
        """Whether later starts are heard."""
        return self._server.isListening()

    def close(self) -> None:
        """Listens no more."""
        self._server.close()
        for socket in self._open:
            socket.abort()
            socket.deleteLater()
        self._open.clear()

    @Slot()
    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._open.append(socket)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._part)
            if socket.canReadLine():
                self._take(socket)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST_MESSAGE:
                socket.abort()
            return
        told = HandOver.from_line(bytes(socket.readLine().data()))
        if told is None:
            socket.abort()
            return
        socket.write(TAKEN)
        socket.flush()
        self.came.emit(told)

    @Slot()
    def _part(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and socket in self._open:
            self._open.remove(socket)
            socket.deleteLater()
