"""Where photos to train on come from; each kind of source reads in a file of its own."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL.Image import Resampling, fromarray

from engine.errors import UnreadablePhoto, UsageError
from engine.paths import LIBRARY_FILE, read_name
from engine.photos.network_pixels import network_input, read_network_input
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS
from engine.tabular import csv_columns
from engine.training.photo_set import PhotoSet, require_unique
from engine.training.sources.cifar import CIFAR_SETS, cifar_entries
from engine.training.sources.coco import COCO_FORM, coco_entries
from engine.training.sources.conceptual import conceptual_entries
from engine.training.sources.entry import Entry
from engine.training.sources.folders import folder_entries
from engine.training.sources.packs import PACK_COLUMNS, pack_entries
from engine.training.sources.tables import PHOTO_COLUMNS, TEXT_COLUMNS, is_photo_table, table_entries

UNDERSTOOD = (
    "a pack (NAME.csv beside its .bin shards)",
    "a table (NAME.csv with a column photo and caption or label)",
    "a folder with one folder a class, or with train and val folders that hold these",
    "the folder of a Hammingbird library",
    "Conceptual Captions (NAME.tsv, photos in NAME/)",
    COCO_FORM,
    "cifar10:FOLDER or cifar100:FOLDER",
)
BLOCK = 512


def load_photos(source: str | Path, side: int, *, leave_out: frozenset[str] = frozenset()) -> PhotoSet:
    """Reads all photos of a source.

    Args:
        source: As a person writes it; `UNDERSTOOD` lists what there is.
        side: Photos are squashed to side x side pixels.
        leave_out: Photos with any of these classes are not read.

    Returns:
        The photos; `skipped` counts those that are missing or can't be read.

    Raises:
        UsageError: It is no source, nothing in it can be read, or it calls two photos by one name.
        LibraryError: It is a library that can't be read.
    """
    left_out: set[str] = set()
    entries = _without(_entries(str(source)), leave_out, left_out)
    pixels = _Pixels(side)
    good: list[tuple[Entry, bool]] = []
    skipped = 0
    with ThreadPoolExecutor() as pool:
        while block := list(islice(entries, BLOCK)):
            found = list(pool.map(_read, block, [side] * len(block)))
            pixels.append([read[0] for read in found if read])
            # Without its content: the encoded pictures of one block at a time are enough.
            good += [
                (replace(entry, content=None), read[1])
                for entry, read in zip(block, found, strict=True)
                if read
            ]
            skipped += found.count(None)
    if not good:
        why = f"{skipped} are missing or damaged" if skipped else "a folder has folders of classes"
        raise UsageError(f"{source} has no photo that can be read: {why}.", f"Name {'; '.join(UNDERSTOOD)}.")
    # Names of files that are no UTF-8 could not be written into a table of names later.
    names = [read_name(os.fsencode(entry.name)) for entry, _ in good]
    require_unique(names)
    return PhotoSet(
        torch.from_numpy(pixels.trimmed()),
        names,
        [entry.labels for entry, _ in good],
        [entry.captions for entry, _ in good],
        [entry.part for entry, _ in good],
        [sharp for _, sharp in good],
        skipped=skipped,
        left_out=frozenset(left_out),
    )


def _without(entries: Iterator[Entry], leave_out: frozenset[str], found: set[str]) -> Iterator[Entry]:
    """Entries with none of these classes; those that others have are added to `found`."""
    for entry in entries:
        if leave_out.isdisjoint(entry.labels):
            yield entry
        else:
            found |= leave_out.intersection(entry.labels)


def _entries(source: str) -> Iterator[Entry]:
    scheme, _, rest = source.partition(":")
    if scheme in CIFAR_SETS and rest:
        return cifar_entries(scheme, Path(rest))
    if scheme == "coco":
        return coco_entries(rest)
    path = Path(source)
    if (path / LIBRARY_FILE).is_file():
        # Here, so that training on other photos needs nothing of what libraries are made with.
        from engine.training.sources.libraries import library_entries

        return library_entries(path)
    if path.is_dir():
        return folder_entries(path)
    if path.is_file() and path.suffix.lower() == ".tsv":
        return conceptual_entries(path)
    if path.is_file() and path.suffix.lower() == ".csv":
        columns = csv_columns(path)
        if PACK_COLUMNS.issubset(columns):
            return pack_entries(path)
        if is_photo_table(columns):
            return table_entries(path)
        raise UsageError(
            f"{path} has the columns {', '.join(columns) or '(none)'}, and no photos by these.",
            f"A table has one of {', '.join(PHOTO_COLUMNS)} and one of {', '.join(TEXT_COLUMNS)}, with commas"
            " between them.",
        )
    raise UsageError(f"{source} is no source of photos, or is not there.", f"Name {'; '.join(UNDERSTOOD)}.")


def _read(entry: Entry, side: int) -> tuple[bytes, bool] | None:
    """Pixels, uint8 (side, side, 3), and whether they are sharp; None for what is missing or damaged."""
    content = entry.content
    try:
        if isinstance(content, bytes):
            return network_input(content, side), entry.short_side >= side
        if isinstance(content, np.ndarray):
            squashed = fromarray(content).resize((side, side), Resampling.BILINEAR)
            return squashed.tobytes(), min(content.shape[:2]) >= side
        if content is None:
            return None
        found = read_network_input(str(content), input_size=side, max_megapixels=DEFAULT_MAX_MEGAPIXELS)
        return (found[0], min(found[1]) >= side) if found else None
    except UnreadablePhoto:
        return None


class _Pixels:
    """Squares of pixels in one array that grows in place: two sets side by side might not fit."""

    def __init__(self, side: int) -> None:
        self._array = np.empty((0, side, side, 3), np.uint8)
        self._count = 0

    def append(self, squares: list[bytes]) -> None:
        end = self._count + len(squares)
        if end > len(self._array):
            # In place means that the system only maps more memory; an eighth more keeps that rare.
            self._array.resize((end + end // 8, *self._array.shape[1:]), refcheck=False)
        for place, square in enumerate(squares, self._count):
            self._array[place] = np.frombuffer(square, np.uint8).reshape(self._array.shape[1:])
        self._count = end

    def trimmed(self) -> np.ndarray:
        """uint8 (N, side, side, 3); nothing can be added after it."""
        self._array.resize((self._count, *self._array.shape[1:]), refcheck=False)
        return self._array
