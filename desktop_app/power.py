"""Battery and sleep: whether the computer runs on its battery, and how it is kept awake for a training."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from desktop_app.job_desk import RETRAIN
from desktop_app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from desktop_app.jobs import JobFollower
    from desktop_app.settings import WindowSettings
    from desktop_app.views.message_bar import MessageBar
    from engine.progress import Progress

LOOK_MS = 10_000
SUPPLIES = Path("/sys/class/power_supply")
WHY = QT_TR_NOOP("A model learns from your photos")
PAUSED = QT_TR_NOOP(
    "The job pauses while the computer runs on its battery, and goes on once it is plugged in."
)


def on_battery(supplies: Path = SUPPLIES) -> bool:
    """True while the computer runs on its battery; False where that can't be known.

    Args:
        supplies: Where Linux tells of its power supplies; other systems are asked in their own way.
    """
    if sys.platform == "win32":
        return _windows_on_battery()
    if sys.platform == "darwin":
        told = subprocess.run(["/usr/bin/pmset", "-g", "batt"], capture_output=True, text=True, check=False)
        return "Battery Power" in told.stdout
    return _linux_on_battery(supplies)


def _linux_on_battery(supplies: Path) -> bool:
    """A battery of the computer gives power, and nothing that is plugged in does."""
    draining = False
    for supply in supplies.iterdir() if supplies.is_dir() else ():
        if _told(supply, "scope") == "Device":  # of a mouse or a headset
            continue
        if _told(supply, "type") in ("Mains", "USB") and _told(supply, "online") == "1":
            return False
        if _told(supply, "type") == "Battery" and _told(supply, "status") == "Discharging":
            draining = True
    return draining


def _told(supply: Path, what: str) -> str:
    try:
        return (supply / what).read_text().strip()
    except OSError:
        return ""


def _windows_on_battery() -> bool:
    """Asks GetSystemPowerStatus, whose first byte is 0 without mains and 255 where it does not know."""
    import ctypes

    status = (ctypes.c_ubyte * 12)()
    told = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))  # type: ignore[attr-defined]
    return bool(told) and status[0] == 0


class StayAwake:
    """Keeps the computer from going to sleep by itself while a job lives.

    A helper process does it on Linux and macOS. On Linux it waits for the lock that the job holds, so that it
    ends with the job, whether this window is open, closed or crashed by then.
    """

    def __init__(self) -> None:
        self._helper: subprocess.Popen[bytes] | None = None
        self._asked_windows = False

    @property
    def held(self) -> bool:
        """Whether sleep is kept off now."""
        return self._asked_windows or (self._helper is not None and self._helper.poll() is None)

    def hold(self, alive: Path) -> None:
        """Keeps sleep off; nothing happens where the system has no means for it.

        Args:
            alive: The file that the job keeps locked while it lives.
        """
        if self.held:
            return
        if sys.platform == "win32":
            self._asked_windows = _ask_windows(awake=True)
        elif command := _helper_command(alive):
            quiet = subprocess.DEVNULL
            self._helper = subprocess.Popen(
                command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
            )
            # Somebody must take note of its end, or it stays in the process table.
            threading.Thread(target=self._helper.wait, name="end of staying awake", daemon=True).start()

    def release(self) -> None:
        """Lets the computer sleep again."""
        if self._asked_windows:
            self._asked_windows = _ask_windows(awake=False)
        if self._helper is not None and self._helper.poll() is None:
            self._helper.terminate()
        self._helper = None


def _helper_command(alive: Path) -> list[str]:
    """The helper process, an empty list where there is none."""
    if sys.platform == "darwin":
        return ["/usr/bin/caffeinate", "-i", "-w", str(os.getpid())]
    inhibit, lock = shutil.which("systemd-inhibit"), shutil.which("flock")
    if inhibit is None or lock is None:
        return []
    told = ["--what=idle:sleep", "--mode=block", "--who=Hammingbird", f"--why={tr(WHY)}"]
    return [inhibit, *told, lock, "--shared", str(alive), "true"]


def _ask_windows(*, awake: bool) -> bool:
    """SetThreadExecutionState with ES_CONTINUOUS, and ES_SYSTEM_REQUIRED to stay awake; returns `awake`."""
    import ctypes

    ctypes.windll.kernel32.SetThreadExecutionState(0x80000001 if awake else 0x80000000)  # type: ignore[attr-defined]
    return awake


class PowerDesk(QObject):
    """Lets trainings keep the computer awake, and pauses jobs on battery where the person wants that."""

    def __init__(
        self,
        jobs: JobFollower,
        settings: WindowSettings,
        messages: MessageBar,
        parent: QObject,
        on_battery: Callable[[], bool] = on_battery,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._settings, self._messages, self._on_battery = jobs, settings, messages, on_battery
        self._awake = StayAwake()
        self._paused_job = ""  # paused here, so that it goes on with the plug
        self._stands = False  # it has told that it pauses
        self._let_run = False  # the person resumed it: until the plug comes and goes it runs
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        jobs.began.connect(self._began)
        jobs.progressed.connect(self._progressed)
        jobs.ended.connect(self._over)
        jobs.died.connect(self._over)

    def close(self) -> None:
        """Looks no more; a training that goes on still keeps the computer awake."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Pauses or resumes as the plug says."""
        battery = self._settings.pause_on_battery and self._on_battery()
        if not battery:
            self._let_run = False
            if self._paused_job and self._paused_job == self._jobs.job_id:
                self._jobs.resume()
            self._paused_job = ""
        elif not self._paused_job and not self._let_run and self._jobs.job_id:
            self._paused_job, self._stands = self._jobs.job_id, False
            self._jobs.pause()
            self._messages.tell(tr(PAUSED), brief=True)

    @Slot(str)
    def _began(self, title: str) -> None:
        del title
        self._paused_job, self._let_run = "", False
        self._timer.start()
        self.look()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if not self._timer.isActive():  # a job that ran before this window was there
            self._timer.start()
            self.look()
        if progress.state == "paused":
            self._stands = True
        elif self._paused_job and self._stands:  # resumed, and not here
            self._paused_job, self._let_run = "", True
        if self._jobs.kind != RETRAIN or progress.state == "paused":
            self._awake.release()
        elif (alive := self._jobs.alive_path) is not None:
            self._awake.hold(alive)

    @Slot()
    def _over(self) -> None:
        self._timer.stop()
        self._paused_job = ""
        self._awake.release()
