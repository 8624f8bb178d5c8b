"""What the keys do, and what this program is."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.translation import tr


class _Page(QDialog):
    """A dialog that can only be closed, and is gone then."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 16)
        self._column.setSpacing(14)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)

    def finish(self, content: QWidget) -> None:
        self._column.addWidget(content)
        self._column.addWidget(self._buttons)


class KeysPage(_Page):
    """A table of keys."""

    def __init__(self, keys: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(tr("Keyboard shortcuts"), parent)
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(7)
        half = -(-len(keys) // 2)
        for number, (shown, what) in enumerate(keys):
            key = QLabel(shown)
            font = key.font()
            font.setBold(True)
            key.setFont(font)
            column = 0 if number < half else 2
            grid.addWidget(key, number % half, column)
            grid.addWidget(QLabel(what), number % half, column + 1)
        self.finish(table)


def versions() -> dict[str, str]:
    """Versions by name, for a report of a problem."""
    try:
        own = version("hammingbird")
    except PackageNotFoundError:
        own = "from source"
    return {
        "Hammingbird": own,
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "System": f"{platform.system()} {platform.release()}"
        if sys.platform != "darwin"
        else f"macOS {platform.mac_ver()[0]}",
    }


class AboutPage(_Page):
    """Versions, the library's folder, and the answer to the first fear."""

    def __init__(self, library_dir: Path, parent: QWidget) -> None:
        super().__init__(tr("About Hammingbird"), parent)
        lines = [f"{name} {number}" for name, number in versions().items()]
        text = QLabel(
            tr("Finds photos by likeness, in place, offline, at once.")
            + "\n\n"
            + tr("Your photos are never moved, changed or uploaded: Hammingbird only reads them.")
            + "\n\n"
            + "\n".join(lines)
            + "\n\n"
            + tr("Library: {folder}").format(folder=library_dir)
        )
        text.setWordWrap(True)
        text.setMinimumWidth(420)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.finish(text)
