"""What becomes of photos on their way through chats, screens and editors, for finding the original again."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageOps

Alteration = Callable[[Image.Image, np.random.Generator], Image.Image]


def _crop(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    share = 0.7**0.5
    width, height = round(picture.width * share), round(picture.height * share)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def _turned(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    del rng
    return picture.transpose(Image.Transpose.ROTATE_90)


def _mirrored(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    del rng
    return ImageOps.mirror(picture)


def _poor_jpeg(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    del rng
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=20)
    return Image.open(buffer).convert("RGB")


def _small(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    del rng
    small = picture.copy()
    small.thumbnail((96, 96), Image.Resampling.LANCZOS)
    return small


def _screenshot(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The photo on a dark page, a tenth of its size around it, under a light bar with three buttons."""
    del rng
    margin = round(0.1 * max(picture.size))
    bar = round(0.12 * picture.height)
    size = (picture.width + 2 * margin, picture.height + 2 * margin + bar)
    screen = Image.new("RGB", size, (32, 33, 36))
    drawn = ImageDraw.Draw(screen)
    drawn.rectangle((0, 0, size[0], bar), fill=(222, 225, 230))
    for place in range(3):
        drawn.ellipse(((place + 0.5) * bar, bar * 0.3, (place + 0.9) * bar, bar * 0.7), fill=(120, 120, 120))
    screen.paste(picture, (margin, margin + bar))
    return screen


def _grey(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    del rng
    return picture.convert("L").convert("RGB")


def _tinted(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """As by a sunset filter: red stays, green and blue fade."""
    del rng
    matrix = (1.0, 0, 0, 25, 0, 0.8, 0, 5, 0, 0, 0.5, 0)
    return picture.convert("RGB", matrix)


ALTERATIONS: Mapping[str, Alteration] = {
    "cropped to 70 % of its area": _crop,
    "turned by 90 degrees": _turned,
    "mirrored": _mirrored,
    "JPEG at quality 20": _poor_jpeg,
    "thumbnail of 96 px": _small,
    "screenshot with a frame": _screenshot,
    "black and white": _grey,
    "strong tint": _tinted,
}
