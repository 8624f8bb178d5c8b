"""Watches the folders of a library and starts an index run when changes have become quiet.

Everything that a person can set is read anew all the time, so that it takes effect at once, whoever set it.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from engine.errors import LibraryError
from engine.jobs import jobs_dir, list_jobs, running_jobs, start_detached
from engine.library.database import Library, utc_now
from engine.library.locations import root_paths
from engine.library.preferences import IDLE, PAUSED, YES, all_preferences
from engine.library.watching import Changes, FolderWatcher, Tell
from engine.paths import LIBRARY_FILE
from engine.progress import Result

QUIET_S, LONGEST_S = 4.0, 300.0
TICK_S = 1.0
IDLE_SHARE, IDLE_FOR_S = 30.0, 60.0  # per cent of all processors
SETTLE_S = 10.0  # time that a job which was started here may take until it can be seen

Start = Callable[[Path, Sequence[str]], object]


class IdleMeter:
    """Says whether the computer has had little to do for a while; to be asked again and again."""

    def __init__(self) -> None:
        self._busy_at = time.monotonic()
        psutil.cpu_percent(None)

    def idle(self) -> bool:
        """True when less than `IDLE_SHARE` of the processors was used for `IDLE_FOR_S`."""
        if psutil.cpu_percent(None) >= IDLE_SHARE:
            self._busy_at = time.monotonic()
        return time.monotonic() - self._busy_at >= IDLE_FOR_S


class Watchman:
    """One library's; several may run, and one of them works.

    Args:
        library_dir: The library; it may not exist yet.
        tell: Hears, in a sentence, what a person should know.
        start: Starts a job; `engine.jobs.start_detached`.
        quiet_s: See `Changes`.
        idle: Whether the computer has little to do.
    """

    def __init__(
        self,
        library_dir: Path,
        tell: Tell,
        start: Start = start_detached,
        quiet_s: float = QUIET_S,
        idle: Callable[[], bool] | None = None,
    ) -> None:
        self._dir, self._start = library_dir, start
        self._changes = Changes(quiet_s, LONGEST_S)
        self._watcher = FolderWatcher(library_dir, self._changes, tell)
        self._idle = idle or IdleMeter().idle
        self._library: Library | None = None
        self._lock: FileLock | None = None
        self._started_at = -SETTLE_S
        self._began_at = utc_now()

    def step(self) -> None:
        """Looks at settings and roots, and starts an index run if it is time; called about once a second."""
        idle = self._idle()  # measured at each step
        if not self._is_mine() or not self._open():
            return
        assert self._library is not None
        wanted = all_preferences(self._library)
        listed = root_paths(self._library) if wanted["watching"] == YES else {}
        roots, poll_s = list(listed.values()), 60 * float(wanted["poll_minutes"])
        self._watcher.follow(roots, wanted["exclusions"], poll_s, self._fresh(listed))
        changed = [root for root in self._changes.quiet() if root in roots]
        when = wanted["index_when"]
        if not changed or when == PAUSED or (when == IDLE and not idle) or not self._free():
            return
        named = [] if len(changed) == len(roots) else [str(root) for root in changed]
        gently = ["--gently"] if when == IDLE else []
        self._changes.forget(changed)
        self._started_at = time.monotonic()
        self._start(self._dir, ["index", "--wait", *gently, *named])

    def close(self) -> None:
        """Ends watching; a job that runs goes on."""
        self._watcher.close()
        if self._library is not None:
            self._library.close()
        if self._lock is not None:
            self._lock.release()

    def _fresh(self, roots: dict[int, Path]) -> list[Path]:
        """Roots that an index run has looked through since this began, or is doing so for the first time."""
        assert self._library is not None
        seen: dict[int, str | None] = dict(self._library.rows("SELECT id, last_seen FROM roots"))
        found = [path for i, path in roots.items() if (seen[i] or "") > self._began_at]
        new = [path for i, path in roots.items() if seen[i] is None]
        return found + (new if new and running_jobs(self._dir) else [])

    def _is_mine(self) -> bool:
        """True when no other process watches this library."""
        if self._lock is None and jobs_dir(self._dir).is_dir():
            lock = FileLock(jobs_dir(self._dir) / "watching.lock")
            with suppress(Timeout, OSError):
                lock.acquire(timeout=0)
                self._lock = lock
        return self._lock is not None

    def _open(self) -> bool:
        if self._library is None and (self._dir / LIBRARY_FILE).is_file():
            with suppress(LibraryError):  # being made, or damaged, which others tell
                self._library = Library.open_reading(self._dir)
        return self._library is not None

    def _free(self) -> bool:
        """True when no job runs, and none was cancelled by the person, who would not want it back at once."""
        if time.monotonic() - self._started_at < SETTLE_S and not self._seen_since():
            return False
        if running_jobs(self._dir):
            return False
        newest = next(iter(list_jobs(self._dir)), None)
        outcome = newest.outcome() if newest is not None else None
        return not (isinstance(outcome, Result) and outcome.cancelled)

    def _seen_since(self) -> bool:
        """True when the job that was started last has told its end."""
        newest = next(iter(list_jobs(self._dir)), None)
        return newest is None or newest.outcome() is not None
