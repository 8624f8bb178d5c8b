"""Jobs as the window follows them: through the files that a job writes."""

import json
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from desktop_app.job_desk import arguments_of
from desktop_app.jobs import JobFollower
from desktop_app.views.job_bar import JobBar, progress_text, time_left
from engine.jobs import JobFolder, new_job
from engine.progress import Event, Failed, Progress, Result, Started, Warned, to_json

PATIENCE_MS = 10_000


def write(job: JobFolder, *events: Event) -> None:
    with job.events_path.open("a", encoding="utf-8") as file:
        for event in events:
            file.write(to_json(event) + "\n")


@pytest.fixture
def job(tmp_path: Path) -> JobFolder:
    return new_job(tmp_path)


def test_a_running_job_is_found_and_followed_to_its_end(tmp_path: Path, job: JobFolder, qtbot: QtBot) -> None:
    follower = JobFollower(tmp_path)
    heard: list[object] = []
    for signal in (follower.began, follower.progressed, follower.warned, follower.ended):
        signal.connect(heard.append)
    with FileLock(job.path / "alive"):
        write(job, Started(job.job_id, "index", "Indexing Pictures"))
        assert follower.begin() is None
        assert follower.job_id == job.job_id
        qtbot.waitUntil(lambda: heard == ["Indexing Pictures"], timeout=PATIENCE_MS)
        many = [Progress("reading", done, 100) for done in range(50)]
        write(job, *many, Warned("The disk is offline."))
        qtbot.waitUntil(lambda: len(heard) >= 3, timeout=PATIENCE_MS)
        assert Warned("The disk is offline.") in heard
        assert Progress("reading", 49, 100) in heard
        assert len(heard) < 20, "of many progress events only the last counts"
        write(job, Result("100 new photos."))
    qtbot.waitUntil(lambda: heard[-1] == Result("100 new photos."), timeout=PATIENCE_MS)
    assert follower.job_id == ""
    follower.close()


def test_wishes_reach_the_job(tmp_path: Path, job: JobFolder, qtbot: QtBot) -> None:
    follower = JobFollower(tmp_path)
    with FileLock(job.path / "alive"):
        write(job, Started(job.job_id, "index", "Indexing"))
        follower.begin()
        for wish, slot in (("pause", follower.pause), ("run", follower.resume), ("cancel", follower.cancel)):
            slot()
            assert job.wish() == wish
    follower.close()


def test_a_job_that_dies_without_a_word_is_noticed(tmp_path: Path, job: JobFolder, qtbot: QtBot) -> None:
    follower = JobFollower(tmp_path)
    with FileLock(job.path / "alive"):
        write(job, Started(job.job_id, "index", "Indexing"))
        follower.begin()
        with qtbot.waitSignal(follower.began, timeout=PATIENCE_MS):
            pass
    with qtbot.waitSignal(follower.died, timeout=PATIENCE_MS):
        pass
    assert follower.last_job_id == job.job_id
    follower.close()


@pytest.mark.parametrize(
    ("last", "unfinished"),
    [
        (Result("Done."), False),
        (Result("Cancelled.", cancelled=True), True),
        (Failed("Full."), True),
        (None, True),
    ],
)
def test_what_did_not_get_to_its_end_is_offered(
    tmp_path: Path, job: JobFolder, qtbot: QtBot, last: Event | None, unfinished: bool
) -> None:
    write(job, Started(job.job_id, "index", "Indexing"), *([last] if last else []))
    follower = JobFollower(tmp_path)
    found = follower.begin()
    assert (found is not None) == unfinished
    follower.close()


def test_the_bar_says_how_far_and_how_long(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)
    bar.show_start("Indexing Pictures")
    gauge = bar.findChild(QProgressBar)
    assert gauge.isHidden()  # nobody knows yet how far it will be
    bar.show_progress(Progress("reading", 1200, 4800, 85.2, 42.0, "running", 1))
    assert bar.text == "Reading photos · 1,200 of 4,800 · 85 photos/s · about 40 seconds left · 1 problem"
    assert not gauge.isHidden()
    assert gauge.value() / gauge.maximum() == 0.25
    bar.show_progress(Progress("reading", 1200, 4800, None, None, "paused"))
    assert bar.text == "Paused (reading photos) · 1,200 of 4,800"
    bar.show_failure(Failed("The disk is full.", "Make room."))
    assert bar.text == "The disk is full. Make room."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "a few seconds left"),
        (31, "about 30 seconds left"),
        (70, "about a minute left"),
        (3000, "about 50 minutes left"),
        (7500, "about 2 h 5 min left"),
    ],
)
def test_time_left_as_people_say_it(seconds: float, said: str) -> None:
    assert time_left(seconds) == said


def test_a_slow_rate_keeps_its_decimals() -> None:
    assert "0.4 photos/s" in progress_text(Progress("reading", 3, 9, 0.42))


def test_going_on_after_a_restart_means_the_same_work(tmp_path: Path) -> None:
    from engine.jobs import new_job

    job = new_job(tmp_path)
    assert arguments_of(job) == ["index", "--wait"]
    for told in (["index", "--wait", "/photos/a", "/photos/b"], ["models", "use", "abc", "--wait"]):
        (job.path / "arguments.json").write_text(json.dumps(told))
        assert arguments_of(job) == told
    (job.path / "arguments.json").write_text('["train", "/photos/a"]')
    assert arguments_of(job) == ["index", "--wait"]


def test_a_training_goes_on_from_where_it_was(tmp_path: Path) -> None:
    from engine.jobs import new_job
    from engine.library.retraining import run_folder

    job = new_job(tmp_path)
    told = ["retrain", "--minutes=5", "--wait"]
    (job.path / "arguments.json").write_text(json.dumps(told))
    assert arguments_of(job) == told, "it had not begun to learn"
    run_folder(tmp_path, job.job_id).write_plan({"name": "Garden"})
    assert arguments_of(job) == ["retrain", f"--resume={job.job_id}", "--wait"]


def test_the_bar_stands_aside_for_a_page_that_says_the_same(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)
    bar.show_start("Teaching a model")
    bar.stand_aside(True)
    bar.show_progress(Progress("learning", 1, 10))
    assert bar.isHidden()
    bar.stand_aside(False)
    assert not bar.isHidden()
