"""Turns whatever a decoder gives into 8-bit sRGB."""

import io
from functools import lru_cache

import PIL.Image
from PIL import ImageChops, ImageCms
from PIL.Image import Image

_MODE_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_WIDE = ("I", "F")

# What white is in grey pictures of more than 8 bits: many instruments and scanners put 10 or 12 bits into 16,
# which would be all but black if white were 65535.
_WHITES = (255, 1023, 4095, 65535)
_FLOAT_WHITES = (1.0, 255.0, 65535.0)


def resizable(picture: Image) -> Image:
    """Brings a picture into a mode whose pixels may be averaged: L, LA, RGB, RGBA, CMYK, LAB and the like.

    Palettes become colours, 1-bit becomes grey, more than 8 bits become 8, a transparent colour becomes
    an alpha channel.
    """
    mode = picture.mode
    if mode.startswith(_WIDE):
        return _to_eight_bits(picture)
    if "transparency" in picture.info and mode in ("1", "L", "P", "RGB"):
        return picture.convert("RGBA")
    if mode == "P":
        has_alpha = picture.palette is not None and picture.palette.mode == "RGBA"
        return picture.convert("RGBA" if has_alpha else "RGB")
    if mode == "PA":
        return picture.convert("RGBA")
    if mode == "1":
        return picture.convert("L")
    return picture


def to_srgb(picture: Image, profile: bytes | None) -> Image:
    """Lays alpha over white and converts colours by the ICC profile.

    Args:
        picture: As `resizable` gives it.
        profile: The file's ICC profile; ignored when damaged or made for other channels.

    Returns:
        Mode RGB, without any `info`.
    """
    if picture.mode in ("LA", "RGBA", "La", "RGBa"):
        picture = _over_white(picture)
    elif picture.mode not in (*_MODE_SPACES, "LAB"):
        picture = picture.convert("RGB")
    transform = _transform(profile, picture.mode) if profile else None
    if transform is not None:
        picture = transform.apply(picture)
    elif picture.mode != "RGB":
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _over_white(picture: Image) -> Image:
    picture = picture.convert("RGBA")
    alpha = picture.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return picture.convert("RGB")
    white = PIL.Image.new("RGB", picture.size, "white")
    white.paste(picture.convert("RGB"), mask=alpha)
    return white


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """How to get from a profile to sRGB; None when it is sRGB already, damaged, or for other channels.

    Kept for the last profiles, since a camera writes the same one into each file and building takes longer
    than applying.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _MODE_SPACES.get(mode):
            return None
        transform = ImageCms.ImageCmsTransform(source, _srgb(), mode, "RGB", ImageCms.Intent.PERCEPTUAL)
        return None if mode == "RGB" and _changes_nothing(transform) else transform
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """True for sRGB under any name: most photos carry it, and need not pay for it nor be rounded by it."""
    steps = range(0, 256, 51)
    colours = bytes(value for r in steps for g in steps for b in steps for value in (r, g, b))
    sample = PIL.Image.frombytes("RGB", (len(colours) // 3, 1), colours)
    moved = ImageChops.difference(sample, transform.apply(sample))
    return max(moved.tobytes()) <= 2


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _to_eight_bits(picture: Image) -> Image:
    """Grey of 16 or 32 bits, whole or floating numbers, to 8 bits."""
    import numpy as np  # only rare kinds of files need it, and it doubles the start of a worker

    values = np.asarray(picture)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = min(float(values.min()), 0.0), float(values.max())
    whites = _WHITES if values.dtype.kind != "f" else _FLOAT_WHITES
    if low == 0.0:
        high = next((white for white in whites if high <= white), high)
    if values.dtype == np.uint16 and high == 65535:
        return PIL.Image.fromarray((values >> 8).astype(np.uint8))
    scale = np.float32(255 / ((high - low) or 1.0))
    return PIL.Image.fromarray(((values - np.float32(low)) * scale).astype(np.uint8))
