"""The page where a model learns: how one gets there, and what it says before anything is learned."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop_app import child_command
from desktop_app.conductor import Conductor
from desktop_app.places import PhotosPlace, TeachPlace
from desktop_app.views.main_window import MainWindow
from desktop_app.views.retraining.setup_page import SetupPage
from engine.library.captions import set_captions
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.settings import ignore_captions

PATIENCE_MS = 60_000
STUB = Path(__file__).with_name("stub_retrain.py")
Opened = tuple[MainWindow, Conductor]
# As in the bundle without torch.
BASE_EDITION = """
import sys
sys.frozen = True
sys.modules["torch"] = None
from engine.cli.main import main
main(sys.argv[1:])
"""
FOUND = {
    "photos": 24,
    "captioned": 16,
    "captions": 16,
    "sources": {"typed": 16},
    "train": 12,
    "held_out": 4,
    "pairs": 3,
    "encoder": "built-in",
    "unknown_words": 0.02,
    "seconds": 140.0,
    "device": "2 cores",
    "problems": [],
    "warnings": [],
}


@pytest.fixture
def checks(library_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says what the check finds; the photos of the library have typed captions, 16 of 24."""
    monkeypatch.setattr(child_command, "self_command", lambda: [sys.executable, str(STUB)])
    library = Library.open(library_dir)
    set_captions(library, {int(photo): ["a boat"] for photo in visible_ids(library)[:16]}, "captions")
    library.close()

    def find(**changes: Any) -> None:
        (library_dir / "check.json").write_text(json.dumps(FOUND | changes))

    find()
    return find


def page_of(opened: Opened) -> SetupPage:
    window, _ = opened
    window.actions_.teach.trigger()
    return window.retraining_page.setup


def asked(library_dir: Path) -> list[str]:
    """Options of the last check."""
    return json.loads((library_dir / "checked.json").read_text())


def test_the_page_is_reached_by_key_and_from_the_left_side_and_left_by_going_back(
    checks: Callable[..., None], filled: Opened, qtbot: QtBot
) -> None:
    window, conductor = filled
    QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.retraining_page
    assert window.windowTitle().startswith("Teach")
    assert window.panel.currentIndex().data() == "Teach"
    window.actions_.back.trigger()
    assert window.stack.currentWidget() is window.grid
    window.panel.setCurrentIndex(window.tree.index_of(TeachPlace()))
    assert window.stack.currentWidget() is window.retraining_page
    conductor.navigator.go(PhotosPlace())
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)


def test_before_it_starts_it_says_how_much_there_is_to_learn_from(
    checks: Callable[..., None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    page = page_of(filled)
    assert not page.start.isEnabled()
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    assert "about 2 minutes on 2 cores" in page.found.text
    assert "16 of 24 photos have captions" in page.found.text
    assert "12 of these photos are learned from; 4 are held back" in page.found.text
    assert "3 pairs" in page.found.text
    assert page.choices.photos.currentText() == "All photos (24)"
    assert page.choices.sources["typed"].text() == "Typed here (16)"
    assert asked(library_dir) == ["--minutes=5", "--check", "--json"]


@pytest.fixture
def base_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children are those of the bundle without torch."""
    monkeypatch.setattr(child_command, "self_command", lambda: [sys.executable, "-c", BASE_EDITION])


def test_the_base_edition_says_what_it_lacks_and_how_to_get_it(
    base_edition: None, filled: Opened, qtbot: QtBot
) -> None:
    page = page_of(filled)
    qtbot.waitUntil(lambda: "base edition" in page.found.text, timeout=PATIENCE_MS)
    assert "needs torch" in page.found.text and "install the full edition" in page.found.text
    assert not page.start.isEnabled()


def test_what_stops_it_is_told_with_a_way_out(
    checks: Callable[..., None], filled: Opened, qtbot: QtBot
) -> None:
    remedy = {"what": "Only 16 photos have captions.", "remedy": "Caption about a hundred."}
    checks(problems=[remedy], warnings=[{"what": "Many words are unknown.", "remedy": "Choose another."}])
    page = page_of(filled)
    qtbot.waitUntil(lambda: "Only 16 photos have captions." in page.found.text, timeout=PATIENCE_MS)
    assert "Caption about a hundred." in page.found.text
    assert "Many words are unknown. Choose another." in page.found.text
    assert not page.start.isEnabled()


def test_without_captions_it_says_how_to_get_some(
    checks: Callable[..., None], filled: Opened, qtbot: QtBot
) -> None:
    window, _ = filled
    checks(captioned=0, captions=0, pairs=0, sources={}, problems=[{"what": "Nothing.", "remedy": ""}])
    page = page_of(filled)
    qtbot.waitUntil(lambda: "no captions to learn from yet" in page.found.text, timeout=PATIENCE_MS)
    assert "F2" in page.found.text and "more like this" in page.found.text
    back = next(b for b in page.found.findChildren(QPushButton) if b.text() == "Go to the photos")
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.grid


def test_a_check_that_fails_is_told(checks: Callable[..., None], filled: Opened, qtbot: QtBot) -> None:
    checks(error="The library is locked. Try again later.")
    page = page_of(filled)
    qtbot.waitUntil(lambda: "The library is locked." in page.found.text, timeout=PATIENCE_MS)
    assert not page.start.isEnabled()


def test_each_choice_reaches_the_command(
    checks: Callable[..., None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    page = page_of(filled)
    choices = page.choices
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    QTest.mouseClick(choices.more, Qt.MouseButton.LeftButton)
    assert choices.train.isVisible()
    choices.minutes.setCurrentIndex(choices.minutes.findData(10))
    choices.train.setCurrentIndex(choices.train.findData("stage"))
    choices.objective.setCurrentIndex(choices.objective.findData("shrewd"))
    choices.bits.setCurrentIndex(choices.bits.findData(64))
    choices.encoder.setCurrentIndex(choices.encoder.findData("words"))
    choices.sources["folders"].setChecked(True)
    choices.name.setText("Boats")
    (library_dir / "checked.json").unlink(missing_ok=True)
    page.look_anew()
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    assert asked(library_dir)[:-2] == [
        "--source=typed",
        "--source=folders",
        "--caption-encoder=words",
        "--objective=shrewd",
        "--bits=64",
        "--train=stage",
        "--minutes=10",
        "--name=Boats",
    ]


def test_captions_of_no_kind_are_nothing_to_learn_from(
    checks: Callable[..., None], filled: Opened, qtbot: QtBot
) -> None:
    page = page_of(filled)
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    page.choices.sources["typed"].setChecked(False)
    assert not page.start.isEnabled()
    qtbot.waitUntil(lambda: "No captions are chosen." in page.found.text, timeout=PATIENCE_MS)
    page.choices.sources["typed"].setChecked(True)
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)


def test_the_folder_and_the_photos_that_were_chosen_can_be_learned_from(
    checks: Callable[..., None], filled: Opened, library_dir: Path, photos_dir: Path, qtbot: QtBot
) -> None:
    window, conductor = filled
    conductor.navigator.go(PhotosPlace(photos_dir / "Mountains"))
    qtbot.waitUntil(lambda: window.photos.rowCount() == 11, timeout=PATIENCE_MS)
    window.grid.selectAll()
    ids = [int(photo) for photo in window.photos.ids]
    page = page_of(filled)
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    assert page.choices.photos.currentIndex() == 0, "all photos, unless the person says otherwise"
    page.choices.photos.setCurrentIndex(page.choices.photos.findText("The folder Mountains"))
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    assert asked(library_dir)[0] == f"--folder={photos_dir / 'Mountains'}"
    page.choices.photos.setCurrentIndex(page.choices.photos.findText("The 11 chosen photos"))
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    (option,) = [word for word in asked(library_dir) if word.startswith("--photos=")]
    listed = Path(option.removeprefix("--photos=")).read_text().split()
    assert [int(photo) for photo in listed] == ids


def test_captions_that_come_while_the_page_is_looked_at_are_counted(
    checks: Callable[..., None], filled: Opened, library_dir: Path, qtbot: QtBot
) -> None:
    _, conductor = filled
    page = page_of(filled)
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    library = Library.open(library_dir)
    set_captions(library, {int(photo): ["a dog"] for photo in visible_ids(library)}, "captions")
    ignore_captions(library, ["A dog"])
    library.close()
    conductor.edits.done.emit()
    boxes = page.choices.sources
    qtbot.waitUntil(lambda: boxes["typed"].text() == "Typed here (24)", timeout=PATIENCE_MS)
    assert page.choices.ignored.text() == "One text that says nothing is left out."
    qtbot.waitUntil(page.start.isEnabled, timeout=PATIENCE_MS)
    assert asked(library_dir)[0].casefold() == "--ignore=a dog"
