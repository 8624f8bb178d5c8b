"""Edits of the library can be taken back: each leaves a record that says how."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.library.database import Library, utc_now
from engine.paths import read_name


@dataclass(frozen=True)
class UndoRecord:
    """One edit that can be taken back.

    Attributes:
        id: For undoing it.
        made_at: When the edit was made, ISO 8601 in UTC.
        label: What it did, for a person.
    """

    id: int
    made_at: str
    label: str


def record_undo(lib: Library, label: str, payload: Mapping[str, Any]) -> int:
    """Notes, in the transaction of an edit, how to take it back; returns the record's id."""
    shown = read_name(os.fsencode(label))  # a label may hold a path whose name is no UTF-8
    cursor = lib.execute(
        "INSERT INTO undo (made_at, label, payload) VALUES (?, ?, ?)",
        (utc_now(), shown, json.dumps(payload)),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def list_undo(lib: Library) -> list[UndoRecord]:
    """Edits that were not taken back, the newest first."""
    rows = lib.rows("SELECT id, made_at, label FROM undo WHERE undone_at IS NULL ORDER BY id DESC")
    return [UndoRecord(*row) for row in rows]


def take_back(
    lib: Library, undo_id: int, ways: Mapping[str, Callable[[Library, dict[str, Any]], None]]
) -> UndoRecord:
    """Takes an edit back, in one transaction.

    Args:
        lib: The library.
        undo_id: The record.
        ways: By the payload's "kind", what takes such an edit back; called inside the transaction.

    Raises:
        UsageError: There is no such record, or it was taken back before.
    """
    with lib.transaction():
        rows = lib.rows(
            "SELECT made_at, label, payload FROM undo WHERE id = ? AND undone_at IS NULL", (undo_id,)
        )
        if not rows:
            raise UsageError(f"There is nothing to undo under the number {undo_id}.")
        made_at, label, text = rows[0]
        payload = json.loads(text)
        ways[payload["kind"]](lib, payload)
        lib.execute("UPDATE undo SET undone_at = ? WHERE id = ?", (utc_now(), undo_id))
    return UndoRecord(undo_id, made_at, label)
