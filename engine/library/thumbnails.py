"""The stored thumbnails: what the window shows and what the network reads."""

from collections.abc import Iterable, Sequence

import numpy as np

from engine.library.codes import Ids
from engine.library.database import Library, translated


def read_thumbnail(lib: Library, photo_id: int) -> bytes | None:
    """The WebP of a photo, None when there is none."""
    return read_thumbnails(lib, [photo_id]).get(photo_id)


def read_thumbnails(lib: Library, photo_ids: Sequence[int]) -> dict[int, bytes]:
    """The WebPs of several photos by id; photos without one are left out."""
    marks = ",".join("?" * len(photo_ids))
    with translated(lib.dir):
        return dict(
            lib.thumbnails.conn.execute(
                f"SELECT photo_id, webp FROM thumbnails WHERE photo_id IN ({marks})",  # noqa: S608 - marks only
                [int(photo_id) for photo_id in photo_ids],
            ).fetchall()
        )


def thumbnail_ids(lib: Library) -> Ids:
    """Ids of all thumbnails, from the index: no picture is read."""
    with translated(lib.dir):
        row = lib.thumbnails.conn.execute("SELECT group_concat(photo_id, ' ') FROM thumbnails").fetchone()
    return np.fromstring(row[0] or "", dtype=np.int64, sep=" ")


def store_thumbnails(lib: Library, thumbnails: Iterable[tuple[int, bytes]]) -> None:
    """Writes thumbnails as (photo id, WebP), in one transaction that is on the disk when this returns."""
    with lib.thumbnail_transaction():
        lib.thumbnails.conn.executemany(
            "INSERT OR REPLACE INTO thumbnails (photo_id, webp) VALUES (?, ?)", thumbnails
        )


def drop_thumbnails(lib: Library, photo_ids: Iterable[int]) -> None:
    """Deletes the thumbnails of photos that the library no longer has."""
    with lib.thumbnail_transaction():
        lib.thumbnails.conn.executemany(
            "DELETE FROM thumbnails WHERE photo_id = ?", ((photo_id,) for photo_id in photo_ids)
        )
