"""The log of changes, from which readers learn what to read again."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.library.database import Library

KEPT = 100_000
DROP_BATCH = 20_000  # rows deleted by one transaction, some 20 ms


@dataclass(frozen=True)
class Changes:
    """What happened since a reader last looked.

    Attributes:
        seq: Hand this to the next `changes_since`.
        photo_ids: Photos that came, went, or got another code or caption; ascending, each once.
        code_ids: Those of them whose place in results may have changed: all kinds but "caption".
        reload: More happened than is listed (a root came or went, another model, too long ago): read anew.
    """

    seq: int
    photo_ids: tuple[int, ...]
    code_ids: tuple[int, ...]
    reload: bool

    def __bool__(self) -> bool:
        """True when anything happened."""
        return self.reload or bool(self.photo_ids)


def log_changes(lib: Library, photo_ids: Iterable[int], kind: str) -> None:
    """Notes a change of photos, in the transaction that makes it.

    Args:
        lib: Inside a transaction.
        photo_ids: Which photos.
        kind: "added", "removed", "code" or "caption".
    """
    lib.execute_many("INSERT INTO changes (photo_id, kind) VALUES (?, ?)", ((i, kind) for i in photo_ids))


def log_reload(lib: Library) -> None:
    """Notes, in the transaction that makes it, a change too large to name each photo."""
    lib.execute("INSERT INTO changes (photo_id, kind) VALUES (NULL, 'reload')")


def last_seq(lib: Library) -> int:
    """Number of the last change ever made, 0 before the first."""
    return int(lib.value("SELECT seq FROM sqlite_sequence WHERE name = 'changes'") or 0)


def changes_since(lib: Library, seq: int) -> Changes:
    """What happened after change number `seq`."""
    with lib.reading():
        newest = last_seq(lib)
        oldest = lib.value("SELECT min(seq) FROM changes")
        if newest <= seq:
            return Changes(newest, (), (), reload=newest < seq)
        if oldest is None or oldest > seq + 1 or newest - seq > KEPT:
            return Changes(newest, (), (), reload=True)
        rows = lib.rows("SELECT DISTINCT photo_id, kind FROM changes WHERE seq > ?", (seq,))
    if any(kind == "reload" for _, kind in rows):
        return Changes(newest, (), (), reload=True)
    return Changes(
        newest,
        tuple(sorted({photo_id for photo_id, _ in rows})),
        tuple(sorted({photo_id for photo_id, kind in rows if kind != "caption"})),
        reload=False,
    )


def drop_old_changes(lib: Library) -> None:
    """Keeps the last `KEPT` changes; readers that were away for longer read everything."""
    while (oldest := lib.value("SELECT min(seq) FROM changes")) is not None and oldest <= last_seq(
        lib
    ) - KEPT:
        with lib.transaction():
            end = min(oldest + DROP_BATCH, last_seq(lib) - KEPT + 1)
            lib.execute("DELETE FROM changes WHERE seq < ?", (end,))
