"""One photo of a source, before it is decoded."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Picture = bytes | Path | NDArray[np.uint8]


@dataclass(frozen=True)
class Entry:
    """What a source says of a photo.

    Attributes:
        name: Unique within all sources of a run: the source's name, "/", the photo's.
        content: A WebP file's bytes, the path of a picture file, or pixels, uint8 (H, W, 3); None where the
            photo is missing.
        labels: Class names.
        captions: Captions, without empty ones.
        part: "train", "val", "test", or "" where the source has no such parts.
        short_side: Pixels, 0 where only the file knows.
    """

    name: str
    content: Picture | None
    labels: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    part: str = ""
    short_side: int = 0
