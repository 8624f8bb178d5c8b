"""What `hammingbird doctor` says of the model, and how long one photo takes here."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from engine.cli.doctor_library import has_library
from engine.errors import HammingbirdError
from engine.hashing.codes import Codes
from engine.library.database import Library
from engine.library.model_choice import model_to_query

REPEATS = 5  # of each stage; the median is told
PICTURE = (4000, 3000)  # pixels: 12 megapixels, as most phones have
_GRAIN = (1000, 750)
_TOP = 20

T = TypeVar("T")


def model(library_dir: Path) -> str:
    """The model that answers queries."""
    found = model_to_query(library_dir)
    words = "reads words" if found.reads_words else "reads no words"
    return (
        f"{found.name}, {found.n_bits} bits, digest {found.digest[:12]}, {found.card['network']},"
        f" input {found.input_side} pixels, {words}"
    )


def encoder(library_dir: Path) -> str:
    """Whether a photo's code is the same in every batch.

    Raises:
        HammingbirdError: It is not.
    """
    from engine.hashing.encoder import BATCH, Encoder

    made = Encoder(model_to_query(library_dir))
    side = made.input_side
    pixels = np.random.default_rng(0).integers(0, 256, (BATCH, side, side, 3), dtype=np.uint8)
    if not (made.encode(pixels)[:3] == made.encode(pixels[:3])).all():
        raise HammingbirdError(
            "The encoder gives a photo another code in another batch.", "Please report this."
        )
    return "float32 on the processor; runs, and gives the same code in every batch"


def one_photo(library_dir: Path) -> str:
    """How long each stage takes for one photo, drawn here, and a query among the codes of the library."""
    stages, codes = time_stages(library_dir)
    told = ", ".join(f"{stage} {seconds * 1000:.1f} ms" for stage, seconds in stages.items())
    width, height = PICTURE
    return f"{told} (JPEG of {width * height / 1e6:.0f} megapixels; {codes:,} codes; median of {REPEATS})"


def time_stages(library_dir: Path) -> tuple[dict[str, float], int]:
    """Median seconds by stage, in the order of the way, and how many codes were searched."""
    from engine.hashing.encoder import Encoder
    from engine.photos.file_content import read_file
    from engine.photos.network_pixels import network_input, thumbnail_of, thumbnail_size
    from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS
    from engine.photos.upright import decode_upright

    found: dict[str, float] = {}
    made = Encoder(model_to_query(library_dir))
    side = made.input_side
    with tempfile.TemporaryDirectory(prefix="hammingbird-doctor-") as scratch:
        path = _drawn_photo(Path(scratch))
        content, found["read"] = _timed(lambda: read_file(str(path), DEFAULT_MAX_MEGAPIXELS))
    upright, found["decode"] = _timed(
        lambda: decode_upright(content.data, "JPEG", DEFAULT_MAX_MEGAPIXELS, thumbnail_size)
    )
    thumbnail, found["thumbnail"] = _timed(lambda: thumbnail_of(upright.picture))
    pixels, found["network input"] = _timed(lambda: network_input(thumbnail, side))
    batch = np.frombuffer(pixels, np.uint8).reshape(1, side, side, 3)
    code, found["encode"] = _timed(lambda: made.encode(batch))
    searched = _search_seconds(library_dir, code)
    if searched is not None:
        found["search"] = searched[0]
    return found, 0 if searched is None else searched[1]


def _search_seconds(library_dir: Path, code: Codes) -> tuple[float, int] | None:
    """Seconds of one query and the number of codes; None while there is nothing to search."""
    from engine.search.hamming_index import HammingIndex

    if not has_library(library_dir):
        return None
    lib = Library.open_reading(library_dir)
    try:
        snapshot = HammingIndex(lib).snapshot
    finally:
        lib.close()
    if not len(snapshot):
        return None
    _, seconds = _timed(lambda: snapshot.search(code, _TOP))
    return seconds, len(snapshot)


def _drawn_photo(folder: Path) -> Path:
    """A JPEG with about as much detail as a photo."""
    from PIL import Image

    path = folder / "drawn.jpg"
    Image.effect_noise(_GRAIN, 60).resize(PICTURE).convert("RGB").save(path, quality=90)
    return path


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What it gives and the median of its seconds."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)
