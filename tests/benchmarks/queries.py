"""How fast neighbours are ranked among a million codes.

python -m tests.benchmarks.queries LIBRARY       (the child that measures)
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

from engine.library.database import Library
from engine.paths import LIBRARY_FILE
from engine.search.hamming_index import HammingIndex, Neighbours
from engine.search.query import Query, answer
from tests.benchmarks import processes
from tests.benchmarks.libraries import codes_library
from tests.benchmarks.processes import tell
from tests.benchmarks.report import LESS, Row, Section

QUERIES = 50
ROUNDS = 4
LENGTHS = (20, 100)


def query(quick: bool) -> Section:
    """From photo id to ranked ids, against a bare faiss search."""
    photos = 20_000 if quick else 1_000_000
    processes.WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=processes.WORK) as folder:
        library = Path(folder) / f"library-{photos}"
        codes_library(library, photos)
        found = processes.run_child("queries", library, env=processes.environment(Path(folder) / "home"))
    rows = []
    for k in LENGTHS:
        at = found[str(k)]
        bare = min(at["bare_one_thread_s"], at["bare_all_threads_s"])
        rows.append(
            Row(
                f"Query over {photos:,} codes of 128 bits, k = {k}",
                f"{1000 * at['ours_s']:.2f} ms",
                f"bare faiss {1000 * bare:.2f} ms",
                at["ours_s"] / bare,
                LESS,
                1.5,
                raw=at,
            )
        )
    rows.append(
        Row(
            f"Read {photos:,} codes from SQLite into the index",
            f"{found['read_s']:.2f} s",
            f"plain fetchall of the codes {found['plain_read_s']:.2f} s",
            found["read_s"] / found["plain_read_s"],
            raw={name: found[name] for name in ("read_s", "plain_read_s")},
        )
    )
    how = (
        f"A library of {photos:,} photos with random codes, made through the library's own writers. Ours is"
        " `engine.search.query.answer` from a photo's id to the ids and distances of its neighbours,"
        " itself left out. Bare is `faiss.IndexBinaryFlat.search` over the same codes with the code in hand,"
        " once on one thread and once with faiss's own choice; the faster of the two counts."
        f" {QUERIES} photos for each length, {ROUNDS} rounds after one that fills caches; in each round"
        " one of them asks all and then the other does (taking turns at each photo would time how their"
        " two copies of the codes push each other out of the cache); medians. Every answer was compared"
        " with the bare one. Reading is opening the index (`HammingIndex`), which also asks which photos"
        " are visible, against sqlite3's fetchall of ids and codes, joined into two arrays; both were in"
        " the system's file cache."
    )
    return Section("query", tuple(rows), how)


def _plain_read(folder: Path) -> tuple[float, np.ndarray]:
    connection = sqlite3.connect(folder / LIBRARY_FILE)
    begin = time.perf_counter()
    rows = connection.execute("SELECT photo_id, code FROM codes ORDER BY photo_id").fetchall()
    np.array([row[0] for row in rows], np.int64)
    codes = np.frombuffer(b"".join([row[1] for row in rows]), np.uint8).reshape(len(rows), -1)
    seconds = time.perf_counter() - begin
    connection.close()
    return seconds, codes


def measure(folder: Path) -> None:
    """Prints all figures of one library."""
    _plain_read(folder)  # so that both readings find the file in the system's cache
    plain_read_s, codes = _plain_read(folder)
    library = Library.open_reading(folder)
    begin = time.perf_counter()
    index = HammingIndex(library)
    read_s = time.perf_counter() - begin
    bare = faiss.IndexBinaryFlat(codes.shape[1] * 8)
    bare.add(codes)
    places = np.random.default_rng(1).choice(len(codes), QUERIES, replace=False)
    threads = faiss.omp_get_max_threads()
    figures = {k: _measure_length(library, index, bare, codes, places, k, threads) for k in map(str, LENGTHS)}
    library.close()
    tell(read_s=read_s, plain_read_s=plain_read_s, threads=threads, **figures)


def _measure_length(
    library: Library,
    index: HammingIndex,
    bare: faiss.IndexBinaryFlat,
    codes: np.ndarray,
    places: np.ndarray,
    length: str,
    threads: int,
) -> dict[str, float]:
    """Figures for lists of one length.

    One asks all its questions, then the other: taking turns at each, both would find their codes pushed out
    of the processor's cache by the other's copy of them.
    """
    k = int(length)

    def ours(place: int) -> Neighbours:
        return answer(library, index, Query(photo_ids=(place + 1,), top=k))

    def theirs(place: int) -> object:
        return bare.search(codes[place : place + 1], k)

    spent: dict[str, list[float]] = {"ours": [], "bare_one_thread": [], "bare_all_threads": []}
    for _ in range(ROUNDS + 1):
        for name, work, used in (
            ("ours", ours, 1),
            ("bare_one_thread", theirs, 1),
            ("bare_all_threads", theirs, threads),
        ):
            faiss.omp_set_num_threads(used)
            for place in places.tolist():
                begin = time.perf_counter()
                work(place)
                spent[name].append(time.perf_counter() - begin)
    for place in places.tolist():
        _check(ours(place), bare.search(codes[place : place + 1], k + 1), place)
    measured = {name: times[QUERIES:] for name, times in spent.items()}  # the first round fills caches
    return {f"{name}_s": statistics.median(times) for name, times in measured.items()} | {
        "ours_slowest_s": max(measured["ours"]),
        "bare_slowest_s": max(measured["bare_one_thread"]),
    }


def _check(ours: Neighbours, bare: tuple[np.ndarray, np.ndarray], place: int) -> None:
    """A fast wrong answer would be worth nothing."""
    found, places = bare
    kept = places[0] != place
    ids, found = places[0][kept] + 1, found[0][kept]
    k = len(ours.ids)
    if not (np.array_equal(ours.ids, ids[:k]) and np.array_equal(ours.distances, found[:k])):
        raise AssertionError(f"the neighbours of photo {place + 1} are not those that faiss finds")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
