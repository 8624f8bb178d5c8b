"""Which files are left out of a library: patterns as in a .gitignore file, below each of its folders."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from engine.library.database import Library
from engine.library.settings import get_setting

EXCLUSIONS = "exclusions"


class Exclusions:
    """Says of paths whether a person wants them left out.

    Capitals make no difference: cameras write both `.JPG` and `.jpg`.

    Args:
        patterns: One a line; empty ones and those that start with # say nothing.

    Raises:
        ValueError: One is no pattern; the sentence says which.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        lines = [line for line in patterns if line.strip()]
        for line in lines:
            _check(line)
        self._spec = GitIgnoreSpec.from_lines(line.lower() for line in lines)

    def __bool__(self) -> bool:
        """True when there is any pattern."""
        return len(self._spec) > 0

    def holds(self, rel_path: str, folder: bool = False) -> bool:
        """True when a path below a root fits by itself; what lies in a folder that does is left out too.

        Args:
            rel_path: With forward slashes.
            folder: Whether it is the path of a folder.
        """
        return bool(self) and self._spec.match_file(rel_path.lower() + ("/" if folder else ""))

    def leave_out(self, rel_path: str) -> bool:
        """True when a file is to be left out, by itself or with a folder that it lies in."""
        if not self:
            return False
        folders = PurePosixPath(rel_path).parents[:-1]  # the last one is the root
        return self.holds(rel_path) or any(self.holds(str(folder), folder=True) for folder in folders)


def exclusions(lib: Library) -> Exclusions:
    """Those of a library; none when what is stored makes no sense."""
    try:
        return Exclusions((get_setting(lib, EXCLUSIONS) or "").splitlines())
    except ValueError:
        return Exclusions()


def excluded_photos(lib: Library, left_out: Exclusions) -> int:
    """How many visible photos would be left out, since each of their files would."""
    teach_exclusions(lib, left_out)
    return int(
        lib.value(
            "SELECT count(*) FROM (SELECT photo_id FROM visible_files GROUP BY photo_id"
            " HAVING min(is_excluded(rel_path)))"
        )
    )


def teach_exclusions(lib: Library, left_out: Exclusions) -> None:
    """Lets SQL on this connection ask `is_excluded(rel_path)`."""
    lib.db.conn.create_function(
        "is_excluded", 1, lambda rel_path: int(left_out.leave_out(rel_path)), deterministic=True
    )


def _check(line: str) -> None:
    try:
        (pattern,) = GitIgnoreSpec.from_lines([line.lower()]).patterns
    except ValueError as error:
        raise ValueError(f"“{line}” is no pattern.") from error
    said = pattern.include is not None and line.strip("/! ")
    if not said and not line.startswith("#"):
        raise ValueError(
            f"“{line}” fits nothing: write a name, such as *.png, or a folder, such as Private/."
        )
    if line.startswith(("~", "\\")) or line[1:3] in (":\\", ":/"):
        raise ValueError(
            f"“{line}” begins outside your folders: write the path below a folder, such as /2019/."
        )
