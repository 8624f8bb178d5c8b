"""Writes the pages of docs/ that are made of the program itself.

python -m tests.docs
"""

import os
from pathlib import Path


def pages() -> dict[Path, str]:
    """Each page with its text."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    from tests.docs import keyboard_page, schema_page, settings_page, terminal_page

    application = QApplication([])
    window = QMainWindow()
    made = {
        terminal_page.PAGE: terminal_page.terminal_page(),
        schema_page.PAGE: schema_page.schema_page(),
        settings_page.PAGE: settings_page.settings_page(),
        keyboard_page.PAGE: keyboard_page.keyboard_page(window),
    }
    window.deleteLater()
    application.processEvents()
    return made


def main() -> None:
    """Writes each page."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
