"""Tables of captions and labels: NAME.csv, one or several rows a photo; the photos are files of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from engine.errors import UsageError
from engine.tabular import csv_columns, csv_rows
from engine.training.sources.entry import Entry
from engine.training.sources.parts import published_part

PHOTO_COLUMNS = ("photo", "image", "file", "path", "filename")
TEXT_COLUMNS = ("caption", "label", "labels")


@dataclass
class _Said:
    """What the rows of one photo say; dicts, since a row may repeat what another says."""

    labels: dict[str, None] = field(default_factory=dict)
    captions: dict[str, None] = field(default_factory=dict)
    part: str = ""


def is_photo_table(columns: Sequence[str]) -> bool:
    """True when a table of these columns, in small letters, names photos and says something of them."""
    return not set(PHOTO_COLUMNS).isdisjoint(columns) and not set(TEXT_COLUMNS).isdisjoint(columns)


def table_entries(table: Path) -> Iterator[Entry]:
    """The photos of a table, in the order of their first rows; rows of one photo add up.

    Columns: `photo` (or image, file, path, filename), a path relative to the table's folder; `caption`;
    `label`, or `labels` that stand between ";"; `split`. A row without a path is a missing photo.

    Raises:
        UsageError: The table can't be read, names an unknown part, or two parts for one photo.
    """
    columns = csv_columns(table)
    column = next(name for name in PHOTO_COLUMNS if name in columns)
    said: dict[str, _Said] = {}
    for row in csv_rows(table):
        if not row[column].strip():
            yield Entry(f"{table.stem}/", None)
            continue
        _add(said.setdefault(PurePath(row[column].strip()).as_posix(), _Said()), row, table)
    for member, known in said.items():
        yield Entry(
            f"{table.stem}/{member}",
            table.parent / member,
            labels=tuple(known.labels),
            captions=tuple(known.captions),
            part=known.part,
        )


def _add(known: _Said, row: dict[str, str], table: Path) -> None:
    for label in [row.get("label", ""), *row.get("labels", "").split(";")]:
        if label.strip():
            known.labels[label.strip()] = None
    if row.get("caption", "").strip():
        known.captions[row["caption"].strip()] = None
    part = published_part(row.get("split", ""), str(table))
    if part and known.part and part != known.part:
        raise UsageError(
            f"{table} puts one photo into {known.part} and into {part}: {row}.", "Choose one part for it."
        )
    known.part = part or known.part
