"""docs/guide/keyboard.md: every key and what it does, from the actions of the window."""

from pathlib import Path

from PySide6.QtWidgets import QMainWindow

from desktop_app.views.actions import Actions

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "keyboard.md"
_TOP = """# Keyboard

`make docs` writes this page from the keys of the window; *Help*, *Keyboard shortcuts* shows them there. On a
Mac, `Ctrl` is the command key. Underlined letters in menus and on buttons work with `Alt`.

| key | does |
|---|---|
"""


def keyboard_page(window: QMainWindow) -> str:
    """The page as it should be.

    Args:
        window: Bare; it gets the actions of the real one.
    """
    rows = [f"| {_keys(keys)} | {what} |" for keys, what in Actions(window).listed_keys()]
    return _TOP + "\n".join(rows) + "\n"


def _keys(shown: str) -> str:
    """Keys as they are shown, each in a box of its own."""
    return ", ".join(f"`{key}`" for key in shown.split(", "))
