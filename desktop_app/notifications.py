"""Tells on the desktop that a long job has ended, when nobody is looking at the window."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from desktop_app.icons import icon
from desktop_app.job_desk import RETRAIN
from desktop_app.translation import QT_TR_NOOP, tr
from engine.progress import Failed, Result

if TYPE_CHECKING:
    from desktop_app.jobs import JobFollower

LONG_S = 30.0  # nobody goes away for less
SHOWN_MS = 10_000
ENDED = {"index": QT_TR_NOOP("Your photos are indexed"), RETRAIN: QT_TR_NOOP("The training is done")}
STOPPED = {
    "index": QT_TR_NOOP("Indexing could not go on"),
    RETRAIN: QT_TR_NOOP("The training could not go on"),
}
A_JOB_ENDED, A_JOB_STOPPED = QT_TR_NOOP("A job is done"), QT_TR_NOOP("A job could not go on")
Say = Callable[[str, str], None]


class Notifier(QObject):
    """Watches how jobs end."""

    def __init__(self, window: QWidget, jobs: JobFollower, say: Say | None = None) -> None:
        """Watches.

        Args:
            window: What wants attention in the task bar.
            jobs: Whose ends are told.
            say: Shows a title and a text; on the desktop by default.
        """
        super().__init__(window)
        self._window, self._jobs = window, jobs
        self._say = say or self._show
        self._began_at: float | None = None
        self._tray: QSystemTrayIcon | None = None
        jobs.began.connect(self._began)
        jobs.ended.connect(self._ended)
        jobs.died.connect(self._died)

    @Slot(str)
    def _began(self, title: str) -> None:
        del title
        self._began_at = time.monotonic()

    @Slot(object)
    def _ended(self, event: Result | Failed) -> None:
        if isinstance(event, Failed):
            self._tell(tr(STOPPED.get(self._jobs.kind, A_JOB_STOPPED)), event.message)
        elif not event.cancelled:  # who cancels knows
            self._tell(tr(ENDED.get(self._jobs.kind, A_JOB_ENDED)), event.summary)

    @Slot()
    def _died(self) -> None:
        title = tr(STOPPED.get(self._jobs.kind, A_JOB_STOPPED))
        self._tell(title, tr("It stopped before its end. What was done is kept."))

    def _tell(self, title: str, text: str) -> None:
        took = 0.0 if self._began_at is None else time.monotonic() - self._began_at
        self._began_at = None
        long = self._jobs.kind == RETRAIN or took >= LONG_S
        if long and QApplication.activeWindow() is None:
            QApplication.alert(self._window)
            self._say(title, text)

    def _show(self, title: str, text: str) -> None:
        if sys.platform.startswith("linux"):
            say_by_dbus(title, text)
        elif QSystemTrayIcon.supportsMessages():
            self._show_by_tray(title, text)

    def _show_by_tray(self, title: str, text: str) -> None:
        """Windows and macOS show messages of an icon beside the clock, which goes when they do."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("photos"), self)
            self._tray.messageClicked.connect(self._window.activateWindow)
        self._tray.show()
        self._tray.showMessage(title, text)
        QTimer.singleShot(SHOWN_MS, self._tray.hide)


def say_by_dbus(title: str, text: str) -> bool:
    """Shows a message as the desktops of Linux do.

    Qt's own D-Bus can't send the numbers without sign that this needs, and its tray icon says nothing where
    the desktop has no tray, as GNOME.

    Returns:
        False when there is no session bus. Whether anybody shows the message is not waited for.
    """
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    notifications = DBusAddress(
        "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
    )
    hints = {"desktop-entry": ("s", "hammingbird")}
    body: tuple[object, ...] = ("Hammingbird", 0, "hammingbird", title, text, [], hints, -1)
    try:
        with open_dbus_connection("SESSION") as bus:
            bus.send(new_method_call(notifications, "Notify", "susssasa{sv}i", body))
    except (OSError, KeyError, ValueError, RuntimeError):
        return False
    return True
