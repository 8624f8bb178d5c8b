"""The page of settings: what it shows, what a change does at once, and what is said of a wrong one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.settings import WindowSettings
from desktop_app.theme import apply_theme
from desktop_app.views.main_window import MainWindow
from desktop_app.views.settings.settings_page import SettingsPage
from engine.jobs import list_jobs
from engine.library.database import Library
from engine.library.preferences import PREFERENCES, get_preference, set_preference
from engine.progress import Started

PATIENCE_MS = 60_000
Opened = tuple[MainWindow, Conductor]


@pytest.fixture
def page(filled: Opened, qtbot: QtBot) -> SettingsPage:
    """The page over a library of 24 photos, after it has read what holds."""
    window, _ = filled
    window.actions_.settings.trigger()
    found = window.findChild(SettingsPage)
    assert found is not None
    qtbot.waitUntil(lambda: found.photos.folders.count() == 1, timeout=PATIENCE_MS)
    return found


def stored(library_dir: Path, name: str) -> str:
    """What the library holds of a setting."""
    library = Library.open_reading(library_dir)
    try:
        return get_preference(library, name)
    finally:
        library.close()


def test_every_setting_is_there_with_its_explanation_and_its_default(page: SettingsPage) -> None:
    rows = page.rows()
    assert rows.keys() == PREFERENCES.keys() | {"language", "theme", "pause_on_battery"}
    for name, wanted in PREFERENCES.items():
        assert (rows[name].title.text(), rows[name].explanation.text()) == (wanted.title, wanted.explanation)
    assert rows["watching"].box.isChecked() and rows["index_when"].box.currentData() == "now"
    assert rows["max_megapixels"].box.value() == 500
    assert "photos: 24" in page.storage.figures.text() and "B on the disk" in page.storage.figures.text()


def test_the_page_opens_by_key_and_only_once(filled: Opened, qtbot: QtBot) -> None:
    window, _ = filled
    assert window.actions_.settings.shortcut().toString() == "Ctrl+,"
    for _ in range(2):
        window.actions_.settings.trigger()
    assert len(window.findChildren(SettingsPage)) == 1


def test_sections_are_chosen_at_the_left(page: SettingsPage) -> None:
    for row, section in enumerate((page.general, page.photos, page.performance, page.storage)):
        page.list.setCurrentRow(row)
        assert section.isVisible()


def test_a_change_is_stored_at_once_and_undo_takes_it_back(
    filled: Opened, page: SettingsPage, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    box = page.rows()["index_when"].box
    box.setCurrentIndex(box.findData("paused"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: stored(library_dir, "index_when") == "paused", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.actions_.undo.isEnabled(), timeout=PATIENCE_MS)
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: stored(library_dir, "index_when") == "now", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: box.currentData() == "now", timeout=PATIENCE_MS)


def test_a_wrong_value_is_told_beside_its_field(page: SettingsPage, library_dir: Path, qtbot: QtBot) -> None:
    page.list.setCurrentRow(2)
    row = page.rows()["memory_mb"]
    row.box.setValue(3)
    qtbot.waitUntil(row.trouble.isVisible, timeout=PATIENCE_MS)
    assert "1,024" in row.trouble.text()
    qtbot.waitUntil(lambda: row.box.value() == 0, timeout=PATIENCE_MS)
    assert stored(library_dir, "memory_mb") == "0"
    row.box.setValue(2048)
    qtbot.waitUntil(lambda: not row.trouble.isVisible(), timeout=PATIENCE_MS)
    assert stored(library_dir, "memory_mb") == "2048"


def test_patterns_are_counted_while_they_are_written_and_leave_photos_out_when_applied(
    filled: Opened, page: SettingsPage, qtbot: QtBot
) -> None:
    window, conductor = filled
    patterns = page.photos.patterns
    assert not patterns.apply.isEnabled()
    patterns.field.setPlainText("!")
    qtbot.waitUntil(lambda: "“!”" in patterns.trouble.text(), timeout=PATIENCE_MS)
    patterns.field.setPlainText("Mountains/")
    qtbot.waitUntil(lambda: patterns.count.text().endswith(" 10"), timeout=PATIENCE_MS)
    assert not patterns.trouble.text()
    assert window.photos.rowCount() == 24, "nothing happens before it is applied"
    patterns.apply.click()
    qtbot.waitUntil(lambda: window.photos.rowCount() == 14, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)
    assert patterns.field.toPlainText() == ""


def test_revert_brings_back_the_patterns_that_hold(page: SettingsPage) -> None:
    patterns = page.photos.patterns
    patterns.field.setPlainText("*.png")
    patterns.revert.click()
    assert patterns.field.toPlainText() == "" and not patterns.apply.isEnabled()


def test_what_the_terminal_sets_is_shown(page: SettingsPage, library_dir: Path, qtbot: QtBot) -> None:
    library = Library.open(library_dir)
    set_preference(library, "workers", "1")
    library.close()
    parent = page.parent()
    assert parent is not None
    parent.actions_.settings.trigger()
    qtbot.waitUntil(lambda: page.rows()["workers"].box.value() == 1, timeout=PATIENCE_MS)


def test_what_the_window_remembers_is_kept(
    filled: Opened, page: SettingsPage, library_dir: Path, qtbot: QtBot
) -> None:
    window, _ = filled
    theme = page.rows()["theme"].box
    theme.setCurrentIndex(theme.findData("dark"))
    theme.activated.emit(theme.currentIndex())
    page.rows()["pause_on_battery"].box.click()
    language = page.rows()["language"].box
    language.setCurrentIndex(language.findData("en"))
    language.activated.emit(language.currentIndex())
    window.close()
    kept = WindowSettings(library_dir)
    assert (kept.theme, kept.pause_on_battery, kept.language) == ("dark", True, "en")
    apply_theme(QApplication.instance(), "system")


def test_a_folder_is_forgotten_after_a_question(filled: Opened, page: SettingsPage, qtbot: QtBot) -> None:
    window, _ = filled
    assert not page.photos.forget.isEnabled()
    page.photos.folders.setCurrentRow(0)
    page.photos.forget.click()
    box = window.findChild(QMessageBox, "forget")
    next(button for button in box.findChildren(QPushButton) if button.text() == "Forget").click()
    qtbot.waitUntil(lambda: page.photos.folders.count() == 0, timeout=PATIENCE_MS)


def test_a_backup_is_made_by_a_button(page: SettingsPage, library_dir: Path, qtbot: QtBot) -> None:
    assert "no backup" in page.storage.told.text()
    page.storage.back_up.click()
    assert not page.storage.back_up.isEnabled()
    qtbot.waitUntil(page.storage.back_up.isEnabled, timeout=PATIENCE_MS)
    (made,) = (library_dir / "backups").iterdir()
    qtbot.waitUntil(lambda: str(made) in page.storage.told.text(), timeout=PATIENCE_MS)


def test_a_backup_that_fails_says_why(page: SettingsPage, library_dir: Path, qtbot: QtBot) -> None:
    (library_dir / "backups").touch()
    page.storage.back_up.click()
    qtbot.waitUntil(page.storage.back_up.isEnabled, timeout=PATIENCE_MS)
    assert "could not be written" in page.storage.told.text()


def test_clearing_thumbnails_asks_and_makes_them_again(
    filled: Opened, page: SettingsPage, library_dir: Path, qtbot: QtBot
) -> None:
    _, conductor = filled
    told: list[str] = []
    conductor.jobs.follower.ended.connect(lambda event: told.append(event.summary))
    page.storage.clear.click()
    box = page.findChild(QMessageBox, "clear")
    assert box.defaultButton().text() == "Cancel" and "offline are kept" in box.informativeText()
    next(button for button in box.findChildren(QPushButton) if button.text() == "Clear").click()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=PATIENCE_MS)
    assert "24 thumbnails cleared" in told[0] and "files looked at" in told[1]
    qtbot.waitUntil(lambda: "photos: 24" in page.storage.figures.text(), timeout=PATIENCE_MS)


def test_there_are_settings_before_there_is_a_library(
    open_window: Callable[..., Opened], tmp_path: Path, qtbot: QtBot
) -> None:
    window, _ = open_window(tmp_path / "new")
    window.actions_.settings.trigger()
    page = window.findChild(SettingsPage)
    assert page.rows()["max_megapixels"].box.value() == 500 and page.photos.folders.count() == 0
    page.rows()["watching"].box.click()
    qtbot.waitUntil(window.actions_.undo.isEnabled, timeout=PATIENCE_MS)
    assert stored(tmp_path / "new", "watching") == "no"


def ended_index_jobs(library_dir: Path) -> int:
    """How many jobs have looked through folders, however short they were."""
    ended = (job.events()[0] for job in list_jobs(library_dir) if job.outcome() is not None)
    return sum(any(isinstance(event, Started) and event.kind == "index" for event in told) for told in ended)


def test_an_open_window_looks_through_its_folders_by_itself(
    open_window: Callable[..., Opened], library_dir: Path, qtbot: QtBot
) -> None:
    window, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
    before = ended_index_jobs(library_dir)
    conductor.watch.start()
    qtbot.waitUntil(lambda: ended_index_jobs(library_dir) > before, timeout=PATIENCE_MS)
    conductor.watch.close()
    assert conductor.watch.process_id == 0
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)


def test_every_control_has_a_name_for_screen_readers(page: SettingsPage) -> None:
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox)
    controls = [
        widget
        for widget in page.findChildren(QWidget)
        if isinstance(widget, kinds)
        and not widget.objectName().startswith("qt_")
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.window() is page  # what drops down from a box is named by the box
    ]
    assert len(controls) > 20
    for control in controls:
        told = QAccessible.queryAccessibleInterface(control)
        assert told.text(QAccessible.Text.Name), control


def test_the_smallest_page_cuts_nothing_off(page: SettingsPage, qtbot: QtBot) -> None:
    page.resize(page.minimumSize())
    for row in range(page.list.count()):
        page.list.setCurrentRow(row)
        area = page.stack.currentWidget()
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()


def test_the_page_is_driven_by_keys(page: SettingsPage, qtbot: QtBot) -> None:
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.photos.isVisible()
    qtbot.keyClick(page.list, Qt.Key.Key_Tab)
    assert page.photos.isAncestorOf(page.focusWidget())
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
