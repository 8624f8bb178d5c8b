"""The room that thumbnails take, and giving it back."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.library.codes import Ids, read_ids
from engine.library.database import THUMBNAIL_FILE, Library, translated
from engine.library.locations import root_paths
from engine.library.reporting import Control, Phase
from engine.library.thumbnails import drop_thumbnails, thumbnail_ids

BATCH = 1000


@dataclass(frozen=True)
class ClearedFigures:
    """What became of the thumbnails.

    Attributes:
        cleared: Deleted; an index run makes them again from the photos.
        kept: Of photos all of whose files lie in folders that are not there now.
        freed: Bytes.
    """

    cleared: int
    kept: int
    freed: int


def store_bytes(library_dir: Path) -> int:
    """Bytes that the thumbnails of a library take on the disk, with what waits to be written in."""
    found = 0
    for name in (THUMBNAIL_FILE, THUMBNAIL_FILE + "-wal"):
        try:
            found += (library_dir / name).stat().st_size
        except OSError:
            continue
    return found


def clear_thumbnails(lib: Library, control: Control) -> ClearedFigures:
    """Deletes all thumbnails that can be made again, and gives their room back to the disk.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        control: Hears of progress, phase "clearing".

    Raises:
        JobCancelled: The person cancelled; what was deleted until then is made again by the next index run.
    """
    before = store_bytes(lib.dir)
    there = thumbnail_ids(lib)
    kept = np.intersect1d(there, _out_of_reach(lib))
    ids = np.setdiff1d(there, kept).tolist()
    phase = Phase(control, "clearing", len(ids))
    for start in range(0, len(ids), BATCH):
        page = ids[start : start + BATCH]
        drop_thumbnails(lib, page)
        phase.advance(len(page))
    with translated(lib.dir):
        lib.thumbnails.conn.execute("VACUUM")
        lib.thumbnails.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    phase.tell()
    return ClearedFigures(len(ids), len(kept), max(before - store_bytes(lib.dir), 0))


def _out_of_reach(lib: Library) -> Ids:
    """Visible photos that no file can be read of now, whatever the last index run found."""
    online = {i for (i,) in lib.rows("SELECT id FROM roots WHERE online")}
    there = [i for i, root in root_paths(lib).items() if i in online and _holds_anything(root)]
    marks = ",".join("?" * len(there))
    return read_ids(
        lib,
        "SELECT photo_id FROM visible_files GROUP BY photo_id"  # noqa: S608 - marks only
        f" HAVING max(root_id IN ({marks})) = 0 ORDER BY photo_id",
        there,
    )


def _holds_anything(folder: Path) -> bool:
    """False for a folder that is gone, and for one where a disk is not mounted."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
