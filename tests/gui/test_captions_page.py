"""The page of captions in the real window: figures, marks, photos without captions, lists and tables."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop_app.captions_desk import imported_text
from desktop_app.conductor import Conductor
from desktop_app.pasted_captions import read_pasted
from desktop_app.places import PhotosPlace, from_text, to_text
from desktop_app.views.dialogs.captions_page import CaptionsPage
from desktop_app.views.dialogs.paste_page import PastePage
from desktop_app.views.main_window import MainWindow
from engine.library.captions import own_captions, set_captions
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.settings import ignored_captions

PATIENCE_MS = 60_000
Opened = tuple[MainWindow, Conductor]


@pytest.fixture
def library_dir(library_dir: Path) -> Path:
    """The built library, in which ten photos have captions."""
    library = Library.open(library_dir)
    texts = {i: ["OLYMPUS", f"a boat in the harbour, number {i}"] for i in visible_ids(library).tolist()[:10]}
    set_captions(library, texts, "Captions")
    library.close()
    return library_dir


@pytest.fixture
def page(filled: Opened, qtbot: QtBot) -> CaptionsPage:
    window, _ = filled
    window.actions_.captions.trigger()
    found = window.findChild(CaptionsPage)
    assert found is not None
    qtbot.waitUntil(lambda: found.coverage.text() != "", timeout=PATIENCE_MS)
    return found


def test_a_pasted_list_is_read_line_by_line() -> None:
    found = read_pasted("a.jpg\ttwo dogs\n\nb/c.jpg \t a  cat\tasleep\nno tab here\nd.jpg\t \n")
    assert found.rows == (("a.jpg", "two dogs"), ("b/c.jpg", "a cat asleep"))
    assert found.wrong_lines == (4, 5)


def test_what_became_of_a_table_is_said_in_sentences() -> None:
    figures = {"photos": 2, "captions": 3, "known": 1, "cut": 0, "unknown": list("abcde"), "ambiguous": []}
    assert imported_text(figures) == (
        "New captions: 3, of photos: 2. There already: 1."
        " Left out, since no photo of the library has such a name: a, b, c and 2 more."
    )


def test_photos_without_captions_are_a_place_that_is_remembered() -> None:
    place = PhotosPlace(Path("/photos"), uncaptioned=True)
    assert from_text(to_text(place)) == place
    assert from_text('{"kind": "photos", "folder": null}') == PhotosPlace()


def test_the_page_says_what_is_written_and_shows_photos_without_captions(
    filled: Opened, page: CaptionsPage, qtbot: QtBot
) -> None:
    window, conductor = filled
    assert page.coverage.text() == "10 of 24 photos have captions"
    assert "Typed here\u00a010" in page.sources.text()
    assert page.languages.text() == "English\u00a050%, unknown\u00a050%"
    assert "harbour\u00a010" in page.words.text()
    assert page.uncaptioned.text() == "&Show the 14 without" and page.hint.isHidden()
    QTest.mouseClick(page.uncaptioned, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.photos.rowCount() == 14, timeout=PATIENCE_MS)
    assert window.windowTitle().startswith("Photos without captions")
    assert conductor.navigator.place == PhotosPlace(uncaptioned=True)


def test_a_text_that_says_nothing_is_marked_and_stays_marked(
    filled: Opened, page: CaptionsPage, library_dir: Path, qtbot: QtBot
) -> None:
    _, conductor = filled
    assert [box.text() for box in page.texts.values()] == ["OLYMPUS (10 photos)"]
    box = page.texts["OLYMPUS"]
    with qtbot.waitSignal(conductor.captions.ignoredChanged, timeout=PATIENCE_MS):
        box.click()
    library = Library.open_reading(library_dir)
    try:
        assert ignored_captions(library) == ("OLYMPUS",)
        with qtbot.waitSignal(conductor.captions.ignoredChanged, timeout=PATIENCE_MS):
            box.click()
        assert ignored_captions(library) == ()
    finally:
        library.close()


def test_a_list_is_pasted_and_can_be_undone(
    filled: Opened, page: CaptionsPage, library_dir: Path, qtbot: QtBot
) -> None:
    window, conductor = filled
    QTest.mouseClick(page.paste, Qt.MouseButton.LeftButton)
    pasting = page.findChild(PastePage)
    pasting.text.setPlainText("photo 20.jpg\ta peak\nphoto 21.jpg")
    assert "line 2" in pasting.told.text() and not pasting.take.isEnabled()
    pasting.text.setPlainText("photo 20.jpg\ta peak\nMountains/photo 21.jpg\ta valley\nnowhere.jpg\tnothing")
    assert pasting.told.text() == "3 captions"
    QTest.mouseClick(pasting.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.coverage.text().startswith("12 of 24"), timeout=PATIENCE_MS)
    qtbot.waitUntil(page.paste.isEnabled, timeout=PATIENCE_MS)
    assert "New captions: 2, of photos: 2." in page.told.text() and "nowhere.jpg" in page.told.text()
    with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
        window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: page.coverage.text().startswith("10 of 24"), timeout=PATIENCE_MS)


def test_a_table_is_imported_and_one_that_is_none_is_refused(
    page: CaptionsPage, library_dir: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "words.csv"
    table.write_text("photo,caption\nphoto 22.jpg,a glacier\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    QTest.mouseClick(page.table, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.coverage.text().startswith("11 of 24"), timeout=PATIENCE_MS)
    qtbot.waitUntil(page.table.isEnabled, timeout=PATIENCE_MS)
    table.write_text("name,weight\nphoto 22.jpg,3\n")
    QTest.mouseClick(page.table, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "no column" in page.told.text(), timeout=PATIENCE_MS)
    library = Library.open_reading(library_dir)
    try:
        found = own_captions(library, visible_ids(library).tolist(), "table")
        assert [texts for texts in found.values() if texts] == [["a glacier"]]
    finally:
        library.close()
