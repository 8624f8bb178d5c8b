"""Folders that a command writes to when its work is done."""

import os
from pathlib import Path

from engine.errors import UsageError


def check_destination(option: str, folder: Path) -> None:
    """Refuses, before hours of work, a folder that can't be made or written to at their end.

    Args:
        option: That named it, as in "--output".
        folder: Need not exist.

    Raises:
        UsageError: It is a file, or nobody may write there.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise UsageError(
            f"{folder} can't be written to: {there} is {'read-only' if there.is_dir() else 'a file'}.",
            f"Choose another {option}.",
        )
