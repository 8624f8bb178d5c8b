"""What the window and the command line ask."""

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.hashing.codes import OUTPUTS, Codes, code_of_outputs, distances, unpack
from engine.hashing.limit import PHOTO, SAMPLE, WORDS, calibration
from engine.library.codes import Ids, read_code
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.search.hamming_index import HammingIndex, Snapshot
from engine.search.words import word_hits, words_of


class Match(IntEnum):
    """Why a photo is in an answer, beside its likeness."""

    NONE = 0
    CAPTION = 1
    NAME = 2


@dataclass(frozen=True)
class Query:
    """Photos like these, and photos of which these words are written.

    Attributes:
        photo_ids: Photos of the library; they are left out of the answer.
        codes: Packed codes of photos from outside, made by the library's active model.
        sentence: Outputs of a sentence by the same model, float16 (n_bits,) as bytes; empty where none is
            asked for. Their signs are its code.
        words: To be found in captions and in the names of files and folders; see `word_hits`.
        within: Only photos at most so many bits away, or with the words; None for all.
        under: Only photos with a file in this folder.
        top: How many at most.
    """

    photo_ids: tuple[int, ...] = ()
    codes: tuple[bytes, ...] = ()
    sentence: bytes = b""
    words: str = ""
    within: int | None = None
    under: Path | None = None
    top: int = 20


NO_DISTANCE = -1
WEIGHED = 400  # photos that outputs of a sentence put in order


@dataclass(frozen=True)
class Answer:
    """Photos with the words first, then the others; both by distance, ties by photo id.

    Where a sentence is asked for, the first `WEIGHED` are in the order of weighted distances, see `_weighed`.

    Attributes:
        ids: int64 (N,).
        distances: int32 (N,) in bits; `NO_DISTANCE` where words alone were asked for, or where a photo has
            no code yet.
        matches: uint8 (N,), a `Match` each.
        limit: The calibrated distance beyond which a photo is no answer, in bits; nothing was cut by it.
    """

    ids: Ids
    distances: NDArray[np.int32]
    matches: NDArray[np.uint8]
    limit: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def near(self, within: int) -> "Answer":
        """The photos with the words, and those at most so many bits away."""
        kept = (self.matches != Match.NONE) | (self.distances <= within)
        return Answer(self.ids[kept], self.distances[kept], self.matches[kept], self.limit)


def answer(lib: Library, index: HammingIndex, query: Query) -> Answer:
    """Answers a query.

    Args:
        lib: For words, for the folder filter and for photos that have left the results; the calling thread's.
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
    asked = _query_codes(lib, snapshot, query)
    if not len(asked) and not words_of(query.words):
        raise UsageError("The query names no photo and no words.", "Name at least one.")
    worded = _with_words(lib, snapshot, asked, query, among)
    if not len(asked):
        return _first(worded, query.top, 0)
    known = [*worded.ids.tolist(), *query.photo_ids]
    wanted = max(query.top, WEIGHED) if query.sentence else query.top
    near = snapshot.search(asked, wanted, within=query.within, among=among, exclude=known)
    found = Answer(near.ids, near.distances, np.full(len(near), Match.NONE, np.uint8))
    if query.sentence:
        worded, found = (_weighed(snapshot, asked, query.sentence, part) for part in (worded, found))
    limit = _limit(snapshot, asked, WORDS if query.sentence else PHOTO, near.distances)
    return _first(_joined(worded, found), query.top, limit)


def _weighed(snapshot: Snapshot, asked: Codes, sentence: bytes, found: Answer) -> Answer:
    """The same photos, the first of them ordered by what the sentence is sure of.

    A bit that differs from the sentence's counts as much as its output is large, in the mean as much as a bit
    (asymmetric distance, after Gordo et al. 2014); codes of photos that are asked for too count as they do.
    """
    outputs = np.frombuffer(sentence, OUTPUTS).astype(np.float32)
    first = found.ids[:WEIGHED]
    places = np.searchsorted(snapshot.ids, first)
    coded = places < len(snapshot)
    coded[coded] = snapshot.ids[places[coded]] == first[coded]
    codes = snapshot.codes[places[coded]]
    weights = np.abs(outputs) / max(float(np.abs(outputs).mean()), 1e-9)
    differs = unpack(codes) != (outputs > 0)
    far = differs.astype(np.float32) @ weights
    for code in asked[: len(asked) - 1]:
        far += distances(code, codes)
    keys = np.full(len(first), np.inf, np.float32)
    keys[coded] = far
    order = np.concatenate([np.argsort(keys, kind="stable"), np.arange(len(first), len(found))])
    return Answer(found.ids[order], found.distances[order], found.matches[order])


def _with_words(lib: Library, snapshot: Snapshot, asked: Codes, query: Query, among: Ids | None) -> Answer:
    """The photos with the words, by likeness as far as that is known."""
    if not query.words:
        return Answer(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.uint8))
    hits = word_hits(lib, query.words)
    left_out = np.isin(hits.ids, np.asarray(query.photo_ids, np.int64))
    if among is not None:
        left_out |= ~np.isin(hits.ids, among)
    ids = hits.ids[~left_out]
    where = np.where(hits.in_captions[~left_out], Match.CAPTION, Match.NAME).astype(np.uint8)
    if not len(asked):
        order = np.argsort(where, kind="stable")
        return Answer(ids[order], np.full(len(ids), NO_DISTANCE, np.int32), where[order])
    ranked = snapshot.search(asked, len(ids), among=ids)
    uncoded = ids[~np.isin(ids, ranked.ids)]
    every = np.concatenate([ranked.ids, uncoded])
    far = np.concatenate([ranked.distances, np.full(len(uncoded), NO_DISTANCE, np.int32)])
    return Answer(every, far, where[np.searchsorted(ids, every)])


def _joined(first: Answer, second: Answer) -> Answer:
    return Answer(
        np.concatenate([first.ids, second.ids]),
        np.concatenate([first.distances, second.distances]),
        np.concatenate([first.matches, second.matches]),
    )


def _first(whole: Answer, top: int, limit: int) -> Answer:
    return Answer(whole.ids[:top], whole.distances[:top], whole.matches[:top], limit)


def _limit(snapshot: Snapshot, asked: Codes, kind: str, nearest: NDArray[np.int32]) -> int:
    assert snapshot.model is not None
    step = max(1, len(snapshot) // SAMPLE)
    sample = snapshot.codes[::step]
    sums = sum((distances(code, sample) for code in asked), np.zeros(len(sample), np.int32))
    mean = np.rint(sums / len(asked)).astype(np.int32)
    return calibration(snapshot.model.card, kind).limit(mean, snapshot.codes.shape[1] * 8, nearest)


def _query_codes(lib: Library, snapshot: Snapshot, query: Query) -> Codes:
    width = snapshot.codes.shape[1]
    found = [_code_of(lib, snapshot, photo_id) for photo_id in query.photo_ids]
    try:
        sentence = [code_of_outputs(query.sentence).tobytes()] if query.sentence else []
    except ValueError as error:
        raise UsageError(
            f"The sentence can't be compared with the library: {error}.", "Ask again."
        ) from error
    for code in (*query.codes, *sentence):  # the sentence comes last, see `_weighed`
        if len(code) != width:
            raise UsageError(
                f"A code of {len(code) * 8} bits can't be compared with the library's {width * 8} bits.",
                "Make it with the library's active model.",
            )
        found.append(np.frombuffer(code, np.uint8))
    return np.stack(found) if found else np.empty((0, width), np.uint8)


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
