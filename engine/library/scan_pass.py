"""First pass of an index run: walks the folders and finds by SQL what is new, changed, back, or gone.

What the walk finds goes into temporary tables of SQLite, not into Python objects, so a million files cost no
memory. No file is opened.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from engine.library.changes import log_changes, log_reload
from engine.library.database import Library, utc_now
from engine.library.exclusions import Exclusions, exclusions, teach_exclusions
from engine.library.locations import stored
from engine.library.reporting import Control, Phase
from engine.library.settings import get_setting, put_setting, set_setting
from engine.library.sidecar_pass import note_touched
from engine.photos.scan import FileEntry, scan
from engine.progress import Warned

SCAN_BATCH = 1000
# Rows changed by one transaction: some 30 ms, so that the window's edits get in between.
WRITE_BATCH = 1000
# Fewer vanished photos than this are believed at once.
DOUBT_ABOVE = 20

_TABLES = """
DROP TABLE IF EXISTS temp.scanned;
CREATE TEMP TABLE scanned (
    root_id INTEGER, rel_path TEXT, raw_path BLOB, size INTEGER, mtime_ns INTEGER,
    PRIMARY KEY (root_id, rel_path, raw_path)
) WITHOUT ROWID;
DROP TABLE IF EXISTS temp.unseen;
CREATE TEMP TABLE unseen (root_id INTEGER, rel_path TEXT);
DROP TABLE IF EXISTS temp.to_read;
CREATE TEMP TABLE to_read (
    key INTEGER PRIMARY KEY, root_id INTEGER, rel_path TEXT, raw_path BLOB, size INTEGER, mtime_ns INTEGER,
    file_id INTEGER, like_hash BLOB, like_photo INTEGER, like_captions TEXT
);
DROP TABLE IF EXISTS temp.vanished;
CREATE TEMP TABLE vanished (
    file_id INTEGER PRIMARY KEY, root_id INTEGER, photo_id INTEGER, moved INTEGER, excluded INTEGER
);
DROP TABLE IF EXISTS temp.back;
CREATE TEMP TABLE back (file_id INTEGER PRIMARY KEY, photo_id INTEGER);
"""

# "alike" is a file known to have the content that is expected: one of the same size and time (this one was
# moved or copied), else the file itself (it was only touched). One to be tried again expects nothing.
_FIND_TO_READ = """
INSERT INTO to_read
    (root_id, rel_path, raw_path, size, mtime_ns, file_id, like_hash, like_photo, like_captions)
SELECT found.root_id, found.rel_path, found.raw_path, found.size, found.mtime_ns, found.file_id,
    alike.content_hash, alike.photo_id,
    (SELECT json_group_array(json_array(source, text)) FROM
        (SELECT source, text FROM captions WHERE captions.file_id = alike.id ORDER BY captions.id))
FROM (
    SELECT scanned.*, files.id AS file_id,
        CASE WHEN files.id IS NULL OR files.mtime_ns IS NOT NULL THEN coalesce(
            (SELECT k.id FROM files AS k WHERE k.size = scanned.size AND k.mtime_ns = scanned.mtime_ns
                AND k.photo_id IS NOT NULL LIMIT 1),
            files.id) END AS alike_id
    FROM scanned LEFT JOIN files ON files.root_id = scanned.root_id AND files.rel_path = scanned.rel_path
        AND files.raw_path = scanned.raw_path
    WHERE files.id IS NULL OR files.size IS NOT scanned.size OR files.mtime_ns IS NOT scanned.mtime_ns
) AS found LEFT JOIN files AS alike ON alike.id = found.alike_id AND alike.photo_id IS NOT NULL
"""

_FIND_BACK = """
INSERT INTO back (file_id, photo_id)
SELECT files.id, files.photo_id FROM files JOIN scanned ON files.root_id = scanned.root_id
    AND files.rel_path = scanned.rel_path AND files.raw_path = scanned.raw_path
WHERE files.missing_since IS NOT NULL AND files.size = scanned.size AND files.mtime_ns = scanned.mtime_ns
"""

_FIND_VANISHED = """
INSERT INTO vanished (file_id, root_id, photo_id, moved, excluded)
SELECT files.id, files.root_id, files.photo_id, EXISTS (
    SELECT 1 FROM to_read WHERE to_read.size = files.size AND to_read.mtime_ns = files.mtime_ns),
    is_excluded(files.rel_path)
FROM files WHERE files.root_id = ? AND files.missing_since IS NULL
    AND NOT EXISTS (SELECT 1 FROM scanned WHERE scanned.root_id = files.root_id
        AND scanned.rel_path = files.rel_path AND scanned.raw_path = files.raw_path)
    AND NOT EXISTS (SELECT 1 FROM unseen WHERE unseen.root_id = files.root_id
        AND (files.rel_path = unseen.rel_path
            OR (files.rel_path > unseen.rel_path || '/' AND files.rel_path < unseen.rel_path || '0')))
"""


@dataclass
class ScanFigures:
    """What the first pass found.

    Attributes:
        files: Files seen.
        to_read: Files that are new, changed, or to be tried again.
        back: Files that were missing and are there again, unchanged.
        vanished: Files that were taken out since they are gone.
        excluded: Files that were taken out since the person leaves them out.
        doubtful: Files that seem to have vanished, which is not believed.
        offline: Roots that were not found.
    """

    files: int = 0
    to_read: int = 0
    back: int = 0
    vanished: int = 0
    excluded: int = 0
    doubtful: int = 0
    offline: int = 0


def run_scan_pass(
    lib: Library, roots: Mapping[int, Path], control: Control, *, believe_missing: bool
) -> ScanFigures:
    """Walks the roots; afterwards the temporary table `to_read` says what the second pass has to read.

    Files that vanished without a trace are taken out; those that turn up elsewhere with the same size and
    time wait for `take_out_moved`, so that their photos don't leave the results while they move.

    Args:
        lib: The library.
        roots: Folder by root id.
        control: Hears of progress and of offline roots.
        believe_missing: Believe that files are gone even if most vanished at once, or with their whole root.

    Raises:
        JobCancelled: The person cancelled; nothing was changed.
    """
    lib.execute_script(_TABLES)
    figures = ScanFigures()
    left_out = exclusions(lib)
    teach_exclusions(lib, left_out)
    phase = Phase(control, "scanning")
    online = [i for i, root in roots.items() if _scan_root(lib, i, root, left_out, phase, control)]
    phase.tell()
    figures.files = phase.done
    lib.execute(_FIND_TO_READ)
    lib.execute("CREATE INDEX temp.to_read_by_stat ON to_read (size, mtime_ns)")
    lib.execute(_FIND_BACK)
    figures.to_read = lib.value("SELECT count(*) FROM to_read")
    settled = []
    for root_id, root in roots.items():
        believe = believe_missing or get_setting(lib, f"believe:{root_id}") is not None
        there = root_id in online and not _is_unmounted(lib, root_id, believe=believe)
        if not there and not (believe and _is_deleted(lib, root_id, root)):
            figures.offline += 1
            _set_offline(lib, root_id, root, control)
            continue
        lib.execute(_FIND_VANISHED, (root_id,))
        figures.doubtful += _doubt(lib, root_id, root, control, believe=believe)
        _set_seen(lib, root_id, root, there=there)
        settled.append(root_id)
    note_touched(lib)
    figures.back = _take_back_in(lib, control)
    figures.excluded = lib.value("SELECT count(*) FROM vanished WHERE excluded AND NOT moved")
    figures.vanished = _take_out(lib, control, "WHERE moved = 0") - figures.excluded
    for root_id in settled:
        set_setting(lib, f"believe:{root_id}", None)  # the answer held for this time
    return figures


def take_out_moved(lib: Library, control: Control) -> int:
    """After the second pass: takes out the old paths of files that turned up elsewhere; returns how many."""
    return _take_out(lib, control, "")


def _scan_root(
    lib: Library, root_id: int, root: Path, left_out: Exclusions, phase: Phase, control: Control
) -> bool:
    """Fills `scanned`; False when the root itself could not be listed."""
    if not root.is_dir():
        return False
    lost: list[str] = []

    def on_error(rel_path: str, error: OSError) -> None:
        lost.append(rel_path)
        if rel_path:
            control.report(
                Warned(f"A folder could not be read: {error.strerror or error}.", f"{root / rel_path}")
            )

    entries = scan(root, on_error, left_out.holds if left_out else None)
    while batch := list(islice(entries, SCAN_BATCH)):
        with lib.reading():  # one transaction on the temporary table; the library's own files are not touched
            lib.execute_many("INSERT OR IGNORE INTO scanned VALUES (?, ?, ?, ?, ?)", _rows(root_id, batch))
        phase.advance(len(batch))
    lib.execute_many("INSERT INTO unseen VALUES (?, ?)", ((root_id, rel_path) for rel_path in lost))
    return "" not in lost


def _rows(root_id: int, batch: list[FileEntry]) -> Iterator[tuple[int, str, bytes, int, int]]:
    return ((root_id, entry.rel_path, entry.raw_path, entry.size, entry.mtime_ns) for entry in batch)


def _is_unmounted(lib: Library, root_id: int, *, believe: bool) -> bool:
    """True for a folder that is there, and empty, though it held photos: a disk that is not mounted."""
    if believe or lib.value("SELECT 1 FROM scanned WHERE root_id = ? LIMIT 1", (root_id,)):
        return False
    return _photo_files(lib, root_id) > 0


def _is_deleted(lib: Library, root_id: int, root: Path) -> bool:
    """True for a root that is gone from a folder and a disk that are there: deleted or renamed."""
    volume = lib.value("SELECT volume FROM roots WHERE id = ?", (root_id,))
    if volume is not None and not os.path.ismount(volume):
        return False
    try:
        root.lstat()
    except FileNotFoundError:
        return root.parent.is_dir()
    except OSError:
        pass
    return False


def _photo_files(lib: Library, root_id: int) -> int:
    return int(
        lib.value(
            "SELECT count(*) FROM files WHERE root_id = ? AND photo_id IS NOT NULL AND missing_since IS NULL"
            " AND NOT is_excluded(rel_path)",
            (root_id,),
        )
    )


def _set_offline(lib: Library, root_id: int, root: Path, control: Control) -> None:
    held = _photo_files(lib, root_id)
    empty = root.is_dir() and held
    with lib.transaction():
        if lib.execute("UPDATE roots SET online = 0 WHERE id = ? AND online", (root_id,)).rowcount:
            log_reload(lib)
        put_setting(lib, f"doubtful:{root_id}", str(held) if empty else None)
    if empty:
        control.report(Warned(_empty_text(root), str(root)))
    else:
        control.report(Warned(f"The folder {root} is not there; its photos stay in the library.", str(root)))


def _empty_text(root: Path) -> str:
    return (
        f"The folder {root} is empty though it held photos; it is taken as offline."
        " They leave the library when you say that they are gone."
    )


def _doubt(lib: Library, root_id: int, root: Path, control: Control, *, believe: bool) -> int:
    """Drops from `vanished` what is not to be believed; returns how many files that are."""
    gone = lib.value(
        "SELECT count(*) FROM vanished WHERE root_id = ? AND photo_id IS NOT NULL AND NOT moved"
        " AND NOT excluded",
        (root_id,),
    )
    volume = lib.value("SELECT volume FROM roots WHERE id = ?", (root_id,))
    unmounted = volume is not None and not os.path.ismount(volume) and gone > 0
    many = gone > DOUBT_ABOVE and gone * 2 > _photo_files(lib, root_id)
    doubted = (many or unmounted) and not believe
    with lib.transaction():
        put_setting(lib, f"doubtful:{root_id}", str(gone) if doubted else None)
    if not doubted:
        return 0
    lib.execute("DELETE FROM vanished WHERE root_id = ? AND NOT moved AND NOT excluded", (root_id,))
    control.report(
        Warned(
            f"{gone} photos have vanished at once from {root}; they stay in the library."
            " They leave it when you say that they are gone.",
            str(root),
        )
    )
    return int(gone)


def _set_seen(lib: Library, root_id: int, root: Path, *, there: bool) -> None:
    """Notes that the library now knows how things stand in a root, be it that the root was deleted."""
    with lib.transaction():
        if lib.execute(
            "UPDATE roots SET online = ? WHERE id = ? AND online <> ?", (there, root_id, there)
        ).rowcount:
            log_reload(lib)
        doubtful = get_setting(lib, f"doubtful:{root_id}") is not None
        if not doubtful:  # else the disk that holds them may be the one that was mounted before
            lib.execute("UPDATE roots SET volume = ? WHERE id = ?", (_mount_point(root), root_id))
        lib.execute("UPDATE roots SET last_seen = ? WHERE id = ?", (utc_now(), root_id))


def _mount_point(path: Path) -> str | bytes | None:
    """The mounted volume that holds a path, None for the system's own; bytes where they are no UTF-8.

    SQLite keeps either in the same column, and `os.path.ismount` takes either.
    """
    for folder in (path, *path.parents):
        if os.path.ismount(folder):
            shown, raw = stored(str(folder))
            return None if folder == folder.parent else raw or shown
    return None


def _take_back_in(lib: Library, control: Control) -> int:
    """Files that were missing and are there again."""
    total = 0
    while rows := lib.rows("SELECT file_id, photo_id FROM back LIMIT ?", (WRITE_BATCH,)):
        with lib.transaction():
            lib.execute_many(
                "UPDATE files SET missing_since = NULL WHERE id = ?", ((row[0],) for row in rows)
            )
            log_changes(lib, {row[1] for row in rows if row[1] is not None}, "added")
        lib.execute_many("DELETE FROM back WHERE file_id = ?", ((row[0],) for row in rows))
        total += len(rows)
        control.checkpoint()
    return total


def _take_out(lib: Library, control: Control, where: str) -> int:
    """Files that are gone: their record stays for a while, in case they come back."""
    total = 0
    now = utc_now()
    query = f"SELECT file_id, photo_id FROM vanished {where} LIMIT ?"  # noqa: S608 - constants
    while rows := lib.rows(query, (WRITE_BATCH,)):
        with lib.transaction():
            lib.execute_many(
                "UPDATE files SET missing_since = ? WHERE id = ?", ((now, row[0]) for row in rows)
            )
            log_changes(lib, {row[1] for row in rows if row[1] is not None}, "removed")
        lib.execute_many("DELETE FROM vanished WHERE file_id = ?", ((row[0],) for row in rows))
        total += len(rows)
        control.checkpoint()
    return total
