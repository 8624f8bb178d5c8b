"""Second pass of an index run: read, encode, store, as stages of generators.

    requests -> DecodePool.read (worker processes) -> gather -> encode (one thread) -> store (this thread)

Each stage takes from the one before only what it needs, so nothing piles up. While the encoder's thread works
on one batch, which it does without Python's lock, this thread gathers the next from the workers.
"""

import os
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import UnreadablePhoto
from engine.library.database import Library
from engine.library.locations import file_path
from engine.library.reporting import Phase
from engine.library.store import BatchWriter, Outcome
from engine.photos.decode_pool import DecodePool, ReadRequest
from engine.photos.readings import PhotoReading

# A batch is one transaction: so many photos to encode, files in all, or seconds, whichever comes first.
BATCH_PHOTOS = 64
BATCH_FILES = 128
BATCH_S = 1.0
BATCHES_AHEAD = 2
REQUEST_PAGE = 500


class Encoder(Protocol):
    """What turns network inputs into codes; `engine.hashing.encoder.Encoder` is one.

    Attributes:
        n_bits: Length of the codes.
        input_side: Side S of the square input, in pixels.
        digest: Identity of the model.
    """

    n_bits: int
    input_side: int
    digest: str

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8 (B, S, S, 3) to packed codes uint8 (B, n_bits / 8)."""


@dataclass
class Batch:
    """Readings that are stored together.

    Attributes:
        outcomes: Key in `to_read` and what reading gave.
        pixels: Network inputs by pixel hash, of photos that have no code yet.
        codes: Packed codes by pixel hash.
    """

    outcomes: list[tuple[int, Outcome]] = field(default_factory=list)
    pixels: dict[bytes, bytes] = field(default_factory=dict)
    codes: dict[bytes, bytes] = field(default_factory=dict)


def run_read_pass(
    lib: Library,
    roots: dict[int, Path],
    model_id: int,
    encoder: Encoder,
    pool: DecodePool,
    phase: Phase,
) -> BatchWriter:
    """Reads all files of the temporary table `to_read`, encodes new photos and stores everything.

    Args:
        lib: The library, after `run_scan_pass`.
        roots: Folder by root id.
        model_id: Row id of the encoder's model.
        encoder: Makes the codes.
        pool: Reads the files.
        phase: Hears of progress.

    Returns:
        The writer, whose figures tell what became of the files.

    Raises:
        JobCancelled: The person cancelled; what was stored until then stays.
    """
    writer = BatchWriter(lib, model_id)
    coding = Coding(lib, model_id)
    readings = pool.read(_requests(lib, roots))
    batches = encode_ahead(_gather(readings, coding), encoder)
    try:
        for batch in batches:
            writer.write(batch.outcomes, batch.codes)
            coding.stored(batch)
            phase.problems = writer.figures.problems
            phase.advance(len(batch.outcomes))
    finally:
        # Ends the stages in order; a generator that is merely dropped would end at some later time.
        batches.close()
    return writer


class Coding:
    """Knows which photos need a code and are not being encoded already."""

    def __init__(self, lib: Library, model_id: int) -> None:
        self._lib = lib
        self._model_id = model_id
        self._on_their_way: set[bytes] = set()

    def needed(self, pixel_hash: bytes) -> bool:
        """True at most once for a photo, until its batch is stored."""
        if pixel_hash in self._on_their_way:
            return False
        known = self._lib.value(
            "SELECT 1 FROM photos JOIN codes ON codes.photo_id = photos.id AND codes.model_id = ?"
            " WHERE pixel_hash = ?",
            (self._model_id, pixel_hash),
        )
        if known is None:
            self._on_their_way.add(pixel_hash)
        return known is None

    def stored(self, batch: Batch) -> None:
        """From here on the library itself knows the batch's codes."""
        self._on_their_way -= batch.codes.keys()


def _requests(lib: Library, roots: dict[int, Path]) -> Iterator[ReadRequest]:
    last = 0
    while rows := lib.rows(
        "SELECT key, root_id, rel_path, raw_path, size, like_hash FROM to_read"
        " WHERE key > ? ORDER BY key LIMIT ?",
        (last, REQUEST_PAGE),
    ):
        for key, root_id, rel_path, raw_path, size, like_hash in rows:
            path = os.fsencode(file_path(roots[root_id], rel_path, raw_path))
            yield ReadRequest(path, like_hash, key, size)
        last = rows[-1][0]


def _gather(
    readings: Iterator[tuple[ReadRequest, PhotoReading | UnreadablePhoto]], coding: Coding
) -> Iterator[Batch]:
    """Puts readings together into batches."""
    batch, since = Batch(), time.monotonic()
    for request, outcome in readings:
        batch.outcomes.append((request.key, outcome))
        photo = outcome.photo if isinstance(outcome, PhotoReading) else None
        if photo is not None and coding.needed(photo.pixel_hash):
            batch.pixels[photo.pixel_hash] = photo.pixels
        full = len(batch.pixels) >= BATCH_PHOTOS or len(batch.outcomes) >= BATCH_FILES
        if full or time.monotonic() - since >= BATCH_S:
            yield batch
            batch, since = Batch(), time.monotonic()
    if batch.outcomes:
        yield batch


def encode_ahead(batches: Iterable[Batch], encoder: Encoder) -> Generator[Batch, None, None]:
    """Fills in the codes of batches, in order, on a thread of its own that works a little ahead."""
    with ThreadPoolExecutor(1, thread_name_prefix="encoder") as thread:
        waiting: deque[Future[Batch]] = deque()
        for batch in batches:
            waiting.append(thread.submit(_encode, batch, encoder))
            while waiting and (waiting[0].done() or len(waiting) > BATCHES_AHEAD):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _encode(batch: Batch, encoder: Encoder) -> Batch:
    if batch.pixels:
        side = encoder.input_side
        joined = np.frombuffer(b"".join(batch.pixels.values()), np.uint8).reshape(-1, side, side, 3)
        codes = encoder.encode(joined)
        batch.codes = {
            pixel_hash: code.tobytes() for pixel_hash, code in zip(batch.pixels, codes, strict=True)
        }
        batch.pixels.clear()
    return batch
