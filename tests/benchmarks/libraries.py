"""Large libraries without photos, made through the library's own writers."""

import io
import shutil
import sys
from pathlib import Path

import numpy as np

from engine.hashing.model_file import built_in_model
from engine.library.changes import log_reload
from engine.library.codes import put_codes
from engine.library.database import Library, utc_now
from engine.library.model_choice import keep_model
from engine.library.models_table import active_model, register_model
from engine.library.roots import add_root
from engine.library.thumbnails import store_thumbnails
from tests.benchmarks.photos import thumbnail_like

N_BITS = 128
PART = 50_000
PICTURES = 1000


def codes_library(folder: Path, photos: int) -> None:
    """A library of so many photos with random codes of 128 bits and no thumbnails."""
    library = _fresh(folder)
    register_model(library, "0" * 64, "Random codes", N_BITS, {})
    _fill(library, folder, photos)
    library.close()


def window_library(folder: Path, photos: int) -> None:
    """A library as the window shows it: dates, folders, codes of the built-in model's length, thumbnails."""
    library = _fresh(folder)
    keep_model(library, built_in_model())
    _fill(library, folder, photos)
    pictures = [_webp(number) for number in range(min(PICTURES, photos))]
    for start in range(0, photos, PART):
        numbers = range(start, min(start + PART, photos))
        store_thumbnails(library, ((n + 1, pictures[n % len(pictures)]) for n in numbers))
    library.close()


def _fresh(folder: Path) -> Library:
    sys.stderr.write(f"making {folder.name} ...\n")
    shutil.rmtree(folder, ignore_errors=True)
    return Library.open(folder, create=True)


def _fill(library: Library, folder: Path, photos: int) -> None:
    """Photos 1 to N, one file each, two hundred in a folder."""
    pictures = folder.with_name(folder.name + "-pictures")
    pictures.mkdir(exist_ok=True)
    root = add_root(library, pictures)
    model = active_model(library)
    assert model is not None
    random = np.random.default_rng(0)
    for start in range(0, photos, PART):
        numbers = range(start, min(start + PART, photos))
        codes = random.integers(0, 256, (len(numbers), model.n_bits // 8), np.uint8)
        with library.transaction():
            library.execute_many(
                "INSERT INTO photos (id, pixel_hash, width, height, format, taken_at, camera, added_at)"
                " VALUES (?, ?, 4000, 3000, 'JPEG', ?, 'Maker Model', ?)",
                ((n + 1, n.to_bytes(32, "big"), _taken_at(n), utc_now()) for n in numbers),
            )
            library.execute_many(
                "INSERT INTO files (root_id, rel_path, size, mtime_ns, content_hash, photo_id)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                ((root.id, _rel_path(n), 3_000_000 + n, n, n.to_bytes(32, "big"), n + 1) for n in numbers),
            )
            put_codes(
                library, model.id, ((n + 1, code.tobytes()) for n, code in zip(numbers, codes, strict=True))
            )
            log_reload(library)


def _rel_path(number: int) -> str:
    group = number // 200
    return f"{2005 + group % 20}/{group:05d}/IMG_{number:07d}.jpg"


def _taken_at(number: int) -> str:
    minute = number * 7919 % (20 * 365 * 1440)
    day = np.datetime64("2005-01-01T00:00:00") + np.timedelta64(minute, "m")
    return str(day)


def _webp(number: int) -> bytes:
    buffer = io.BytesIO()
    thumbnail_like(number).save(buffer, "WEBP", quality=80, method=0)
    return buffer.getvalue()
