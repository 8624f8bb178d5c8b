"""The verdict of a retraining in the real window: what it says, trying photos, and what is decided."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from stub_run import verdict, write_run

from desktop_app.conductor import Conductor
from desktop_app.models.compared import GONE, NEW, compared
from desktop_app.places import PhotosPlace
from desktop_app.views.main_window import MainWindow
from desktop_app.views.retraining.judge_page import JudgePage
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.database import Library
from engine.library.model_choice import keep_model
from engine.library.models_table import active_digest

PATIENCE_MS = 60_000
GONE_MODEL = "c" * 64  # most of what is said asks for no model that is there
Opened = tuple[MainWindow, Conductor]


@pytest.fixture
def candidate(library_dir: Path, garden_model: ModelFile) -> str:
    """Digest of a candidate in the library."""
    library = Library.open(library_dir)
    keep_model(library, garden_model, candidate=True)
    library.close()
    return garden_model.digest


def judged(filled: Opened, library_dir: Path, qtbot: QtBot, digest: str, **said: bool) -> JudgePage:
    """The page with a verdict about a model."""
    window, conductor = filled
    ids = [window.photos.photo_id(row) for row in range(24)]
    run = write_run(library_dir, ids, verdict(ids, built_in_model().digest, digest, **said))
    conductor.retraining.show_verdict(run)
    page = window.retraining_page.judge
    assert window.stack.currentWidget() is window.retraining_page
    assert window.retraining_page.stack.currentWidget() is page
    return page


def words_of(page: JudgePage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def test_neighbours_that_came_and_went_are_marked() -> None:
    query = compared({"photo": 1, "before": [[2, 5, 0.5], [3, 6, None]], "after": [[4, 4, 1.0], [2, 7, 0.5]]})
    assert [(n.photo, n.change) for n in query.before] == [(2, ""), (3, GONE)]
    assert [(n.photo, n.change) for n in query.after] == [(4, NEW), (2, "")]
    assert query.changed == 1 and query.before[1].gain is None


def test_a_verdict_says_in_plain_words_what_got_better_and_what_got_worse(
    filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    page = judged(filled, library_dir, qtbot, GONE_MODEL)
    words = words_of(page)
    assert "Garden is recommended" in words
    assert (
        "Of 10 neighbours, 6.1 fitted before, 7.4 now. The difference most likely lies between +0.9 and +1.7."
        in words
    )
    assert "Clearly worse: Captions that find their photo among 10." in words
    assert "41.0% → 36.0%" in words and "-5.0 points, most likely between -8.0 and -2.0" in words
    assert "Learnt from 640 photos in 2 min 20 s; measured on 172 others" in words
    assert words.count("▲ better") == 1 and words.count("▼ worse") == 1
    assert words.count("no clear change") == 1
    assert "\nchanged\n-17.0 points" in words  # other neighbours of photos without captions are not worse
    assert "half of the fitting photos within" in words


def test_a_model_that_got_worse_is_not_recommended(filled: Opened, library_dir: Path, qtbot: QtBot) -> None:
    page = judged(filled, library_dir, qtbot, GONE_MODEL, recommended=False)
    words = words_of(page)
    assert "Garden is not recommended" in words and "fit worse than before" in words
    assert "6.1 fitted before, 4.8 now" in words
    assert page.decision.keep.isDefault() and not page.decision.accept.isDefault()
    assert not page.tabs.isTabEnabled(1)


def test_queries_are_shown_by_name_and_those_that_lost_most_on_a_tab(
    filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    page = judged(filled, library_dir, qtbot, GONE_MODEL)
    shown = [view for view in page.views if view.isVisibleTo(page)]
    assert len(shown) == 12
    qtbot.waitUntil(lambda: ".jpg" in shown[0].accessibleName(), timeout=PATIENCE_MS)
    assert "3 of 10 new" in shown[0].accessibleName()
    assert ".jpg, 18 bits, fits 95%, new" in shown[0].accessibleDescription()
    page.tabs.setCurrentIndex(1)
    assert len([view for view in page.views if view.isVisibleTo(page)]) == 3


def test_another_photo_is_tried_by_name_from_the_grid_and_by_a_click(
    filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    page = judged(filled, library_dir, qtbot, GONE_MODEL)
    trial = page.trial
    QTest.keyClicks(trial.words, "photo 07")
    qtbot.waitUntil(lambda: trial.found.count() == 1, timeout=PATIENCE_MS)
    QTest.keyClick(trial.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: trial.view is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not trial.view.visibleRegion().isEmpty(), timeout=PATIENCE_MS)
    query = trial.view.query
    assert len(query.before) == len(query.after) == 10
    assert query.photo not in {neighbour.photo for neighbour in (*query.before, *query.after)}
    assert sorted(n.distance for n in query.after) == [n.distance for n in query.after]

    window.grid.setCurrentIndex(window.photos.index(9, 0))
    trial.gridWanted.emit()
    chosen = window.photos.photo_id(9)
    qtbot.waitUntil(lambda: trial.view.query.photo == chosen, timeout=PATIENCE_MS)

    first = page.views[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    QTest.keyClick(first, Qt.Key.Key_Right)
    QTest.keyClick(first, Qt.Key.Key_Return)
    wanted = first.query.after[1].photo
    qtbot.waitUntil(lambda: trial.view.query.photo == wanted, timeout=PATIENCE_MS)

    trial.trialWanted.emit(999_999)
    qtbot.waitUntil(lambda: "can't be tried" in trial.told.text(), timeout=PATIENCE_MS)
    QTest.keyClicks(trial.words, " nowhere")
    qtbot.waitUntil(lambda: "has these words" in trial.told.text(), timeout=PATIENCE_MS)


def test_a_new_model_is_accepted_and_one_goes_back(
    filled: Opened, library_dir: Path, candidate: str, qtbot: QtBot
) -> None:
    _, conductor = filled
    page = judged(filled, library_dir, qtbot, candidate)
    bar = page.decision
    qtbot.waitUntil(lambda: "The old ones stay" in bar.state.text(), timeout=PATIENCE_MS)

    def active() -> str | None:
        library = Library.open_reading(library_dir)
        try:
            return active_digest(library)
        finally:
            library.close()

    QTest.mouseClick(bar.accept, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: active() == candidate, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: bar.state.text() == "The new model is in use.", timeout=PATIENCE_MS)
    assert bar.accept.isHidden() and bar.keep.text() == "&Go back to the old model"
    qtbot.waitUntil(bar.keep.isEnabled, timeout=PATIENCE_MS)
    QTest.mouseClick(bar.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: active() == built_in_model().digest, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "is kept" in bar.state.text(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)


def test_keeping_the_old_model_changes_nothing(
    filled: Opened, library_dir: Path, candidate: str, qtbot: QtBot
) -> None:
    window, conductor = filled
    page = judged(filled, library_dir, qtbot, candidate)
    QTest.mouseClick(page.decision.keep, Qt.MouseButton.LeftButton)
    assert "The old model stays in use." in window.messages.texts()[-1]
    assert conductor.navigator.place == PhotosPlace() and not conductor.jobs.running


def test_a_model_that_is_gone_can_not_be_accepted(filled: Opened, library_dir: Path, qtbot: QtBot) -> None:
    page = judged(filled, library_dir, qtbot, GONE_MODEL)
    qtbot.waitUntil(lambda: "not in the library" in page.decision.state.text(), timeout=PATIENCE_MS)
    assert page.decision.accept.isHidden() and not page.decision.export.isEnabled()
