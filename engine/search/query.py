"""What the window and the command line ask."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import UsageError
from engine.hashing.codes import Codes
from engine.library.codes import read_code
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.search.hamming_index import HammingIndex, Neighbours, Snapshot


@dataclass(frozen=True)
class Query:
    """Photos like these.

    Attributes:
        photo_ids: Photos of the library; they are left out of the answer.
        codes: Packed codes of photos from outside, made by the library's active model.
        within: Only photos at most so many bits away.
        under: Only photos with a file in this folder.
        top: How many at most.
    """

    photo_ids: tuple[int, ...] = ()
    codes: tuple[bytes, ...] = ()
    within: int | None = None
    under: Path | None = None
    top: int = 20


def neighbours(lib: Library, index: HammingIndex, query: Query) -> Neighbours:
    """Ranks the library by likeness to a query.

    Args:
        lib: For the folder filter and for photos that have left the results; the calling thread's.
        index: Its newest snapshot is searched.
        query: What is asked.

    Raises:
        UsageError: The query is empty, a photo has no code, a code has another length than the library's, or
            the folder is not in the library.
    """
    snapshot = index.snapshot
    if snapshot.model is None:
        raise UsageError(f"The library {lib.dir} has no photos yet.", "Index a folder first.")
    among = None if query.under is None else visible_ids(lib, query.under)
    return snapshot.search(
        _query_codes(lib, snapshot, query),
        query.top,
        within=query.within,
        among=among,
        exclude=query.photo_ids,
    )


def _query_codes(lib: Library, snapshot: Snapshot, query: Query) -> Codes:
    width = snapshot.codes.shape[1]
    found = [_code_of(lib, snapshot, photo_id) for photo_id in query.photo_ids]
    for code in query.codes:
        if len(code) != width:
            raise UsageError(
                f"A code of {len(code) * 8} bits can't be compared with the library's {width * 8} bits.",
                "Make it with the library's active model.",
            )
        found.append(np.frombuffer(code, np.uint8))
    if not found:
        raise UsageError("The query names no photo.", "Name at least one.")
    return np.stack(found)


def _code_of(lib: Library, snapshot: Snapshot, photo_id: int) -> Codes:
    code = snapshot.code_of(photo_id)
    if code is not None:
        return code
    assert snapshot.model is not None
    stored = read_code(lib, snapshot.model.id, photo_id)
    if stored is None:
        raise UsageError(
            f"Photo {photo_id} has no code of the active model yet.", "Let indexing come to its end first."
        )
    return np.frombuffer(stored, np.uint8)
