"""Backups of library.db: folders, captions, pairs, codes, settings; thumbnails can be made again."""

import re
import shutil
import sqlite3
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import LibraryError, UsageError
from engine.library.changes import log_reload
from engine.library.database import Library, translated
from engine.library.locations import below, root_paths
from engine.library.preferences import get_preference
from engine.paths import LIBRARY_FILE

KEPT_BACKUPS = 10
OWN_FOLDER = "backups"
DAY_S = 86_400


@dataclass(frozen=True)
class Backup:
    """One backup.

    Attributes:
        path: The file.
        size: Bytes.
        made_at: Seconds since 1970.
    """

    path: Path
    size: int
    made_at: float


def backup_folder(lib: Library) -> Path:
    """Where backups of a library go."""
    chosen = get_preference(lib, "backup_folder")
    return Path(chosen) if chosen else lib.dir / OWN_FOLDER


def list_backups(lib: Library) -> list[Backup]:
    """The backups in the folder, the newest first; none where the folder can't be read now."""
    own = re.compile(re.escape(lib.dir.name) + r"-\d{8}-\d{6}(-\d+)?\.db")
    try:
        paths = [path for path in backup_folder(lib).iterdir() if own.fullmatch(path.name)]
        found = [Backup(path, path.stat().st_size, path.stat().st_mtime) for path in paths]
    except OSError:
        return []
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def back_up(lib: Library) -> Backup:
    """Writes a backup beside the others and drops the oldest beyond `KEPT_BACKUPS`; jobs may run meanwhile.

    Raises:
        UsageError: The folder lies among photos.
        LibraryError: The folder can't be written, or the library is damaged.
    """
    folder = backup_folder(lib)
    _check_apart(lib, folder)
    path = _free_name(folder, f"{lib.dir.name}-{time.strftime('%Y%m%d-%H%M%S')}")
    fresh = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(lib, fresh)
        fresh.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise LibraryError(
            f"The backup could not be written to {folder}: {why}.",
            "Is the disk there, with room? Or choose another folder: hammingbird settings backup_folder",
        ) from error
    finally:
        with suppress(OSError):  # no folder, no file
            fresh.unlink(missing_ok=True)
    for old in list_backups(lib)[KEPT_BACKUPS:]:
        old.path.unlink(missing_ok=True)
    return Backup(path, path.stat().st_size, path.stat().st_mtime)


def back_up_daily(lib: Library) -> Backup | None:
    """As `back_up`, where the person has chosen a folder and the last one is older than a day."""
    if not get_preference(lib, "backup_folder"):
        return None
    last = next(iter(list_backups(lib)), None)
    return None if last is not None and time.time() - last.made_at < DAY_S else back_up(lib)


def restore(lib: Library, file: Path) -> Backup:
    """Takes the library back to a backup; what it was until now becomes a backup itself, which is returned.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        file: The backup.

    Raises:
        UsageError: There is no such file.
        LibraryError: It is no backup of a library, or a newer version made it.
    """
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", "Backups are listed by: hammingbird backup --list")
    with tempfile.TemporaryDirectory(dir=lib.dir, prefix="restore-") as folder:
        source = _open_copy(file, Path(folder))
        try:
            before = back_up(lib)
            with translated(lib.dir):
                source.db.conn.backup(lib.db.conn)
        finally:
            source.close()
    with lib.transaction():
        log_reload(lib)
    return before


def _open_copy(file: Path, folder: Path) -> Library:
    """A backup as a library, which checks it and brings it up to date where an older version made it."""
    shutil.copyfile(file, folder / LIBRARY_FILE)
    try:
        return Library.open(folder)
    except LibraryError as error:
        raise LibraryError(
            f"{file} is no backup of a library, or one of a newer version of Hammingbird.",
            "Backups are listed by: hammingbird backup --list",
        ) from error


def _free_name(folder: Path, stem: str) -> Path:
    """A name for a backup that no other of the same second has."""
    path, number = folder / f"{stem}.db", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.db"
    return path


def _check_apart(lib: Library, folder: Path) -> None:
    if below(folder, lib.dir) is not None:
        return
    for root in root_paths(lib).values():
        if below(folder, root) is not None:
            raise UsageError(
                f"The backup folder {folder} lies in the photo folder {root}.",
                "Nothing is ever written among photos; choose another: hammingbird settings backup_folder",
            )


def _copy(lib: Library, path: Path) -> None:
    path.unlink(missing_ok=True)
    copy = sqlite3.connect(path)
    try:
        with translated(lib.dir):
            lib.db.conn.backup(copy)
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        copy.close()
    if found != "ok":
        raise LibraryError(
            f"The library {lib.dir} is damaged, so that no backup was made: {found}.",
            "Take it back to the last backup: hammingbird backup --restore FILE",
        )
