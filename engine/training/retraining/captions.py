"""What is written about the photos of a library, as a retraining reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from engine.errors import UsageError
from engine.library.codes import Ids
from engine.library.database import Library
from engine.library.pairs import all_pairs
from engine.library.photos import visible_ids
from engine.training.retraining.settings import FOLDERS

PAGE = 500
MOST_CAPTIONS = 20  # of a photo; more say the same again


@dataclass(frozen=True)
class Asked:
    """Which photos and captions of a library a person wants to be learned from.

    Attributes:
        folders: Photos under any of these; all where there is none.
        photos: Just these photos; all where it is None.
        sources: Sources of captions; all but names of folders where there is none.
        ignored: Captions that say nothing, compared without regard to case.
    """

    folders: tuple[Path, ...] = ()
    photos: tuple[int, ...] | None = None
    sources: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Written:
    """Photos, and what is written about them.

    Attributes:
        ids: int64 (N,) ascending, all photos that were asked for.
        captions: By photo, of those with some.
        sources: How many photos have captions of each source.
        pairs: Whether two photos are alike; both are among `ids`.
    """

    ids: Ids
    captions: Mapping[int, tuple[str, ...]]
    sources: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[int, int], bool] = field(default_factory=dict)

    @property
    def taught(self) -> Ids:
        """int64, ascending: photos with captions or in pairs, from which something can be learned."""
        told = {photo for pair in self.pairs for photo in pair}
        return np.array(sorted(told | self.captions.keys()), np.int64)

    @property
    def others(self) -> Ids:
        """int64, ascending: photos of which nothing is known."""
        return np.setdiff1d(self.ids, self.taught)


def read_written(lib: Library, asked: Asked) -> Written:
    """Reads the captions and pairs of the photos that are asked for.

    Raises:
        UsageError: A photo or folder is not in the library.
    """
    ids = _ids(lib, asked)
    wanted = set(ids.tolist())
    captions: dict[int, list[str]] = {}
    sources: dict[str, set[int]] = {}
    ignored = {text.casefold() for text in asked.ignored}
    for photo, source, text in _told(lib, asked.sources):
        if photo in wanted and text.casefold() not in ignored:
            captions.setdefault(photo, []).append(text)
            sources.setdefault(source, set()).add(photo)
    kept = {photo: tuple(dict.fromkeys(own))[:MOST_CAPTIONS] for photo, own in captions.items()}
    counts = {source: len(photos) for source, photos in sources.items()}
    pairs = {pair: alike for pair, alike in all_pairs(lib).items() if wanted.issuperset(pair)}
    return Written(ids, kept, dict(sorted(counts.items(), key=lambda item: -item[1])), pairs)


def _ids(lib: Library, asked: Asked) -> Ids:
    if asked.photos is not None:
        chosen = np.unique(np.array(asked.photos, np.int64))
        if missing := np.setdiff1d(chosen, visible_ids(lib)).tolist():
            raise UsageError(
                f"The library has no photo with the number {missing[0]}.", "Choose photos that it shows."
            )
        return chosen
    if not asked.folders:
        return np.sort(visible_ids(lib))
    found = [visible_ids(lib, folder) for folder in asked.folders]
    if empty := next((f for f, own in zip(asked.folders, found, strict=True) if not len(own)), None):
        raise UsageError(f"The library has no photo in {empty}.", "Index it first, or name another folder.")
    return np.unique(np.concatenate(found))


def _told(lib: Library, sources: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """(photo, source, text) of all captions of these sources, the oldest first."""
    for photo, source, text in lib.rows("SELECT photo_id, source, text FROM captions ORDER BY id"):
        if not sources or source in sources:
            yield photo, source, text
    if FOLDERS in sources:
        for photo, folder in lib.rows("SELECT DISTINCT photo_id, rel_dir FROM visible_files"):
            if name := PurePosixPath(folder).name:
                yield photo, FOLDERS, name.replace("_", " ")


def moments(lib: Library, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Where and when photos were taken: (folder, time in ISO format), of those whose time is known."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(ids), PAGE):
        page = [int(photo) for photo in ids[start : start + PAGE]]
        marks = ",".join("?" * len(page))
        rows = lib.rows(
            "SELECT photos.id, min(root_id || '/' || rel_dir), taken_at FROM photos"  # noqa: S608
            " JOIN visible_files ON photo_id = photos.id"
            f" WHERE taken_at IS NOT NULL AND photos.id IN ({marks}) GROUP BY photos.id",
            page,
        )
        found |= {photo: (folder, taken) for photo, folder, taken in rows}
    return found
