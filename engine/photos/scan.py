"""Walks a folder of photos and says which files are there; opens none of them."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from engine.paths import read_name

# Thumbnails and leavings of other programs, and our own library when it lies among the photos.
SKIPPED_FOLDERS = frozenset(
    {
        b"@eadir",
        b"#recycle",
        b"$recycle.bin",
        b"system volume information",
        b"lost+found",
        b"__macosx",
    }
)
LIBRARY_FILES = (b"library.db", b"thumbnails.db")


@dataclass(frozen=True)
class FileEntry:
    """One file below a root.

    Attributes:
        rel_path: Path below the root with forward slashes, to show; bytes that are no UTF-8 are U+FFFD.
        raw_path: Empty when `rel_path` is exact, else the path's bytes, with forward slashes.
        size: Bytes.
        mtime_ns: Modification time in nanoseconds since 1970.
    """

    rel_path: str
    raw_path: bytes
    size: int
    mtime_ns: int


def scan(
    root: Path,
    on_error: Callable[[str, OSError], None],
    left_out: Callable[[str, bool], bool] | None = None,
) -> Iterator[FileEntry]:
    """Lists the ordinary files below a folder, folder by folder.

    Left out: hidden files and folders, links to folders (they may go in circles), other programs' thumbnail
    folders, "._" files of macOS, our own library, pipes, devices.

    Args:
        root: The folder.
        on_error: Called with the path below the root ("" for the root itself) of what can't be looked at,
            mostly a folder: it and the files below it are unknown then, not gone.
        left_out: Whether the person wants to leave out the file, or the folder (True), at a path below the
            root.
    """
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(_joined(root, folder)) as listing:
                entries = sorted(listing, key=_name)
        except OSError as error:
            on_error(read_name(folder), error)
            continue
        if all(any(entry.name == name for entry in entries) for name in LIBRARY_FILES):
            continue
        below: list[bytes] = []
        for entry in entries:
            if entry.name.startswith(b"."):
                continue
            rel = folder + b"/" + entry.name if folder else entry.name
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                kept = left_out is None or not left_out(read_name(rel), is_folder)
                if is_folder:
                    below += [rel] if kept and not _is_skipped(folder, entry.name) else []
                elif kept and entry.is_file():
                    status = entry.stat()
                    yield FileEntry(*_names(rel), status.st_size, status.st_mtime_ns)
            except FileNotFoundError:
                continue  # deleted since the folder was listed
            except OSError as error:
                on_error(read_name(rel), error)
        waiting.extend(reversed(below))


def is_left_out(rel_path: PurePath) -> bool:
    """True for a path below a root that `scan` never lists: hidden, or in other programs' folders."""
    parts = [os.fsencode(part) for part in rel_path.parts]
    return any(part.startswith(b".") for part in parts) or any(
        _is_skipped(parent, part) for parent, part in zip([b"", *parts], parts, strict=False)
    )


def absolute_path(root: Path, rel_path: str, raw_path: bytes) -> Path:
    """The path of a file, whatever bytes its name has."""
    return root / (os.fsdecode(raw_path) if raw_path else rel_path)


def _joined(root: Path, rel: bytes) -> bytes:
    return os.fsencode(root / os.fsdecode(rel))


def _name(entry: os.DirEntry[bytes]) -> bytes:
    return entry.name


def _is_skipped(parent: bytes, name: bytes) -> bool:
    low = name.lower()
    if low in SKIPPED_FOLDERS or low.endswith(b".lrdata"):  # Lightroom's previews
        return True
    return low == b"resources" and parent.lower().endswith(b".photoslibrary")  # Apple's smaller copies


def _names(rel: bytes) -> tuple[str, bytes]:
    shown = read_name(rel)
    return shown, b"" if shown.encode() == rel else rel
