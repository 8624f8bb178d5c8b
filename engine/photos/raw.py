"""Camera RAW: the preview that the camera put into the file, turned as the camera was held."""

import io
from dataclasses import dataclass

import PIL.Image
import rawpy
from PIL import JpegImagePlugin
from PIL.Image import Image

from engine.errors import UnreadablePhoto
from engine.photos.metadata import orientation, read_exif

SMALL_RAW_MEGAPIXELS = 30.0
_FLIPS = {3: 3, 5: 8, 6: 6}


@dataclass(frozen=True)
class RawPreview:
    """The preview of a RAW file.

    Attributes:
        picture: The preview; a JPEG is not decoded yet.
        data: The preview's own bytes when it is a JPEG, else empty.
        orientation: How to turn it, 1 to 8 as EXIF numbers them.
        width: Upright width of the photo itself, in pixels.
        height: Likewise.
    """

    picture: Image
    data: bytes
    orientation: int
    width: int
    height: int


def open_preview(data: bytes, max_megapixels: float) -> RawPreview:
    """Takes the preview out of a RAW file.

    Args:
        data: The whole file.
        max_megapixels: Limit for the photo, not for the preview.

    Raises:
        UnreadablePhoto: Too large, or there is no preview and the photo is too large to develop here.
        rawpy.LibRawError: LibRaw can't make sense of the file.
    """
    with rawpy.imread(io.BytesIO(data)) as raw:
        width, height, flip = raw.sizes.width, raw.sizes.height, _FLIPS.get(raw.sizes.flip, 1)
        if width * height > max_megapixels * 1e6:
            raise UnreadablePhoto("too-large", f"{width} x {height} pixels")
        upright = (height, width) if flip in (6, 8) else (width, height)
        try:
            thumb = raw.extract_thumb()
        except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
            return RawPreview(_develop(raw, width * height / 1e6), b"", 1, *upright)
        if isinstance(thumb.data, bytes):
            preview = thumb.data
            picture: Image = JpegImagePlugin.jpeg_factory(io.BytesIO(thumb.data))
        else:
            preview = b""
            picture = PIL.Image.fromarray(thumb.data)
    return RawPreview(picture, preview, _orientation(picture, flip, landscape=width >= height), *upright)


def _orientation(picture: Image, flip: int, *, landscape: bool) -> int:
    """How to turn a preview: makers differ in whether they turn it themselves or note the turn in it.

    A preview that is upright while the sensor was on its side has been turned, whatever a note says; LibRaw
    itself writes such notes into previews that have none.
    """
    if flip in (6, 8) and (picture.width >= picture.height) != landscape:
        return 1
    own = orientation(read_exif(picture.info.get("exif", b"")), {})
    return flip if own == 1 else own


def _develop(raw: rawpy.RawPy, megapixels: float) -> Image:
    """A quick picture at half size for files without a preview; LibRaw turns it upright."""
    if megapixels > SMALL_RAW_MEGAPIXELS:
        raise UnreadablePhoto("unsupported", "a camera RAW file without a preview")
    return PIL.Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True))
