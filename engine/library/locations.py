"""Paths as tables hold them: text to show, and the raw bytes beside it where the name is no UTF-8."""

import os
from pathlib import Path, PurePath

from engine.errors import UsageError
from engine.library.database import Library
from engine.paths import plain, read_name


def stored(path: str | PurePath) -> tuple[str, bytes]:
    """A path as it is kept: text with U+FFFD for odd bytes, and raw bytes only if there are any."""
    text = path.as_posix() if isinstance(path, PurePath) else path
    raw = os.fsencode(text)
    shown = read_name(raw)
    return shown, b"" if shown.encode() == raw else raw


def restored(shown: str, raw: bytes) -> str:
    """The path that `stored` took apart, for the operating system."""
    return os.fsdecode(raw) if raw else shown


def file_path(root: Path, rel_path: str, raw_path: bytes) -> Path:
    """Where a file lies."""
    return root / restored(rel_path, raw_path)


def root_paths(lib: Library, *, forgotten: bool = False) -> dict[int, Path]:
    """Folder by root id; with `forgotten` also those that the person removed."""
    where = "" if forgotten else "WHERE forgotten_at IS NULL"
    rows = lib.rows(f"SELECT id, path, raw_path FROM roots {where} ORDER BY id")  # noqa: S608 - two constants
    return {root_id: Path(restored(path, raw)) for root_id, path, raw in rows}


def below(path: Path, folder: Path) -> str | None:
    """The relative path of `path` in `folder` ("" for the folder itself), None when it lies elsewhere.

    Links are followed only when the plain paths say no: two ways to one folder are one folder.
    """
    for inner, outer in ((path, folder), (Path(os.path.realpath(path)), Path(os.path.realpath(folder)))):
        if inner.is_relative_to(outer):
            relative = inner.relative_to(outer).as_posix()
            return "" if relative == "." else relative
    return None


def folder_filters(lib: Library, folder: Path) -> list[tuple[str, list[object]]]:
    """Conditions on `files`, one for each root that has to do with a folder.

    Args:
        lib: The library.
        folder: A root, a folder in one, or one that holds roots.

    Returns:
        SQL on the columns of `files`, and its parameters.

    Raises:
        UsageError: The folder has nothing to do with the library.
    """
    folder = plain(folder)
    filters: list[tuple[str, list[object]]] = []
    for root_id, root in root_paths(lib).items():
        inside = below(folder, root)
        if inside is None:
            if below(root, folder) is not None:
                filters.append(("root_id = ?", [root_id]))
        elif not inside:
            filters.append(("root_id = ?", [root_id]))
        else:
            filters.append(prefix_filter(root_id, inside))
    if not filters:
        raise UsageError(
            f"The folder {folder} is not in the library.", f"Add it with `hammingbird index {folder}`."
        )
    return filters


def prefix_filter(root_id: int, inside: str) -> tuple[str, list[object]]:
    """The condition on `files` that holds for all below the folder `inside` of a root."""
    shown, raw = stored(inside)
    # "0" is the character after "/": the range holds all that starts with "shown/", and an index serves it.
    condition, values = "root_id = ? AND rel_path > ? AND rel_path < ?", [root_id, shown + "/", shown + "0"]
    if raw:
        condition += " AND substr(raw_path, 1, ?) = ?"
        values += [len(raw) + 1, raw + b"/"]
    return condition, values
