"""Files that could not be read, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.library.database import Library, utc_now
from engine.library.locations import file_path, root_paths
from engine.photos.readings import REASONS

# What may be different the next time though the file has not changed: such files are read again at each run,
# and keep the photo that they had.
PASSING_REASONS = frozenset({"no-permission", "read-error"})


@dataclass(frozen=True)
class Problem:
    """A file that could not be read.

    Attributes:
        file_id: For `retry_problems`.
        path: Where it lies.
        reason: Short stable word, see `engine.photos.readings.REASONS`.
        detail: What the decoder said.
        since: When the file was first refused, ISO 8601 in UTC.
    """

    file_id: int
    path: Path
    reason: str
    detail: str
    since: str

    @property
    def sentence(self) -> str:
        """The reason in a sentence for people."""
        return REASONS.get(self.reason, self.reason)


def list_problems(lib: Library) -> list[Problem]:
    """Problems of files that are still there, by path."""
    with lib.reading():
        roots = root_paths(lib)
        rows = lib.rows(
            "SELECT file_id, root_id, rel_path, raw_path, reason, detail, since FROM problems"
            " JOIN files ON files.id = problems.file_id WHERE missing_since IS NULL"
            " ORDER BY root_id, rel_path"
        )
    return [
        Problem(file_id, file_path(roots[root_id], rel_path, raw), reason, detail, since)
        for file_id, root_id, rel_path, raw, reason, detail, since in rows
        if root_id in roots
    ]


def retry_problems(lib: Library, file_ids: Sequence[int] | None = None) -> int:
    """Lets the next index run read these files again, changed or not.

    Args:
        lib: The library.
        file_ids: Which files, None for all with a problem.

    Returns:
        How many files it will read again.
    """
    with lib.transaction():
        if file_ids is None:
            return lib.execute(
                "UPDATE files SET mtime_ns = NULL WHERE id IN (SELECT file_id FROM problems)"
            ).rowcount
        return sum(
            lib.execute(
                "UPDATE files SET mtime_ns = NULL WHERE id = ? AND id IN (SELECT file_id FROM problems)",
                (file_id,),
            ).rowcount
            for file_id in file_ids
        )


def put_problem(lib: Library, file_id: int, reason: str, detail: str) -> None:
    """Notes why a file could not be read, inside a transaction that is open already."""
    lib.execute(
        "INSERT INTO problems (file_id, reason, detail, since) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (file_id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail",
        (file_id, reason, detail, utc_now()),
    )
