"""What can be wrong with a library, found by looking at it; nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from engine.library.codes import Ids, read_ids, uncoded_ids
from engine.library.database import Library, translated
from engine.library.lost_thumbnails import lost_ids
from engine.library.models_table import active_model_id
from engine.library.photos import visible_ids
from engine.library.thumbnails import thumbnail_ids

# Most of the tables that people know something of, in the order in which it is told.
COUNTED = ("roots", "files", "photos", "codes", "captions", "pairs", "models", "problems", "undo")


@dataclass(frozen=True)
class ThumbnailIds:
    """Photos by what became of their thumbnail; int64 each, ascending.

    Attributes:
        there: Visible photos with a thumbnail.
        lost: Visible photos without one.
        left_over: Thumbnails of photos that the library no longer has; they only take room.
    """

    there: Ids
    lost: Ids
    left_over: Ids


def find_damage(lib: Library) -> str:
    """What SQLite finds broken in the two files, in its own words; empty when all is whole.

    The tables are compared with their indexes and with each other, the thumbnails, which may be many
    gigabytes, only looked through page by page.

    Raises:
        LibraryError: A file is too damaged to be looked through, or the disk gives an error.
    """
    with translated(lib.dir):
        return (
            _complaint(lib.db, "integrity_check")
            or _stray_row(lib.db)
            or _complaint(lib.thumbnails, "quick_check")
        )


def _complaint(db: Database, check: str) -> str:
    answer = str(db.conn.execute(f"PRAGMA {check}(1)").fetchone()[0])
    return "" if answer == "ok" else answer


def _stray_row(db: Database) -> str:
    row = db.conn.execute("PRAGMA foreign_key_check").fetchone()
    return "" if row is None else f"a row of {row[0]} belongs to a row of {row[2]} that is not there"


def row_counts(lib: Library, tables: Sequence[str] = COUNTED) -> dict[str, int]:
    """Rows by table; raises as `Library.execute`."""
    with lib.reading():
        return {table: lib.value(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608 - ours


def missing_codes(lib: Library) -> int:
    """Visible photos that no query finds, since they have no code of the active model."""
    model_id = active_model_id(lib)
    return len(visible_ids(lib) if model_id is None else uncoded_ids(lib, model_id))


def thumbnails_by_state(lib: Library) -> ThumbnailIds:
    """Compares the stored thumbnails with the photos; no picture is read."""
    every = thumbnail_ids(lib)
    known = read_ids(lib, "SELECT id FROM photos ORDER BY id")
    visible = visible_ids(lib)
    return ThumbnailIds(
        there=np.intersect1d(visible, every, assume_unique=True),
        lost=lost_ids(lib),
        left_over=np.setdiff1d(every, known, assume_unique=True),
    )
