"""The packed codes in the library; what their bits mean is known in `engine.hashing.codes`."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import LibraryError
from engine.library.database import Library

Ids = NDArray[np.int64]
Codes = NDArray[np.uint8]

# Ids read by one statement: keeps the text that SQLite hands over, 40 bytes a code, to some megabytes.
READ_SPAN = 200_000


def read_codes(lib: Library, model_id: int, n_bits: int) -> tuple[Ids, Codes]:
    """All codes of one model whose photos are visible.

    SQLite joins a column into one text, which Python then parses in one step: nothing is done per row in
    Python, which is three times as fast as fetching rows.

    Args:
        lib: The library.
        model_id: Row id of the model.
        n_bits: Length of its codes.

    Returns:
        Photo ids int64 (N,) ascending, and uint8 (N, n_bits / 8), contiguous.

    Raises:
        LibraryError: A code in the library has another length.
    """
    with lib.reading():
        first, last = lib.rows(
            "SELECT min(photo_id), max(photo_id) FROM codes WHERE model_id = ?", (model_id,)
        )[0]
        parts = (
            []
            if first is None
            else [
                _read_span(lib, model_id, n_bits, start, start + READ_SPAN)
                for start in range(first, last + 1, READ_SPAN)
            ]
        )
        shown = read_ids(lib, "SELECT DISTINCT photo_id FROM visible_files ORDER BY photo_id")
    ids = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
    codes = np.concatenate([np.empty((0, n_bits // 8), np.uint8), *(part[1] for part in parts)])
    if len(shown) == len(ids) and np.array_equal(shown, ids):
        return ids, codes
    kept = np.isin(ids, shown, assume_unique=True)
    return ids[kept], codes[kept]


def read_codes_of(lib: Library, model_id: int, n_bits: int, photo_ids: Sequence[int]) -> tuple[Ids, Codes]:
    """As `read_codes`, for some photos; those that are not visible or have no code are left out."""
    found: list[tuple[int, bytes]] = []
    for start in range(0, len(photo_ids), 500):
        page = [int(photo_id) for photo_id in photo_ids[start : start + 500]]
        marks = ",".join("?" * len(page))
        found += lib.rows(
            f"SELECT photo_id, code FROM codes WHERE model_id = ? AND photo_id IN ({marks})"  # noqa: S608
            " AND EXISTS (SELECT 1 FROM visible_files WHERE visible_files.photo_id = codes.photo_id)",
            (model_id, *page),
        )
    found.sort()
    ids = np.array([photo_id for photo_id, _ in found], np.int64)
    return ids, _as_codes(lib, b"".join(code for _, code in found), len(ids), n_bits)


def read_code(lib: Library, model_id: int, photo_id: int) -> bytes | None:
    """The code of one photo, visible or not; None when it has none."""
    code = lib.value("SELECT code FROM codes WHERE model_id = ? AND photo_id = ?", (model_id, int(photo_id)))
    return None if code is None else bytes(code)


def put_codes(lib: Library, model_id: int, codes: Iterable[tuple[int, bytes]]) -> None:
    """Writes codes as (photo id, packed code), inside a transaction that is open already."""
    lib.execute_many(
        "INSERT OR REPLACE INTO codes (model_id, photo_id, code) VALUES (?, ?, ?)",
        ((model_id, photo_id, code) for photo_id, code in codes),
    )


def uncoded_ids(lib: Library, model_id: int) -> Ids:
    """Visible photos that have no code of a model, ascending."""
    return read_ids(
        lib,
        "SELECT DISTINCT photo_id FROM visible_files WHERE NOT EXISTS (SELECT 1 FROM codes"
        " WHERE codes.model_id = ? AND codes.photo_id = visible_files.photo_id) ORDER BY photo_id",
        (model_id,),
    )


def read_ids(lib: Library, sql: str, parameters: Sequence[object] = ()) -> Ids:
    """The single integer column of a query on library.db, in the query's order, as int64 (N,)."""
    # The inner query's order is kept: SQLite feeds group_concat in the order in which rows come.
    text = lib.value(f"WITH q (id) AS ({sql}) SELECT group_concat(id, ' ') FROM q", parameters)  # noqa: S608
    return np.fromstring(text or "", dtype=np.int64, sep=" ")


def _read_span(lib: Library, model_id: int, n_bits: int, start: int, end: int) -> tuple[Ids, Codes]:
    ids_text, codes_text = lib.rows(
        "SELECT group_concat(photo_id, ' '), group_concat(hex(code), '') FROM"
        " (SELECT photo_id, code FROM codes WHERE model_id = ? AND photo_id >= ? AND photo_id < ?"
        " ORDER BY photo_id)",
        (model_id, start, end),
    )[0]
    ids = np.fromstring(ids_text or "", dtype=np.int64, sep=" ")
    return ids, _as_codes(lib, bytes.fromhex(codes_text or ""), len(ids), n_bits)


def _as_codes(lib: Library, data: bytes, count: int, n_bits: int) -> Codes:
    if len(data) * 8 != count * n_bits:
        raise LibraryError(
            f"A code in the library {lib.dir} has not the {n_bits} bits of its model.",
            "The library was changed by another program; index into a new one with --library.",
        )
    return np.frombuffer(data, np.uint8).reshape(count, n_bits // 8)
