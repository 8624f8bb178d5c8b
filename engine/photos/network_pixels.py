"""From a photo to the square that the network reads, by way of the thumbnail that the library keeps."""

import io

from PIL import WebPImagePlugin
from PIL.Image import Image, Resampling

from engine.errors import UnreadablePhoto
from engine.photos.file_content import decoder_errors, read_file
from engine.photos.readings import THUMBNAIL_LONG_SIDE, THUMBNAIL_SIDE
from engine.photos.upright import Size, decode_upright

# Measured in docs/decisions/0003-reading-photos.md.
WEBP_QUALITY = 80
WEBP_METHOD = 0


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


def read_network_input(path: str, *, input_size: int, max_megapixels: float) -> tuple[bytes, Size] | None:
    """What the network would read of this file's photo, had the library indexed it.

    Args:
        path: The file.
        input_size: Side S of the network's square input.
        max_megapixels: Larger pictures are refused before they are decoded.

    Returns:
        As `network_input`, and the upright full width and height; None for a file that is no picture and
        whose ending does not claim so.

    Raises:
        UnreadablePhoto: The file could not be read as a photo.
    """
    content = read_file(path, max_megapixels)
    if content.kind is None:
        return None
    with decoder_errors():
        upright = decode_upright(content.data, content.kind, max_megapixels, thumbnail_size)
        return network_input(thumbnail_of(upright.picture), input_size), upright.full_size


def thumbnail_of(picture: Image) -> bytes:
    """A picture of `thumbnail_size`, compressed as the library keeps it."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    return buffer.getvalue()


def thumbnail_size(size: Size) -> Size:
    """Width and height of the thumbnail of a photo of this width and height."""
    return fit_size(size, min(THUMBNAIL_SIDE / min(size), THUMBNAIL_LONG_SIDE / max(size)))


def fit_size(size: Size, scale: float) -> Size:
    """Width and height times `scale`, which is taken for 1 where it is more; at least a pixel."""
    scale = min(scale, 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
