"""The composition root: makes the parts of the window and puts them together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_app.errors import BugTeller
from desktop_app.icons import program_icon
from desktop_app.interrupts import Interrupts
from desktop_app.settings import WindowSettings
from desktop_app.single_instance import HandOver, SingleInstance
from desktop_app.theme import apply_theme
from desktop_app.thumbnails import ThumbnailLoader
from desktop_app.translation import install
from desktop_app.views.main_window import MainWindow

if TYPE_CHECKING:
    from desktop_app.conductor import Conductor


class Application(QApplication):
    """Takes files that macOS gives to a running program instead of starting it again.

    Signals:
        came: A `HandOver`.
    """

    came = Signal(object)

    def event(self, event: QEvent) -> bool:
        """Each file comes as an event of its own."""
        if isinstance(event, QFileOpenEvent):
            self.came.emit(HandOver((Path(event.file()),)))
            return True
        return super().event(event)


class Start(QObject):
    """Makes a window on a library at once, and all that works behind it as soon as it can be seen.

    Attributes:
        window: Made, not shown yet.
        conductor: None until the window was painted for the first time.
    """

    def __init__(
        self,
        library_dir: Path,
        add: Sequence[Path] = (),
        paths: Sequence[Path] = (),
        on_visible: Callable[[], None] | None = None,
    ) -> None:
        """See `run` for the arguments."""
        super().__init__()
        self._dir, self._on_visible = library_dir, on_visible
        self._add, self._paths = list(add), list(paths)
        self._settings = WindowSettings(library_dir)
        install(QApplication.instance(), self._settings.language)  # type: ignore[arg-type]
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
        self.conductor.begin(self._add, self._paths)

    @Slot(object)
    def take(self, told: HandOver) -> None:
        """Takes what a later start of the program was given, and comes to the front."""
        if self.conductor is None:  # not visible yet
            self._add += told.add
            self._paths += told.paths
        else:
            self.conductor.take(told.add, told.paths)
        self.window.come_to_front(told.activation)

    def close(self) -> None:
        """Stops everything but jobs."""
        if self.conductor is not None:
            self.conductor.close()
        else:
            self._thumbnails.close()


class Program(QObject):
    """The window of a library from its start to its end; made anew when another language is chosen."""

    def __init__(
        self,
        application: QApplication,
        library_dir: Path,
        add: Sequence[Path] = (),
        paths: Sequence[Path] = (),
        on_visible: Callable[[], None] | None = None,
    ) -> None:
        """See `run` for the arguments."""
        super().__init__()
        self._application, self._dir = application, library_dir
        self._instance = SingleInstance(library_dir, self)
        self._instance.came.connect(self.take)
        self._interrupts = Interrupts(application)
        self._interrupts.came.connect(self._leave)
        self._renewing = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_desktop)
        self.start = self._make(add, paths, on_visible)

    def _make(
        self, add: Sequence[Path], paths: Sequence[Path], on_visible: Callable[[], None] | None
    ) -> Start:
        start = Start(self._dir, add, paths, on_visible)
        start.window.languageChanged.connect(self._renew_soon)
        self._bugs = BugTeller(start.window.messages)
        start.window.show()
        return start

    @Slot(object)
    def take(self, told: HandOver) -> None:
        """Takes what a later start of the program was given."""
        self.start.take(told)

    @Slot()
    def _follow_desktop(self) -> None:
        """Night has come, and the desktop went dark."""
        if WindowSettings(self._dir).theme == "system":
            apply_theme(self._application, "system")

    @Slot()
    def _leave(self) -> None:
        self.start.window.leave()

    @Slot()
    def _renew_soon(self) -> None:
        """One language is several translators, and whoever chose it may still be at work in the window."""
        if not self._renewing:
            self._renewing = True
            QTimer.singleShot(0, self._renew)

    @Slot()
    def _renew(self) -> None:
        """The new window begins where the old one ends, as after a restart; jobs know nothing of it."""
        from desktop_app.views.settings.settings_page import SettingsPage  # loaded where a language is chosen

        before = self.start.window
        settings_open = before.findChild(SettingsPage) is not None
        self._application.setQuitOnLastWindowClosed(False)
        before.languageChanged.disconnect(self._renew_soon)
        before.leave()
        self.start.close()
        self._bugs.restore()
        before.deleteLater()
        self.start = self._make((), (), None)
        if settings_open:
            self.start.window.visible.connect(self.start.window.actions_.settings.trigger)
        self._application.setQuitOnLastWindowClosed(True)
        self._renewing = False

    def close(self) -> None:
        """Stops everything but jobs."""
        self._instance.close()
        self.start.close()
        self._interrupts.close()
        self._bugs.restore()


def run(
    library_dir: Path,
    add: Sequence[Path] = (),
    paths: Sequence[Path] = (),
    on_visible: Callable[[], None] | None = None,
) -> int:
    """Opens the window and stays until it is closed.

    Args:
        library_dir: The library; it may not exist yet.
        add: Folders to add at once.
        paths: Files to ask about, and folders to show.
        on_visible: Called when the window was painted for the first time, before anything heavy is loaded.

    Returns:
        The exit code.
    """
    application = Application(sys.argv[:1])
    application.setApplicationName("hammingbird")
    application.setApplicationDisplayName("Hammingbird")
    application.setDesktopFileName("hammingbird")
    application.setWindowIcon(program_icon())
    application.setStyle("Fusion")
    apply_theme(application, WindowSettings(library_dir).theme)
    program = Program(application, library_dir, add, paths, on_visible)
    application.came.connect(program.take)
    try:
        return application.exec()
    finally:
        program.close()
