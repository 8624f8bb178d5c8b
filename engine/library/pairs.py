"""Pairs of photos of which the person said that they are alike, or that they are not."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from engine.errors import UsageError
from engine.library.database import Library, utc_now
from engine.library.undo import record_undo

Pair = tuple[int, int]


def tell_pairs(lib: Library, asked: Iterable[int], told: Iterable[int], *, alike: bool) -> int:
    """Notes "more like this" or "less like this"; what was said before about the same photos is replaced.

    Args:
        lib: The library.
        asked: Photos of the query.
        told: Photos of its answer.
        alike: Whether each of these is like each of those.

    Returns:
        The undo record.

    Raises:
        UsageError: A photo is not in the library, or there is no pair of two photos.
    """
    wanted = {(min(a, b), max(a, b)) for a, b in product(set(asked), set(told)) if a != b}
    if not wanted:
        raise UsageError("A photo is always like itself.", "Choose another photo of the results.")
    with lib.transaction():
        for photo_id in {photo for pair in wanted for photo in pair}:
            if lib.value("SELECT 1 FROM photos WHERE id = ?", (photo_id,)) is None:
                raise UsageError(f"The library has no photo with the number {photo_id}.")
        before = [(*pair, *_said(lib, pair)) for pair in sorted(wanted)]
        now = utc_now()
        _put(lib, ((*pair, int(alike), now) for pair in wanted))
        label = "More like this" if alike else "Less like this"
        return record_undo(lib, label, {"kind": "pairs", "before": before, "made_at": now})


def all_pairs(lib: Library) -> dict[Pair, bool]:
    """Whether two photos are alike, by their ids in ascending order; of visible photos alone."""
    rows = lib.rows(
        "SELECT photo_a, photo_b, alike FROM pairs"
        " WHERE EXISTS (SELECT 1 FROM visible_files WHERE photo_id = photo_a)"
        " AND EXISTS (SELECT 1 FROM visible_files WHERE photo_id = photo_b) ORDER BY photo_a, photo_b"
    )
    return {(first, second): bool(alike) for first, second, alike in rows}


def undo_pairs(lib: Library, payload: dict[str, Any]) -> None:
    """Takes `tell_pairs` back, inside a transaction; what was said since then of the same photos stays."""
    for first, second, alike, made_at in payload["before"]:
        if _said(lib, (first, second))[1] != payload["made_at"]:
            continue
        lib.execute("DELETE FROM pairs WHERE photo_a = ? AND photo_b = ?", (first, second))
        if alike is not None:
            _put(lib, [(first, second, alike, made_at)])


def _said(lib: Library, pair: Pair) -> tuple[int | None, str | None]:
    rows = lib.rows("SELECT alike, made_at FROM pairs WHERE photo_a = ? AND photo_b = ?", pair)
    return rows[0] if rows else (None, None)


def _put(lib: Library, rows: Iterable[tuple[int, int, int, str]]) -> None:
    lib.execute_many(
        "INSERT OR REPLACE INTO pairs (photo_a, photo_b, alike, made_at) VALUES (?, ?, ?, ?)", rows
    )
