"""The composition root: makes the parts of the window and puts them together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from desktop_app.errors import BugTeller
from desktop_app.interrupts import Interrupts
from desktop_app.settings import WindowSettings
from desktop_app.theme import apply_theme
from desktop_app.thumbnails import ThumbnailLoader
from desktop_app.views.main_window import MainWindow

if TYPE_CHECKING:
    from desktop_app.conductor import Conductor


class Start(QObject):
    """Makes a window on a library at once, and all that works behind it as soon as it can be seen.

    Attributes:
        window: Made, not shown yet.
        conductor: None until the window was painted for the first time.
    """

    def __init__(
        self, library_dir: Path, add: Sequence[Path] = (), on_visible: Callable[[], None] | None = None
    ) -> None:
        """See `run` for the arguments."""
        super().__init__()
        self._dir, self._add, self._on_visible = library_dir, list(add), on_visible
        self._settings = WindowSettings(library_dir)
        self._thumbnails = ThumbnailLoader(library_dir)
        self.window = MainWindow(self._settings)
        self._thumbnails.setParent(self.window)
        self.setParent(self.window)
        self.conductor: Conductor | None = None
        if (library_dir / "library.db").exists():
            self.window.stack.setCurrentWidget(self.window.grid)
        else:
            self.window.notice.invite()
        self.window.visible.connect(self._go_on)

    @Slot()
    def _go_on(self) -> None:
        if self._on_visible is not None:
            self._on_visible()
        if not self.window.isVisible():  # closed within a blink
            return
        # Here, not above: loading it takes as long as showing the window.
        from desktop_app.conductor import Conductor

        self.window.complete(self._thumbnails, facts_shown=self._settings.facts_shown)
        self.conductor = Conductor(self.window, self._dir, self._settings, self._thumbnails)
        self.conductor.begin(self._add)

    def close(self) -> None:
        """Stops everything but jobs."""
        if self.conductor is not None:
            self.conductor.close()
        else:
            self._thumbnails.close()


def run(library_dir: Path, add: Sequence[Path] = (), on_visible: Callable[[], None] | None = None) -> int:
    """Opens the window and stays until it is closed.

    Args:
        library_dir: The library; it may not exist yet.
        add: Folders to add at once.
        on_visible: Called when the window was painted for the first time, before anything heavy is loaded.

    Returns:
        The exit code.
    """
    application = QApplication(sys.argv[:1])
    application.setApplicationName("hammingbird")
    application.setApplicationDisplayName("Hammingbird")
    application.setDesktopFileName("hammingbird")
    application.setStyle("Fusion")
    apply_theme(application, WindowSettings(library_dir).theme)
    start = Start(library_dir, add, on_visible)
    bugs = BugTeller(start.window.messages)
    interrupts = Interrupts(application)
    interrupts.came.connect(start.window.leave)
    start.window.show()
    try:
        return application.exec()
    finally:
        start.close()
        interrupts.close()
        bugs.restore()
