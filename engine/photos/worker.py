"""What runs inside a decode worker; light to import, since the process that starts workers imports it too."""

import faulthandler
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from typing import IO, Any

from engine.errors import UnreadablePhoto
from engine.photos.readings import PhotoReading

# After this much more than the time limit a worker ends by itself, in case nobody is left to end it.
LAST_RESORT_S = 15.0

Outcome = PhotoReading | tuple[str, str]


def prepare(memory_bytes: int, module: str) -> None:
    """Makes a fresh process into a worker: quiet, limited, and never longer-lived than its parent.

    Args:
        memory_bytes: Limit of the process's address space, where the system has such a limit; 0 for none.
        module: Imported now rather than within the time limit of the first photo.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a decoder stuck in C would never run a Python handler
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _silence()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    importlib.import_module(module)
    if memory_bytes:
        limit_memory(memory_bytes)


def limit_memory(limit: int) -> None:
    """Limits the address space of this process, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ValueError, OSError):  # macOS has the name but not the thing; a lower hard limit is already there
        return


def read_chunk(
    reader: str, paths: Sequence[tuple[bytes, bytes | None]], settings: dict[str, Any], limit_s: float
) -> list[Outcome]:
    """Reads some photos, one after the other.

    Args:
        reader: "module:function" with the signature of `engine.photos.decode.read_photo`.
        paths: Path and expected hash of each file.
        settings: Further arguments of the reader.
        limit_s: Time limit that the parent keeps for all of them together.

    Returns:
        For each path a reading, or reason and detail of its problem.
    """
    read = resolve(reader)
    with _LastResort(limit_s):
        return [_outcome(read, path, expected, settings) for path, expected in paths]


def call(function: str, path: bytes, settings: dict[str, Any], limit_s: float) -> Any:
    """Calls "module:function" on one path; an `UnreadablePhoto` comes back as reason and detail."""
    with _LastResort(limit_s):
        try:
            return resolve(function)(path, **settings)
        except UnreadablePhoto as error:
            return error.reason, error.detail


def resolve(name: str) -> Callable[..., Any]:
    """The function that "module:function" names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _outcome(
    read: Callable[..., Any], path: bytes, expected: bytes | None, settings: dict[str, Any]
) -> Outcome:
    try:
        reading: PhotoReading = read(path, expected_hash=expected, **settings)
    except UnreadablePhoto as error:
        return error.reason, error.detail
    except MemoryError:
        return "out-of-memory", ""
    return reading


def _silence() -> None:
    """Sends what decoders print to nowhere; their libraries write to the terminal past Python."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _end_with(sentinel: int) -> None:
    """Waits for the parent's end, however sudden, and ends this process."""
    wait([sentinel])
    os._exit(1)


class _LastResort:
    """Ends the process when the body takes far too long, even if a decoder holds the interpreter's lock."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._nowhere: IO[bytes] | None = None

    def __enter__(self) -> None:
        self._nowhere = open(os.devnull, "wb")  # noqa: PTH123
        faulthandler.dump_traceback_later(self._limit_s + LAST_RESORT_S, exit=True, file=self._nowhere)

    def __exit__(self, *_error: object) -> None:
        faulthandler.cancel_dump_traceback_later()
        if self._nowhere is not None:
            self._nowhere.close()
