"""Photos whose captions or file names hold the words that were asked for, by SQLite's full text search."""

import re
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from engine.library.codes import Ids, read_ids
from engine.library.database import Library
from engine.library.locations import root_paths

# Words that sentences need and nobody looks for; a query of nothing else is searched for as it stands.
FILLERS = frozenset(
    "a an and are at by for from in is it near of on or some that the there to with".split()  # noqa: SIM905
)
SHORTEST_STEM = 3  # "dog" also finds "dogs"; "at" would find half of the dictionary

_CAPTIONS = """
SELECT DISTINCT photo_id FROM captions WHERE id IN (SELECT rowid FROM captions_fts WHERE captions_fts MATCH ?)
AND photo_id IN (SELECT photo_id FROM visible_files) ORDER BY photo_id
"""
_NAMES = """
SELECT DISTINCT photo_id FROM visible_files WHERE id IN (SELECT rowid FROM names_fts WHERE names_fts MATCH ?)
OR root_id IN ({roots}) ORDER BY photo_id
"""


@dataclass(frozen=True)
class WordHits:
    """Photos that hold all words.

    Attributes:
        ids: int64 (N,), ascending.
        in_captions: bool (N,), whether captions alone hold all of them; otherwise file names have a part.
    """

    ids: Ids
    in_captions: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


def words_of(text: str) -> list[str]:
    """The words to look for, each once: what full text search takes for words, without fillers."""
    every = list(dict.fromkeys(re.findall(r"[^\W_]+", text.lower())))
    return [word for word in every if word not in FILLERS] or every


def word_hits(lib: Library, text: str) -> WordHits:
    """Visible photos whose captions and file names together hold every word, or a word that begins so.

    Args:
        lib: The library.
        text: As a person typed it; no sign in it has a meaning of its own.
    """
    words = words_of(text)
    if not words:
        return WordHits(np.empty(0, np.int64), np.empty(0, np.bool_))
    with lib.reading():
        captions = [read_ids(lib, _CAPTIONS, (_pattern(word),)) for word in words]
        names = [_named(lib, word) for word in words]
    ids = reduce(np.intersect1d, map(np.union1d, captions, names))
    return WordHits(ids, np.isin(ids, reduce(np.intersect1d, captions), assume_unique=True))


def _named(lib: Library, word: str) -> Ids:
    """Photos with a word in the name of a file, of a folder, or of the root that these lie in."""
    roots = [root_id for root_id, path in root_paths(lib).items() if _begins(path.name, word)]
    return read_ids(lib, _NAMES.format(roots=",".join(map(str, roots))), (_pattern(word),))


def _begins(name: str, word: str) -> bool:
    every = words_of(name)
    return word in every or (len(word) >= SHORTEST_STEM and any(one.startswith(word) for one in every))


def _pattern(word: str) -> str:
    """A word between quotes, so that it can't be taken for an operator."""
    return f'"{word}"*' if len(word) >= SHORTEST_STEM else f'"{word}"'
