"""Thumbnails that are lost, singly or with all of thumbnails.db: an index run makes them from the files."""

from collections.abc import Iterable

import numpy as np

from engine.library.codes import Ids
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.reporting import Control
from engine.library.thumbnails import thumbnail_ids
from engine.progress import Warned

WRITE_BATCH = 1000


def lost_ids(lib: Library) -> Ids:
    """Visible photos without a thumbnail, ascending. Counts would not tell: some thumbnails are left over."""
    return np.setdiff1d(visible_ids(lib), thumbnail_ids(lib), assume_unique=True)


def repair_thumbnails(lib: Library, control: Control) -> set[int]:
    """Lets this run read the files of photos whose thumbnails are lost.

    Args:
        lib: The library, before its folders are scanned.
        control: Hears how many are lost.

    Returns:
        The roots in which the files lie; all of them have to be scanned, lest another model finds no pixels.
    """
    lost = lost_ids(lib).tolist()
    if not lost:
        return set()
    control.report(
        Warned(f"The thumbnails of {len(lost):,} photos are lost; they are made again from the files.")
    )
    return read_again(lib, lost)


def read_again(lib: Library, photo_ids: Iterable[int]) -> set[int]:
    """Lets the next scan take the visible files of photos for changed; returns the roots that hold them."""
    ids = list(photo_ids)
    roots: set[int] = set()
    for start in range(0, len(ids), WRITE_BATCH):
        page = ids[start : start + WRITE_BATCH]
        marks = ",".join("?" * len(page))
        found = f"SELECT id FROM visible_files WHERE photo_id IN ({marks})"  # noqa: S608 - marks only
        with lib.transaction():
            rows = lib.rows(
                f"UPDATE files SET mtime_ns = NULL WHERE id IN ({found}) RETURNING root_id",  # noqa: S608
                page,
            )
        roots.update(root_id for (root_id,) in rows)
    return roots
