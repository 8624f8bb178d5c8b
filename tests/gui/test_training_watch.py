"""A training in the window: it is watched, paused, ended early, outlives the window, and is found again."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from test_retraining_page import FOUND, STUB

from desktop_app import child_command
from desktop_app.conductor import Conductor
from desktop_app.views.main_window import MainWindow
from desktop_app.views.retraining.closing_question import CANCEL, FINISH, GO_ON, ClosingQuestion
from desktop_app.views.retraining.steps import JUDGE, SET_UP, WATCH
from engine import jobs
from engine.jobs import jobs_dir, list_jobs, new_job, running_jobs
from engine.library.retraining import runs
from engine.progress import Result, Started, to_json

PATIENCE_MS = 60_000
LONG = 100_000  # steps: more than any test waits for
Opened = tuple[MainWindow, Conductor]


@pytest.fixture
def steps(library_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says how many steps a training takes."""
    for module in (child_command, jobs):
        monkeypatch.setattr(module, "self_command", lambda: [sys.executable, str(STUB)])
    (library_dir / "check.json").write_text(json.dumps(FOUND))

    def take(count: int) -> None:
        (library_dir / "steps.txt").write_text(str(count))

    return take


def start(opened: Opened, qtbot: QtBot) -> None:
    window, _ = opened
    window.actions_.teach.trigger()
    qtbot.waitUntil(window.retraining_page.setup.start.isEnabled, timeout=PATIENCE_MS)
    QTest.mouseClick(window.retraining_page.setup.start, Qt.MouseButton.LeftButton)
    assert window.retraining_page.step == WATCH


def until_it_learns(window: MainWindow, qtbot: QtBot) -> None:
    watch = window.retraining_page.watch
    qtbot.waitUntil(lambda: watch.finish.isEnabled() and bool(watch.samples), timeout=PATIENCE_MS)


def end(window: MainWindow, qtbot: QtBot) -> None:
    """Leaves no training behind."""
    window.retraining_page.watch.cancelWanted.emit()
    qtbot.waitUntil(lambda: window.retraining_page.step == SET_UP, timeout=PATIENCE_MS)


def asked(window: MainWindow) -> ClosingQuestion:
    """The question that the window asks when it is to close."""
    window.close()
    assert window.isVisible()
    (question,) = [found for found in window.findChildren(ClosingQuestion) if found.isVisible()]
    return question


def press(window: MainWindow, qtbot: QtBot, answer: str) -> None:
    """Closes the window, and answers what it asks."""
    QTest.mouseClick(asked(window).buttons_by_answer[answer], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)


def test_from_the_click_to_a_verdict_on_the_best_so_far(
    steps: Callable[[int], None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    steps(LONG)
    start(filled, qtbot)
    page = window.retraining_page
    until_it_learns(window, qtbot)
    assert page.watch.title.text() == "Teaching “Garden”"
    assert "900 photos/s" in page.watch.state.text() and "left" in page.watch.state.text()
    assert window.job_bar.isHidden(), "the page says all that the bar says"
    curves = page.watch.curves.curves
    losses = ["loss similarity", "loss kl", "loss keep", "loss total"]
    assert list(curves) == [*losses, "held_out fitting", "held_out kept"]
    qtbot.waitUntil(lambda: curves["held_out fitting"].figure.text() == "7.0", timeout=PATIENCE_MS)
    QTest.mouseClick(page.watch.finish, Qt.MouseButton.LeftButton)
    assert not page.watch.pause.isEnabled()
    qtbot.waitUntil(lambda: page.step == JUDGE, timeout=PATIENCE_MS)
    (run,) = runs(library_dir)
    assert run.verdict() is not None
    told = [point["loss"]["total"] for point in run.curve()[0] if "loss" in point]
    assert curves["loss total"].values == tuple(told), "what came last is drawn too"
    assert list_jobs(library_dir)[0].arguments() == ["retrain", "--minutes=5", "--wait"]


def test_samples_are_refreshed_while_it_learns(
    steps: Callable[[int], None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    steps(LONG)
    start(filled, qtbot)
    until_it_learns(window, qtbot)
    watch = window.retraining_page.watch
    assert len(watch.samples) == 2
    qtbot.waitUntil(lambda: watch.samples[0].query.changed == 10, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "photo 0" in watch.samples[0].accessibleName(), timeout=PATIENCE_MS)
    end(window, qtbot)


def test_it_is_paused_and_goes_on(
    steps: Callable[[int], None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    steps(LONG)
    start(filled, qtbot)
    until_it_learns(window, qtbot)
    watch = window.retraining_page.watch
    QTest.mouseClick(watch.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Paused" in watch.state.text(), timeout=PATIENCE_MS)
    assert watch.pause.text() == "&Resume"
    window.retraining_page.stepChosen.emit(SET_UP)
    assert "A training goes on." in window.retraining_page.setup.found.text
    assert not window.retraining_page.setup.start.isEnabled(), "one at a time"
    window.retraining_page.stepChosen.emit(WATCH)
    QTest.mouseClick(watch.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: watch.state.text().startswith("Learning"), timeout=PATIENCE_MS)
    end(window, qtbot)


def test_what_was_cancelled_can_be_gone_on_with(
    steps: Callable[[int], None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    steps(LONG)
    start(filled, qtbot)
    until_it_learns(window, qtbot)
    page = window.retraining_page
    QTest.mouseClick(page.watch.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.step == SET_UP, timeout=PATIENCE_MS)
    assert "was cancelled" in page.setup.note.text()
    assert window.job_bar.isVisible()
    steps(10)
    window.job_bar.goOnWanted.emit()
    qtbot.waitUntil(lambda: page.step == JUDGE, timeout=PATIENCE_MS)
    (run,) = runs(library_dir)
    assert list_jobs(library_dir)[0].arguments() == ["retrain", f"--resume={run.run_id}", "--wait"]


def test_the_window_asks_before_it_closes_and_the_next_one_finds_the_training(
    steps: Callable[[int], None],
    filled: Opened,
    open_window: Callable[..., Opened],
    library_dir: Path,
    qtbot: QtBot,
) -> None:
    window, _ = filled
    steps(LONG)
    start(filled, qtbot)
    until_it_learns(window, qtbot)
    asked(window).reject()
    assert window.isVisible(), "not to answer is to stay"
    press(window, qtbot, GO_ON)
    assert running_jobs(library_dir)

    again, _ = open_window(library_dir)
    qtbot.waitUntil(lambda: "Learning" in again.job_bar.text, timeout=PATIENCE_MS)
    again.actions_.teach.trigger()
    assert again.retraining_page.step == WATCH
    until_it_learns(again, qtbot)
    assert len(again.retraining_page.watch.curves.curves["loss total"].values) > 4
    press(again, qtbot, CANCEL)
    qtbot.waitUntil(lambda: not running_jobs(library_dir), timeout=PATIENCE_MS)


def test_a_verdict_that_came_while_no_window_was_open_is_told(
    steps: Callable[[int], None],
    filled: Opened,
    open_window: Callable[..., Opened],
    library_dir: Path,
    qtbot: QtBot,
) -> None:
    window, _ = filled
    steps(LONG)
    start(filled, qtbot)
    until_it_learns(window, qtbot)
    press(window, qtbot, FINISH)
    qtbot.waitUntil(lambda: not running_jobs(library_dir), timeout=PATIENCE_MS)

    again, _ = open_window(library_dir)
    assert any("while the window was closed" in text for text in again.messages.texts())
    assert again.messages.press("See the verdict")
    assert again.retraining_page.step == JUDGE
    again.close()

    third, _ = open_window(library_dir)
    assert not third.messages.texts()


def test_a_training_that_dies_is_told_and_can_be_gone_on_with(
    steps: Callable[[int], None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    (library_dir / "steps.txt").write_text("no number")
    start(filled, qtbot)
    page = window.retraining_page
    assert page.watch.state.text() == "Starting…"
    qtbot.waitUntil(lambda: page.step == SET_UP, timeout=PATIENCE_MS)
    assert "broke down" in page.setup.note.text()
    assert page.setup.note.isVisible()


def test_a_training_waits_for_the_job_that_runs(
    steps: Callable[[int], None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    window.actions_.teach.trigger()
    page = window.retraining_page
    qtbot.waitUntil(page.setup.start.isEnabled, timeout=PATIENCE_MS)
    steps(10)
    other = new_job(library_dir)
    with FileLock(other.path / "alive"), FileLock(jobs_dir(library_dir) / "writer.lock"):
        other.events_path.write_text(to_json(Started(other.job_id, "index", "Indexing")) + "\n")
        qtbot.waitUntil(lambda: "Indexing" in window.job_bar.text, timeout=PATIENCE_MS)
        QTest.mouseClick(page.setup.start, Qt.MouseButton.LeftButton)
        assert "as soon as the job is done" in page.watch.state.text()
        assert window.job_bar.isVisible(), "it tells of the other job"
        with other.events_path.open("a") as file:
            file.write(to_json(Result("No new photos.")) + "\n")
    qtbot.waitUntil(lambda: page.step == JUDGE, timeout=PATIENCE_MS)
