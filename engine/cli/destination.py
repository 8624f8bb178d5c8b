"""Files and folders that a command writes to when its work is done."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.library.database import Library


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


def check_new(library: "Library", target: Path, wanted: str) -> None:
    """Refuses to write where something is or where photos lie.

    Args:
        library: Its folders are those of photos.
        target: The file or folder to be made.
        wanted: What to name instead: "a new file".

    Raises:
        UsageError: Something is there, or it lies in a photo folder.
    """
    from engine.library.roots import list_roots  # not for training, which knows no library of its own

    if target.exists():
        raise UsageError(f"{target} exists already, and nothing is written over.", f"Name {wanted}.")
    for root in list_roots(library):
        if target.resolve().is_relative_to(root.path.resolve()):
            raise UsageError(
                f"{target} lies in the photo folder {root.path}, where nothing is ever written.",
                "Name a place outside of it.",
            )
