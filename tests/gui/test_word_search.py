"""Words typed into the window: alone, with photos, found in names, and taken back."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.places import NeighboursPlace, PhotosPlace
from desktop_app.views.main_window import MainWindow
from desktop_app.views.search_field import ADDING, FREE

PATIENCE_MS = 30_000
Opened = tuple[MainWindow, Conductor]


def ask(opened: Opened, qtbot: QtBot, words: str) -> None:
    window, conductor = opened
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.search.hasFocus()
    QTest.keyClicks(window.search, words)
    QTest.keyClick(window.search, Qt.Key.Key_Return)

    def answered() -> bool:
        place, listing = conductor.navigator.place, conductor.navigator.listing
        return isinstance(place, NeighboursPlace) and place.words == words and listing is not None

    qtbot.waitUntil(answered, timeout=PATIENCE_MS)


def test_photos_with_the_words_in_their_names_are_shown_and_marked(filled: Opened, qtbot: QtBot) -> None:
    window, conductor = filled
    ask(filled, qtbot, "mountains")
    listing = conductor.navigator.listing
    worded = int((listing.matches != 0).sum())
    assert worded == 11  # ten photos of that folder, and the copy in it
    assert [window.photos.found_by(row) for row in range(worded)] == ["name"] * worded
    assert window.query_bar.asked == "Photos for “mountains”"
    assert window.windowTitle().startswith("Photos for “mountains”")


def test_the_words_go_with_the_place(filled: Opened, qtbot: QtBot) -> None:
    window, conductor = filled
    ask(filled, qtbot, "harbour")
    conductor.navigator.back()
    assert window.search.text() == "" and conductor.navigator.place == PhotosPlace()
    conductor.navigator.forward()
    assert window.search.text() == "harbour"
    window.search.clear()  # as its button does
    assert conductor.navigator.place == PhotosPlace()


def test_words_are_added_to_a_photo_and_taken_away_again(filled: Opened, qtbot: QtBot) -> None:
    window, conductor = filled
    asked = window.photos.photo_id(0)
    assert window.search.placeholderText() == FREE
    QTest.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)
    assert window.search.placeholderText() == ADDING
    ask(filled, qtbot, "mountains")
    place = conductor.navigator.place
    assert place.photo_ids == (asked,)
    assert window.photos.found_by(0) == "name" and window.photos.distance(0) is not None
    qtbot.waitUntil(lambda: window.query_bar.asked.endswith("with “mountains”"), timeout=PATIENCE_MS)
    window.search.clear()
    assert conductor.navigator.place == NeighboursPlace((asked,))


def test_escape_puts_the_words_back_and_then_leaves(filled: Opened, qtbot: QtBot) -> None:
    window, conductor = filled
    ask(filled, qtbot, "harbour")
    QTest.keyClicks(window.search, " and more")
    QTest.keyClick(window.search, Qt.Key.Key_Escape)
    assert window.search.text() == "harbour" and window.search.hasFocus()
    QTest.keyClick(window.search, Qt.Key.Key_Escape)
    assert window.grid.hasFocus()
    window.search.setFocus()
    QTest.keyClick(window.search, Qt.Key.Key_Down)
    assert window.grid.hasFocus()
    assert conductor.navigator.place.words == "harbour"


def test_nothing_with_these_words(filled: Opened, qtbot: QtBot) -> None:
    window, _ = filled
    ask(filled, qtbot, "zeppelin")
    if window.photos.rowCount():  # the model knows words, and something looks like it
        assert not any(window.photos.found_by(row) for row in range(window.photos.rowCount()))
    else:
        assert window.stack.currentWidget() is window.notice


def test_an_empty_field_asks_nothing(filled: Opened, qtbot: QtBot) -> None:
    window, conductor = filled
    window.search.setFocus()
    QTest.keyClicks(window.search, "   ")
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    assert conductor.navigator.place == PhotosPlace()


def test_words_are_remembered_over_a_restart(open_window, library_dir, qtbot: QtBot) -> None:
    first = open_window(library_dir)
    qtbot.waitUntil(lambda: first[0].photos.rowCount() == 24, timeout=PATIENCE_MS)
    ask(first, qtbot, "harbour")
    first[0].close()
    window, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: conductor.navigator.listing is not None, timeout=PATIENCE_MS)
    assert window.search.text() == "harbour"
    assert window.photos.found_by(0) == "name"


def test_how_far_is_chosen_for_one_query_only(filled: Opened, qtbot: QtBot) -> None:
    window, conductor = filled
    QTest.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)
    calibrated = window.query_bar.within
    assert calibrated == conductor.navigator.listing.limit
    window.query_bar.set_within(128)
    assert window.photos.rowCount() == 23
    ask(filled, qtbot, "mountains")
    assert window.query_bar.within != 128
    conductor.navigator.back()
    qtbot.waitUntil(lambda: window.query_bar.within == 128, timeout=PATIENCE_MS)
