"""The window's helper that watches folders: `hammingbird watch`, a child that starts index jobs by itself."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from engine.paths import self_command

START_MS = 6000  # after all that a person waits for at the start
AGAIN_MS = 30_000
MOST_STARTS = 3
PATIENCE_MS = 3000


class FolderWatch(QObject):
    """Keeps the child running while the window is open.

    Signals:
        told: What the child says to a person, a sentence each.
    """

    told = Signal(str)

    def __init__(
        self, library_dir: Path, parent: QObject | None = None, command: Sequence[str] | None = None
    ) -> None:
        super().__init__(parent)
        own = [*self_command(), "--library", str(library_dir), "watch", "--with-input"]
        self._command = [*(command or own)]
        self._process: QProcess | None = None
        self._starts = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.start)

    @property
    def process_id(self) -> int:
        """Of the running child, 0 when there is none."""
        return int(self._process.processId()) if self._process else 0

    def start_soon(self) -> None:
        """Starts the child a little later."""
        self._timer.start(START_MS)

    @Slot()
    def start(self) -> None:
        """Starts the child unless it runs."""
        if self._process is not None:
            return
        self._starts += 1
        process = QProcess(self)
        process.setProgram(self._command[0])
        process.setArguments(self._command[1:])
        if not getattr(sys, "frozen", False):
            process.setWorkingDirectory(str(Path(__file__).resolve().parent.parent))
        process.readyReadStandardError.connect(self._read)
        process.finished.connect(self._finished)
        self._process = process
        process.start()

    def close(self) -> None:
        """Ends the child; jobs that it started go on."""
        self._timer.stop()
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.closeWriteChannel()
        if not process.waitForFinished(PATIENCE_MS):
            process.kill()
            process.waitForFinished(PATIENCE_MS)
        process.deleteLater()

    @Slot()
    def _read(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            for line in filter(None, map(str.strip, text.splitlines())):
                self.told.emit(line)

    @Slot()
    def _finished(self) -> None:
        """It should not have ended; watching is worth a few more tries, and no more."""
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        if self._starts < MOST_STARTS:
            self._timer.start(AGAIN_MS)
