"""Reading text files that people made, with one sentence for what is wrong with them."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import UsageError

LONGEST_CELL = 2**24  # people paste whole texts as captions; Python's own limit is 131,072 characters


@contextmanager
def readable(file: Path, kind: str) -> Iterator[None]:
    """Turns what goes wrong with a file in the body into a sentence.

    Args:
        file: The file that is read.
        kind: What it should be: "a table of photos".

    Raises:
        UsageError: It can't be read, or is not of that kind.
    """
    try:
        yield
    except (OSError, csv.Error, ValueError, RecursionError) as error:  # JSON and encodings: ValueError
        raise UsageError(
            f"{file} can't be read as {kind}: {error}.", "Check the file; text must be UTF-8."
        ) from error


def csv_columns(table: Path) -> list[str]:
    """Names of the columns in small letters; none for an empty file.

    Raises:
        UsageError: The file is no CSV.
    """
    with readable(table, "a table"), table.open(newline="", encoding="utf-8-sig") as file:
        return _header(csv.reader(file))


def csv_rows(table: Path) -> Iterator[dict[str, str]]:
    """Rows by column name in small letters; cells that a short row lacks are empty.

    Raises:
        UsageError: The file is no CSV.
    """
    csv.field_size_limit(LONGEST_CELL)
    with readable(table, "a table"), table.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        header = _header(rows)
        for row in rows:
            if row:
                yield dict(zip(header, row + [""] * (len(header) - len(row)), strict=False))


def _header(rows: Iterator[list[str]]) -> list[str]:
    return [column.strip().lower() for column in next(rows, [])]
