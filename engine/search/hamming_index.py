"""All codes of the active model in memory, ranked by Hamming distance.

A `Snapshot` never changes, so any thread may search it while another makes the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from engine.hashing.codes import Codes, distances
from engine.library.changes import Changes, changes_since, last_seq
from engine.library.codes import Ids, read_codes, read_codes_of
from engine.library.database import Library
from engine.library.models_table import ModelRow, active_model

# faiss counts photos by distance in room for k photos at each distance: 20 MB at this k and 128 bits. Longer
# lists are ranked from all distances (docs/decisions/0005-hamming-index.md).
COUNTING_K = 20_000


@dataclass(frozen=True)
class Neighbours:
    """Photos by likeness, nearest first, ties by photo id.

    Attributes:
        ids: int64 (k,).
        distances: int32 (k,), in bits.
    """

    ids: Ids
    distances: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)


class Snapshot:
    """The codes of one model at one moment.

    Attributes:
        ids: int64 (N,), ascending photo ids.
        codes: uint8 (N, n_bits / 8), contiguous.
        model: The model that made them, None in a library without one.
    """

    def __init__(self, ids: Ids, codes: Codes, model: ModelRow | None = None) -> None:
        if len(ids) != len(codes):
            raise ValueError(f"{len(ids)} ids do not fit {len(codes)} codes")
        self.ids = ids
        self.codes = np.ascontiguousarray(codes)
        self.model = model
        self._faiss = faiss.IndexBinaryFlat(codes.shape[1] * 8)
        # Counting is as fast for short lists as the heap, and four times as fast for long ones.
        self._faiss.use_heap = False  # type: ignore[attr-defined]
        self._faiss.add(self.codes)

    def __len__(self) -> int:
        return len(self.ids)

    def code_of(self, photo_id: int) -> Codes | None:
        """uint8 (n_bits / 8,), None when the photo is not in the snapshot."""
        place = int(np.searchsorted(self.ids, photo_id))
        if place == len(self.ids) or self.ids[place] != photo_id:
            return None
        return self.codes[place]

    def search(
        self,
        queries: Codes,
        k: int,
        *,
        within: int | None = None,
        among: Ids | None = None,
        exclude: Sequence[int] = (),
    ) -> Neighbours:
        """The k nearest photos.

        Args:
            queries: uint8 (Q, n_bits / 8), Q >= 1. Several queries rank by the sum of their distances, and
                the distance shown is the mean, rounded to whole bits (half to even).
            k: How many at most.
            within: Only photos at most so many bits away.
            among: Only these photos, int64 (M,), each once.
            exclude: Not these photos.

        Raises:
            ValueError: The queries don't fit the codes, or k is negative.
        """
        if queries.ndim != 2 or not len(queries) or queries.shape[1] != self.codes.shape[1]:
            raise ValueError(f"queries of shape {queries.shape} do not fit codes of shape {self.codes.shape}")
        if k < 0:
            raise ValueError(f"k is not negative, but {k} is")
        wanted = k + len(exclude)
        if len(queries) == 1 and among is None and wanted <= COUNTING_K:
            places, sums = self._search_nearest(queries, wanted)
        else:
            places, sums = self._search_all(queries, wanted, among)
        ids = self.ids[places]
        if len(exclude):
            kept = ~np.isin(ids, np.asarray(exclude, np.int64))
            ids, sums = ids[kept], sums[kept]
        found = np.rint(sums / len(queries)).astype(np.int32) if len(queries) > 1 else sums
        if within is not None:
            near = found <= within
            ids, found = ids[near], found[near]
        return Neighbours(ids[:k], found[:k])

    def _search_nearest(self, queries: Codes, k: int) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Places and distances by faiss, which orders ties by place (tests hold it to that)."""
        k = min(k, len(self.ids))
        if not k:
            return np.empty(0, np.intp), np.empty(0, np.int32)
        # One query is not split over threads; without this, faiss wakes and awaits them all the same. The
        # setting belongs to the calling thread, and to all that use OpenMP there, torch among them.
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)
        try:
            found, places = self._faiss.search(np.ascontiguousarray(queries), k)
        finally:
            faiss.omp_set_num_threads(threads)
        return places[0], found[0]

    def _search_all(
        self, queries: Codes, k: int, among: Ids | None
    ) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Places and sums of distances by looking at each, for long lists, subsets and several queries."""
        if among is None:
            places, codes = None, self.codes
        else:
            places = np.flatnonzero(np.isin(self.ids, among, assume_unique=True))
            codes = self.codes[places]
        sums = sum((distances(query, codes) for query in queries), np.zeros(len(codes), np.int32))
        best = nearest_places(sums, k)
        return (best if places is None else places[best]), sums[best]


def nearest_places(found: NDArray[np.int32], k: int) -> NDArray[np.intp]:
    """Places of the k smallest numbers, in the order of (number, place), without sorting the rest.

    Args:
        found: int32 (N,), not negative.
        k: How many at most.
    """
    if k < len(found):
        # the largest number that still makes it, found by counting: distances are small whole numbers
        limit = int(np.searchsorted(np.cumsum(np.bincount(found)), k))
        candidates = np.flatnonzero(found <= limit)
    else:
        candidates = np.arange(len(found))
    return candidates[np.argsort(found[candidates], kind="stable")[:k]]


class HammingIndex:
    """Keeps a snapshot in step with a library. One thread owns it; any thread may use its snapshots."""

    def __init__(self, lib: Library) -> None:
        """Reads all codes.

        Args:
            lib: Opened on the thread that will call `refresh`.
        """
        self._lib = lib
        self._seq = 0
        self._snapshot = self._read_all()

    @property
    def snapshot(self) -> Snapshot:
        """The newest state that was read."""
        return self._snapshot

    def refresh(self) -> bool:
        """Takes up what was committed since the last time.

        Returns:
            True when there is a new snapshot.
        """
        with self._lib.reading():
            changes = changes_since(self._lib, self._seq)
            if not changes:
                return False
            if changes.reload or self._snapshot.model is None:
                self._snapshot = self._read_all()
                return True
            fresh = self._merge(changes) if changes.code_ids else None
        self._seq = changes.seq
        if fresh is None:
            return False
        self._snapshot = fresh
        return True

    def _read_all(self) -> Snapshot:
        with self._lib.reading():
            model = active_model(self._lib)
            self._seq = last_seq(self._lib)
            if model is None:
                return Snapshot(np.empty(0, np.int64), np.empty((0, 1), np.uint8))
            ids, codes = read_codes(self._lib, model.id, model.n_bits)
        return Snapshot(ids, codes, model)

    def _merge(self, changes: Changes) -> Snapshot:
        old = self._snapshot
        assert old.model is not None
        ids, codes = read_codes_of(self._lib, old.model.id, old.model.n_bits, changes.code_ids)
        kept = ~np.isin(old.ids, np.array(changes.code_ids, np.int64), assume_unique=True)
        kept_ids = old.ids[kept]
        places = np.searchsorted(kept_ids, ids)
        return Snapshot(
            np.insert(kept_ids, places, ids), np.insert(old.codes[kept], places, codes, axis=0), old.model
        )
