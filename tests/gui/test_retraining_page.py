"""The page where a model learns: how one gets there, and what it says before anything is learned."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.places import PhotosPlace, TeachPlace
from desktop_app.views.main_window import MainWindow

PATIENCE_MS = 30_000
Opened = tuple[MainWindow, Conductor]


def test_the_page_is_reached_by_key_and_from_the_left_side_and_left_by_going_back(
    filled: Opened, qtbot: QtBot
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
