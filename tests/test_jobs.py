"""Jobs tell their events, obey wishes, and one at a time writes to a library."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine import jobs
from engine.errors import HammingbirdError, JobCancelled, JobRunning, LibraryError, UsageError
from engine.progress import Event, Failed, Meter, Progress, Result, Started, Warned, from_json, to_json


def swallow(event: Event) -> None:
    del event


def test_events_survive_the_way_through_a_file() -> None:
    events = [
        Started("7", "index", "Indexing Päonien"),
        Progress("reading", 3, 10, 2.5, 2.8, "paused", 1),
        Warned("odd", "/a"),
        Result("3 photos", {"photos": 3}, cancelled=True),
        Failed("no", "do"),
    ]
    assert [from_json(to_json(event)) for event in events] == events


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"event": "party"}', '{"event": "result", "colour": 1}'])
def test_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not an event"):
        from_json(line)


def test_a_watcher_reads_on_where_it_was_and_never_half_a_line(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        first, offset = control.folder.events()
        assert first == [Started(control.folder.job_id, "index", "Indexing")]
        with control.folder.events_path.open("a") as file:
            file.write('{"event": "warn')
        assert control.folder.events(offset) == ([], offset)
        with control.folder.events_path.open("a") as file:
            file.write('ing", "message": "m", "path": null}\n')
        assert control.folder.events(offset)[0] == [Warned("m")]


def test_a_job_is_alive_while_it_runs_and_only_then(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        assert control.folder.is_alive()
        assert jobs.running_jobs(tmp_path) == [control.folder]
    assert not control.folder.is_alive()
    assert jobs.running_jobs(tmp_path) == []


def test_a_second_job_is_refused_and_says_so(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Indexing", swallow) as first:
        second = jobs.job(tmp_path, "index", "Again", swallow)
        with pytest.raises(JobRunning, match=first.folder.job_id):
            second.__enter__()
    with jobs.job(tmp_path, "index", "Later", swallow):
        pass


def test_a_second_job_can_wait_and_be_cancelled_while_it_waits(tmp_path: Path) -> None:
    order: list[str] = []

    def wait_for_turn() -> None:
        with jobs.job(tmp_path, "index", "Second", swallow, wait=True):
            order.append("second")

    with jobs.job(tmp_path, "index", "First", swallow):
        thread = threading.Thread(target=wait_for_turn)
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_pause_holds_a_job_until_it_may_go_on(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        control.report(Progress("reading", 5, 10))
        control.folder.ask("pause")
        threading.Timer(0.5, control.folder.ask, ["run"]).start()
        started = time.monotonic()
        assert control.checkpoint()
        assert time.monotonic() - started > 0.3
        assert Progress("reading", 5, 10, state="paused") in control.folder.events()[0]
        assert not control.checkpoint()


def test_cancel_ends_a_job_and_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(JobCancelled), jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        control.folder.ask("cancel")
        control.checkpoint()
    outcome = control.folder.outcome()
    assert isinstance(outcome, Result) and outcome.cancelled


def test_a_job_that_is_to_finish_hears_it_and_goes_on_to_its_end(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "retrain", "Learning", swallow) as control:
        assert not control.finishing
        control.folder.ask("pause")
        threading.Timer(0.3, control.folder.ask, ["finish"]).start()
        assert control.checkpoint()
        assert control.finishing
        assert not control.checkpoint()
        control.report(Result("The best so far"))
    assert control.folder.outcome() == Result("The best so far")


def test_the_end_of_a_long_story_is_found(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        for done in range(3000):
            control.report(Progress("reading", done, 3000))
        assert control.folder.outcome() is None
        control.report(Result("3,000 photos"))
    assert control.folder.outcome() == Result("3,000 photos")


def test_a_detached_job_remembers_what_it_was_to_do_and_leaves_no_zombie(tmp_path: Path) -> None:
    folder = jobs.start_detached(tmp_path, ["index", "--wait", str(tmp_path / "no such folder")])
    assert folder.arguments() == ["index", "--wait", str(tmp_path / "no such folder")]
    deadline = time.monotonic() + 60
    while folder.outcome() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    outcome = folder.outcome()
    assert isinstance(outcome, Failed) and "no such folder" in outcome.message
    reaper = next((t for t in threading.enumerate() if t.name == f"end of {folder.job_id}"), None)
    if reaper is not None:
        reaper.join(20)
        assert not reaper.is_alive()


def test_an_error_is_the_last_event(tmp_path: Path) -> None:
    with pytest.raises(HammingbirdError), jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        raise HammingbirdError("The disk is full.", "Make room.")
    assert control.folder.outcome() == Failed("The disk is full.", "Make room.")


def test_a_bug_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        _ = 1 / 0
    outcome = control.folder.outcome()
    assert isinstance(outcome, Failed) and "ZeroDivisionError" in outcome.message


def test_a_job_that_failed_before_it_began_tells_its_starter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = jobs.new_job(tmp_path)
    monkeypatch.setenv("HAMMINGBIRD_JOB", folder.job_id)
    jobs.tell_early_failure(tmp_path, UsageError("There is no folder x.", "Check the name."))
    assert folder.outcome() == Failed("There is no folder x.", "Check the name.")


def test_old_jobs_are_dropped_and_living_ones_kept(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Long", swallow) as control:
        for _ in range(jobs.KEPT_JOBS + 5):
            jobs.new_job(tmp_path)
        assert control.folder in jobs.list_jobs(tmp_path)
    assert len(jobs.list_jobs(tmp_path)) <= jobs.KEPT_JOBS + 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_job_counts_as_dead_and_frees_the_library(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\nfrom engine import jobs\n"
        "with jobs.job(pathlib.Path(sys.argv[1]), 'index', 'Indexing', lambda e: None):\n"
        "    print('up', flush=True)\n    time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        folder = jobs.running_jobs(tmp_path)[0]
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
    assert not folder.is_alive()
    assert folder.outcome() is None
    with jobs.job(tmp_path, "index", "Next", swallow):
        pass


def test_rate_and_time_left_follow_the_last_seconds() -> None:
    now = [0.0]
    meter = Meter(window_s=10, clock=lambda: now[0])
    assert meter.update(0, 100) == (None, None)
    now[0] = 5
    assert meter.update(10, 100) == (2.0, 45.0)
    for second in range(6, 30):
        now[0] = second
        rate, left = meter.update(10 + (second - 5), 100)
    assert rate == pytest.approx(1.0)
    assert left == pytest.approx(66.0)
    meter.restart(34)
    now[0] = 30
    assert meter.update(37, None) == (3.0, None)


def test_bytes_that_make_no_sense_in_a_control_file_change_nothing(tmp_path: Path) -> None:
    with jobs.job(tmp_path, "index", "Indexing", swallow) as control:
        (control.folder.path / "control").write_bytes(b"\xff\xfe")
        assert not control.checkpoint()
        (control.folder.path / "control").write_text("dance")
        assert not control.checkpoint()


def test_half_a_last_line_is_no_outcome(tmp_path: Path) -> None:
    folder = jobs.new_job(tmp_path)
    folder.events_path.write_text('{"event": "resu')
    assert folder.outcome() is None


def test_a_library_that_can_not_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_text("a file where the folder should be")
    with pytest.raises(LibraryError, match="can't be written"):
        jobs.new_job(tmp_path)


def test_paths_that_are_no_utf_8_can_be_told() -> None:
    event = Warned("odd", "/a/r\udce9x")
    assert from_json(to_json(event)) == event
    assert to_json(event).isascii()
