"""Folders with one folder a class, as they are or within folders named after parts."""

from collections.abc import Iterator
from pathlib import Path

from engine.paths import plain
from engine.training.sources.entry import Entry
from engine.training.sources.parts import PART_WORDS, published_part


def folder_entries(folder: Path) -> Iterator[Entry]:
    """All files below `folder`, each of the class that its first folder is named after.

    Where all folders in `folder` are named after parts (train, val, test and the like) and one of them is
    train, classes are the folders within these. Files outside of a class's folder are not looked at.
    """
    name = plain(folder).name
    tops = [inner.name.lower() for inner in folder.iterdir() if inner.is_dir()]
    above = 1 if PART_WORDS.issuperset(tops) and "train" in tops else 0
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if len(inside.parts) > above + 1 and file.is_file():
            part = published_part(inside.parts[0], str(folder)) if above else ""
            yield Entry(f"{name}/{inside.as_posix()}", file, labels=(inside.parts[above],), part=part)
