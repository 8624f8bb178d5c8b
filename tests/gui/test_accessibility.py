"""Everything has a name for screen readers, is reached by keys, and stands out from its ground."""

from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHeaderView,
    QLabel,
    QMenu,
    QMenuBar,
    QScrollBar,
    QSplitterHandle,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.settings import WindowSettings
from desktop_app.theme import DARK, LIGHT, Colours, apply_theme
from desktop_app.thumbnails import ThumbnailLoader
from desktop_app.views.dialogs.add_model_page import AddModelPage
from desktop_app.views.dialogs.captions_page import CaptionsPage
from desktop_app.views.dialogs.help_pages import AboutPage, KeysPage
from desktop_app.views.dialogs.models_page import ModelsPage
from desktop_app.views.dialogs.paste_page import PastePage
from desktop_app.views.main_window import MainWindow
from desktop_app.views.retraining.closing_question import ClosingQuestion
from desktop_app.views.settings.settings_page import SettingsPage

AA_TEXT, AA_SHAPES = 4.5, 3.0  # WCAG 2: contrast of text, and of what else has to be told apart
OF_QT = (QHeaderView, QMenu, QMenuBar, QScrollBar, QSplitterHandle)  # named by their owner or by their texts


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window with all its pages, and nothing behind it."""
    window = MainWindow(WindowSettings(tmp_path))
    qtbot.addWidget(window)
    thumbnails = ThumbnailLoader(tmp_path)
    thumbnails.setParent(window)
    window.complete(thumbnails, facts_shown=True)
    for made in (window.retraining_page.watch, window.retraining_page.judge):
        made.setVisible(True)
    yield window
    thumbnails.close()


def nameless(top: QWidget) -> list[str]:
    """What can have the focus and has no name, told by where it is."""
    found = []
    for widget in (top, *top.findChildren(QWidget)):
        inner = widget.objectName().startswith("qt_") or widget.window() is not top.window()
        silent = isinstance(widget, QLabel) and not widget.text()
        put_away = widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
        put_away = put_away and not isinstance(widget.parentWidget(), QStackedWidget)  # another is on top
        no_focus = widget.focusPolicy() == Qt.FocusPolicy.NoFocus
        if inner or silent or put_away or no_focus or isinstance(widget, OF_QT):
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        if told is None or not told.text(QAccessible.Text.Name).strip():
            parent = widget.parentWidget()
            found.append(f"{type(widget).__name__} in {type(parent).__name__}")
    return found


def test_every_control_of_the_window_has_a_name(window: MainWindow):
    assert nameless(window) == []


@pytest.mark.parametrize("page", [AddModelPage, CaptionsPage, ClosingQuestion, ModelsPage, PastePage])
def test_every_control_of_a_dialog_has_a_name(window: MainWindow, page: type[QDialog]):
    assert nameless(page(window)) == []


def test_every_control_of_settings_and_help_has_a_name(window: MainWindow, tmp_path: Path):
    help_pages = (KeysPage(window.actions_.listed_keys(), window), AboutPage(tmp_path, window))
    for page in (SettingsPage(tmp_path, window), *help_pages):
        assert nameless(page) == []


def test_the_walk_finds_what_has_no_name(window: MainWindow):
    window.grid.setAccessibleName("")
    assert nameless(window) == ["PhotoGrid in QStackedWidget"]


def test_every_action_is_in_a_menu_and_every_key_is_listed(window: MainWindow):
    in_menus = {action for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()}
    assert set(window.actions()) <= in_menus
    listed = " ".join(keys for keys, _ in window.actions_.listed_keys())
    for action in window.actions():
        for key in action.shortcuts():
            assert key.toString(QKeySequence.SequenceFormat.NativeText) in listed


def test_no_two_actions_share_a_key(window: MainWindow):
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_the_question_mark_shows_the_keys(filled, qtbot: QtBot):
    window, _ = filled
    qtbot.keyClick(window.grid, "?")
    qtbot.waitUntil(lambda: window.findChild(KeysPage) is not None)
    window.findChild(KeysPage).close()


def test_tab_leads_through_the_window_and_back(filled, qtbot: QtBot):
    window, _ = filled
    window.resize(1180, 760)  # so wide that all of the tool bar is seen
    window.activateWindow()
    qtbot.waitUntil(window.side_slider.isVisible)
    passed: list[QWidget] = []
    for _step in range(40):
        focused = QApplication.focusWidget()
        if focused in passed:
            break
        passed.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    wanted = {window.grid, window.panel, window.search, window.order_box, window.side_slider}
    assert wanted <= set(passed)


def contrast(front: QColor, ground: QColor) -> float:
    """WCAG's ratio of luminances, 1 to 21."""

    def luminance(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(front), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_of_the_theme_stands_out(colours: Colours):
    fronts, grounds = ("text", "faint", "link", "worse"), ("window", "base", "raised")
    for front, ground in product(fronts, grounds):
        reached = contrast(QColor(getattr(colours, front)), QColor(getattr(colours, ground)))
        assert reached >= AA_TEXT, f"{front} on {ground}"
    assert contrast(QColor(colours.on_accent), QColor(colours.accent)) >= AA_TEXT
    for ground in grounds:
        assert contrast(QColor(colours.accent), QColor(getattr(colours, ground))) >= AA_SHAPES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_of_the_palette_stands_out(qapp: QApplication, theme: str):
    role = QPalette.ColorRole
    pairs = [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.PlaceholderText, role.Base),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
        (role.Link, role.Base),
    ]
    try:
        apply_theme(qapp, theme)
        palette = qapp.palette()
        for group, (front, ground) in product(
            (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive), pairs
        ):
            reached = contrast(palette.color(group, front), palette.color(group, ground))
            assert reached >= AA_TEXT, f"{front} on {ground}"
    finally:
        apply_theme(qapp, "system")
