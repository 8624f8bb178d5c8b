"""The window's end of the service process: requests out and answers in, as lines of JSON.

The service encodes photos from outside, makes large previews and writes every edit. It may die of a photo;
then it is started again. A request that was alone with it when it died gets an error. Several that were
under way are sent again one at a time, so that only the one that kills it again is refused; edits are never
sent twice.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTimer, Signal, Slot

from engine.paths import self_command

REPEATABLE = ("encode", "preview")
STARTS_WITHOUT_READY = 3
PATIENCE_MS = 2000


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        ok: The values, when it went well.
        what: What went wrong in one sentence, empty when all went well.
        remedy: What to do about it; may be empty.
    """

    ok: dict[str, Any] = field(default_factory=dict)
    what: str = ""
    remedy: str = ""

    @property
    def failed(self) -> bool:
        """True when there are no values."""
        return bool(self.what)

    @property
    def message(self) -> str:
        """What went wrong and what to do, for a person."""
        return f"{self.what} {self.remedy}".strip()


@dataclass
class _Request:
    op: str
    parameters: dict[str, Any]
    take: Callable[[Answer], None]
    sent: bool = False
    suspect: bool = False


class ServiceClient(QObject):
    """Talks to one service process; starts it when it is first needed.

    Signals:
        ready: The service is up; its model's digest and the number of bits (0 where there is no model yet).
        broken: The service can't be started; what is wrong and what to do.
    """

    ready = Signal(str, int)
    broken = Signal(str)

    def __init__(
        self, library_dir: Path, parent: QObject | None = None, command: list[str] | None = None
    ) -> None:
        super().__init__(parent)
        self._command = command or [*self_command(), "--library", str(library_dir), "service"]
        self._requests: dict[int, _Request] = {}
        self._last_id = 0
        self._buffer = b""
        self._ready = False
        self._closing = False
        self._failed_starts = 0
        self._last_words = ""
        self._process: QProcess | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(500)
        self._again.timeout.connect(self.start)

    @property
    def process_id(self) -> int:
        """Of the running service, 0 when there is none."""
        return int(self._process.processId()) if self._process else 0

    @Slot()
    def start(self) -> None:
        """Starts the service unless it runs."""
        if self._process is not None or self._closing:
            return
        process = QProcess(self)
        process.setProgram(self._command[0])
        process.setArguments(self._command[1:])
        if not getattr(sys, "frozen", False):
            process.setWorkingDirectory(str(Path(__file__).resolve().parent.parent))
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_last_words)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        self._process, self._buffer, self._ready, self._last_words = process, b"", False, ""
        process.start()

    def ask(self, op: str, take: Callable[[Answer], None], **parameters: Any) -> int:
        """Sends a request.

        Args:
            op: What to do, see the service.
            take: Gets the answer, on this thread; not called when the request is dropped.
            parameters: Of the operation.

        Returns:
            The request's id, for `drop`.
        """
        self._last_id += 1
        self._requests[self._last_id] = _Request(op, parameters, take)
        if self._process is None:
            self._failed_starts = 0
            self.start()
        self._send_waiting()
        return self._last_id

    def drop(self, request_id: int) -> None:
        """Forgets a request: its answer is of no interest any more."""
        request = self._requests.get(request_id)
        if request is not None:
            request.take = _ignore

    def close(self) -> None:
        """Ends the service: it finishes what it has in hand when its input ends."""
        self._closing = True
        self._again.stop()
        self._requests.clear()
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.closeWriteChannel()
        if not process.waitForFinished(PATIENCE_MS):
            process.kill()
            process.waitForFinished(PATIENCE_MS)
        process.deleteLater()

    def _send_waiting(self) -> None:
        if not self._ready or self._process is None:
            return
        suspects = [r for r in self._requests.values() if r.suspect]
        if any(r.sent for r in suspects):
            return
        for request_id, request in list(self._requests.items()):
            if request.sent or (suspects and request is not suspects[0]):
                continue
            request.sent = True
            line = json.dumps({"id": request_id, "op": request.op, **request.parameters}) + "\n"
            self._process.write(line.encode())

    @Slot()
    def _read(self) -> None:
        if self._process is None:
            return
        self._buffer += bytes(self._process.readAllStandardOutput().data())
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue  # a library that printed something into the stream
            if isinstance(message, dict):
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self._ready = True
            self._failed_starts = 0
            told = message["ready"] or {}
            self.ready.emit(str(told.get("model") or ""), int(told.get("n_bits") or 0))
            self._send_waiting()
        elif message.get("id") is None:
            error = message.get("error") or {}
            self._last_words = f"{error.get('what', '')} {error.get('remedy', '')}".strip()
        else:
            request = self._requests.pop(int(message["id"]), None)
            if request is not None:
                error = message.get("error")
                failed = (
                    Answer(what=error.get("what", "It failed."), remedy=error.get("remedy", ""))
                    if error
                    else None
                )
                request.take(failed or Answer(ok=message.get("ok") or {}))
            self._send_waiting()

    @Slot()
    def _read_last_words(self) -> None:
        if self._process is None:
            return
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        if text:
            self._last_words = text.splitlines()[-1]

    @Slot(QProcess.ProcessError)
    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._last_words = self._process.errorString()
            self._finished()

    @Slot()
    def _finished(self) -> None:
        if self._process is None:
            return
        self._read()
        self._read_last_words()
        self._process.deleteLater()
        was_ready, self._process, self._ready = self._ready, None, False
        self._blame()
        if was_ready:
            if self._requests:
                self._again.start()
            return
        self._failed_starts += 1
        if self._failed_starts < STARTS_WITHOUT_READY and self._requests:
            self._again.start()
        else:
            self._give_up()

    def _blame(self) -> None:
        """Finds the requests that may have killed the service; a lone one or a repeated one gets an error."""
        under_way = {i: r for i, r in self._requests.items() if r.sent}
        for request_id, request in under_way.items():
            request.sent = False
            if len(under_way) == 1 or request.suspect or request.op not in REPEATABLE:
                del self._requests[request_id]
                name = Path(str(request.parameters.get("path", ""))).name
                what = f"{name} stopped the helper process." if name else "The helper process stopped."
                request.take(Answer(what=what, remedy="It was started again."))
            else:
                request.suspect = True

    def _give_up(self) -> None:
        why = self._last_words or "it ended without a word."
        message = f"The helper process could not be started: {why}"
        waiting, self._requests = self._requests, {}
        for request in waiting.values():
            request.take(Answer(what=message))
        self.broken.emit(message)


def _ignore(answer: Answer) -> None:
    """Takes an answer that nobody waits for."""
    del answer
