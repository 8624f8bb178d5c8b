"""Pages that a command writes are what it would write now."""

import sys
from pathlib import Path

import keyboard_page
import pytest
import schema_page
import settings_page
import terminal_page
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

STALE = "run `make docs` and commit what it writes"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_the_guide_and_help_are_one_text() -> None:
    assert text_of(terminal_page.PAGE) == terminal_page.terminal_page(), STALE


def test_the_page_of_the_database_is_what_migrations_make() -> None:
    assert text_of(schema_page.PAGE) == schema_page.schema_page(), STALE


def test_the_page_of_settings_has_the_texts_of_the_window() -> None:
    assert text_of(settings_page.PAGE) == settings_page.settings_page(), STALE


@pytest.mark.skipif(sys.platform == "darwin", reason="keys have other names there")
def test_the_page_of_keys_is_that_of_the_window(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    assert text_of(keyboard_page.PAGE) == keyboard_page.keyboard_page(window), STALE


@pytest.mark.parametrize(
    "expected",
    ["## hammingbird models add", "--believe-missing", "## hammingbird captions import", "[--add FOLDER]"],
)
def test_commands_of_commands_and_their_options_are_on_the_page(expected: str) -> None:
    assert expected in terminal_page.terminal_page()


@pytest.mark.parametrize("table", ["`roots`", "`visible_files`", "`captions_fts`", "`thumbnails`"])
def test_tables_views_and_full_text_are_on_the_page(table: str) -> None:
    page = schema_page.schema_page()
    assert f"### {table}\n" in page and "_fts_data`" not in page
