"""What is written about photos: in their files, or typed in the app."""

from collections.abc import Iterable

from engine.library.database import Library

TYPED = "typed"


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
