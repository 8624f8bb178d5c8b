"""The folders that the person added: adding, forgetting, and taking either back."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import UsageError
from engine.library.changes import log_reload
from engine.library.database import THUMBNAIL_FILE, Library, utc_now
from engine.library.locations import below, prefix_filter, restored, root_paths, stored
from engine.library.settings import put_setting
from engine.library.undo import record_undo
from engine.paths import LIBRARY_FILE, default_library_dir, plain


@dataclass(frozen=True)
class Root:
    """A folder that the person added.

    Attributes:
        id: Of the row.
        path: As the person named it, absolute.
        online: False when the last index run did not find it.
        last_seen: When it was last indexed, ISO 8601 in UTC; None before the first time.
        photos: Visible photos in it.
        problems: Files in it that could not be read.
        doubtful: Files that vanished at once and whose vanishing the person has not confirmed.
    """

    id: int
    path: Path
    online: bool
    last_seen: str | None
    photos: int
    problems: int
    doubtful: int


def list_roots(lib: Library) -> list[Root]:
    """The folders of the library, in the order in which they were added."""
    rows = lib.rows(
        "SELECT id, path, raw_path, online, last_seen,"
        " (SELECT count(DISTINCT photo_id) FROM visible_files WHERE root_id = roots.id),"
        " (SELECT count(*) FROM problems JOIN files ON files.id = problems.file_id"
        "  WHERE root_id = roots.id AND missing_since IS NULL),"
        " coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'doubtful:' || roots.id), 0)"
        " FROM roots WHERE forgotten_at IS NULL ORDER BY id"
    )
    return [
        Root(root_id, Path(restored(path, raw)), bool(online), seen, photos, problems, doubtful)
        for root_id, path, raw, online, seen, photos, problems, doubtful in rows
    ]


def add_root(lib: Library, path: Path) -> Root:
    """Adds a folder; see `add_root_with_undo`."""
    return add_root_with_undo(lib, path)[0]


def add_root_with_undo(lib: Library, path: Path) -> tuple[Root, int | None]:
    """Adds a folder.

    A folder inside one that is there already adds nothing. A folder around others takes them in; their files
    and photos stay the same. A folder that was forgotten comes back with all it had.

    Returns:
        The root that now holds the folder, and the undo record, None when nothing changed.

    Raises:
        UsageError: There is no such folder, or it is a file, or a library, which holds no photos of its own,
            or lies in the library.
    """
    path = plain(path)
    _check_no_library(path)
    known = _holding_root(lib, path)
    if known is None:
        _check_folder(path)
        _check_outside(path, lib.dir)
    with lib.transaction():
        known = _holding_root(lib, path)
        if known is not None:
            return _root(lib, known), None
        root_id = _bring_in(lib, path)
        absorbed = [
            _absorb(lib, inner, root_id, inside) for inner, inside in _inner_roots(lib, path, root_id)
        ]
        log_reload(lib)
        undo_id = record_undo(
            lib, f"Add {path}", {"kind": "add_root", "root_id": root_id, "absorbed": absorbed}
        )
    return _root(lib, root_id), undo_id


def check_apart(library_dir: Path, folder: Path) -> None:
    """Refuses to make a library in a folder of photos or around one; a library that is there is left to be.

    The usual library may lie in the folder: it is in the person's home, which may be indexed whole, and scans
    leave it out.

    Args:
        library_dir: Where the library is to be made; nothing has been written there yet.
        folder: The photos.

    Raises:
        UsageError: One lies in the other.
    """
    if (library_dir / LIBRARY_FILE).exists():
        return
    folder = plain(folder)
    _check_outside(folder, library_dir)
    if below(library_dir, folder) is not None and library_dir != default_library_dir():
        raise UsageError(
            f"The library {library_dir} would lie in the photo folder {folder}.",
            "Nothing is ever written among photos; choose another folder for it with --library.",
        )


def forget_root(lib: Library, path: Path) -> int:
    """Takes a folder out of the library; the files on the disk stay, and undo brings everything back.

    Returns:
        The undo record.

    Raises:
        UsageError: The folder is not one of the library's.
    """
    path = plain(path)
    found = next((i for i, root in root_paths(lib).items() if below(path, root) == ""), None)
    if found is None:
        raise UsageError(
            f"{path} is not a folder of the library.", "`hammingbird folders` lists those that are."
        )
    with lib.transaction():
        lib.execute("UPDATE roots SET forgotten_at = ? WHERE id = ?", (utc_now(), found))
        log_reload(lib)
        return record_undo(lib, f"Forget {path}", {"kind": "forget_root", "root_id": found})


def believe_missing(lib: Library, root_id: int, believe: bool) -> None:
    """Answers whether the files that vanished from a root at once are really gone.

    Args:
        lib: The library.
        root_id: The root.
        believe: True: the next index run takes them out. False: the question goes away until the next run.

    Raises:
        UsageError: The library has no such root.
    """
    with lib.transaction():
        if lib.value("SELECT 1 FROM roots WHERE id = ? AND forgotten_at IS NULL", (root_id,)) is None:
            raise UsageError(f"The library has no folder with the number {root_id}.")
        put_setting(lib, f"doubtful:{root_id}", None)
        put_setting(lib, f"believe:{root_id}", "1" if believe else None)


def _check_folder(path: Path) -> None:
    if not path.exists():
        raise UsageError(
            f"There is no folder {path}.", "Check the name, or connect the disk that it lies on."
        )
    if not path.is_dir():
        raise UsageError(f"{path} is a file, not a folder.", "Name the folder that it lies in.")
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(
            f"The folder {path} may not be read by this user.", "Allow reading it, or choose another."
        )


def _check_outside(path: Path, library_dir: Path) -> None:
    if below(path, library_dir) is not None:
        raise UsageError(
            f"The folder {path} lies in the library's own folder {library_dir}.",
            "Choose another folder for the library with --library; its files don't belong among photos.",
        )


def _check_no_library(path: Path) -> None:
    """Refuses what a scan would leave out without a word."""
    if all((path / name).is_file() for name in (LIBRARY_FILE, THUMBNAIL_FILE)):
        raise UsageError(
            f"{path} is the library's own folder.",
            "Name the folder of your photos; if they lie here too, move the library's files elsewhere first.",
        )


def _holding_root(lib: Library, path: Path) -> int | None:
    return next((i for i, root in root_paths(lib).items() if below(path, root) is not None), None)


def _inner_roots(lib: Library, path: Path, outer_id: int) -> list[tuple[int, str]]:
    """Roots, forgotten ones too, that lie in a folder, and where in it."""
    found = []
    for root_id, root in root_paths(lib, forgotten=True).items():
        inside = below(root, path)
        if root_id != outer_id and inside:
            found.append((root_id, inside))
    return found


def _root(lib: Library, root_id: int) -> Root:
    return next(root for root in list_roots(lib) if root.id == root_id)


def _bring_in(lib: Library, path: Path) -> int:
    """The row of a folder that is no visible root: a new one, or the one that was forgotten."""
    shown, raw = stored(path)
    old = lib.value("SELECT id FROM roots WHERE path = ? AND raw_path = ?", (shown, raw))
    if old is not None:
        lib.execute("UPDATE roots SET forgotten_at = NULL, online = 1 WHERE id = ?", (old,))
        return int(old)
    cursor = lib.execute("INSERT INTO roots (path, raw_path) VALUES (?, ?)", (shown, raw))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _absorb(lib: Library, inner: int, outer: int, inside: str) -> dict[str, Any]:
    """Moves the files of a root into one around it; returns what `_release` needs.

    The inner root stays as a forgotten one: a running job may still write to it, and what it wrote is found
    again, by size and time, when the outer root is indexed.
    """
    forgotten_at = lib.value("SELECT forgotten_at FROM roots WHERE id = ?", (inner,))
    prefix, raw_prefix = stored(inside + "/")
    condition, values = prefix_filter(outer, inside)
    lib.execute(
        f"DELETE FROM files WHERE {condition}"  # noqa: S608
        " AND substr(rel_path, ?) IN (SELECT rel_path FROM files WHERE root_id = ?)",
        [*values, len(prefix) + 1, inner],
    )
    lib.execute(
        "UPDATE files SET root_id = :outer, rel_path = :prefix || rel_path,"
        " raw_path = CASE WHEN length(raw_path) THEN CAST(:raw || raw_path AS BLOB)"
        "  WHEN :odd THEN CAST(:raw || CAST(rel_path AS BLOB) AS BLOB) ELSE raw_path END"
        " WHERE root_id = :inner",
        {
            "outer": outer,
            "inner": inner,
            "prefix": prefix,
            "odd": bool(raw_prefix),
            "raw": os.fsencode(inside + "/"),
        },
    )
    lib.execute("UPDATE roots SET forgotten_at = ? WHERE id = ?", (utc_now(), inner))
    return {"root_id": inner, "forgotten_at": forgotten_at, "inside": inside}


def _release(lib: Library, outer: int, record: dict[str, Any]) -> None:
    """Takes `_absorb` back, for all files that lie there by now."""
    inner, inside = record["root_id"], record["inside"]
    lib.execute("DELETE FROM files WHERE root_id = ?", (inner,))
    condition, values = prefix_filter(outer, inside)
    rows = lib.rows(f"SELECT id, rel_path, raw_path FROM files WHERE {condition}", values)  # noqa: S608
    for file_id, rel_path, raw in rows:
        relative = restored(rel_path, raw)[len(inside) + 1 :]
        lib.execute(
            "UPDATE files SET root_id = ?, rel_path = ?, raw_path = ? WHERE id = ?",
            (inner, *stored(relative), file_id),
        )
    lib.execute("UPDATE roots SET forgotten_at = ? WHERE id = ?", (record["forgotten_at"], inner))


def undo_forget_root(lib: Library, payload: dict[str, Any]) -> None:
    """Takes `forget_root` back, inside a transaction."""
    lib.execute("UPDATE roots SET forgotten_at = NULL WHERE id = ?", (payload["root_id"],))
    log_reload(lib)


def undo_add_root(lib: Library, payload: dict[str, Any]) -> None:
    """Takes `add_root` back, inside a transaction."""
    for record in payload["absorbed"]:
        _release(lib, payload["root_id"], record)
    lib.execute("UPDATE roots SET forgotten_at = ? WHERE id = ?", (utc_now(), payload["root_id"]))
    log_reload(lib)
