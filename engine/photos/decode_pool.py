"""Reads photos in worker processes that may crash, hang or eat memory: that costs the one photo.

Importing this module imports no picture library; the workers do.
"""

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from engine.errors import HammingbirdError, UnreadablePhoto
from engine.photos import worker
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS, PhotoReading, Preview

READER = "engine.photos.decode:read_photo"
PREVIEWER = "engine.photos.decode:read_preview"

# Measured in docs/decisions/0003-reading-photos.md.
CHUNK_PHOTOS = 16
CHUNK_BYTES = 2**20
CHUNKS_AHEAD = 3  # for each worker: one in work, the others ready when it is done

# Libraries of decoders leak; a fresh process now and then costs nothing beside this many chunks.
CHUNKS_PER_WORKER = 5000
MAX_RESTARTS = 3
SPARE_MEMORY = 2**30


@dataclass(frozen=True)
class ReadRequest:
    """One file to read.

    Attributes:
        path: `os.fsencode` of the path.
        expected_hash: 32 bytes; a file with this content is not decoded.
        key: Of the caller's own choice, handed back with the result.
        size: Bytes of the file as far as known; small files travel together.
    """

    path: bytes
    expected_hash: bytes | None = None
    key: int = 0
    size: int | None = None


@dataclass(frozen=True)
class _Chunk:
    """Requests that one worker answers together."""

    requests: tuple[ReadRequest, ...]
    attempts: int = 0


class DecodePool:
    """Worker processes that read photos, each photo within a time and a memory limit.

    Workers start with the first request, ignore Ctrl-C, print nothing and end when this process ends, however
    suddenly. Several threads may use a pool at once.

    Args:
        workers: Processes.
        timeout_s: Time limit for one photo, in seconds.
        max_megapixels: Larger pictures are refused before they are decoded.
        input_size: Side of the network's square input.
        memory_bytes: Limit of each worker's address space (Linux); None for one that fits `max_megapixels`.
        reader: "module:function" that reads a photo; other than the default only for tests of the pool.
    """

    def __init__(
        self,
        workers: int,
        *,
        input_size: int,
        timeout_s: float = 30.0,
        max_megapixels: float = DEFAULT_MAX_MEGAPIXELS,
        memory_bytes: int | None = None,
        reader: str = READER,
    ) -> None:
        if workers < 1:
            raise ValueError(f"a pool has at least one worker, not {workers}")
        self._workers = workers
        self._timeout_s = timeout_s
        self._max_megapixels = max_megapixels
        self._input_size = input_size
        self._memory_bytes = default_memory_bytes(max_megapixels) if memory_bytes is None else memory_bytes
        self._reader = reader
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._closed = False

    def read(
        self, requests: Iterable[ReadRequest]
    ) -> Iterator[tuple[ReadRequest, PhotoReading | UnreadablePhoto]]:
        """Reads photos as they are taken from the result, in any order.

        Args:
            requests: Consumed only a little ahead of what was taken from the result.

        Yields:
            Each request with its reading or its problem.

        Raises:
            HammingbirdError: Worker processes can't be kept running.
        """
        chunks = _chunks(requests)
        run = _Run(self)
        try:
            while True:
                while (
                    run.outstanding < self._workers * CHUNKS_AHEAD
                    and (chunk := next(chunks, None)) is not None
                ):
                    run.submit(chunk)
                if not run.outstanding:
                    return
                yield from run.collect()
        finally:
            run.cancel()

    def preview(self, path: str | bytes, max_side: int | None) -> Preview:
        """Reads a photo to look at.

        Args:
            path: The file.
            max_side: Longest side in pixels; None for the full size.

        Raises:
            UnreadablePhoto: The file could not be read as a photo.
        """
        settings = {"max_side": max_side, "max_megapixels": self._max_megapixels}
        arguments = (PREVIEWER, os.fsencode(path), settings, self._timeout_s)
        for _ in range(MAX_RESTARTS):
            future, pool = self._schedule(worker.call, arguments, self._timeout_s)
            try:
                found: Preview | tuple[str, str] = future.result()
            except BrokenProcessPool:
                self._drop(pool)
            except (ProcessExpired, TimeoutError, CancelledError) as error:
                raise _problem(error) from error
            else:
                if isinstance(found, Preview):
                    return found
                raise UnreadablePhoto(*found)
        raise _no_workers()

    def close(self) -> None:
        """Ends the workers, in the middle of a photo if need be."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        _end(pool)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _submit_chunk(self, chunk: _Chunk) -> "tuple[Future[list[worker.Outcome]], ProcessPool]":
        # Small photos take milliseconds, so a chunk gets no more time than a photo; and as what comes of a
        # chunk that runs out of time is read again one by one, it may even get less.
        limit_s = self._timeout_s if len(chunk.requests) == 1 else self._timeout_s / 2
        paths = [(request.path, request.expected_hash) for request in chunk.requests]
        settings = {"input_size": self._input_size, "max_megapixels": self._max_megapixels}
        return self._schedule(worker.read_chunk, (self._reader, paths, settings, limit_s), limit_s)

    def _schedule(
        self, function: Any, arguments: tuple[Any, ...], limit_s: float
    ) -> "tuple[Future[Any], ProcessPool]":
        for _ in range(MAX_RESTARTS):
            pool = self._running_pool()
            try:
                return pool.schedule(function, args=arguments, timeout=limit_s), pool
            except (RuntimeError, BrokenProcessPool):
                self._drop(pool)
        raise _no_workers()

    def _running_pool(self) -> ProcessPool:
        with self._lock:
            if self._closed:
                raise ValueError("the pool is closed")
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=CHUNKS_PER_WORKER,
                    initializer=worker.prepare,
                    initargs=(self._memory_bytes, self._reader.partition(":")[0]),
                    context=multiprocessing.get_context("spawn"),
                )
                with _interrupts_held_back():
                    _ = self._pool.active  # asking starts its threads, which inherit what is held back
            return self._pool

    def _drop(self, broken: ProcessPool) -> None:
        """Ends a pool that broke as a whole, as when a worker dies idle; the next request starts another."""
        with self._lock:
            if self._pool is not broken:
                return
            self._pool = None
        _end(broken)


class _Run:
    """The chunks of one call of `DecodePool.read` that are on their way."""

    def __init__(self, pool: DecodePool) -> None:
        self._pool = pool
        self._chunks: dict[Future[list[worker.Outcome]], tuple[_Chunk, ProcessPool]] = {}
        self._done: queue.SimpleQueue[Future[list[worker.Outcome]]] = queue.SimpleQueue()

    @property
    def outstanding(self) -> int:
        """Chunks that are on their way."""
        return len(self._chunks)

    def submit(self, chunk: _Chunk) -> None:
        """Sends a chunk to the workers."""
        future, processes = self._pool._submit_chunk(chunk)
        self._chunks[future] = chunk, processes
        future.add_done_callback(self._done.put)

    def collect(self) -> Iterator[tuple[ReadRequest, PhotoReading | UnreadablePhoto]]:
        """Waits for the next chunk; one that failed as a whole is sent again photo by photo."""
        future = self._done.get()
        chunk, processes = self._chunks.pop(future)
        try:
            outcomes = future.result()
        except BrokenProcessPool as error:
            self._pool._drop(processes)
            self._again(chunk, error)
        except (ProcessExpired, TimeoutError, CancelledError) as error:
            if len(chunk.requests) == 1 and not _may_be_innocent(chunk, error):
                yield chunk.requests[0], _problem(error)
            else:
                self._again(chunk, error)
        else:
            for request, outcome in zip(chunk.requests, outcomes, strict=True):
                yield request, UnreadablePhoto(*outcome) if isinstance(outcome, tuple) else outcome

    def cancel(self) -> None:
        """Gives up what is on its way."""
        for future in self._chunks:
            future.cancel()

    def _again(self, chunk: _Chunk, error: BaseException) -> None:
        if chunk.attempts >= MAX_RESTARTS:
            raise _no_workers() from error
        for request in chunk.requests:
            self.submit(_Chunk((request,), chunk.attempts + 1))


def default_memory_bytes(max_megapixels: float) -> int:
    """A limit that lets a picture of `max_megapixels` through twice, within three quarters of the machine."""
    wanted = SPARE_MEMORY + int(max_megapixels * 1e6) * 8
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows; it has no such limit for a process either
        return wanted
    return min(wanted, machine * 3 // 4)


def _chunks(requests: Iterable[ReadRequest]) -> Iterator[_Chunk]:
    """Puts small files together, at first few so that the first results come at once."""
    most = 1
    waiting: list[ReadRequest] = []
    total = 0
    for request in requests:
        waiting.append(request)
        total += _size(request)
        if len(waiting) >= most or total >= CHUNK_BYTES:
            yield _Chunk(tuple(waiting))
            waiting, total = [], 0
            most = min(most * 2, CHUNK_PHOTOS)
    if waiting:
        yield _Chunk(tuple(waiting))


def _size(request: ReadRequest) -> int:
    if request.size is not None:
        return request.size
    try:
        return Path(os.fsdecode(request.path)).stat().st_size
    except (OSError, ValueError):
        return 0


def _may_be_innocent(chunk: _Chunk, error: BaseException) -> bool:
    """True when the worker was killed from outside: by the system for want of memory, perhaps another's."""
    killed = getattr(signal, "SIGKILL", None)
    return (
        chunk.attempts < 2
        and isinstance(error, ProcessExpired)
        and killed is not None
        and error.exitcode == -killed
    )


def _no_workers() -> HammingbirdError:
    return HammingbirdError(
        "The worker processes that read photos can't be kept running.", "See `hammingbird doctor`."
    )


def _problem(error: BaseException) -> UnreadablePhoto:
    if isinstance(error, TimeoutError):
        return UnreadablePhoto("timeout")
    code = getattr(error, "exitcode", None)
    return UnreadablePhoto("crashed", f"the worker process ended with {code}" if code is not None else "")


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Threads started within, and the processes that these start, get no Ctrl-C until they ask for it.

    A worker could not answer it before it is prepared, and would die with a traceback in the terminal.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # starting it lets Ctrl-C through again in the thread that does
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(pool: ProcessPool | None) -> None:
    if pool is not None:
        pool.stop()
        pool.join()
