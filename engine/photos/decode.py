"""Reads a photo: one read of the file gives its hash, thumbnail, network input and metadata.

Files are untrusted: call it in a worker process (`engine.photos.decode_pool`) for files that this program did
not write.
"""

import struct

from blake3 import blake3

from engine.errors import UnreadablePhoto
from engine.photos.file_content import decoder_errors, read_file, what_it_is
from engine.photos.metadata import photo_metadata
from engine.photos.network_pixels import fit_size, network_input, thumbnail_of, thumbnail_size
from engine.photos.readings import DecodedPhoto, PhotoReading, Preview
from engine.photos.upright import Size, Upright, decode_upright


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
    content = read_file(path, max_megapixels)
    if content.kind is None:
        return PhotoReading(b"", content.size, content.mtime_ns, None)
    content_hash = blake3(content.data).digest()
    if content_hash == expected_hash:
        return PhotoReading(content_hash, content.size, content.mtime_ns, None, unchanged=True)
    with decoder_errors():
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
        return fit_size(size, 1.0 if max_side is None else max_side / max(size))

    content = read_file(path, max_megapixels)
    if content.kind is None:
        raise UnreadablePhoto("unsupported", what_it_is(content.data))
    with decoder_errors():
        upright = decode_upright(content.data, content.kind, max_megapixels, wanted)
        return Preview(*upright.picture.size, *upright.picture_size, upright.picture.tobytes())


def _library_photo(upright: Upright, input_size: int) -> DecodedPhoto:
    picture = upright.picture
    width, height = upright.full_size
    hasher = blake3(struct.pack("<QQQQ", width, height, *picture.size))
    hasher.update(picture.tobytes())
    thumbnail = thumbnail_of(picture)
    return DecodedPhoto(
        pixel_hash=hasher.digest(),
        width=width,
        height=height,
        format=upright.format,
        thumbnail=thumbnail,
        pixels=network_input(thumbnail, input_size),
        metadata=photo_metadata(upright.exif, upright.info),
    )
