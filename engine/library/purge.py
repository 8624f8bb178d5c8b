"""Forgets for good what has been gone for long, and nothing that a person wrote."""

from datetime import UTC, datetime, timedelta

from engine.library.changes import drop_old_changes, log_changes
from engine.library.database import Library
from engine.library.reporting import Control
from engine.library.thumbnails import drop_thumbnails

MISSING_DAYS = 90
FORGOTTEN_DAYS = 30
PURGE_BATCH = 500

# Files whose time is over, and photos that have no other file and that nobody wrote anything about.
_TABLES = """
DROP TABLE IF EXISTS temp.lapsed;
CREATE TEMP TABLE lapsed (file_id INTEGER PRIMARY KEY, photo_id INTEGER);
DROP TABLE IF EXISTS temp.outlived;
CREATE TEMP TABLE outlived (photo_id INTEGER PRIMARY KEY);
"""
_FIND_LAPSED = """
INSERT INTO lapsed
SELECT id, photo_id FROM files WHERE missing_since < :missing
UNION SELECT id, photo_id FROM files WHERE root_id IN (SELECT id FROM roots WHERE forgotten_at < :forgotten)
"""
_FIND_OUTLIVED = """
INSERT INTO outlived
SELECT DISTINCT photo_id FROM lapsed WHERE photo_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM files WHERE files.photo_id = lapsed.photo_id
        AND files.id NOT IN (SELECT file_id FROM lapsed))
    AND NOT EXISTS (SELECT 1 FROM captions WHERE captions.photo_id = lapsed.photo_id AND file_id IS NULL)
    AND NOT EXISTS (SELECT 1 FROM pairs WHERE photo_a = lapsed.photo_id OR photo_b = lapsed.photo_id)
"""
# The last file of a photo that is kept stays too: it says where the photo was.
_FIND_KEPT = """
DELETE FROM lapsed WHERE photo_id IS NOT NULL AND photo_id NOT IN (SELECT photo_id FROM outlived)
    AND NOT EXISTS (SELECT 1 FROM files WHERE files.photo_id = lapsed.photo_id
        AND files.id NOT IN (SELECT file_id FROM lapsed))
"""


def purge(lib: Library, control: Control, now: datetime | None = None) -> int:
    """Deletes the records of files missing for 90 days or forgotten for 30, and of photos that had no other.

    Args:
        lib: The library.
        control: Asked between transactions.
        now: The present, in UTC; only tests name another.

    Returns:
        How many photos were deleted.

    Raises:
        JobCancelled: The person cancelled.
    """
    now = now or datetime.now(UTC)
    lib.execute_script(_TABLES)
    limits = {
        "missing": (now - timedelta(days=MISSING_DAYS)).isoformat(timespec="seconds"),
        "forgotten": (now - timedelta(days=FORGOTTEN_DAYS)).isoformat(timespec="seconds"),
    }
    lib.execute(_FIND_LAPSED, limits)
    lib.execute(_FIND_OUTLIVED)
    lib.execute(_FIND_KEPT)
    while rows := lib.rows("SELECT file_id FROM lapsed LIMIT ?", (PURGE_BATCH,)):
        with lib.transaction():
            lib.execute_many("DELETE FROM files WHERE id = ?", rows)
        lib.execute_many("DELETE FROM lapsed WHERE file_id = ?", rows)
        control.checkpoint()
    deleted = 0
    while rows := lib.rows("SELECT photo_id FROM outlived LIMIT ?", (PURGE_BATCH,)):
        ids = [row[0] for row in rows]
        with lib.transaction():
            lib.execute_many("DELETE FROM photos WHERE id = ?", rows)
            log_changes(lib, ids, "removed")
        drop_thumbnails(lib, ids)
        lib.execute_many("DELETE FROM outlived WHERE photo_id = ?", rows)
        deleted += len(ids)
        control.checkpoint()
    drop_old_changes(lib)
    return deleted
