"""Reads a photo: one read of the file gives its hash, thumbnail, network input and metadata.

Files are untrusted: call it in
a worker process (`engine.photos.decode_pool`) for files that this program did not write.
"""

import io
import os
import re
import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import PIL.Image
from blake3 import blake3
from PIL import WebPImagePlugin
from PIL.Image import Image, Resampling

from engine.errors import UnreadablePhoto
from engine.photos import sniff
from engine.photos.metadata import photo_metadata
from engine.photos.readings import (
    DEFAULT_MAX_MEGAPIXELS,
    REASONS,
    THUMBNAIL_LONG_SIDE,
    THUMBNAIL_SIDE,
    DecodedPhoto,
    PhotoMetadata,
    PhotoReading,
    Preview,
)
from engine.photos.upright import Size, Upright, decode_upright

__all__ = [
    "DEFAULT_MAX_MEGAPIXELS",
    "REASONS",
    "THUMBNAIL_LONG_SIDE",
    "THUMBNAIL_SIDE",
    "DecodedPhoto",
    "PhotoMetadata",
    "PhotoReading",
    "Preview",
    "network_input",
    "read_photo",
    "read_preview",
]

# Measured in docs/decisions/0003-reading-photos.md.
WEBP_QUALITY = 80
WEBP_METHOD = 0

_BYTES_PER_PIXEL = 8  # of the largest uncompressed file that is read: 16 bits in four channels


@dataclass(frozen=True)
class _Content:
    """One file as it was read."""

    data: bytes
    kind: str | None
    size: int
    mtime_ns: int


def read_photo(
    path: str | bytes, *, input_size: int, max_megapixels: float, expected_hash: bytes | None = None
) -> PhotoReading:
    """Reads a file once and makes of it all that the library keeps.

    Args:
        path: The file.
        input_size: Side S of the network's square input.
        max_megapixels: Larger pictures are refused before they are decoded.
        expected_hash: 32 bytes; when the content has this hash, nothing is decoded.

    Returns:
        The reading; its `photo` is None for a file that is no picture and whose ending does not claim so.

    Raises:
        UnreadablePhoto: The file could not be read as a photo; `reason` is one of `REASONS`.
    """
    content = _read_file(path, max_megapixels)
    if content.kind is None:
        return PhotoReading(b"", content.size, content.mtime_ns, None)
    content_hash = blake3(content.data).digest()
    if content_hash == expected_hash:
        return PhotoReading(content_hash, content.size, content.mtime_ns, None, unchanged=True)
    with _decoder_errors():
        upright = decode_upright(content.data, content.kind, max_megapixels, thumbnail_size)
        photo = _library_photo(upright, input_size)
    return PhotoReading(content_hash, content.size, content.mtime_ns, photo)


def read_preview(path: str | bytes, *, max_side: int | None, max_megapixels: float) -> Preview:
    """Reads a photo to look at.

    Args:
        path: The file.
        max_side: Longest side of the preview in pixels; None for the full size.
        max_megapixels: Larger pictures are refused before they are decoded.

    Raises:
        UnreadablePhoto: The file could not be read as a photo.
    """

    def wanted(size: Size) -> Size:
        return _fit(size, 1.0 if max_side is None else max_side / max(size))

    content = _read_file(path, max_megapixels)
    if content.kind is None:
        raise UnreadablePhoto("unsupported", _what_it_is(content.data))
    with _decoder_errors():
        upright = decode_upright(content.data, content.kind, max_megapixels, wanted)
        return Preview(*upright.picture.size, *upright.picture_size, upright.picture.tobytes())


def network_input(thumbnail: bytes, input_size: int) -> bytes:
    """Makes the network's input of a stored thumbnail: the one preprocessing for everything.

    Args:
        thumbnail: WebP as the library stores it.
        input_size: Side S of the network's square input.

    Returns:
        uint8 (S, S, 3) RGB as bytes: the whole photo squashed to a square, bilinear with antialiasing.

    Raises:
        UnreadablePhoto: The thumbnail is damaged.
    """
    try:
        picture: Image = WebPImagePlugin.WebPImageFile(io.BytesIO(thumbnail))
        picture.load()
    except (SyntaxError, OSError, EOFError, ValueError) as error:  # what Pillow's WebP reader raises
        raise UnreadablePhoto("damaged", str(error)) from error
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    return picture.resize((input_size, input_size), Resampling.BILINEAR).tobytes()


def thumbnail_size(size: Size) -> Size:
    """Width and height of the thumbnail of a photo of this width and height."""
    return _fit(size, min(THUMBNAIL_SIDE / min(size), THUMBNAIL_LONG_SIDE / max(size)))


def _fit(size: Size, scale: float) -> Size:
    scale = min(scale, 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _library_photo(upright: Upright, input_size: int) -> DecodedPhoto:
    picture = upright.picture
    width, height = upright.full_size
    hasher = blake3(struct.pack("<QQQQ", width, height, *picture.size))
    hasher.update(picture.tobytes())
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    thumbnail = buffer.getvalue()
    return DecodedPhoto(
        pixel_hash=hasher.digest(),
        width=width,
        height=height,
        format=upright.format,
        thumbnail=thumbnail,
        pixels=network_input(thumbnail, input_size),
        metadata=photo_metadata(upright.exif, upright.info),
    )


# -- the file


def _read_file(path: str | bytes, max_megapixels: float) -> _Content:
    """Reads a file, or only its start when that says that it is no photo."""
    try:
        # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever
        flags = (
            os.O_RDONLY
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_CLOEXEC", 0)
            | getattr(os, "O_BINARY", 0)
        )
        with open(os.open(path, flags), "rb", buffering=0) as file:  # noqa: PTH123
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadablePhoto("not-a-file")
            data = file.read(sniff.HEAD_BYTES)
            kind = _kind(path, data)
            if kind is not None:
                _check_file_size(status.st_size, max_megapixels)
            if kind is not None and len(data) == sniff.HEAD_BYTES:
                file.seek(0)
                data = file.readall()
            return _Content(data, kind, status.st_size, status.st_mtime_ns)
    except FileNotFoundError as error:
        raise UnreadablePhoto("vanished") from error
    except PermissionError as error:
        # Windows refuses to open a folder in this way too
        raise UnreadablePhoto("not-a-file" if os.path.isdir(path) else "no-permission") from error  # noqa: PTH112
    except IsADirectoryError as error:
        raise UnreadablePhoto("not-a-file") from error
    except (OSError, ValueError) as error:
        raise UnreadablePhoto("read-error", str(error)) from error


def _kind(path: str | bytes, head: bytes) -> str | None:
    """The kind of photo; None for a file that may be ignored.

    Raises:
        UnreadablePhoto: It is no photo although its ending claims so.
    """
    kind = sniff.recognise(head)
    if kind is None and sniff.claims_photo(path):
        if not head:
            raise UnreadablePhoto("empty")
        if sniff.other_kind(head):
            raise UnreadablePhoto("unsupported", _what_it_is(head))
        raise UnreadablePhoto("damaged", "no picture was found in the file")
    return kind


def _what_it_is(head: bytes) -> str:
    other = sniff.other_kind(head)
    return f"the file holds {other}" if other else "no picture was found in the file"


def _check_file_size(size: int, max_megapixels: float) -> None:
    limit = int(max_megapixels * 1e6 * _BYTES_PER_PIXEL) + 2**26
    if size > limit:
        raise UnreadablePhoto("too-large", f"the file has {size} bytes, the limit is {limit}")


# -- the picture


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Turns whatever decoders raise and warn into one error with a reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except UnreadablePhoto:
            raise
        except MemoryError as error:
            raise UnreadablePhoto("out-of-memory") from error
        except PIL.Image.DecompressionBombError as error:
            raise UnreadablePhoto("too-large", str(error)) from error
        # Decoders of four projects raise nearly every class there is on damaged input (struct.error,
        # KeyError, SyntaxError, ZeroDivisionError ...), and each means the same: this file can't be read.
        except Exception as error:
            raise UnreadablePhoto(_reason(error), f"{type(error).__name__}: {error}"[:300]) from error


def _reason(error: Exception) -> str:
    said = str(error).casefold()
    if isinstance(error, EOFError) or re.search(r"truncated|unexpected end|premature|end of file", said):
        return "truncated"
    if re.search(
        r"unsupported|not supported|unknown pixel mode|unrecognized|not implemented|cannot handle", said
    ):
        return "unsupported"
    return "damaged"
