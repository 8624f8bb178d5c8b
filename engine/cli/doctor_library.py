"""What `hammingbird doctor` says of the library."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from engine.errors import LibraryError, UnreadablePhoto
from engine.library import health
from engine.library.database import Library
from engine.library.thumbnails import read_thumbnails
from engine.paths import LIBRARY_FILE

SAMPLE = 200  # thumbnails; half a second
NO_LIBRARY = "none yet"
LITTLE_ROOM = 2**29  # bytes: less than the thumbnails of some twenty thousand photos


@contextmanager
def _opened(library_dir: Path) -> Iterator[Library | None]:
    """The library for reading, None while there is none."""
    if not has_library(library_dir):
        yield None
        return
    library = Library.open_reading(library_dir)
    try:
        yield library
    finally:
        library.close()


def has_library(library_dir: Path) -> bool:
    """False where a library can still be made; a file in its place counts as a library that is broken."""
    return (library_dir / LIBRARY_FILE).exists() or (library_dir.exists() and not library_dir.is_dir())


def library(library_dir: Path) -> str:
    """Whether the two files are whole, and the folder can be written.

    Raises:
        LibraryError: They are not, or can't be opened.
    """
    with _opened(library_dir) as lib:
        if lib is None:
            return f"{NO_LIBRARY}; it will be made in {library_dir}"
        damage = health.find_damage(lib)
    if damage:
        raise LibraryError(
            f"The library {library_dir} is damaged: {damage}.",
            "Move it away and index again; your photos are untouched.",
        )
    with tempfile.TemporaryFile(dir=library_dir):
        return f"{library_dir}, whole and writable"


def rows(library_dir: Path) -> str:
    """How many rows the tables have."""
    with _opened(library_dir) as lib:
        if lib is None:
            return NO_LIBRARY
        return ", ".join(f"{table} {count:,}" for table, count in health.row_counts(lib).items())


def codes(library_dir: Path) -> str:
    """Whether every photo has a code of the model that answers queries.

    Raises:
        LibraryError: Some have none.
    """
    with _opened(library_dir) as lib:
        if lib is None:
            return NO_LIBRARY
        missing = health.missing_codes(lib)
    if missing:
        raise LibraryError(
            f"{missing:,} photos have no code of the model in use, so no query finds them.",
            "Run `hammingbird index` to its end; it makes the missing codes.",
        )
    return "none missing"


def thumbnails(library_dir: Path) -> str:
    """Whether thumbnails are whole, as far as a sample tells, there at all, or left over.

    Raises:
        LibraryError: Some are damaged or lost.
    """
    with _opened(library_dir) as lib:
        if lib is None:
            return NO_LIBRARY
        found = health.thumbnails_by_state(lib)
        size = min(SAMPLE, len(found.there))
        sample = np.random.default_rng().choice(found.there, size, replace=False).tolist()
        looked_at = read_thumbnails(lib, sample)
    damaged = sum(map(_is_damaged, looked_at.values()))
    if damaged:
        raise LibraryError(
            f"{damaged} of {len(looked_at)} thumbnails looked at are damaged.",
            f"Connect all disks, move thumbnails.db out of {library_dir}, and run `hammingbird index`;"
            " it makes them again from your photos.",
        )
    if len(found.lost):
        raise LibraryError(
            f"{len(found.lost):,} thumbnails are lost.",
            "Connect all disks and run `hammingbird index`; it makes them again from your photos.",
        )
    left_over = f"; {len(found.left_over):,} left over from photos that are gone"
    return f"whole, in a sample of {len(looked_at)}" + (left_over if len(found.left_over) else "")


def _is_damaged(thumbnail: bytes) -> bool:
    from engine.photos.network_pixels import network_input

    try:
        network_input(thumbnail, 32)
    except UnreadablePhoto:
        return True
    return False


def disk(library_dir: Path) -> str:
    """How much the library takes, and the room that is left beside it.

    Raises:
        LibraryError: The disk is nearly full.
    """
    place = next(folder for folder in (library_dir, *library_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if free < LITTLE_ROOM:
        raise LibraryError(
            f"The disk of the library {library_dir} has only {_readable(free)} left.",
            "Make room before you index or teach.",
        )
    taken = sum(map(_bytes, library_dir.rglob("*")))
    return f"the library takes {_readable(taken)}; {_readable(free)} free"


def _bytes(file: Path) -> int:
    """Size of a file; 0 for a folder, and for one that a job took away meanwhile."""
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:
        return 0


def _readable(size: float) -> str:
    return f"{size / 2**30:,.1f} GB" if size >= 2**30 else f"{size / 2**20:,.1f} MB"
