"""Tables of captions: files that say which caption belongs to which photo.

    CSV             columns `photo` (or image, file, path, filename, image_name) and `caption` (or text,
                    title, description, comment); any other columns are left alone
    tokens          `a.jpg#0`, a tab, the caption: Flickr8k as it was published
    COCO            {"images": [{"id", "file_name"}], "annotations": [{"image_id", "caption"}]}
    JSON            {"a.jpg": "caption"}, {"a.jpg": ["caption", ...]}, or [{"photo": ..., "caption": ...}]

A photo is named by its whole path, by its path from the table's folder, or by the end of its path, if no
other photo has the same.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import UsageError
from engine.library.captions import TABLE, own_captions, set_captions
from engine.library.database import Library
from engine.library.locations import root_paths
from engine.photos.readings import LONGEST_CAPTION
from engine.photos.written_words import clean
from engine.tabular import csv_columns, csv_rows, readable

PHOTO_COLUMNS = ("photo", "image", "file", "path", "filename", "file_name", "image_name")
TEXT_COLUMNS = ("caption", "text", "title", "description", "comment")
Said = tuple[str, str]
LONGEST_NAME = 10_000  # letters of a line that are looked at


@dataclass
class TableFigures:
    """What became of a table.

    Attributes:
        photos: Photos that got captions.
        captions: Captions that they got; those that they had already are not among them.
        known: Captions that they had already.
        cut: Captions that were cut off after 4,000 letters.
        unknown: Names that no photo of the library has.
        ambiguous: Names that several photos have.
        undo: The undo record; None where nothing was new.
    """

    photos: int = 0
    captions: int = 0
    known: int = 0
    cut: int = 0
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    undo: int | None = None


def import_captions(lib: Library, table: Path) -> TableFigures:
    """Takes the captions of a table into the library; nothing that is there is lost.

    Args:
        lib: Opened for writing.
        table: See the top of this file.

    Raises:
        UsageError: The file can't be read, or is no table of captions.
    """
    figures = TableFigures()
    said: dict[str, list[str]] = {}
    for name, text in read_table(table):
        plain = " ".join(clean(text).split())
        figures.cut += len(plain) > LONGEST_CAPTION
        if plain:
            said.setdefault(name, []).append(plain[:LONGEST_CAPTION])
    own: dict[int, list[str]] = {}
    names = _Names(lib, table.absolute().parent)
    for name, texts in said.items():
        found = names.photos(name)
        if len(found) == 1:
            own.setdefault(found.pop(), []).extend(texts)
        else:
            (figures.ambiguous if found else figures.unknown).append(name)
    _write(lib, own, table, figures)
    return figures


def _write(lib: Library, own: Mapping[int, list[str]], table: Path, figures: TableFigures) -> None:
    before = own_captions(lib, own, TABLE)
    fresh = {
        photo: [t for t in dict.fromkeys(texts) if t not in before[photo]] for photo, texts in own.items()
    }
    wanted = {photo: [*before[photo], *texts] for photo, texts in fresh.items() if texts}
    figures.photos = len(wanted)
    figures.captions = sum(map(len, fresh.values()))
    figures.known = sum(map(len, own.values())) - figures.captions
    if wanted:
        figures.undo = set_captions(lib, wanted, f"Captions of {table.name}", TABLE)


def read_table(table: Path) -> Iterator[Said]:
    """Names of photos and a caption of each, as they are written.

    Raises:
        UsageError: The file can't be read, or is no table of captions.
    """
    if table.suffix.lower() == ".json":
        yield from _json_rows(table)
        return
    if _has_tokens(table):
        yield from _token_rows(table)
        return
    columns = csv_columns(table)
    photo = next((name for name in PHOTO_COLUMNS if name in columns), None)
    text = next((name for name in TEXT_COLUMNS if name in columns), None)
    if photo and text:
        yield from ((row[photo].strip(), row[text]) for row in csv_rows(table))
    else:
        raise UsageError(
            f"{table} has no column for photos and one for captions, only {', '.join(columns) or 'nothing'}.",
            "Name one `photo` and one `caption` in the first line.",
        )


def _has_tokens(table: Path) -> bool:
    with readable(table, "a table of captions"), table.open(encoding="utf-8-sig") as file:
        return bool(re.match(r"[^\t]+#\d+\t", file.readline(LONGEST_NAME)))


def _token_rows(table: Path) -> Iterator[Said]:
    with readable(table, "a table of captions"), table.open(encoding="utf-8-sig") as file:
        for line in file:
            name, _, text = line.partition("\t")
            yield name.rpartition("#")[0], text


def _json_rows(table: Path) -> Iterator[Said]:
    with readable(table, "a table of captions"):
        content = json.loads(table.read_text("utf-8-sig"))
    try:
        if isinstance(content, dict) and "annotations" in content:
            files = {photo["id"]: str(photo["file_name"]) for photo in content["images"]}
            rows = [(files[said["image_id"]], said["caption"]) for said in content["annotations"]]
        elif isinstance(content, dict):
            rows = [
                (name, text)
                for name, texts in content.items()
                for text in (texts if isinstance(texts, list) else [texts])
            ]
        else:
            rows = [(_first(row, PHOTO_COLUMNS), _first(row, TEXT_COLUMNS)) for row in content]
        said = [(name, text) for name, text in rows if text is not None]
        if odd := next((pair for pair in said if not all(isinstance(part, str) for part in pair)), None):
            raise TypeError(f"{odd!r} is no text of a photo"[:200])
        yield from said
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        raise UsageError(
            f"{table} holds no captions of photos: {error!r}.",
            'Write {"a.jpg": "caption"} or [{"photo": "a.jpg", "caption": "..."}].',
        ) from error


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return row[next((name for name in names if name in row), names[0])]


class _Names:
    """Photos of a library by the ways in which a table may name them."""

    def __init__(self, lib: Library, folder: Path) -> None:
        self._folder, self._roots = folder, root_paths(lib)
        # By the last part of a path, and by the last two: names such as 0001.jpg lie in many folders.
        self._ends: dict[str, list[tuple[int, str, int]]] = {}
        for root_id, path, photo_id in lib.rows("SELECT root_id, rel_path, photo_id FROM visible_files"):
            parts = path.rsplit("/", 2)
            for end in {parts[-1], "/".join(parts[-2:])}:
                self._ends.setdefault(end, []).append((root_id, path, photo_id))

    def photos(self, name: str) -> set[int]:
        """The photos that have a name."""
        end = PurePosixPath(name.replace("\\", "/"))
        candidates = self._ends.get("/".join(end.parts[-2:])) or self._ends.get(end.name, [])
        target = os.path.normpath(self._folder / end)
        exact = {photo for root, path, photo in candidates if str(self._roots[root] / path) == target}
        return exact or {
            photo for _, path, photo in candidates if path == str(end) or path.endswith(f"/{end}")
        }
