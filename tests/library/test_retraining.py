"""The folder of a retraining says the same to whoever reads it, as to the job that writes it."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import LibraryError, UsageError
from engine.library.retraining import Pool, RunFolder, find_run, run_between, run_folder, runs


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = run_folder(tmp_path, "20261127-100000-000000001-aaaa")
    run.write_plan({"name": "Dogs"})
    return run


def judged(library_dir: Path, run_id: str, before: str, after: str) -> RunFolder:
    """A run that has ended with a verdict."""
    run = run_folder(library_dir, run_id)
    run.write_plan({"name": "Dogs"})
    run.write_verdict({"before": {"digest": before}, "after": {"digest": after}})
    return run


def test_what_was_not_written_yet_is_none(tmp_path: Path) -> None:
    assert runs(tmp_path) == []
    run = run_folder(tmp_path, "later")
    assert (run.plan(), run.samples(), run.verdict(), run.pool()) == (None, None, None, None)
    assert run.curve() == ([], 0)


def test_what_was_written_is_read(run: RunFolder) -> None:
    run.write_samples({"step": 1})
    run.write_samples({"step": 2})
    run.write_verdict({"recommended": False})
    assert (run.plan(), run.samples(), run.verdict()) == (
        {"name": "Dogs"},
        {"step": 2},
        {"recommended": False},
    )


def test_half_a_file_is_none(run: RunFolder) -> None:
    for path in (run.plan_path, run.samples_path, run.verdict_path, run.pool_path):
        path.write_bytes(b'{"na')
    assert (run.plan(), run.samples(), run.verdict(), run.pool()) == (None, None, None, None)
    run.pool_path.write_bytes(b"PK\x03\x04 half an archive")
    assert run.pool() is None


def test_a_watcher_of_the_curve_reads_on_and_never_half_a_line(run: RunFolder) -> None:
    run.add_point({"step": 1, "loss": {"total": 0.5}})
    points, offset = run.curve()
    assert points == [{"step": 1, "loss": {"total": 0.5}}]
    with run.curve_path.open("a") as file:
        file.write('{"st')
    assert run.curve(offset) == ([], offset)
    with run.curve_path.open("a") as file:
        file.write('ep": 2}\n')
    assert run.curve(offset)[0] == [{"step": 2}]


def test_a_run_that_goes_on_tells_no_step_twice(run: RunFolder) -> None:
    for step in range(4):
        run.add_point({"step": step})
    with run.curve_path.open("a") as file:
        file.write('{"step": 4, "lo')
    run.drop_points(after_step=1)
    run.add_point({"step": 2})
    assert run.curve()[0] == [{"step": 0}, {"step": 1}, {"step": 2}]


def test_codes_by_both_models_come_back(run: RunFolder) -> None:
    pool = Pool(
        np.array([3, 9], np.int64), np.arange(4, dtype=np.uint8).reshape(2, 2), np.ones((2, 4), np.uint8)
    )
    run.write_pool(pool)
    found = run.pool()
    assert found is not None
    for name in ("ids", "before", "after"):
        assert getattr(found, name).dtype == getattr(pool, name).dtype
        assert np.array_equal(getattr(found, name), getattr(pool, name))


def test_runs_come_newest_first_and_are_found_by_their_beginning(tmp_path: Path) -> None:
    for run_id in ("20261127-1", "20261128-1", "20261128-2"):
        judged(tmp_path, run_id, "a", "b")
    assert [run.run_id for run in runs(tmp_path)] == ["20261128-2", "20261128-1", "20261127-1"]
    assert find_run(tmp_path, "20261127").run_id == "20261127-1"
    for text, words in (("20261128", "several"), ("2025", "It has: 20261128-2"), ("", "no retraining")):
        with pytest.raises(UsageError, match=words):
            find_run(tmp_path, text)
    with pytest.raises(UsageError, match="hammingbird retrain"):
        find_run(tmp_path / "other", "x")


def test_the_run_that_compares_two_models_is_found(tmp_path: Path) -> None:
    judged(tmp_path, "1", "a", "b")
    newer = judged(tmp_path, "2", "a", "b")
    judged(tmp_path, "3", "b", "a")
    run_folder(tmp_path, "4").write_plan({"name": "without a verdict"})
    assert run_between(tmp_path, "a", "b") == newer
    assert run_between(tmp_path, "a", "c") is None


def test_a_library_that_can_not_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "retraining").write_text("a file where the folder should be")
    with pytest.raises(LibraryError, match="can't be written"):
        run_folder(tmp_path, "1").write_plan({})
