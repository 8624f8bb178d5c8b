"""Notices changes in the folders of a library: by the system's word, or by looking again and again.

Local folders are observed by watchdog. Network drives tell nothing of what others change there, and some
systems observe only so many folders: both are looked through at intervals instead. A folder that goes away is
waited for.
"""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Protocol

from blake3 import blake3
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from engine.library.exclusions import Exclusions
from engine.library.network_drives import is_network
from engine.photos.scan import is_left_out, scan

# Reading photos makes events too, which these don't include: indexing must not call for indexing.
TELLING: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
POLL_TICK_S = 1.0

Tell = Callable[[str], None]


class Changes:
    """Which roots changed and have been quiet since, told from any thread.

    Args:
        quiet_s: A root counts as changed when so many seconds passed since the last change: a camera's card
            that is being copied is read once, at its end.
        longest_s: But after so many seconds at the latest.
    """

    def __init__(self, quiet_s: float, longest_s: float) -> None:
        self._quiet_s, self._longest_s = quiet_s, longest_s
        self._lock = threading.Lock()
        self._first: dict[Path, float] = {}
        self._last: dict[Path, float] = {}

    def note(self, root: Path) -> None:
        """Something changed in a root."""
        now = time.monotonic()
        with self._lock:
            self._first.setdefault(root, now)
            self._last[root] = now

    def quiet(self) -> list[Path]:
        """The roots to look through now."""
        now = time.monotonic()
        with self._lock:
            return [
                root
                for root, last in self._last.items()
                if now - last >= self._quiet_s or now - self._first[root] >= self._longest_s
            ]

    def forget(self, roots: Iterable[Path]) -> None:
        """These are being looked through, or are of no interest any more."""
        with self._lock:
            for root in list(roots):
                self._first.pop(root, None)
                self._last.pop(root, None)


class Watch(Protocol):
    """What notices changes of one root."""

    def close(self) -> None:
        """Ends it."""


class _Handler(FileSystemEventHandler):
    def __init__(self, root: Path, library_dir: Path, left_out: Exclusions, changes: Changes) -> None:
        self._root, self._library_dir = root, library_dir
        self._left_out, self._changes = left_out, changes

    def on_any_event(self, event: FileSystemEvent) -> None:
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if any(self._counts(path, event.is_directory) for path in paths):
            self._changes.note(self._root)

    def _counts(self, path: Path, is_folder: bool) -> bool:
        if path.is_relative_to(self._library_dir) or not path.is_relative_to(self._root):
            return False
        inside = PurePosixPath(path.relative_to(self._root).as_posix())
        if is_left_out(inside):
            return False
        rel_path = str(inside)
        return not self._left_out.leave_out(rel_path) and not self._left_out.holds(rel_path, is_folder)


class EventWatch:
    """The system tells of changes.

    Raises:
        OSError: It will not; mostly since so many folders are observed already.
    """

    def __init__(self, root: Path, library_dir: Path, left_out: Exclusions, changes: Changes) -> None:
        self._observer = Observer()
        handler = _Handler(root, library_dir, left_out, changes)
        self._observer.schedule(handler, str(root), recursive=True, event_filter=TELLING)
        self._observer.start()

    def close(self) -> None:
        """Ends it."""
        self._observer.stop()
        self._observer.join()


class PollWatch:
    """A thread looks through a root at intervals: a drive that does not answer holds up nobody else."""

    def __init__(
        self, root: Path, left_out: Exclusions, changes: Changes, poll_s: float, tick_s: float = POLL_TICK_S
    ) -> None:
        self.poll_s = poll_s
        self._root, self._left_out, self._changes, self._tick_s = root, left_out, changes, tick_s
        self._closing = threading.Event()
        thread = threading.Thread(target=self._run, name=f"looks through {root}", daemon=True)
        thread.start()

    def close(self) -> None:
        """Ends it; nobody waits for a drive that does not answer."""
        self._closing.set()

    def _run(self) -> None:
        last = fingerprint(self._root, self._left_out)
        looked_at = time.monotonic()
        while not self._closing.wait(self._tick_s):
            if time.monotonic() - looked_at < self.poll_s:
                continue
            found = fingerprint(self._root, self._left_out)
            looked_at = time.monotonic()
            if found not in (None, last) and not self._closing.is_set():
                self._changes.note(self._root)
            last = found  # None while it is away: when it is back, something may have changed meanwhile


def fingerprint(root: Path, left_out: Exclusions) -> bytes | None:
    """A digest of names, sizes and times of all files of a root; None while the root is not there."""
    lost: list[str] = []
    digest = blake3()

    def on_error(rel_path: str, error: OSError) -> None:
        del error
        lost.append(rel_path)

    for entry in scan(root, on_error, left_out.holds if left_out else None):
        digest.update(f"{entry.rel_path}\0{entry.size}\0{entry.mtime_ns}\n".encode())
    return None if "" in lost else digest.digest()


class FolderWatcher:
    """Keeps a watch for each root that is there.

    Args:
        library_dir: What happens in it is no change of photos.
        changes: Hears of changes.
        tell: Hears, in a sentence, what a person should know.
    """

    def __init__(self, library_dir: Path, changes: Changes, tell: Tell) -> None:
        self._dir, self._changes, self._tell = library_dir, changes, tell
        self._watches: dict[Path, Watch] = {}
        self._identities: dict[Path, tuple[int, int] | None] = {}
        self._met: set[Path] = set()
        self._left_out = ""

    def follow(self, roots: Iterable[Path], patterns: str, poll_s: float, fresh: Iterable[Path] = ()) -> None:
        """Watches these roots from now on, and no others; to be called again and again.

        Roots that are new here, or there again, count as changed: nobody knows what happened meanwhile.

        Args:
            roots: The folders.
            patterns: What is left out in them, one pattern a line.
            poll_s: How often network drives are looked through, in seconds.
            fresh: Roots that an index run looks through or just has; when they are met for the first time,
                they don't count as changed.
        """
        wanted, known = list(roots), set(fresh)
        other = patterns != self._left_out
        for root in list(self._identities):
            if root not in wanted or other:
                self._end(root)
        self._left_out = patterns
        left_out = Exclusions(patterns.splitlines())
        for root in wanted:
            first = root not in self._met
            if self._follow_one(root, left_out, poll_s) and not (first and root in known):
                self._changes.note(root)

    def close(self) -> None:
        """Ends all watches."""
        for root in list(self._identities):
            self._end(root)

    def _follow_one(self, root: Path, left_out: Exclusions, poll_s: float) -> bool:
        """True when a watch begins."""
        watch = self._watches.get(root)
        if isinstance(watch, PollWatch):
            watch.poll_s = poll_s
            return False
        if is_network(root):  # before anything that would wait for the drive
            return self._begin(root, PollWatch(root, left_out, self._changes, poll_s), None)
        identity = _identity(root)
        if watch is not None and identity == self._identities[root]:
            return False
        if watch is not None:
            self._end(root)
        if identity is None:
            return False
        return self._begin(root, self._local_watch(root, left_out, poll_s), identity)

    def _local_watch(self, root: Path, left_out: Exclusions, poll_s: float) -> Watch:
        try:
            return EventWatch(root, self._dir, left_out, self._changes)
        except OSError as error:
            self._tell(
                f"The system can't watch {root} ({error.strerror or error}); it is looked through every"
                f" {poll_s / 60:g} minutes instead."
            )
            return PollWatch(root, left_out, self._changes, poll_s)

    def _begin(self, root: Path, watch: Watch, identity: tuple[int, int] | None) -> bool:
        self._watches[root], self._identities[root] = watch, identity
        self._met.add(root)
        return True

    def _end(self, root: Path) -> None:
        self._watches.pop(root).close()
        self._identities.pop(root)
        self._changes.forget([root])


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder lies there now: it differs while a disk is mounted; None where there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if root.is_dir() else None
