"""A small encoder, a control that records, and a library to index into."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import JobCancelled
from engine.library.database import Library
from engine.library.indexer import IndexFigures, IndexOptions, index
from engine.progress import Event, Progress, Warned


class GridEncoder:
    """64 bits: which of 8 x 8 fields are brighter than the whole picture. `salt` makes another model."""

    n_bits = 64
    input_side = 32

    def __init__(self, salt: str = "a") -> None:
        self.digest = salt * 64
        self._flip = np.uint8(0 if salt == "a" else 255)
        self.encoded = 0

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        assert pixels.dtype == np.uint8 and pixels.shape[1:] == (32, 32, 3)
        self.encoded += len(pixels)
        fields = pixels.reshape(-1, 8, 4, 8, 4, 3).mean(axis=(2, 4, 5))
        bits = fields > fields.mean(axis=(1, 2), keepdims=True)
        return np.packbits(bits.reshape(-1, 64), axis=1, bitorder="little") ^ self._flip


class RecordingControl:
    """Keeps what is told; cancels at the checkpoint with the number `cancel_at`."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.events: list[Event] = []
        self.checkpoints = 0
        self._cancel_at = cancel_at

    def report(self, event: Event) -> None:
        self.events.append(event)

    def checkpoint(self) -> bool:
        self.checkpoints += 1
        if self._cancel_at is not None and self.checkpoints >= self._cancel_at:
            raise JobCancelled("cancelled")
        return False

    @property
    def warnings(self) -> list[Warned]:
        return [event for event in self.events if isinstance(event, Warned)]

    @property
    def progress(self) -> list[Progress]:
        return [event for event in self.events if isinstance(event, Progress)]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library", create=True)
    yield opened
    opened.close()


@pytest.fixture
def encoder() -> GridEncoder:
    return GridEncoder()


@pytest.fixture
def other_encoder() -> GridEncoder:
    return GridEncoder("b")


@pytest.fixture
def control() -> RecordingControl:
    return RecordingControl()


@pytest.fixture
def make_control() -> type[RecordingControl]:
    return RecordingControl


@pytest.fixture
def run_index(
    library: Library, encoder: GridEncoder, control: RecordingControl
) -> Callable[..., IndexFigures]:
    """Indexes folders with one worker process; all of the library's when none is named."""

    def run(*roots: Path, believe_missing: bool = False, by: GridEncoder = encoder) -> IndexFigures:
        options = IndexOptions(workers=1, believe_missing=believe_missing)
        return index(library, roots, by, control, options)

    return run


@pytest.fixture
def as_another_user():
    """Runs the body as a user who may not enter a folder; as root, permissions alone forbid nothing."""

    @contextmanager
    def acting(folder: Path) -> Iterator[None]:
        mode = folder.stat().st_mode
        if os.geteuid() != 0:
            folder.chmod(0o000)
            try:
                yield
            finally:
                folder.chmod(mode)
            return
        folder.chmod(0o000)
        opened = [
            path
            for path in folder.parents
            if path.stat().st_uid == 0 and path.stat().st_mode & 0o777 == 0o700
        ]
        for path in opened:
            path.chmod(0o755)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
            folder.chmod(mode)
            for path in opened:
                path.chmod(0o700)

    return acting
