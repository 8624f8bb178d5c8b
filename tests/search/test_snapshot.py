"""Ranking against a slow reference, with many ties."""

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.search.hamming_index import COUNTING_K, Snapshot, nearest_places


def slow_neighbours(ids, codes, queries, k, within=None, among=None, exclude=()):
    """One photo at a time, in plain Python; (photo id, distance) by (sum of distances, photo id)."""
    ranked = []
    for photo_id, code in zip(ids.tolist(), codes.tolist(), strict=True):
        total = sum(
            (a ^ b).bit_count() for query in queries.tolist() for a, b in zip(query, code, strict=True)
        )
        if photo_id not in exclude and (among is None or photo_id in among):
            ranked.append((total, photo_id))
    shown = [(photo_id, round(total / len(queries))) for total, photo_id in sorted(ranked)]
    return [(i, d) for i, d in shown if within is None or d <= within][:k]


def found(neighbours) -> list[tuple[int, int]]:
    assert neighbours.ids.dtype == np.int64 and neighbours.distances.dtype == np.int32
    return list(zip(neighbours.ids.tolist(), neighbours.distances.tolist(), strict=True))


@st.composite
def libraries(draw):
    """Few distinct codes among many photos, so that ties straddle every k."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    width = draw(st.sampled_from([1, 2, 3, 8, 16, 32]))
    count = draw(st.integers(0, 120))
    kinds = rng.integers(0, 256, (draw(st.integers(1, 6)), width), dtype=np.uint8)
    ids = np.sort(rng.choice(10_000, count, replace=False)).astype(np.int64)
    return rng, ids, kinds[rng.integers(0, len(kinds), count)], kinds


@settings(max_examples=300, deadline=None)
@given(libraries(), st.integers(0, 130), st.data())
def test_neighbours_equal_the_slow_reference(library, k, data) -> None:
    rng, ids, codes, kinds = library
    queries = kinds[rng.integers(0, len(kinds), data.draw(st.integers(1, 4), label="queries"))]
    within = data.draw(st.none() | st.integers(0, codes.shape[1] * 8), label="within")
    among = rng.permutation(ids)[: len(ids) // 2] if data.draw(st.booleans(), label="among") else None
    exclude = tuple(rng.choice(ids, min(len(ids), 3), replace=False).tolist()) if len(ids) else ()
    neighbours = Snapshot(ids, codes).search(queries, k, within=within, among=among, exclude=exclude)
    allowed = None if among is None else set(among.tolist())
    assert found(neighbours) == slow_neighbours(ids, codes, queries, k, within, allowed, exclude)


@pytest.mark.parametrize("k", [1, 999, 1000, 1001, 2999, 3000, COUNTING_K, COUNTING_K + 1, 30_000, 99_999])
def test_ties_straddling_k_in_a_large_library_go_by_id(k) -> None:
    rng = np.random.default_rng(3)
    kinds = rng.integers(0, 256, (30, 16), dtype=np.uint8)
    codes = kinds[rng.permutation(np.repeat(np.arange(30), 1000))]
    ids = np.arange(5, 5 + 2 * len(codes), 2)
    distances = np.unpackbits(codes ^ kinds[0], axis=1).sum(axis=1)
    order = np.lexsort((ids, distances))[:k]
    neighbours = Snapshot(ids, codes).search(kinds[:1], k)
    assert np.array_equal(neighbours.ids, ids[order])
    assert np.array_equal(neighbours.distances, distances[order])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=60), st.integers(0, 70))
def test_nearest_places_are_the_first_of_a_stable_sort(numbers, k) -> None:
    array = np.array(numbers, np.int32)
    assert nearest_places(array, k).tolist() == np.argsort(array, kind="stable")[:k].tolist()


def test_queries_that_do_not_fit_are_refused() -> None:
    snapshot = Snapshot(np.array([1]), np.zeros((1, 16), np.uint8))
    for queries in (np.zeros((1, 8), np.uint8), np.zeros(16, np.uint8), np.zeros((0, 16), np.uint8)):
        with pytest.raises(ValueError, match="do not fit"):
            snapshot.search(queries, 1)
    with pytest.raises(ValueError, match="not negative"):
        snapshot.search(np.zeros((1, 16), np.uint8), -1)
    with pytest.raises(ValueError, match="do not fit"):
        Snapshot(np.array([1, 2]), np.zeros((1, 16), np.uint8))


def test_a_search_leaves_the_threads_of_others_alone() -> None:
    """Torch on the same thread may share faiss's OpenMP: what trained after a search had one thread left."""
    ids, codes = np.arange(20, dtype=np.int64), np.zeros((20, 16), np.uint8)
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        Snapshot(ids, codes).search(codes[:1], 5)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)
