"""Captions and pairs in the real window, written by the real service."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.places import NeighboursPlace
from desktop_app.views.dialogs.caption_editor import CaptionEditor
from desktop_app.views.main_window import MainWindow
from engine.library.captions import own_captions
from engine.library.database import Library
from engine.library.pairs import all_pairs

PATIENCE_MS = 30_000
Opened = tuple[MainWindow, Conductor]


def editor_of(window: MainWindow, qtbot: QtBot) -> CaptionEditor:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE_MS)
    QTest.keyClick(window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: window.findChild(CaptionEditor) is not None, timeout=PATIENCE_MS)
    return window.findChild(CaptionEditor)


def test_a_caption_is_typed_shown_and_undone(filled: Opened, library_dir, qtbot: QtBot) -> None:
    window, conductor = filled
    photo = window.photos.photo_id(0)
    window.grid.setCurrentIndex(window.photos.index(0, 0))
    editor = editor_of(window, qtbot)
    editor.text.setPlainText("a heron\n\nby the lake")
    with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
        QTest.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    library = Library.open_reading(library_dir)
    try:
        assert own_captions(library, [photo]) == {photo: ["a heron", "by the lake"]}
        qtbot.waitUntil(
            lambda: window.photos.row(photo).captions == ("a heron", "by the lake"), timeout=PATIENCE_MS
        )
        qtbot.waitUntil(lambda: window.findChild(CaptionEditor) is None, timeout=PATIENCE_MS)
        assert editor_of(window, qtbot).texts() == ["a heron", "by the lake"]
        window.findChild(CaptionEditor).reject()
        assert window.actions_.undo.text() == "&Undo: caption"
        with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
            window.actions_.undo.trigger()
        assert own_captions(library, [photo]) == {photo: []}
    finally:
        library.close()


def test_a_selection_gets_one_caption(filled: Opened, library_dir, qtbot: QtBot) -> None:
    window, conductor = filled
    window.grid.selectAll()
    editor = editor_of(window, qtbot)
    save = editor.buttons.button(QDialogButtonBox.StandardButton.Save)
    assert not save.isEnabled()
    editor.text.setPlainText("x" * 4001)
    assert not save.isEnabled() and "4,000" in editor.warning.text()
    editor.text.setPlainText("a summer\nby the sea")
    with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
        save.click()
    library = Library.open_reading(library_dir)
    try:
        ids = [window.photos.photo_id(row) for row in range(24)]
        assert set(map(tuple, own_captions(library, ids).values())) == {("a summer by the sea",)}
    finally:
        library.close()


def test_results_are_told_alike_or_not(filled: Opened, library_dir, qtbot: QtBot) -> None:
    window, conductor = filled
    actions = window.actions_
    window.grid.setCurrentIndex(window.photos.index(3, 0))
    assert not actions.more.isEnabled()
    asked = window.photos.photo_id(3)
    QTest.keyClick(window, Qt.Key.Key_S)

    def answered() -> bool:
        listing = conductor.navigator.listing
        return listing is not None and listing.place == NeighboursPlace((asked,))

    qtbot.waitUntil(answered, timeout=PATIENCE_MS)
    window.query_bar.set_within(conductor.navigator.listing.n_bits)  # how near is near is not the question
    qtbot.waitUntil(lambda: window.photos.rowCount() > 2, timeout=PATIENCE_MS)
    window.grid.setCurrentIndex(window.photos.index(1, 0))
    told = window.photos.photo_id(1)
    qtbot.waitUntil(lambda: actions.less.isEnabled(), timeout=PATIENCE_MS)
    with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
        QTest.keyClick(window, Qt.Key.Key_L)
    library = Library.open_reading(library_dir)
    try:
        assert all_pairs(library) == {(min(asked, told), max(asked, told)): False}
        window.grid.setCurrentIndex(window.photos.index(2, 0))
        other = window.photos.photo_id(2)
        with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
            QTest.keyClick(window, Qt.Key.Key_L)
        assert len(all_pairs(library)) == 2
        with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
            assert window.messages.press("Undo")  # the two messages are the same; the second edit's counts
        assert list(all_pairs(library)) == [(min(asked, told), max(asked, told))]
        assert actions.undo.text() == "&Undo: less like this"
        with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
            QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert all_pairs(library) == {} and not actions.undo.isEnabled()
        assert other != told
    finally:
        library.close()


def test_letters_in_the_search_field_are_words(filled: Opened, library_dir, qtbot: QtBot) -> None:
    window, _ = filled
    window.search.setFocus()
    QTest.keyClicks(window.search, "small lamb")
    assert window.search.text() == "small lamb"


def test_what_could_not_be_kept_stays_in_the_editor(filled: Opened, library_dir, qtbot: QtBot) -> None:
    window, conductor = filled
    window.grid.setCurrentIndex(window.photos.index(0, 0))
    editor = editor_of(window, qtbot)
    editor.text.setPlainText("a heron")
    blocker = Library.open(library_dir)
    try:
        blocker.execute("BEGIN EXCLUSIVE")
        editor.buttons.button(QDialogButtonBox.StandardButton.Save).click()
        qtbot.waitUntil(lambda: editor.warning.text() != "", timeout=PATIENCE_MS)
        assert editor.isVisible() and editor.texts() == ["a heron"]
        blocker.execute("ROLLBACK")
        with qtbot.waitSignal(conductor.edits.done, timeout=PATIENCE_MS):
            editor.buttons.button(QDialogButtonBox.StandardButton.Save).click()
    finally:
        blocker.close()
