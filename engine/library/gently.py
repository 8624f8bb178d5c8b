"""Lets other programs go first while nobody waits for what is done."""

import os
import sys
from contextlib import suppress

import psutil


def work_gently() -> None:
    """Lets every other program go first, on processors and disks; processes started from here do so too."""
    process = psutil.Process()
    with suppress(psutil.Error, OSError):
        if sys.platform == "win32":
            process.nice(psutil.IDLE_PRIORITY_CLASS)
        else:
            os.nice(19)
    if sys.platform == "linux":
        with suppress(psutil.Error, OSError):
            process.ionice(psutil.IOPRIO_CLASS_IDLE)
