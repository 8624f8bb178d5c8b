"""Short commands of Hammingbird as children of the window: what they print comes back when they end."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QProcess

from engine.paths import self_command

PATIENCE_MS = 2000
PREFIX = "Error: "


@dataclass(frozen=True)
class Outcome:
    """What became of a command.

    Attributes:
        text: What it printed, when it went well.
        trouble: What went wrong and what to do, for a person; empty when it went well.
    """

    text: str = ""
    trouble: str = ""


class ChildCommands(QObject):
    """Runs commands that end by themselves within seconds; longer work is a job (`desktop_app.jobs`)."""

    def __init__(
        self, library_dir: Path, parent: QObject | None = None, command: Sequence[str] | None = None
    ) -> None:
        super().__init__(parent)
        self._command = [*(command or self_command()), "--library", str(library_dir)]
        self._running: list[QProcess] = []

    def run(self, arguments: Sequence[str], take: Callable[[Outcome], None]) -> None:
        """Starts `hammingbird ARGUMENTS`.

        Args:
            arguments: Command and options, such as `["models", "rename", DIGEST, "Beaches"]`.
            take: Gets the outcome on this thread; not called once `close` was.
        """
        process = QProcess(self)
        process.setProgram(self._command[0])
        process.setArguments([*self._command[1:], *arguments])
        if not getattr(sys, "frozen", False):
            process.setWorkingDirectory(str(Path(__file__).resolve().parent.parent))
        process.setStandardInputFile(QProcess.nullDevice())
        process.finished.connect(partial(self._ended, process, take))
        process.errorOccurred.connect(partial(self._not_started, process, take))
        self._running.append(process)
        process.start()

    def close(self) -> None:
        """Ends what still runs; nothing more is told."""
        running, self._running = self._running, []
        for process in running:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(PATIENCE_MS)
            process.deleteLater()

    def _ended(
        self, process: QProcess, take: Callable[[Outcome], None], code: int, status: QProcess.ExitStatus
    ) -> None:
        if process not in self._running:
            return
        self._running.remove(process)
        process.deleteLater()
        printed = _text(process.readAllStandardOutput().data())
        if code == 0 and status == QProcess.ExitStatus.NormalExit:
            take(Outcome(printed))
        else:
            complaint = _text(process.readAllStandardError().data()).strip()
            # Ours are one line; of a traceback, the last one says what it is about.
            last = complaint.splitlines()[-1] if complaint else "The command ended without a word."
            take(Outcome(trouble=last.removeprefix(PREFIX)))

    def _not_started(
        self, process: QProcess, take: Callable[[Outcome], None], error: QProcess.ProcessError
    ) -> None:
        if error == QProcess.ProcessError.FailedToStart and process in self._running:
            self._running.remove(process)
            process.deleteLater()
            take(Outcome(trouble=f"Hammingbird could not be started: {process.errorString()}"))


def _text(data: bytes | bytearray | memoryview) -> str:
    return bytes(data).decode("utf-8", "replace")
