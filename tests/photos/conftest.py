"""Pictures to test with, made here."""

import io
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest
from PIL import ImageChops, ImageDraw, ImageStat
from PIL.Image import Image


def make_picture(width: int = 320, height: int = 240) -> Image:
    """A scene whose four corners differ: red, green, blue and yellow, on a gradient."""
    ramp = PIL.Image.linear_gradient("L").resize((width, height))
    picture = PIL.Image.merge("RGB", (ramp, ramp.rotate(180), PIL.Image.new("L", (width, height), 90)))
    draw = ImageDraw.Draw(picture)
    w, h = width // 3, height // 3
    corners = {
        (0, 0): "red",
        (width - w, 0): "lime",
        (0, height - h): "blue",
        (width - w, height - h): "yellow",
    }
    for (left, top), colour in corners.items():
        draw.rectangle((left, top, left + w - 1, top + h - 1), colour)
    return picture


@pytest.fixture
def picture() -> Image:
    return make_picture()


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture (or bytes) to a file of this name; further arguments go to Pillow."""

    def write(content: Image | bytes, name: str, kind: str | None = None, **options: object) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
            return path
        buffer = io.BytesIO()
        content.save(buffer, kind or PIL.Image.registered_extensions()[path.suffix.lower()], **options)
        path.write_bytes(buffer.getvalue())
        return path

    return write


@pytest.fixture(scope="session")
def hostile(shared: Path) -> Path:
    """Odd and broken files."""
    return shared / "data" / "hostile"


@pytest.fixture
def mean_error() -> Callable[[Image, Image], float]:
    """Mean difference of two pictures, 0 to 255; of different sizes it is 255."""

    def measure(one: Image, other: Image) -> float:
        if one.size != other.size:
            return 255.0
        return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3

    return measure
