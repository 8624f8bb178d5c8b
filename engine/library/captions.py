"""What is written about photos: in their files, or typed in the app."""

from collections.abc import Iterable

from engine.library.database import Library

TYPED = "typed"


def captions_of(lib: Library, photo_id: int) -> list[tuple[str, str]]:
    """(source, text) of a photo, each once, the oldest first."""
    rows = lib.rows("SELECT source, text FROM captions WHERE photo_id = ? ORDER BY id", (int(photo_id),))
    return list(dict.fromkeys(rows))


def put_file_captions(lib: Library, file_id: int, photo_id: int, captions: Iterable[tuple[str, str]]) -> bool:
    """Replaces what one file says about its photo, inside a transaction that is open already.

    What other copies of the photo say, and what was typed, stays.

    Returns:
        True when anything changed.
    """
    before = lib.rows("SELECT photo_id, source, text FROM captions WHERE file_id = ? ORDER BY id", (file_id,))
    after = [(photo_id, source, text) for source, text in captions]
    if before == after:
        return False
    lib.execute("DELETE FROM captions WHERE file_id = ?", (file_id,))
    lib.execute_many(
        "INSERT INTO captions (photo_id, file_id, source, text) VALUES (?, ?, ?, ?)",
        ((photo, file_id, source, text) for photo, source, text in after),
    )
    return True


def copy_file_captions(lib: Library, from_file: int, to_file: int, photo_id: int) -> bool:
    """Gives a copy of a file the captions of the file that it equals; as `put_file_captions`."""
    captions = lib.rows("SELECT source, text FROM captions WHERE file_id = ? ORDER BY id", (from_file,))
    return put_file_captions(lib, to_file, photo_id, captions)
