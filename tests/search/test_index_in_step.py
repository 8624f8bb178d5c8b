"""The index in memory against the library, while the library changes."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UsageError
from engine.library.codes import put_codes
from engine.library.database import Library
from engine.library.edits import undo
from engine.library.models_table import activate_model, register_model
from engine.library.roots import forget_root
from engine.search.hamming_index import HammingIndex
from engine.search.query import Query, answer

KINDS = [bytes(kind) for kind in np.random.default_rng(0).integers(0, 256, (5, 2), dtype=np.uint8)]


def slow_ranking(lib: Library, code: bytes, k: int) -> list[tuple[int, int]]:
    """Straight from the tables: (photo id, distance) of visible photos."""
    rows = lib.rows(
        "SELECT DISTINCT codes.photo_id, code FROM codes JOIN files ON files.photo_id = codes.photo_id"
        " WHERE model_id = 1 AND missing_since IS NULL"
    )
    ranked = sorted((sum((a ^ b).bit_count() for a, b in zip(code, c, strict=True)), i) for i, c in rows)
    return [(i, d) for d, i in ranked[:k]]


def ranking(snapshot, code: bytes, k: int) -> list[tuple[int, int]]:
    found = snapshot.search(np.frombuffer(code, np.uint8)[None], k)
    return list(zip(found.ids.tolist(), found.distances.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_random_inserts_deletes_and_queries_equal_the_slow_reference(writer, reading, seed) -> None:
    rng = np.random.default_rng(seed)
    index = HammingIndex(reading())
    present: set[int] = set()
    hidden: set[int] = set()
    ids = rng.permutation(400) + 1
    for step in range(40):
        choice = rng.integers(4)
        if choice == 0 or not present:
            fresh = ids[step * 10 : step * 10 + rng.integers(1, 11)].tolist()
            writer.add({i: KINDS[rng.integers(5)] for i in fresh})
            present |= set(fresh)
        elif choice == 1:
            some = rng.choice(sorted(present), rng.integers(1, len(present) + 1), replace=False).tolist()
            writer.set_missing(some, "2026-01-01")
            present -= set(some)
            hidden |= set(some)
        elif choice == 2:
            writer.recode({i: KINDS[rng.integers(5)] for i in rng.choice(sorted(present), 3).tolist()})
        elif hidden:
            writer.set_missing(sorted(hidden), None)
            present |= hidden
            hidden = set()
        assert index.refresh() or choice == 3
        assert not index.refresh()
        assert index.snapshot.ids.tolist() == sorted(present)
        for k in (1, 7, len(present), 500):
            code = KINDS[rng.integers(5)]
            assert ranking(index.snapshot, code, k) == slow_ranking(writer.lib, code, k)


def test_queries_while_a_thread_commits_see_whole_states_only(library, make_writer, reading) -> None:
    """Each transaction adds four photos of one kind or hides four: other counts are half a state."""
    stop, failures = threading.Event(), []

    def write() -> None:
        try:
            own = Library.open(library.dir)
            writer = make_writer(own)
            for turn in range(60):
                four = range(turn * 4 + 1, turn * 4 + 5)
                writer.add(dict.fromkeys(four, KINDS[turn % 5]))
                if turn % 3 == 2:
                    writer.set_missing([i - 4 for i in four], "2026-01-01")
            own.close()
        except Exception as error:  # a thread's error is lost unless it is carried out
            failures.append(error)
        stop.set()

    thread = threading.Thread(target=write)
    index = HammingIndex(reading())
    thread.start()
    seen = set()
    while not stop.is_set():
        index.refresh()
        snapshot = index.snapshot
        assert len(snapshot) % 4 == 0
        ranked = ranking(snapshot, KINDS[0], 1000)
        assert ranked == sorted(ranked, key=lambda pair: (pair[1], pair[0]))
        seen.add(len(snapshot))
    thread.join()
    assert not failures and len(seen) > 1
    index.refresh()
    assert len(index.snapshot) == (60 - 20) * 4
    assert ranking(index.snapshot, KINDS[0], 50) == slow_ranking(library, KINDS[0], 50)


OTHER_PROCESS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import Writer
from engine.library.database import Library
lib = Library.open(Path(sys.argv[1]))
for turn in range(40):
    Writer(lib).add({turn * 4 + i: bytes([turn, i]) for i in range(1, 5)})
lib.close()
"""


def test_a_writer_in_another_process_is_followed(library, reading) -> None:
    index = HammingIndex(reading())
    command = [sys.executable, "-c", OTHER_PROCESS, str(library.dir), str(Path(__file__).parent)]
    with subprocess.Popen(command) as child:
        while child.poll() is None:
            index.refresh()
            assert len(index.snapshot) % 4 == 0
    assert child.returncode == 0
    index.refresh()
    assert len(index.snapshot) == 160
    assert ranking(index.snapshot, b"\3\1", 30) == slow_ranking(library, b"\3\1", 30)


def test_a_snapshot_in_use_does_not_change(writer, reading) -> None:
    writer.add({1: KINDS[0], 2: KINDS[1]})
    index = HammingIndex(reading())
    before = index.snapshot
    writer.add({3: KINDS[2]})
    assert index.refresh()
    assert (len(before), len(index.snapshot)) == (2, 3)
    assert len(ranking(before, KINDS[0], 9)) == 2


def test_captions_alone_make_no_new_snapshot(writer, reading) -> None:
    writer.add({1: KINDS[0]})
    index = HammingIndex(reading())
    writer.lib.execute("INSERT INTO changes (photo_id, kind) VALUES (1, 'caption')")
    assert not index.refresh()


def test_another_model_and_a_forgotten_folder_reload(writer, library, reading) -> None:
    writer.add({1: KINDS[0], 2: KINDS[1]})
    index = HammingIndex(reading())
    second = register_model(library, "b" * 64, "second", 32, {})
    with library.transaction():
        put_codes(library, second.id, [(1, b"\0\1\2\3")])
    assert not index.refresh()
    activate_model(library, "b" * 64)
    assert index.refresh()
    assert (index.snapshot.ids.tolist(), index.snapshot.codes.shape) == ([1], (1, 4))
    folder = Path(library.value("SELECT path FROM roots"))
    undo_id = forget_root(library, folder)
    assert index.refresh() and len(index.snapshot) == 0
    undo(library, undo_id)
    assert index.refresh() and len(index.snapshot) == 1


def test_a_library_without_photos_fills_up(tmp_path, make_writer) -> None:
    library = Library.open(tmp_path, create=True)
    index = HammingIndex(library)
    with pytest.raises(UsageError, match="no photos yet"):
        answer(library, index, Query(photo_ids=(1,)))
    library.execute("INSERT INTO roots (id, path) VALUES (1, '/x')")
    register_model(library, "a" * 64, "first", 16, {})
    make_writer(library).add({1: KINDS[0]})
    assert index.refresh() and len(index.snapshot) == 1
    library.close()


def test_query_photos_are_left_out_and_folders_limit(writer, library, reading) -> None:
    writer.add({1: b"\0\0", 2: b"\0\1", 5: b"\0\0"}, "a")
    writer.add({3: b"\0\0", 4: b"\xff\xff"}, "b")
    index = HammingIndex(reading())
    folder = Path(library.value("SELECT path FROM roots"))

    def ask(**query) -> list[tuple[int, int]]:
        found = answer(library, index, Query(**query))
        return list(zip(found.ids.tolist(), found.distances.tolist(), strict=True))

    assert ask(photo_ids=(1,)) == [(3, 0), (5, 0), (2, 1), (4, 16)]
    assert ask(photo_ids=(1,), top=1) == [(3, 0)]
    assert ask(photo_ids=(1,), within=1) == [(3, 0), (5, 0), (2, 1)]
    assert ask(photo_ids=(1,), under=folder / "b") == [(3, 0), (4, 16)]
    assert ask(photo_ids=(1, 4)) == [(2, 8), (3, 8), (5, 8)]
    assert ask(codes=(b"\0\1",)) == [(2, 0), (1, 1), (3, 1), (5, 1), (4, 15)]
    assert ask(photo_ids=(4,), codes=(b"\0\0",), top=2) == [(1, 8), (2, 8)]
    writer.set_missing([1], "2026-01-01")
    index.refresh()
    assert ask(photo_ids=(1,), top=1) == [(3, 0)]  # a photo that has left the results can still be asked for
    assert [photo_id for photo_id, _ in ask(codes=(b"\0\0",))] == [3, 5, 2, 4]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query(), "names no photo"),
        (Query(photo_ids=(99,)), "no code"),
        (Query(codes=(b"\0\0\0",)), "24 bits"),
        (Query(photo_ids=(1,), under=Path("/elsewhere")), "not in the library"),
    ],
)
def test_queries_that_make_no_sense_are_refused(writer, library, reading, query, words) -> None:
    writer.add({1: KINDS[0]})
    with pytest.raises(UsageError, match=words):
        answer(library, HammingIndex(reading()), query)
