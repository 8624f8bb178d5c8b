"""Bytes of a picture file to an upright sRGB picture at the wanted size."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any

import PIL.Image
from PIL.Image import Image, Resampling, Transpose
from PIL.JpegImagePlugin import JpegImageFile

from engine.errors import UnreadablePhoto
from engine.photos import colour, sniff
from engine.photos.metadata import Exif, orientation, read_exif

Size = tuple[int, int]

# A JPEG whose end is missing is a photo all the same when this share of its rows is there.
ENOUGH_ROWS = 0.98

_END_OF_JPEG = b"\xff\xd9"
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
# The only decoders that ever see a file: no PostScript, no FlashPix, nothing else that Pillow might know.
_OPENERS = {
    "JPEG": ("PIL.JpegImagePlugin", "jpeg_factory"),
    "WEBP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "JPEG2000": ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "HEIF": ("engine.photos.heif", "open_heif"),
}
# Their decoders turn the picture themselves, so EXIF must not turn it again.
_TURNED_BY_DECODER = frozenset({"HEIF", "TIFF"})


@dataclass(frozen=True)
class Upright:
    """An upright picture.

    Attributes:
        picture: Mode RGB, sRGB, at the wanted size.
        format: "JPEG", "HEIF" and the like.
        full_size: Upright width and height of the photo.
        picture_size: Upright width and height of the picture in the file: differs for camera RAW, where only
            the preview is read.
        exif: The file's EXIF tags.
        info: What the decoder found beside the pixels.
    """

    picture: Image
    format: str
    full_size: Size
    picture_size: Size
    exif: Exif
    info: Mapping[Any, Any]


@dataclass(frozen=True)
class _Opened:
    """A picture whose size is known and whose pixels are not decoded yet.

    Attributes:
        picture: Not loaded.
        data: The bytes that `picture` is read from.
        orientation: How to turn it where something other than its own EXIF says so.
        full_size: Upright size of the photo where it is not the picture's.
    """

    picture: Image
    data: bytes
    orientation: int | None = None
    full_size: Size | None = None


def decode_upright(data: bytes, kind: str, max_megapixels: float, wanted: Callable[[Size], Size]) -> Upright:
    """Decodes a picture at the wanted size, upright and in sRGB.

    Args:
        data: The whole file.
        kind: What `sniff.recognise` said.
        max_megapixels: Checked before anything is decoded.
        wanted: Tells the size to make out of the size that the picture has; called before the turn.

    Raises:
        UnreadablePhoto: Too large or cut short.
        Exception: Whatever the decoder raises.
    """
    if sniff.is_cut_short(data, kind):
        raise UnreadablePhoto("truncated")
    # Pillow's own check stays as a second line, for sizes that show only in the middle of a file
    PIL.Image.MAX_IMAGE_PIXELS = int(max_megapixels * 1e6)
    opened = _open_raw(data, max_megapixels) if kind == "RAW" else _Opened(_open(data, kind), data)
    width, height = opened.picture.size
    if width * height > max_megapixels * 1e6:
        raise UnreadablePhoto("too-large", f"{width} x {height} pixels")
    size, picture = _load(opened, wanted)
    info = picture.info
    exif = read_exif(data if kind in ("TIFF", "RAW") else _exif_block(info))
    if kind == "RAW" and not exif.first.entries:
        exif = read_exif(_exif_block(info))
    turn = opened.orientation
    if turn is None:
        turn = 1 if kind in _TURNED_BY_DECODER else orientation(exif, info)
    scaled = colour.resizable(picture)
    target = wanted(size)
    if scaled.size != target:
        scaled = scaled.resize(target, Resampling.BICUBIC, reducing_gap=2.0)
    scaled = colour.to_srgb(scaled, info.get("icc_profile"))
    if turn in _TURNS:
        scaled = scaled.transpose(_TURNS[turn])
    upright_size = (size[1], size[0]) if turn >= 5 else size
    name = "RAW" if kind == "RAW" else opened.picture.format or kind
    return Upright(scaled, name, opened.full_size or upright_size, upright_size, exif, info)


def _exif_block(info: Mapping[Any, Any]) -> bytes:
    block = info.get("exif")
    return block if isinstance(block, bytes) else b""


def _open(data: bytes, kind: str) -> Image:
    """Opens a picture with the one decoder that its content calls for.

    The plugins are imported when first needed and called directly: asking `PIL.Image.open` would let every
    decoder that Pillow knows look at the file, and would hide why the right one refused.
    """
    module, name = _OPENERS[kind]
    opener: Callable[[IO[bytes]], Image] = getattr(import_module(module), name)
    return opener(io.BytesIO(data))


def _open_raw(data: bytes, max_megapixels: float) -> _Opened:
    from engine.photos import raw  # LibRaw and numpy, only when there is a RAW file

    preview = raw.open_preview(data, max_megapixels)
    return _Opened(preview.picture, preview.data, preview.orientation, (preview.width, preview.height))


def _load(opened: _Opened, wanted: Callable[[Size], Size]) -> tuple[Size, Image]:
    """Decodes the pixels, a JPEG at the smallest scale that still has the wanted size.

    Returns:
        The size of the picture before any scaling, and the picture.
    """
    picture = opened.picture
    if not isinstance(picture, JpegImageFile):
        picture.load()
        return picture.size, picture
    size = picture.size
    picture.draft(None, wanted(size))
    if _ends_in_zeros(opened.data):
        return size, _mended_jpeg(opened.data, wanted(size))
    try:
        picture.load()
    except OSError:
        return size, _mended_jpeg(opened.data, wanted(size))
    return size, picture


def _ends_in_zeros(data: bytes) -> bool:
    """True for what is left of a copy that broke off after its space was set aside; zeros pass for pixels."""
    if not data.endswith(bytes(64)):
        return False
    content = data.rstrip(b"\0")
    return not content.endswith(_END_OF_JPEG) and len(content) < len(data) * ENOUGH_ROWS


def _mended_jpeg(data: bytes, wanted: Size) -> Image:
    """Decodes a JPEG that lacks its end, provided that nearly all of the photo is there.

    Some programs forget the end mark, or cut off a few bytes. The decoder fills what is missing with one flat
    colour, so a flat row near the bottom means that more than a sliver is gone. Nothing can be told that way
    of a progressive JPEG, whose later scans sharpen the whole.

    Raises:
        UnreadablePhoto: Too much is missing.
    """
    picture = JpegImageFile(io.BytesIO(data.rstrip(b"\0") + _END_OF_JPEG))
    if not picture.info.get("progressive"):
        picture.draft(None, wanted)
        picture.load()
        row = max(0, round(picture.height * ENOUGH_ROWS) - 1)
        extrema = picture.crop((0, row, picture.width, row + 1)).getextrema()
        if any(low != high for low, high in (extrema if isinstance(extrema[0], tuple) else (extrema,))):
            return picture
    raise UnreadablePhoto("truncated", "a part of the photo is missing")
