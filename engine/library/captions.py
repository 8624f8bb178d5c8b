"""What is written about photos: in their files, in tables of captions, or typed in the app."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.errors import UsageError
from engine.library.changes import log_changes
from engine.library.database import Library
from engine.library.undo import record_undo
from engine.photos.readings import LONGEST_CAPTION
from engine.photos.written_words import clean

TYPED, TABLE = "typed", "table"


def captions_of(lib: Library, photo_id: int) -> list[tuple[str, str]]:
    """(source, text) of a photo, each once, the oldest first."""
    rows = lib.rows("SELECT source, text FROM captions WHERE photo_id = ? ORDER BY id", (int(photo_id),))
    return list(dict.fromkeys(rows))


def put_file_captions(lib: Library, file_id: int, told: Iterable[tuple[int, str, str]]) -> set[int]:
    """Replaces what one file says about photos, inside a transaction that is open already.

    What other files say, and what was typed, stays.

    Args:
        lib: Inside a transaction.
        file_id: A photo's file, or one beside photos.
        told: (photo_id, source, text).

    Returns:
        Photos whose captions changed.
    """
    before = lib.rows("SELECT photo_id, source, text FROM captions WHERE file_id = ? ORDER BY id", (file_id,))
    after = list(told)
    if before == after:
        return set()
    lib.execute("DELETE FROM captions WHERE file_id = ?", (file_id,))
    lib.execute_many(
        "INSERT INTO captions (photo_id, file_id, source, text) VALUES (?, ?, ?, ?)",
        ((photo, file_id, source, text) for photo, source, text in after),
    )
    return {row[0] for row in set(before) ^ set(after)}


def own_captions(lib: Library, photo_ids: Iterable[int], source: str = TYPED) -> dict[int, list[str]]:
    """What was typed about photos, or came with tables: the texts by photo, the oldest first."""
    return {
        photo_id: [
            text
            for (text,) in lib.rows(
                "SELECT text FROM captions WHERE photo_id = ? AND file_id IS NULL AND source = ? ORDER BY id",
                (photo_id, source),
            )
        ]
        for photo_id in photo_ids
    }


def set_captions(lib: Library, texts: Mapping[int, Sequence[str]], label: str, source: str = TYPED) -> int:
    """Replaces what was typed about photos, or came with tables; what files say stays.

    Args:
        lib: The library.
        texts: By photo; see `clean`; empty texts are left out, equal ones kept once.
        label: What this does, for a person who may undo it.
        source: `TYPED` or `TABLE`.

    Returns:
        The undo record.

    Raises:
        UsageError: A photo is not in the library, or a text is longer than 4,000 letters.
    """
    wanted = {photo: list(dict.fromkeys(filter(None, map(clean, own)))) for photo, own in texts.items()}
    if long := next((len(text) for own in wanted.values() for text in own if len(text) > LONGEST_CAPTION), 0):
        raise UsageError(
            f"A caption may have {LONGEST_CAPTION:,} letters; this one has {long:,}.", "Shorten it."
        )
    with lib.transaction():
        for photo_id in wanted:
            if lib.value("SELECT 1 FROM photos WHERE id = ?", (photo_id,)) is None:
                raise UsageError(f"The library has no photo with the number {photo_id}.")
        before = own_captions(lib, wanted, source)
        _replace(lib, wanted, source)
        changed = [[photo, before[photo], own] for photo, own in wanted.items()]
        return record_undo(lib, label, {"kind": "captions", "source": source, "changed": changed})


def add_caption(lib: Library, photo_ids: Iterable[int], text: str, label: str) -> int:
    """Adds a typed caption to photos that may have others; as `set_captions`."""
    before = own_captions(lib, photo_ids)
    return set_captions(lib, {photo_id: [*own, text] for photo_id, own in before.items()}, label)


def undo_captions(lib: Library, payload: dict[str, Any]) -> None:
    """Takes `set_captions` back, inside a transaction; what was written since then stays."""
    source = payload["source"]
    now = own_captions(lib, [photo_id for photo_id, _, _ in payload["changed"]], source)
    texts = {}
    for photo_id, before, after in payload["changed"]:
        since = [text for text in now[photo_id] if text not in after]
        kept = [text for text in before if text not in after or text in now[photo_id]]
        texts[photo_id] = list(dict.fromkeys([*kept, *since]))
    _replace(lib, texts, source)


def _replace(lib: Library, texts: Mapping[int, Sequence[str]], source: str) -> None:
    for photo_id, own in texts.items():
        lib.execute(
            "DELETE FROM captions WHERE photo_id = ? AND file_id IS NULL AND source = ?", (photo_id, source)
        )
        lib.execute_many(
            "INSERT INTO captions (photo_id, source, text) VALUES (?, ?, ?)",
            ((photo_id, source, text) for text in own),
        )
    log_changes(lib, sorted(texts), "caption")
