"""Readers that misbehave on files of certain names, for `DecodePool(reader="bad_readers:...")`."""

import ctypes
import os
import signal
import time
from pathlib import Path
from typing import Any

from engine.errors import UnreadablePhoto
from engine.photos.decode import read_photo
from engine.photos.readings import PhotoReading

MISCHIEF = ("crash", "hang", "stuck", "memory", "killed", "noise", "pid")


def read(path: bytes, **settings: Any) -> PhotoReading:
    """Like `read_photo`, but a file called "crash.jpg" crashes the worker, and so on."""
    name = Path(os.fsdecode(path)).stem
    if name.startswith("crash"):
        ctypes.string_at(0)
    elif name.startswith("hang"):
        time.sleep(600)
    elif name.startswith("stuck"):  # in C, with the interpreter's lock held: no signal handler runs
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        ctypes.PyDLL(None).sleep(600)
    elif name.startswith("memory"):
        bytearray(2**62)
    elif name.startswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    elif name.startswith("noise"):
        os.write(1, b"noise on stdout\n")
        os.write(2, b"noise on stderr\n")
    elif name.startswith("pid"):
        raise UnreadablePhoto("damaged", str(os.getpid()))
    return read_photo(path, **settings)
