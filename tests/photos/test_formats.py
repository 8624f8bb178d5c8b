"""Every format, every turn, every kind of colour comes out as what a person sees."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from dng import write_dng
from heif_turn import add_turn
from PIL import ImageCms
from PIL.Image import Image, Transpose

from engine.photos.decode import read_photo, read_preview

Save = Callable[..., Path]
MeanError = Callable[[Image, Image], float]

# What a writer does to an upright picture so that the EXIF turn makes it upright again.
UNTURN = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
FORMATS = {
    "JPEG": ("photo.jpg", {"quality": 95}),
    "PNG": ("photo.png", {}),
    "WEBP": ("photo.webp", {"quality": 95}),
    "TIFF": ("photo.tif", {}),
    "GIF": ("photo.gif", {}),
    "BMP": ("photo.bmp", {}),
    "AVIF": ("photo.avif", {"quality": 95}),
    "JPEG2000": ("photo.jp2", {}),
}


def seen(path: Path, max_side: int | None = None) -> Image:
    """What `read_preview` shows."""
    preview = read_preview(path, max_side=max_side, max_megapixels=100)
    return PIL.Image.frombytes("RGB", (preview.width, preview.height), preview.rgb)


def exif_block(orientation: int) -> bytes:
    exif = PIL.Image.Exif()
    exif[274] = orientation
    return exif.tobytes()


def jpeg_bytes(picture: Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(kind: str, picture: Image, save: Save, mean_error: MeanError) -> None:
    name, options = FORMATS[kind]
    path = save(picture, name, kind, **options)
    assert mean_error(seen(path), picture) < 6
    photo = read_photo(path, input_size=64, max_megapixels=100).photo
    assert photo is not None
    assert (photo.width, photo.height, photo.format) == (320, 240, kind)
    assert len(photo.pixels) == 64 * 64 * 3


def test_the_first_picture_of_an_mpo_is_the_photo(picture: Image, save: Save, mean_error: MeanError) -> None:
    other = PIL.Image.new("RGB", picture.size, "grey")
    path = save(picture, "stereo.mpo", "MPO", save_all=True, append_images=[other], quality=95)
    assert mean_error(seen(path), picture) < 6
    photo = read_photo(path, input_size=64, max_megapixels=100).photo
    assert photo is not None and photo.format == "MPO"


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_many_frames_the_first_is_the_photo(
    kind: str, picture: Image, save: Save, mean_error: MeanError
) -> None:
    name, _ = FORMATS[kind]
    path = save(
        picture, name, kind, save_all=True, append_images=[PIL.Image.new("RGB", picture.size, "grey")]
    )
    assert mean_error(seen(path), picture) < 8


@pytest.mark.parametrize("orientation", UNTURN)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "MPO"])
def test_all_eight_turns(
    kind: str, orientation: int, picture: Image, save: Save, mean_error: MeanError
) -> None:
    turn = UNTURN[orientation]
    stored = picture if turn is None else picture.transpose(turn)
    options = {} if kind in ("PNG", "TIFF") else {"quality": 95}
    path = save(stored, "turned.bin", kind, exif=exif_block(orientation), **options)
    assert mean_error(seen(path), picture) < 6
    assert mean_error(seen(path, max_side=160), picture.resize((160, 120))) < 8
    photo = read_photo(path, input_size=32, max_megapixels=100).photo
    assert photo is not None and (photo.width, photo.height) == picture.size


def test_a_turn_that_only_xmp_knows(picture: Image, save: Save, mean_error: MeanError) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    path = save(picture.transpose(Transpose.ROTATE_90), "turned.jpg", "JPEG", quality=95, xmp=xmp)
    assert mean_error(seen(path), picture) < 6


def test_an_exif_block_behind_the_pixels_of_a_png(picture: Image, save: Save, mean_error: MeanError) -> None:
    buffer = io.BytesIO()
    picture.transpose(Transpose.ROTATE_90).save(buffer, "PNG")
    block = exif_block(6)[6:]
    chunk = struct.pack(">I", len(block)) + b"eXIf" + block + struct.pack(">I", zlib.crc32(b"eXIf" + block))
    whole = buffer.getvalue()
    path = save(whole[:-12] + chunk + whole[-12:], "late.png")
    assert mean_error(seen(path), picture) < 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_preview_of_a_raw_file_is_turned(
    orientation: int, picture: Image, save: Save, mean_error: MeanError
) -> None:
    upright = picture.resize((96, 64) if orientation in (1, 3) else (64, 96))
    turn = UNTURN[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    path = save(write_dng(jpeg_bytes(stored), orientation=orientation), "photo.dng")
    assert mean_error(seen(path), upright) < 6
    photo = read_photo(path, input_size=32, max_megapixels=100).photo
    assert photo is not None
    assert (photo.width, photo.height, photo.format) == (*upright.size, "RAW")
    assert photo.metadata.camera == "Maker Model 1"


def test_a_raw_preview_that_notes_its_own_turn_is_turned_once(
    picture: Image, save: Save, mean_error: MeanError
) -> None:
    upright = picture.resize((64, 96))
    preview = jpeg_bytes(upright.transpose(Transpose.ROTATE_90), exif=exif_block(6))
    assert mean_error(seen(save(write_dng(preview, orientation=6), "photo.dng")), upright) < 6


def test_a_raw_preview_that_is_upright_already_is_not_turned(
    picture: Image, save: Save, mean_error: MeanError
) -> None:
    upright = picture.resize((64, 96))
    assert mean_error(seen(save(write_dng(jpeg_bytes(upright), orientation=6), "photo.dng")), upright) < 6


def test_a_small_raw_file_without_a_preview_is_developed(save: Save) -> None:
    photo = read_photo(save(write_dng(None), "bare.dng"), input_size=32, max_megapixels=100).photo
    assert photo is not None and (photo.width, photo.height) == (96, 64)


def test_eight_real_files_come_out_the_same_way_up(hostile: Path, mean_error: MeanError) -> None:
    files = sorted((hostile / "orientation").iterdir())
    assert len(files) == 8
    pictures = [seen(path, max_side=200) for path in files]
    assert max(mean_error(pictures[0], other) for other in pictures[1:]) < 8


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_heif_is_turned_once(quarters: int, hostile: Path, save: Save, mean_error: MeanError) -> None:
    plain = hostile / "heif" / "heif" / "RGB_8__128x128.heif"
    turned = save(add_turn(plain.read_bytes(), quarters), "turned.heic")
    upright = seen(plain).rotate(90 * quarters, expand=True)
    assert mean_error(seen(turned), upright) < 1
    photo = read_photo(turned, input_size=32, max_megapixels=100).photo
    assert photo is not None and (photo.width, photo.height, photo.format) == (*upright.size, "HEIF")


def test_exif_does_not_turn_heif_again(hostile: Path, save: Save, mean_error: MeanError) -> None:
    """Phones write the turn twice, for HEIF and into EXIF; the EXIF one is only told, not to be followed."""
    plain = (hostile / "heif" / "heif_other" / "L_exif_xmp_iptc.heic").read_bytes()
    at, size = plain.index(b"Exif\0\0II*\0") + 6, 150  # the file's own EXIF block, which has no orientation
    block = exif_block(6)[6:]
    noted = plain[:at] + block.ljust(size, b"\0") + plain[at + size :]
    assert read_photo(save(noted, "noted.heic"), input_size=32, max_megapixels=100).photo is not None
    assert mean_error(seen(save(noted, "noted.heic")), seen(save(plain, "plain.heic"))) < 1
    both = seen(save(add_turn(noted, 3), "both.heic"))
    assert mean_error(both, seen(save(plain, "plain.heic")).rotate(270, expand=True)) < 1


# -- colours


def grey_ramp() -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.tile(np.linspace(0, 1, 64), (48, 1))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("16.png", (grey_ramp() * 65535).astype(np.uint16)),
        ("16.tif", (grey_ramp() * 65535).astype(np.uint16)),
        ("16-big-endian.tif", (grey_ramp() * 65535).astype(">u2")),
        ("12-in-16.tif", (grey_ramp() * 4095).astype(np.uint16)),
        ("32.tif", (grey_ramp() * 65535).astype(np.int32)),
        ("signed.tif", (grey_ramp() * 60000 - 30000).astype(np.int32)),
        ("float.tif", grey_ramp().astype(np.float32)),
        ("float-255.tif", (grey_ramp() * 255).astype(np.float32)),
    ],
    ids=str,
)
def test_grey_of_many_bits(
    name: str, values: "np.ndarray[tuple[int, int], np.dtype[np.generic]]", save: Save
) -> None:
    found = np.asarray(seen(save(PIL.Image.fromarray(values), name)), np.int16)
    assert np.abs(found - (grey_ramp() * 255)[..., None]).max() <= 2


def test_float_with_senseless_numbers(save: Save) -> None:
    values = grey_ramp().astype(np.float32)
    values[0, :3] = np.nan, np.inf, -np.inf
    found = np.asarray(seen(save(PIL.Image.fromarray(values), "nan.tif")), np.int16)
    assert np.abs(found[1:] - (grey_ramp()[1:] * 255)[..., None]).max() <= 2


def test_16_bit_colours(save: Save) -> None:
    row = b"\0" + struct.pack(">6H", 65535, 32768, 0, 0, 0, 65535)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * 2)),
        (b"IEND", b""),
    ]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    found = seen(save(png, "deep.png"))
    assert found.getpixel((0, 0)) == (255, 128, 0)
    assert found.getpixel((1, 1)) == (0, 0, 255)


@pytest.mark.parametrize("name", ["cmyk.jpg", "cmyk.tif"])
def test_cmyk(name: str, picture: Image, save: Save, mean_error: MeanError) -> None:
    assert mean_error(seen(save(picture.convert("CMYK"), name)), picture) < 8


@pytest.mark.parametrize("mode", ["1", "L"])
def test_black_and_white(mode: str, picture: Image, save: Save, mean_error: MeanError) -> None:
    assert mean_error(seen(save(picture.convert(mode), "grey.png")), picture.convert(mode).convert("RGB")) < 1


def half_clear(picture: Image) -> Image:
    """The picture, its right half fully transparent over black."""
    alpha = PIL.Image.new("L", picture.size, 255)
    alpha.paste(0, (picture.width // 2, 0, *picture.size))
    black = PIL.Image.new("RGB", picture.size)
    black.paste(picture, mask=alpha)
    black.putalpha(alpha)
    return black


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_clear_shows_white(mode: str, picture: Image, save: Save) -> None:
    stored = half_clear(picture)
    found = seen(save(stored.quantize(64) if mode == "P" else stored.convert(mode), "clear.png"))
    assert found.getpixel((300, 120)) == (255, 255, 255)
    assert found.getpixel((10, 230)) != (255, 255, 255)


def test_one_clear_colour_of_a_palette_shows_white(save: Save) -> None:
    stored = PIL.Image.new("P", (40, 40), 1)
    stored.putpalette([255, 0, 0, 0, 0, 255])
    stored.paste(0, (0, 0, 20, 40))
    found = seen(save(stored, "clear.gif", transparency=1))
    assert found.getpixel((5, 20)) == (255, 0, 0)
    assert found.getpixel((35, 20)) == (255, 255, 255)


def swapped_profile() -> bytes:
    """An RGB profile whose red and green are exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)


def test_colours_are_converted_by_the_profile(save: Save) -> None:
    red = PIL.Image.new("RGB", (40, 40), (250, 10, 10))
    found = seen(save(red, "profile.png", icc_profile=swapped_profile()))
    r, g, b = found.getpixel((20, 20))
    assert g > 240 and r < 40 and b < 40


def test_an_srgb_profile_changes_nothing(picture: Image, save: Save) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert seen(save(picture, "srgb.png", icc_profile=profile)).tobytes() == picture.tobytes()


@pytest.mark.parametrize("damage", ["cut", "noise", "other channels"])
def test_a_damaged_profile_does_not_lose_the_photo(damage: str, picture: Image, save: Save) -> None:
    whole = swapped_profile()
    profile = {
        "cut": whole[: len(whole) // 2],
        "noise": b"\xab" * 500,
        "other channels": whole.replace(b"RGB ", b"CMYK", 1),
    }
    assert seen(save(picture, "odd.png", icc_profile=profile[damage])).tobytes() == picture.tobytes()
