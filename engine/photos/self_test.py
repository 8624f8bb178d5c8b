"""Which kinds of photo can be read on this machine, found by reading a small one of each."""

import io

from PIL import Image

from engine.errors import UnreadablePhoto
from engine.photos.file_content import decoder_errors
from engine.photos.sniff import recognise
from engine.photos.upright import Size, decode_upright

# What Pillow can write too; HEIF and camera RAW have no writer here, see `decoder_versions`.
_WRITTEN_BY_PILLOW = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "JPEG2000")
_SIDE = 32


def readable_kinds() -> dict[str, bool]:
    """Whether a picture of each kind, written here, is recognised and read; kinds as `recognise` says them.

    Only pictures that this program has made itself are decoded, so no worker process is needed.
    """
    return {kind: _is_read(kind) for kind in _WRITTEN_BY_PILLOW}


def decoder_versions() -> dict[str, str]:
    """Decoders of the kinds that can't be tried, by kind, as in {"HEIF": "libheif 1.20"}.

    Raises:
        ImportError: One is not installed or can't be loaded.
    """
    import pi_heif
    import rawpy

    raw = ".".join(map(str, rawpy.libraw_version))
    return {"HEIF": f"libheif {pi_heif.libheif_version()}", "RAW": f"LibRaw {raw}"}


def _is_read(kind: str) -> bool:
    try:
        with decoder_errors():
            data = _written(kind)
            if recognise(data) != kind:
                return False
            return decode_upright(data, kind, 1.0, _unscaled).full_size == (_SIDE, _SIDE)
    except UnreadablePhoto:
        return False


def _written(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (_SIDE, _SIDE), (200, 120, 40)).save(file, kind)
    return file.getvalue()


def _unscaled(size: Size) -> Size:
    return size
