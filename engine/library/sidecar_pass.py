"""Third pass of an index run: what files beside photos say becomes captions of these photos.

Only folders are looked at in which the scan found something new, changed, back or gone; of these, only files
are opened that belong to a photo and are not known as they are. A run that was ended before it came so far is
made up for by the next one, which looks at all folders of the same root.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from engine.errors import UnreadablePhoto
from engine.library.captions import put_file_captions
from engine.library.changes import log_changes
from engine.library.database import Library, Row
from engine.library.locations import restored
from engine.library.problems import PASSING_REASONS, put_problem
from engine.library.reporting import Control, Phase
from engine.photos.sidecars import ENDINGS, Owners, read_sidecar

BATCH = 200  # files whose captions are written by one transaction
Words = list[tuple[str, str]]

_NOTE_TOUCHED = """
DROP TABLE IF EXISTS temp.touched;
CREATE TEMP TABLE touched (root_id INTEGER, rel_dir TEXT, PRIMARY KEY (root_id, rel_dir)) WITHOUT ROWID;
INSERT OR IGNORE INTO touched
    SELECT root_id, rtrim(rtrim(rel_path, replace(rel_path, '/', '')), '/') FROM to_read;
INSERT OR IGNORE INTO touched SELECT root_id, rel_dir FROM back JOIN files ON files.id = back.file_id;
INSERT OR IGNORE INTO touched
    SELECT files.root_id, rel_dir FROM vanished JOIN files ON files.id = vanished.file_id;
"""
# A root is unfinished from the moment that something in it is to be done until it is done.
_UNFINISHED = "'sidecars:' || {0}"
_ADD_UNFINISHED = f"""
INSERT OR IGNORE INTO touched SELECT DISTINCT root_id, rel_dir FROM files INDEXED BY other_files
WHERE photo_id IS NULL AND missing_since IS NULL
    AND {_UNFINISHED.format("root_id")} IN (SELECT key FROM settings)
"""  # noqa: S608 - a constant
_SET_UNFINISHED = f"""
INSERT OR IGNORE INTO settings (key, value) SELECT DISTINCT {_UNFINISHED.format("root_id")}, '1' FROM touched
"""  # noqa: S608
_ENDINGS = " OR ".join(f"rel_path LIKE '%{ending}'" for ending in ENDINGS)
_FOLDERS = f"""
SELECT DISTINCT touched.root_id, touched.rel_dir FROM touched
    CROSS JOIN files INDEXED BY other_files
    ON files.root_id = touched.root_id AND files.rel_dir = touched.rel_dir
    JOIN roots ON roots.id = touched.root_id AND roots.online
WHERE photo_id IS NULL AND missing_since IS NULL AND ({_ENDINGS})
"""  # noqa: S608
# Their file is gone, or is no longer what it was.
_LAPSED = """
SELECT sidecars.file_id FROM sidecars CROSS JOIN files ON files.id = sidecars.file_id
WHERE missing_since IS NOT NULL OR files.photo_id IS NOT NULL LIMIT ?
"""


@dataclass
class SidecarFigures:
    """What the pass did.

    Attributes:
        read: Files that were opened.
        problems: Those of them that could not be read.
    """

    read: int = 0
    problems: int = 0


@dataclass(frozen=True)
class _Sidecar:
    """A file, the photos that it belongs to, and what it said when it was last read, as it is now."""

    file_id: int
    path: Path
    size: int
    mtime_ns: int
    photo_ids: tuple[int, ...]
    words: Words | None


def note_touched(lib: Library) -> None:
    """Notes in which folders something happened, after the scan's finds and before anything is written."""
    lib.execute_script(_NOTE_TOUCHED)
    lib.execute(_ADD_UNFINISHED)
    with lib.transaction():
        lib.execute(_SET_UNFINISHED)


def run_sidecar_pass(lib: Library, roots: Mapping[int, Path], control: Control) -> SidecarFigures:
    """Brings captions up to date with the files beside photos, after the second pass.

    Args:
        lib: The library; `note_touched` has noted folders.
        roots: Folder by root id; those that are offline are left as they are.
        control: Hears of progress, phase "captions", where there is something to look at.

    Raises:
        JobCancelled: The person cancelled; what was stored until then stays, and the next run does the rest.
    """
    figures = SidecarFigures()
    _drop_lapsed(lib, control)
    folders = [(root_id, rel_dir) for root_id, rel_dir in lib.rows(_FOLDERS) if root_id in roots]
    if folders:
        phase = Phase(control, "captions", len(folders))
        for root_id, rel_dir in folders:
            sidecars = _sidecars(lib, root_id, roots[root_id], rel_dir)
            while batch := list(islice(sidecars, BATCH)):
                _bring_up_to_date(lib, batch, figures)
                phase.advance(0)
            phase.problems = figures.problems
            phase.advance(1)
        phase.tell()
    with lib.transaction():
        lib.execute_many(
            f"DELETE FROM settings WHERE key = {_UNFINISHED.format('?')}"  # noqa: S608
            " AND EXISTS (SELECT 1 FROM roots WHERE id = ? AND online)",
            ((root_id, root_id) for root_id in roots),
        )
    return figures


def _drop_lapsed(lib: Library, control: Control) -> None:
    while lapsed := [file_id for (file_id,) in lib.rows(_LAPSED, (BATCH,))]:
        with lib.transaction():
            changed = {photo_id for file_id in lapsed for photo_id in put_file_captions(lib, file_id, ())}
            lib.execute_many("DELETE FROM sidecars WHERE file_id = ?", ((file_id,) for file_id in lapsed))
            log_changes(lib, sorted(changed), "caption")
        control.checkpoint()


def _sidecars(lib: Library, root_id: int, root: Path, rel_dir: str) -> Iterator[_Sidecar]:
    """Files of a folder that may be sidecars and could be read in this run.

    Names are compared as the disk has them: two that are no UTF-8 may look alike in the tables.
    """
    photos: dict[PurePosixPath, dict[str, int]] = defaultdict(dict)
    for rel_path, raw_path, photo_id in lib.rows(
        "SELECT rel_path, raw_path, photo_id FROM files"
        " WHERE root_id = ? AND rel_dir = ? AND photo_id IS NOT NULL AND missing_since IS NULL",
        (root_id, rel_dir),
    ):
        path = PurePosixPath(restored(rel_path, raw_path))
        photos[path.parent][path.name] = photo_id
    owners = {folder: Owners(names) for folder, names in photos.items()}
    for row in _other_files(lib, root_id, rel_dir):
        file_id, rel_path, raw_path, size, mtime_ns, words, *known = row
        path = PurePosixPath(restored(rel_path, raw_path))
        if mtime_ns is None or path.suffix.lower() not in ENDINGS:
            continue
        own = owners[path.parent].of(path.name) if path.parent in owners else []
        photo_ids = tuple(dict.fromkeys(photos[path.parent][name] for name in own))
        told = None
        if words is not None and known == [size, mtime_ns]:
            told = [(source, text) for source, text in json.loads(words)]
        yield _Sidecar(file_id, root / path, size, mtime_ns, photo_ids, told)


def _other_files(lib: Library, root_id: int, rel_dir: str) -> list[Row]:
    return lib.rows(
        "SELECT id, rel_path, raw_path, files.size, files.mtime_ns, words, sidecars.size, sidecars.mtime_ns"
        " FROM files INDEXED BY other_files LEFT JOIN sidecars ON file_id = id"
        " WHERE root_id = ? AND rel_dir = ? AND photo_id IS NULL AND missing_since IS NULL",
        (root_id, rel_dir),
    )


def _bring_up_to_date(lib: Library, batch: Iterable[_Sidecar], figures: SidecarFigures) -> None:
    read: list[tuple[_Sidecar, Words | UnreadablePhoto]] = []
    for sidecar in batch:
        found: Words | UnreadablePhoto = sidecar.words or []
        if sidecar.photo_ids and sidecar.words is None:
            figures.read += 1
            try:
                found = read_sidecar(os.fsencode(sidecar.path))
            except UnreadablePhoto as error:
                found = error
                figures.problems += error.reason != "vanished"
        read.append((sidecar, found))
    with lib.transaction():
        changed = {photo_id for sidecar, found in read for photo_id in _write(lib, sidecar, found)}
        log_changes(lib, sorted(changed), "caption")


def _write(lib: Library, sidecar: _Sidecar, found: Words | UnreadablePhoto) -> set[int]:
    """Stores what a file says; photos whose captions changed."""
    if isinstance(found, UnreadablePhoto):
        return _write_problem(lib, sidecar, found)
    if sidecar.photo_ids and sidecar.words is None:
        lib.execute(
            "INSERT OR REPLACE INTO sidecars (file_id, size, mtime_ns, words) VALUES (?, ?, ?, ?)",
            (sidecar.file_id, sidecar.size, sidecar.mtime_ns, json.dumps(found, ensure_ascii=False)),
        )
    return put_file_captions(
        lib,
        sidecar.file_id,
        [(photo_id, source, text) for photo_id in sidecar.photo_ids for source, text in found],
    )


def _write_problem(lib: Library, sidecar: _Sidecar, problem: UnreadablePhoto) -> set[int]:
    """What was known stays where the file may be read another time."""
    if problem.reason == "vanished":  # it is for the next scan to say what became of it
        return set()
    put_problem(lib, sidecar.file_id, problem.reason, problem.detail)
    if problem.reason in PASSING_REASONS:
        lib.execute("UPDATE files SET mtime_ns = NULL WHERE id = ?", (sidecar.file_id,))
        return set()
    return put_file_captions(lib, sidecar.file_id, ())
