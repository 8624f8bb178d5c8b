"""Jobs: long work of one library, each in a process of its own.

A job is a folder `DIR/jobs/ID/`: `events.jsonl` (what it tells, see `engine.progress`), `control` (what it
is asked: run, pause, finish or cancel) and `alive`, a file that the job keeps locked while it lives, so that
nobody needs to trust a process number. `DIR/jobs/writer.lock` lets one job at a time write to a library.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import HammingbirdError, JobCancelled, JobRunning, LibraryError
from engine.paths import self_command
from engine.progress import Event, Failed, Progress, Reporter, Result, Started, from_json, to_json

KEPT_JOBS = 20
POLL_S = 0.2
TAIL_BYTES = 65536


@dataclass(frozen=True)
class JobFolder:
    """The folder of one job."""

    path: Path

    @property
    def job_id(self) -> str:
        """Name of the folder; ids sort by start."""
        return self.path.name

    @property
    def events_path(self) -> Path:
        """JSON lines, one event each."""
        return self.path / "events.jsonl"

    @property
    def log_path(self) -> Path:
        """What a detached job printed; of interest when it died without a word."""
        return self.path / "output.log"

    def ask(self, wish: str) -> None:
        """Asks the job to "run", "pause", "finish" or "cancel"; it obeys at the end of its transaction.

        To finish is to end early and keep the best so far: only jobs that learn do it, others run on.
        """
        fresh = self.path / "control.new"
        fresh.write_text(wish)
        fresh.replace(self.path / "control")

    def wish(self) -> str:
        """What the job was last asked: "run" when nothing was, or nothing that makes sense."""
        try:
            asked = (self.path / "control").read_text(errors="replace").strip()
        except FileNotFoundError:
            return "run"
        return asked if asked in ("pause", "finish", "cancel") else "run"

    def is_alive(self) -> bool:
        """True while the process of this job lives, however it was started."""
        lock = FileLock(self.path / "alive", timeout=0)
        try:
            with lock:
                return False
        except Timeout:
            return True
        except OSError:
            return False

    def events(self, offset: int = 0) -> tuple[list[Event], int]:
        """Events written since `offset` bytes, and the new offset; a half-written line waits."""
        lines, offset = whole_lines(self.events_path, offset)
        return [from_json(line) for line in lines], offset

    def outcome(self) -> Result | Failed | None:
        """The last event, when the job has told its end."""
        try:
            size = self.events_path.stat().st_size
        except FileNotFoundError:
            return None
        with self.events_path.open("rb") as file:
            file.seek(max(size - TAIL_BYTES, 0))
            lines = file.read().decode("utf-8", "replace").splitlines()
        try:
            last = from_json(lines[-1]) if lines else None
        except ValueError:  # half a line: the job was killed while it wrote
            return None
        return last if isinstance(last, Result | Failed) else None

    def arguments(self) -> list[str]:
        """The command that `start_detached` started, such as `["index", "/photos"]`; empty for other jobs."""
        try:
            return [str(argument) for argument in json.loads((self.path / "arguments.json").read_text())]
        except (OSError, ValueError):
            return []


def jobs_dir(library_dir: Path) -> Path:
    """Where a library keeps its jobs."""
    return library_dir / "jobs"


def new_job(library_dir: Path) -> JobFolder:
    """Makes the folder of a job that is about to start, and drops the oldest finished ones."""
    parent = jobs_dir(library_dir)
    with disk_errors(library_dir):
        parent.mkdir(parents=True, exist_ok=True)
    for old in list_jobs(library_dir)[KEPT_JOBS:]:
        if not old.is_alive():
            shutil.rmtree(old.path, ignore_errors=True)
    folder = JobFolder(
        parent / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}-{secrets.token_hex(2)}"
    )
    with disk_errors(library_dir):
        folder.path.mkdir()
    return folder


def whole_lines(file: Path, offset: int) -> tuple[list[str], int]:
    """Lines that another process wrote since `offset` bytes, and the new offset; a half-written one waits."""
    try:
        with file.open("rb") as opened:
            opened.seek(offset)
            data = opened.read()
    except FileNotFoundError:
        return [], offset
    whole = data[: data.rfind(b"\n") + 1]
    return whole.decode().splitlines(), offset + len(whole)


@contextmanager
def disk_errors(library_dir: Path) -> Iterator[None]:
    """Turns what the disk says into a sentence and a remedy.

    Raises:
        LibraryError: Something in the library's folder can't be written.
    """
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"The library {library_dir} can't be written: {error.strerror or error}.",
            "Make room or allow writing there, or choose another folder with --library.",
        ) from error


def list_jobs(library_dir: Path) -> list[JobFolder]:
    """All jobs that are remembered, the newest first."""
    parent = jobs_dir(library_dir)
    if not parent.is_dir():
        return []
    return [JobFolder(path) for path in sorted(parent.iterdir(), reverse=True) if path.is_dir()]


def running_jobs(library_dir: Path) -> list[JobFolder]:
    """The jobs whose process lives."""
    return [folder for folder in list_jobs(library_dir) if folder.is_alive()]


def start_detached(library_dir: Path, arguments: Sequence[str]) -> JobFolder:
    """Starts `hammingbird ARGUMENTS` as a process that outlives its starter.

    Args:
        library_dir: The library that the job writes to.
        arguments: Command and options, such as `["index", "/photos"]`.
    """
    folder = new_job(library_dir)
    (folder.path / "arguments.json").write_text(json.dumps(list(arguments)))
    command = [*self_command(), "--library", str(library_dir), *arguments]
    environment = {**os.environ, "HAMMINGBIRD_JOB": folder.job_id}
    detached = (
        {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    with folder.log_path.open("wb") as log:
        child = subprocess.Popen(
            [*command, "--progress", "none"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=Path(__file__).parent.parent if not getattr(sys, "frozen", False) else None,
            **detached,
        )
    # Somebody must take note of the child's end while this process lives, or it stays in the process table.
    threading.Thread(target=child.wait, name=f"end of {folder.job_id}", daemon=True).start()
    return folder


class JobControl:
    """The job's own end: tells events, obeys wishes."""

    def __init__(self, folder: JobFolder, echo: Reporter) -> None:
        self.folder = folder
        self._echo = echo
        self._last_progress: Progress | None = None

    def report(self, event: Event) -> None:
        """Writes an event to the job's file and shows it to whoever started the job."""
        if isinstance(event, Progress):
            self._last_progress = event
        self._echo(event)
        with disk_errors(self.folder.path.parent.parent), self.folder.events_path.open("a") as file:
            file.write(to_json(event) + "\n")

    def report_end(self, event: Event) -> None:
        """As `report`, for the last event: a full disk must not hide why the job ended."""
        with suppress(LibraryError):
            self.report(event)

    @property
    def finishing(self) -> bool:
        """Whether the job was asked to end early and keep the best so far."""
        return self.folder.wish() == "finish"

    def checkpoint(self) -> bool:
        """Called between transactions: waits while paused.

        Returns:
            True when the job had paused, so that rates can start anew.

        Raises:
            JobCancelled: The person cancelled.
        """
        paused = False
        while (wish := self.folder.wish()) == "pause":
            if not paused and self._last_progress is not None:
                last = self._last_progress
                self.report(Progress(last.phase, last.done, last.total, None, None, "paused", last.problems))
            paused = True
            time.sleep(POLL_S)
        if wish == "cancel":
            raise JobCancelled("The job was cancelled.", "What was done is kept; start it again to go on.")
        return paused


@contextmanager
def job(
    library_dir: Path, kind: str, title: str, echo: Reporter, *, wait: bool = False
) -> Iterator[JobControl]:
    """Runs the body as the one job that writes to this library, and tells its end if it is a sad one.

    The first SIGINT or SIGTERM is the wish to cancel: the body ends at its next checkpoint.

    Args:
        library_dir: The library.
        kind: "index" and the like.
        title: What a person reads while it runs.
        echo: Shows each event, beside the job's file.
        wait: Wait for another job's end instead of refusing.

    Raises:
        JobRunning: Another job writes to this library and `wait` is false.
        JobCancelled: The person cancelled.
    """
    folder = _named_job(library_dir) or new_job(library_dir)
    writer = FileLock(jobs_dir(library_dir) / "writer.lock")
    alive = FileLock(folder.path / "alive")
    with disk_errors(library_dir):
        alive.acquire(timeout=5)
    with alive, _signals_cancel(folder):
        alive.release()  # `with` has taken it a second time
        control = JobControl(folder, echo)
        try:
            _acquire(writer, control, library_dir, wait=wait)
            control.report(Started(folder.job_id, kind, title))
            yield control
        except JobCancelled as cancelled:
            control.report_end(Result(cancelled.what + " " + cancelled.remedy, cancelled=True))
            raise
        except HammingbirdError as error:
            control.report_end(Failed(error.what, error.remedy))
            raise
        except BaseException as error:
            control.report_end(
                Failed(f"The job broke down: {type(error).__name__}: {error}.", "Please report this.")
            )
            raise
        finally:
            writer.release()


def tell_early_failure(library_dir: Path, error: HammingbirdError) -> None:
    """Lets whoever started this process as a job know why it ended before the job began."""
    folder = _named_job(library_dir)
    if folder is not None and folder.path.is_dir() and folder.outcome() is None:
        with folder.events_path.open("a", encoding="utf-8") as file:
            file.write(to_json(Failed(error.what, error.remedy)) + "\n")


def _named_job(library_dir: Path) -> JobFolder | None:
    named = os.environ.get("HAMMINGBIRD_JOB")
    return JobFolder(jobs_dir(library_dir) / named) if named else None


def _acquire(writer: FileLock, control: JobControl, library_dir: Path, *, wait: bool) -> None:
    """Takes the writer's lock; a job that waits for it can be cancelled."""
    while True:
        try:
            writer.acquire(timeout=0)
            return
        except Timeout:
            if not wait:
                other = next((f.job_id for f in running_jobs(library_dir) if f != control.folder), "unknown")
                raise JobRunning(
                    f"Another job ({other}) is writing to the library {library_dir}.",
                    "Wait until it is done, or add --wait.",
                ) from None
            control.checkpoint()
            time.sleep(POLL_S)


@contextmanager
def _signals_cancel(folder: JobFolder) -> Iterator[None]:
    """The first signal asks the job to cancel; a second one ends the process as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def cancel(number: int, frame: object) -> None:
        del frame
        signal.signal(number, before[signal.Signals(number)])
        folder.ask("cancel")

    try:
        for number in before:
            signal.signal(number, cancel)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
