"""Third pass of an index run: what files beside photos say becomes captions of these photos.

Only folders are looked at in which the scan found something new, changed, back or gone; of these, only files
are opened that belong to a photo and are not known as they are. A run that was ended before it came so far is
made up for by the next one, which looks at all folders.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from engine.errors import UnreadablePhoto
from engine.library.captions import put_file_captions
from engine.library.changes import log_changes
from engine.library.database import Library
from engine.library.locations import file_path
from engine.library.problems import PASSING_REASONS, put_problem
from engine.library.reporting import Control, Phase
from engine.library.settings import get_setting, set_setting
from engine.photos.sidecars import ENDINGS, Owners, read_sidecar

UNFINISHED = "sidecars:unfinished"
BATCH = 200  # files whose captions are written by one transaction

_NOTE_TOUCHED = """
DROP TABLE IF EXISTS temp.touched;
CREATE TEMP TABLE touched (root_id INTEGER, rel_dir TEXT, PRIMARY KEY (root_id, rel_dir)) WITHOUT ROWID;
INSERT OR IGNORE INTO touched
    SELECT root_id, rtrim(rtrim(rel_path, replace(rel_path, '/', '')), '/') FROM to_read;
INSERT OR IGNORE INTO touched SELECT root_id, rel_dir FROM back JOIN files ON files.id = back.file_id;
INSERT OR IGNORE INTO touched
    SELECT files.root_id, rel_dir FROM vanished JOIN files ON files.id = vanished.file_id;
"""
_ALL_FOLDERS = """
INSERT OR IGNORE INTO touched SELECT DISTINCT root_id, rel_dir FROM files
WHERE photo_id IS NULL AND missing_since IS NULL
"""
# Their file is gone, or is no longer what it was.
_LAPSED = """
SELECT sidecars.file_id FROM sidecars JOIN files ON files.id = sidecars.file_id
WHERE missing_since IS NOT NULL OR files.photo_id IS NOT NULL
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
    mtime_ns: int | None
    photo_ids: tuple[int, ...]
    words: list[tuple[str, str]] | None


def note_touched(lib: Library) -> None:
    """Notes in which folders something happened, after the scan's finds and before anything is written."""
    lib.execute_script(_NOTE_TOUCHED)
    if lib.value("SELECT 1 FROM touched LIMIT 1"):
        if get_setting(lib, UNFINISHED):
            lib.execute(_ALL_FOLDERS)
        set_setting(lib, UNFINISHED, "1")


def run_sidecar_pass(lib: Library, roots: Mapping[int, Path], control: Control) -> SidecarFigures:
    """Brings captions up to date with the files beside photos, after the second pass.

    Args:
        lib: The library; `note_touched` has noted folders.
        roots: Folder by root id.
        control: Hears of progress, phase "captions".

    Raises:
        JobCancelled: The person cancelled; what was stored until then stays, and the next run does the rest.
    """
    figures = SidecarFigures()
    if not get_setting(lib, UNFINISHED):
        return figures
    phase = Phase(control, "captions", lib.value("SELECT count(*) FROM touched"))
    _drop_lapsed(lib)
    for root_id, rel_dir in lib.rows("SELECT root_id, rel_dir FROM touched"):
        if root_id in roots:
            sidecars = _sidecars(lib, root_id, roots[root_id], rel_dir)
            while batch := list(islice(sidecars, BATCH)):
                _bring_up_to_date(lib, batch, figures)
                phase.advance(0)
        phase.problems = figures.problems
        phase.advance(1)
    set_setting(lib, UNFINISHED, None)
    phase.tell()
    return figures


def _drop_lapsed(lib: Library) -> None:
    lapsed = [file_id for (file_id,) in lib.rows(_LAPSED)]
    with lib.transaction():
        for file_id in lapsed:
            log_changes(lib, sorted(put_file_captions(lib, file_id, ())), "caption")
            lib.execute("DELETE FROM sidecars WHERE file_id = ?", (file_id,))


def _sidecars(lib: Library, root_id: int, root: Path, rel_dir: str) -> Iterator[_Sidecar]:
    rows = lib.rows(
        "SELECT id, rel_path, raw_path, files.size, files.mtime_ns, words, sidecars.size, sidecars.mtime_ns"
        " FROM files LEFT JOIN sidecars ON file_id = id"
        " WHERE root_id = ? AND rel_dir = ? AND photo_id IS NULL AND missing_since IS NULL",
        (root_id, rel_dir),
    )
    rows = [row for row in rows if row[1].lower().endswith(ENDINGS)]
    if not rows:
        return
    photos: dict[str, int] = dict(
        lib.rows(
            "SELECT rel_path, photo_id FROM files"
            " WHERE root_id = ? AND rel_dir = ? AND photo_id IS NOT NULL AND missing_since IS NULL",
            (root_id, rel_dir),
        )
    )
    names = {PurePosixPath(path).name: photo_id for path, photo_id in photos.items()}
    owners = Owners(names)
    for file_id, rel_path, raw_path, size, mtime_ns, words, *known in rows:
        own = dict.fromkeys(names[name] for name in owners.of(PurePosixPath(rel_path).name))
        told = None
        if words is not None and known == [size, mtime_ns]:
            told = [(source, text) for source, text in json.loads(words)]
        yield _Sidecar(file_id, file_path(root, rel_path, raw_path), size, mtime_ns, tuple(own), told)


def _bring_up_to_date(lib: Library, batch: Iterable[_Sidecar], figures: SidecarFigures) -> None:
    read: list[tuple[_Sidecar, list[tuple[str, str]] | UnreadablePhoto]] = []
    for sidecar in batch:
        found: list[tuple[str, str]] | UnreadablePhoto = sidecar.words or []
        if sidecar.photo_ids and sidecar.words is None:
            figures.read += 1
            try:
                found = read_sidecar(os.fsencode(sidecar.path))
            except UnreadablePhoto as error:
                found = error
                figures.problems += 1
        read.append((sidecar, found))
    with lib.transaction():
        changed = {photo_id for sidecar, found in read for photo_id in _write(lib, sidecar, found)}
        log_changes(lib, sorted(changed), "caption")


def _write(lib: Library, sidecar: _Sidecar, found: list[tuple[str, str]] | UnreadablePhoto) -> set[int]:
    """Stores what a file says; photos whose captions changed."""
    if isinstance(found, UnreadablePhoto):
        put_problem(lib, sidecar.file_id, found.reason, found.detail)
        if found.reason in PASSING_REASONS:  # the next run tries again
            lib.execute("UPDATE files SET mtime_ns = NULL WHERE id = ?", (sidecar.file_id,))
            return set()
        found = []
    if sidecar.photo_ids and sidecar.words is None and sidecar.mtime_ns is not None:
        lib.execute(
            "INSERT OR REPLACE INTO sidecars (file_id, size, mtime_ns, words) VALUES (?, ?, ?, ?)",
            (sidecar.file_id, sidecar.size, sidecar.mtime_ns, json.dumps(found, ensure_ascii=False)),
        )
    return put_file_captions(
        lib,
        sidecar.file_id,
        [(photo_id, source, text) for photo_id in sidecar.photo_ids for source, text in found],
    )
