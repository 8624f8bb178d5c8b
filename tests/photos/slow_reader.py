"""A reader that tells in which process it ran, slowly enough that every worker gets some."""

import os
import time
from typing import Any

from engine.errors import UnreadablePhoto
from engine.photos.readings import PhotoReading


def read(_path: bytes, **_settings: Any) -> PhotoReading:
    time.sleep(0.3)
    raise UnreadablePhoto("damaged", str(os.getpid()))
