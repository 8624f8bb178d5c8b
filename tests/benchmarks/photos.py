"""Folders of photos to index. The large ones are kept in build/bench, which git ignores."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.processes import ROOT, WORK

MADE_UP = "photos that the benchmark made itself, since the shared ones were not there"


def shared() -> Path | None:
    """The shared photos, None when they are not here."""
    folder = Path(os.environ.get("HAMMINGBIRD_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "data").is_dir() else None


def large_photos(count: int) -> tuple[Path, str]:
    """A folder of 12-megapixel JPEGs, and in words what they are."""

    def make(number: int, target: Path) -> None:
        _draw(number, (4000, 3000)).save(target.with_suffix(".jpg"), quality=92)

    words = "photos of train/flickr8k, enlarged to 12 megapixels with sensor-like grain, JPEG quality 92"
    return _folder(f"large-{count}", count, "train/flickr8k", ("--megapixels", "12"), words, make)


def small_photos(count: int, kind: str) -> tuple[Path, str]:
    """A folder of photos of 160 px, "WebP" or "JPEG", and in words what they are."""

    def make(number: int, target: Path) -> None:
        _draw(number, (240, 160)).save(target.with_suffix(f".{kind.lower()}"), quality=90)

    options = () if kind == "WebP" else ("--jpeg",)
    words = f"photos of eval/caltech101, short side 160 px, {kind}"
    return _folder(f"small-{kind.lower()}-{count}", count, "eval/caltech101", options, words, make)


def tiny_photos(count: int) -> Path:
    """A folder of many different PNGs of 16 x 16 px, a hundred in each subfolder."""

    def make(number: int, target: Path) -> None:
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), np.uint8)
        Image.fromarray(pixels).save(target.with_suffix(".png"), compress_level=1)

    return _kept(f"tiny-{count}", lambda folder: _make_many(folder, count, make))


def warm(folder: Path) -> int:
    """Reads all files once, so that they lie in the system's file cache; returns how many there are."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        path.read_bytes()
    return len(files)


def thumbnail_like(number: int) -> Image.Image:
    """A small picture with as much detail as a thumbnail has."""
    return _draw(number, (341, 256))


def _folder(
    name: str,
    count: int,
    pack: str,
    options: tuple[str, ...],
    words: str,
    make: Callable[[int, Path], None],
) -> tuple[Path, str]:
    source = shared()
    if source is None:
        return _kept(f"own-{name}", lambda folder: _make_many(folder, count, make)), MADE_UP

    def unpack(folder: Path) -> None:
        tool = source / "tools" / "unpack_photos.py"
        command = [sys.executable, str(tool), pack, str(folder), "--limit", str(count), *options]
        subprocess.run(command, check=True)

    return _kept(name, unpack), words


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name; made when it is not there, and never seen half made."""
    folder = WORK / "photos" / name
    if not folder.is_dir():
        sys.stderr.write(f"making {name} ...\n")
        draft = WORK / "photos" / f"{name}.{os.getpid()}.part"
        draft.mkdir(parents=True)
        make(draft)
        draft.rename(folder)
    return folder


def _make_many(folder: Path, count: int, make: Callable[[int, Path], None]) -> None:
    for number in range(count):
        inner = folder / f"{number // 100:04d}"
        inner.mkdir(exist_ok=True)
        make(number, inner / f"{number:06d}")


def _draw(seed: int, size: tuple[int, int]) -> Image.Image:
    """A soft picture with sensor-like grain, unlike that of any other seed."""
    random = np.random.default_rng(seed)
    rough = Image.fromarray(random.integers(0, 256, (9, 12, 3), np.uint8))
    soft = np.asarray(rough.resize(size, Image.Resampling.BICUBIC), np.int16)
    grain = random.normal(0, 6, soft.shape[:2]).astype(np.int16)
    return Image.fromarray((soft + grain[..., None]).clip(0, 255).astype(np.uint8))
