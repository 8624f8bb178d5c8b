"""What one read of a file gives, and what becomes of files that are no good photos."""

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest
from blake3 import blake3
from PIL.Image import Image

from engine.errors import UnreadablePhoto
from engine.photos.decode import read_photo, read_preview
from engine.photos.network_pixels import network_input
from engine.photos.readings import REASONS, DecodedPhoto, PhotoReading

Save = Callable[..., Path]


def read(path: Path | bytes, **settings: object) -> PhotoReading:
    where = path if isinstance(path, bytes) else str(path)
    return read_photo(where, **{"input_size": 64, "max_megapixels": 100.0, **settings})  # type: ignore[arg-type]


def photo_of(path: Path) -> DecodedPhoto:
    photo = read(path).photo
    assert photo is not None
    return photo


def problem_of(path: Path | bytes, **settings: object) -> str:
    with pytest.raises(UnreadablePhoto) as caught:
        read(path, **settings)
    assert caught.value.reason in REASONS
    return caught.value.reason


def test_a_reading_tells_the_file(picture: Image, save: Save) -> None:
    path = save(picture, "photo.jpg")
    os.utime(path, ns=(10**18, 10**18 + 7))
    reading = read(path)
    assert reading.content_hash == blake3(path.read_bytes()).digest()
    assert (reading.size, reading.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert not reading.unchanged


def test_known_content_is_not_decoded(save: Save) -> None:
    path = save(b"\xff\xd8\xff no JPEG at all", "photo.jpg")
    reading = read(path, expected_hash=blake3(path.read_bytes()).digest())
    assert reading.unchanged and reading.photo is None
    assert problem_of(path, expected_hash=bytes(32)) == "damaged"


def test_a_file_is_opened_once(picture: Image, save: Save) -> None:
    path = save(picture.resize((2000, 1500)), "photo.jpg")
    script = (
        "import sys\nfrom engine.photos.decode import read_photo\nopened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(args[0]) if event == 'open' else None)\n"
        f"read_photo({str(path)!r}, input_size=64, max_megapixels=100)\n"
        f"print(sum(str(name) == {str(path)!r} for name in opened))"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "1"


@pytest.mark.parametrize(
    ("size", "thumbnail"),
    [
        ((160, 120), (160, 120)),
        ((1024, 512), (512, 256)),
        ((300, 900), (256, 768)),
        ((6000, 60), (2048, 20)),
        ((1, 1), (1, 1)),
    ],
)
def test_thumbnails_are_never_enlarged(size: tuple[int, int], thumbnail: tuple[int, int], save: Save) -> None:
    photo = photo_of(save(PIL.Image.new("RGB", size, "teal"), "photo.png"))
    assert (photo.width, photo.height) == size
    with PIL.Image.open(io.BytesIO(photo.thumbnail)) as stored:
        assert (stored.format, stored.size) == ("WEBP", thumbnail)


def test_a_thumbnail_carries_no_metadata(picture: Image, save: Save) -> None:
    exif = PIL.Image.Exif()
    exif[270] = "where we live"
    photo = photo_of(save(picture, "photo.jpg", exif=exif.tobytes(), xmp=b"<x/>"))
    assert photo.metadata.captions == (("exif", "where we live"),)
    with PIL.Image.open(io.BytesIO(photo.thumbnail)) as stored:
        assert not stored.getexif() and not {"xmp", "icc_profile", "exif"} & set(stored.info)


def test_the_network_reads_the_stored_thumbnail(picture: Image, save: Save) -> None:
    photo = photo_of(save(picture, "photo.png"))
    assert photo.pixels == network_input(photo.thumbnail, 64)
    with PIL.Image.open(io.BytesIO(photo.thumbnail)) as stored:
        squashed = stored.convert("RGB").resize((64, 64), PIL.Image.Resampling.BILINEAR)
    assert photo.pixels == squashed.tobytes()


def test_new_metadata_makes_no_new_photo(picture: Image, save: Save) -> None:
    exif = PIL.Image.Exif()
    exif[270] = "a caption"
    plain, told = save(picture, "a.jpg"), save(picture, "b.jpg", exif=exif.tobytes())
    assert read(plain).content_hash != read(told).content_hash
    assert photo_of(plain).pixel_hash == photo_of(told).pixel_hash


def test_other_pixels_or_another_size_make_another_photo(picture: Image, save: Save) -> None:
    hashes = {
        photo_of(save(one, "photo.png")).pixel_hash
        for one in (
            picture,
            picture.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT),
            picture.resize((640, 480)),
        )
    }
    assert len(hashes) == 3


# -- recognised by content


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "no-ending", "photo.png", "photo.txt", "photo.JPG"])
def test_the_content_says_what_it_is(name: str, picture: Image, save: Save) -> None:
    assert photo_of(save(picture, name, "JPEG")).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"some words", "notes.txt"),
        (b"BMW is a maker of cars, not of pictures", "notes"),
        (b"", "empty.txt"),
        (struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomavc1" + bytes(200_000), "film.mp4"),
        (b"8BPS\0\1" + bytes(100), "layers.psd"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "drawing.eps"),
    ],
)
def test_what_nobody_takes_for_a_photo_is_ignored(content: bytes, name: str, save: Save) -> None:
    reading = read(save(content, name))
    assert reading.photo is None and not reading.unchanged and reading.size == len(content)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"some words", "photo.jpg", "damaged"),
        (b"", "photo.jpg", "empty"),
        (b"8BPS\0\1" + bytes(100), "photo.jpg", "unsupported"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "photo.tif", "unsupported"),
        (b"\xff\x0a" + bytes(100), "photo.jxl", "unsupported"),
        (struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomavc1", "photo.heic", "unsupported"),
        (b"\xff\xd8\xff\xe0 nothing more", "photo.jpg", "truncated"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "photo", "damaged"),
        (bytes(5000), "photo.nef", "damaged"),
    ],
)
def test_bad_photos_are_problems(content: bytes, name: str, reason: str, save: Save) -> None:
    assert problem_of(save(content, name)) == reason


def test_a_preview_of_no_photo_is_an_error(save: Save) -> None:
    with pytest.raises(UnreadablePhoto):
        read_preview(save(b"some words", "notes.txt"), max_side=None, max_megapixels=100)


# -- limits and damage


def huge_png(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + bytes(4)
        + b"IDAT"
    )


def test_the_size_is_looked_at_before_decoding(save: Save) -> None:
    assert problem_of(save(huge_png(60_000), "huge.png")) == "too-large"


def test_the_limit_is_adjustable(picture: Image, save: Save) -> None:
    path = save(picture, "photo.jpg")
    assert read(path, max_megapixels=0.0768).photo is not None
    assert problem_of(path, max_megapixels=0.0767) == "too-large"


def noisy(size: tuple[int, int]) -> Image:
    return PIL.Image.effect_noise(size, 80).convert("RGB")


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("progressive", [False, True])
def test_half_a_jpeg_is_no_photo(kept: float, progressive: bool, save: Save) -> None:
    buffer = io.BytesIO()
    noisy((1200, 900)).save(buffer, "JPEG", progressive=progressive)
    whole = buffer.getvalue()
    assert problem_of(save(whole[: int(len(whole) * kept)], "cut.jpg")) == "truncated"


def test_a_jpeg_filled_up_with_zeros_is_no_photo(save: Save) -> None:
    """What a copy leaves that was broken off after the space had been set aside."""
    buffer = io.BytesIO()
    noisy((1200, 900)).save(buffer, "JPEG")
    whole = buffer.getvalue()
    half = whole[: len(whole) // 2]
    assert problem_of(save(half + bytes(len(whole) - len(half)), "zeros.jpg")) == "truncated"


@pytest.mark.parametrize("missing", [1, 2, 40])
def test_a_jpeg_that_lacks_its_last_bytes_is_a_photo(missing: int, save: Save) -> None:
    path = save(noisy((1200, 900)), "photo.jpg")
    photo = photo_of(path)
    path.write_bytes(path.read_bytes()[:-missing])
    assert (photo_of(path).width, photo_of(path).height) == (photo.width, photo.height)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "BMP", "TIFF", "GIF", "JPEG2000"])
def test_half_a_file_is_no_photo(kind: str, save: Save) -> None:
    buffer = io.BytesIO()
    noisy((400, 300)).save(buffer, kind)
    whole = buffer.getvalue()
    assert problem_of(save(whole[: len(whole) // 2], "cut.bin")) in ("truncated", "damaged")


def test_a_heic_whose_end_is_missing(hostile: Path) -> None:
    assert problem_of(hostile / "heif" / "heif_truncated" / "truncated.heic") == "truncated"


# -- files that are no files


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in the file system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert problem_of(tmp_path / "pipe.jpg") == "not-a-file"


def test_a_folder_is_no_photo(tmp_path: Path) -> None:
    assert problem_of(tmp_path) == "not-a-file"


def test_a_device_is_no_photo() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no /dev/zero")
    assert problem_of(Path("/dev/zero")) == "not-a-file"


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "gone.jpg") == "vanished"


def test_a_name_with_a_nul() -> None:
    assert problem_of(b"/tmp/a\0b.jpg") == "read-error"


def test_a_file_that_may_not_be_read(picture: Image, save: Save) -> None:
    path = save(picture, "secret.jpg")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert problem_of(path) == "no-permission"


def test_a_name_that_is_no_utf8(picture: Image, save: Save, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.jpg"
    try:
        save(picture, "photo.jpg").rename(os.fsdecode(path))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert read(path).photo is not None


def test_odd_and_broken_files_never_raise_anything_else(hostile: Path) -> None:
    """Every one of hundreds of odd files is a photo, a problem with a known reason, or ignored."""
    outcomes = {"photo": 0, "ignored": 0, "problem": 0}
    for path in sorted(p for p in hostile.rglob("*") if p.is_file()):
        try:
            reading = read(path)
        except UnreadablePhoto as error:
            assert error.reason in REASONS, path
            outcomes["problem"] += 1
        else:
            outcomes["ignored" if reading.photo is None else "photo"] += 1
    assert sum(outcomes.values()) >= 600
    assert outcomes["photo"] >= 500, outcomes
    assert outcomes["problem"] >= 20, outcomes
