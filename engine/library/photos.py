"""Reading photos: which are visible, in which order, and what a page of them looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import UsageError
from engine.library.captions import TYPED
from engine.library.codes import Ids, read_ids
from engine.library.database import Library, Row
from engine.library.locations import below, file_path, folder_filters, root_paths, stored
from engine.paths import plain

ORDERS = ("taken", "added", "name")
PAGE = 500


@dataclass(frozen=True)
class PhotoRow:
    """What a list shows of a photo.

    Attributes:
        id: Photo id.
        path: The best file: present, in a folder that is online, the oldest known.
        rel_path: The same below its root, with forward slashes.
        root_id: Its root.
        width: Upright, in pixels.
        height: Upright, in pixels.
        size: Bytes of that file.
        taken_at: ISO 8601 local time, None when unknown.
        camera: None when unknown.
        online: False when no file of it can be reached now.
        captions: Each text once, the oldest first.
        typed: Those of them that were typed in the app.
        copies: Files that are present; 0 when all are missing.
        format: "JPEG" and the like.
    """

    id: int
    path: Path
    rel_path: str
    root_id: int
    width: int
    height: int
    size: int
    taken_at: str | None
    camera: str | None
    online: bool
    captions: tuple[str, ...]
    typed: tuple[str, ...]
    copies: int
    format: str


@dataclass(frozen=True)
class FolderCount:
    """Photos that lie directly in one folder.

    Attributes:
        root_id: The root.
        rel_dir: Folder below it with forward slashes, "" for the root itself.
        photos: Each photo once, however many copies of it lie there.
    """

    root_id: int
    rel_dir: str
    photos: int


@dataclass(frozen=True)
class Counts:
    """Figures of a whole library.

    Attributes:
        photos: Visible photos.
        files: Files that are present and lead to a photo.
        problems: Files that could not be read.
        missing: Files that vanished and whose record is kept for a while.
        roots: Folders that the person added.
        codes: Codes of the active model.
    """

    photos: int
    files: int
    problems: int
    missing: int
    roots: int
    codes: int


def visible_ids(lib: Library, under: Path | None = None) -> Ids:
    """Photos that have a file which is there, or on a disk that is only offline.

    Args:
        lib: The library.
        under: Only those with a file in this folder or below.

    Returns:
        int64 (N,), ascending.

    Raises:
        UsageError: The folder has nothing to do with the library.
    """
    if under is None:
        return read_ids(lib, "SELECT DISTINCT photo_id FROM visible_files ORDER BY photo_id")
    found = [
        read_ids(lib, f"SELECT photo_id FROM visible_files WHERE {condition}", values)  # noqa: S608
        for condition, values in folder_filters(lib, under)
    ]
    return np.unique(np.concatenate(found))


def grid_ids(lib: Library, under: Path | None = None, order: str = "taken") -> Ids:
    """Visible photos in the order of a grid.

    Args:
        lib: The library.
        under: Only those with a file in this folder or below.
        order: "taken": newest first, photos without a date last; "added": newest in the library first;
            "name": by path.

    Returns:
        int64 (N,), each photo once.

    Raises:
        UsageError: The folder has nothing to do with the library.
        ValueError: No such order.
    """
    shown = visible_ids(lib, under)
    if order == "added":
        return shown[::-1]
    if order == "taken":
        sorted_ids = read_ids(lib, "SELECT id FROM photos ORDER BY taken_at DESC, id DESC")
    elif order == "name":
        sorted_ids = _by_name(lib)
    else:
        raise ValueError(f"order is one of {', '.join(ORDERS)}, not {order!r}")
    return sorted_ids[np.isin(sorted_ids, shown)]


def _by_name(lib: Library) -> Ids:
    every = read_ids(lib, "SELECT photo_id FROM visible_files ORDER BY root_id, rel_path, raw_path")
    _, first_places = np.unique(every, return_index=True)
    return every[np.sort(first_places)]


def photo_rows(lib: Library, ids: Sequence[int]) -> dict[int, PhotoRow]:
    """What lists show of some photos, by id; ids that the library does not know are left out."""
    rows: dict[int, PhotoRow] = {}
    with lib.reading():
        roots = root_paths(lib, forgotten=True)
        for start in range(0, len(ids), PAGE):
            rows |= _page(lib, roots, [int(photo_id) for photo_id in ids[start : start + PAGE]])
    return rows


# One row a file, the best file of a photo first; "there" is 1 when the file counts as present.
_PAGE_SQL = """
SELECT photos.id, photos.width, photos.height, photos.taken_at, photos.camera, photos.format,
    files.rel_path, files.raw_path, files.root_id, files.size, roots.online,
    files.missing_since IS NULL AND roots.forgotten_at IS NULL AS there
FROM photos JOIN files ON files.photo_id = photos.id JOIN roots ON roots.id = files.root_id
WHERE photos.id IN ({marks})
ORDER BY photos.id, there DESC, roots.online DESC, files.id
"""


def _page(lib: Library, roots: dict[int, Path], ids: list[int]) -> dict[int, PhotoRow]:
    marks = ",".join("?" * len(ids))
    captions: dict[int, list[Row]] = {}
    for row in lib.rows(
        "SELECT photo_id, text, file_id IS NULL AND source = ? FROM captions"  # noqa: S608
        f" WHERE photo_id IN ({marks}) ORDER BY photo_id, id",
        [TYPED, *ids],
    ):
        captions.setdefault(row[0], []).append(row)
    files: dict[int, list[Row]] = {}
    for row in lib.rows(_PAGE_SQL.format(marks=marks), ids):
        files.setdefault(row[0], []).append(row)
    return {
        photo_id: _photo_row(roots, found, captions.get(photo_id, [])) for photo_id, found in files.items()
    }


def _photo_row(roots: dict[int, Path], files: list[Row], captions: list[Row]) -> PhotoRow:
    photo_id, width, height, taken_at, camera, kind, rel_path, raw, root_id, size, online, there = files[0]
    return PhotoRow(
        id=photo_id,
        path=file_path(roots[root_id], rel_path, raw),
        rel_path=rel_path,
        root_id=root_id,
        width=width,
        height=height,
        size=size,
        taken_at=taken_at,
        camera=camera,
        online=bool(online and there),
        captions=tuple(dict.fromkeys(text for _, text, _ in captions)),
        typed=tuple(text for _, text, typed in captions if typed),
        copies=sum(row[-1] for row in files),
        format=kind,
    )


def folder_counts(lib: Library) -> list[FolderCount]:
    """Folders that directly hold photos, by root and path."""
    return [
        FolderCount(*row)
        for row in lib.rows(
            "SELECT root_id, rel_dir, count(DISTINCT photo_id) FROM visible_files"
            " GROUP BY root_id, rel_dir ORDER BY root_id, rel_dir"
        )
    ]


def photo_of_path(lib: Library, path: Path) -> int | None:
    """The library's photo of a path, None when the library does not know the path as a photo."""
    path = plain(path)
    for root_id, root in root_paths(lib).items():
        inside = below(path, root)
        if inside:
            shown, raw = stored(inside)
            found = lib.value(
                "SELECT photo_id FROM files WHERE root_id = ? AND rel_path = ? AND raw_path = ?"
                " AND missing_since IS NULL",
                (root_id, shown, raw),
            )
            if found is not None:
                return int(found)
    return None


def photo_of_pixels(lib: Library, pixel_hash: bytes) -> int | None:
    """The photo that looks exactly so, None when the library has none."""
    found = lib.value("SELECT id FROM photos WHERE pixel_hash = ?", (pixel_hash,))
    return None if found is None else int(found)


def require_photo(lib: Library, photo_id: int) -> PhotoRow:
    """One photo's row.

    Raises:
        UsageError: The library has no such photo.
    """
    row = photo_rows(lib, [photo_id]).get(photo_id)
    if row is None:
        raise UsageError(f"The library {lib.dir} has no photo {photo_id}.")
    return row


def counts(lib: Library) -> Counts:
    """Figures of the whole library at one moment."""
    with lib.reading():
        return Counts(
            photos=lib.value("SELECT count(DISTINCT photo_id) FROM visible_files"),
            files=lib.value("SELECT count(*) FROM visible_files"),
            problems=lib.value(
                "SELECT count(*) FROM problems JOIN files ON files.id = problems.file_id"
                " JOIN roots ON roots.id = files.root_id WHERE missing_since IS NULL AND forgotten_at IS NULL"
            ),
            missing=lib.value("SELECT count(*) FROM files WHERE missing_since IS NOT NULL"),
            roots=lib.value("SELECT count(*) FROM roots WHERE forgotten_at IS NULL"),
            codes=lib.value(
                "SELECT count(*) FROM codes WHERE model_id = (SELECT id FROM models WHERE state = 'active')"
            ),
        )
