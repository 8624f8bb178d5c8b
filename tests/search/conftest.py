"""A library whose photos and codes tests write as they like, without any file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.library.changes import log_changes
from engine.library.codes import put_codes
from engine.library.database import Library
from engine.library.models_table import register_model


class Writer:
    """Adds, hides and recodes photos as an index run does: each call is one transaction."""

    def __init__(self, lib: Library) -> None:
        self.lib = lib

    def add(self, photos: dict[int, bytes], folder: str = "a") -> None:
        with self.lib.transaction():
            for photo_id in photos:
                self.lib.execute(
                    "INSERT INTO photos (id, pixel_hash, width, height, format, added_at)"
                    " VALUES (?, ?, 1, 1, 'JPEG', '')",
                    (photo_id, photo_id.to_bytes(32, "big")),
                )
                self.lib.execute(
                    "INSERT INTO files (root_id, rel_path, size, photo_id) VALUES (1, ?, 1, ?)",
                    (f"{folder}/{photo_id}.jpg", photo_id),
                )
            put_codes(self.lib, 1, photos.items())
            log_changes(self.lib, photos, "added")

    def set_missing(self, photo_ids: list[int], since: str | None) -> None:
        with self.lib.transaction():
            self.lib.execute_many(
                "UPDATE files SET missing_since = ? WHERE photo_id = ?", [(since, i) for i in photo_ids]
            )
            log_changes(self.lib, photo_ids, "added" if since is None else "removed")

    def recode(self, photos: dict[int, bytes]) -> None:
        with self.lib.transaction():
            put_codes(self.lib, 1, photos.items())
            log_changes(self.lib, photos, "code")


@pytest.fixture
def make_writer() -> type[Writer]:
    return Writer


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library", create=True)
    with opened.transaction():
        opened.execute("INSERT INTO roots (id, path) VALUES (1, ?)", (str(tmp_path / "photos"),))
    register_model(opened, "a" * 64, "first", 16, {})
    yield opened
    opened.close()


@pytest.fixture
def writer(library: Library) -> Writer:
    return Writer(library)


@pytest.fixture
def reading(library: Library) -> Iterator[Callable[[], Library]]:
    """Opens read-only connections that are closed at the end."""
    opened: list[Library] = []

    def open_one() -> Library:
        opened.append(Library.open_reading(library.dir))
        return opened[-1]

    yield open_one
    for lib in opened:
        lib.close()
