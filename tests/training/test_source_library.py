"""Training on the photos of a person's own library."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import LibraryError
from engine.library.database import Library
from engine.library.indexer import IndexOptions, index
from engine.library.thumbnails import drop_thumbnails
from engine.training.sources import load_photos


class NoEncoder:
    """Eight bits that are all the same: what the codes are does not matter here."""

    digest, n_bits, input_side = "a" * 64, 8, 32

    def encode(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.zeros((len(pixels), 1), np.uint8)


class Silent:
    """Hears of progress and never stops."""

    def report(self, event: object) -> None: ...

    def checkpoint(self) -> bool:
        return False


@pytest.fixture
def library(tmp_path: Path, photo_folder: Callable[..., Path]) -> Path:
    """Three photos, the second with captions, the third without its thumbnail."""
    lib = Library.open(tmp_path / "mine", create=True)
    index(lib, (photo_folder("photos", range(3)),), NoEncoder(), Silent(), IndexOptions(workers=1))
    lib.execute_many(
        "INSERT INTO captions (photo_id, source, text) VALUES (2, ?, ?)",
        [("typed", "a cat"), ("xmp", "a cat"), ("typed", "asleep")],
    )
    drop_thumbnails(lib, [3])
    lib.close()
    return tmp_path / "mine"


def test_a_library_gives_thumbnails_and_captions(library: Path) -> None:
    before = hashlib.blake2b((library / "library.db").read_bytes()).digest()
    found = load_photos(library, 32)
    assert found.names == ["mine/1", "mine/2"]
    assert found.captions == [(), ("a cat", "asleep")]
    assert (found.labels, found.parts, found.skipped) == ([(), ()], ["", ""], 1)
    assert found.sharp == [True, True]
    assert load_photos(library, 241).sharp == [False, False]
    assert hashlib.blake2b((library / "library.db").read_bytes()).digest() == before


def test_a_damaged_library_says_so(library: Path) -> None:
    (library / "library.db").write_bytes(b"no database " * 100)
    with pytest.raises(LibraryError, match=r"library\.db"):
        load_photos(library, 32)
