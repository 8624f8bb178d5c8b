"""Conceptual Captions (Sharma et al. 2018): NAME.tsv with "caption<TAB>address" lines, photos in NAME/."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from engine.errors import UsageError
from engine.photos.sniff import claims_photo
from engine.tabular import readable
from engine.training.sources.entry import Entry


def conceptual_entries(table: Path) -> Iterator[Entry]:
    """The photos in NAME/ and below that belong to a row; then each row without a photo, as missing.

    A photo with a .json beside it that has a "url", as img2dataset writes it, belongs to all rows of this
    address. One without belongs to the row that its name is the number of, counted from 0, zeros before it or
    not. Lines without a tab are missing photos too.

    Raises:
        UsageError: The table can't be read, has no such line, or the folder is not there.
    """
    folder = table.with_suffix("")
    captions, addresses = _rows(table)
    if not addresses:
        raise UsageError(
            f"{table} has no line 'caption<TAB>address'.", "Name a table of Conceptual Captions."
        )
    if not folder.is_dir():
        raise UsageError(f"The photos of {table} are not there.", f"Download them into {folder}.")
    found: set[int] = set()
    for file in sorted(folder.rglob("*")):
        rows = _rows_of(file, captions, addresses) if claims_photo(str(file)) else []
        if rows:
            found.update(rows)
            texts = tuple(dict.fromkeys(captions[row] for row in rows if captions[row]))
            yield Entry(f"{table.stem}/{file.relative_to(folder).as_posix()}", file, captions=texts)
    for row in range(len(captions)):
        if row not in found:
            yield Entry(f"{table.stem}/{row}", None)


def _rows(table: Path) -> tuple[list[str], dict[str, list[int]]]:
    """The caption of each row, and the rows of each address."""
    captions: list[str] = []
    addresses: defaultdict[str, list[int]] = defaultdict(list)
    with readable(table, "a table of captions"), table.open(encoding="utf-8", newline="\n") as file:
        for row, line in enumerate(file):
            caption, tab, address = line.rstrip("\r\n").partition("\t")
            captions.append(caption.strip())
            if tab and address.strip():
                addresses[address.strip()].append(row)
    return captions, addresses


def _rows_of(file: Path, captions: list[str], addresses: dict[str, list[int]]) -> list[int]:
    beside = file.with_suffix(".json")
    if beside.is_file():
        try:
            # img2dataset numbers what it was given, which need not be all rows: its file name tells nothing.
            return addresses.get(json.loads(beside.read_text("utf-8"))["url"], [])
        except (OSError, ValueError, KeyError, TypeError):
            return []
    if file.stem.isascii() and file.stem.isdigit() and int(file.stem) < len(captions):
        return [int(file.stem)]
    return []
