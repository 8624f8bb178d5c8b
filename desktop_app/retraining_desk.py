"""Between the page where a model learns and what it needs: library, jobs, folders of retrainings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop_app.places import TeachPlace

if TYPE_CHECKING:
    from desktop_app.job_desk import JobDesk
    from desktop_app.library_thread import LibraryThread
    from desktop_app.navigation import Navigator
    from desktop_app.views.main_window import MainWindow


class RetrainingDesk(QObject):
    """Starts retrainings, follows them, and shows what came of them."""

    def __init__(
        self,
        window: MainWindow,
        library_dir: Path,
        library: LibraryThread,
        navigator: Navigator,
        jobs: JobDesk,
    ) -> None:
        super().__init__(window)
        self._window, self._dir, self._library = window, library_dir, library
        self._navigator, self._jobs = navigator, jobs

    @Slot()
    def open(self) -> None:
        """Goes to the page."""
        self._navigator.go(TeachPlace())

    def close(self) -> None:
        """Follows nothing any more; a training goes on."""
