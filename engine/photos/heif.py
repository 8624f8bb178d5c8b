"""HEIF and HEIC, through pi-heif."""

from typing import IO

import pi_heif
from PIL.Image import Image


def open_heif(file: IO[bytes]) -> Image:
    """Opens the primary picture; its decoder turns it upright by the file's own turn."""
    # the decode workers are as many as the processor's cores, more threads in each would only fight
    pi_heif.options.DECODE_THREADS = 1
    return pi_heif.HeifImageFile(file)
