"""Puts thumbnails on one sheet, each with its label."""

import io
from collections.abc import Sequence
from pathlib import Path

import PIL.Image
from PIL import ImageDraw, ImageFont
from PIL.Image import Image, Resampling
from PIL.WebPImagePlugin import WebPImageFile

TILE = 200
LABEL_HEIGHT = 22
GAP = 10
PAPER, INK = "white", "black"


def write_contact_sheet(target: Path, tiles: Sequence[tuple[bytes, str]], columns: int = 5) -> None:
    """Writes a sheet of photos, in reading order.

    Args:
        target: The picture file to write; its ending names the format.
        tiles: Thumbnail (WebP, as the library stores it) and label of each photo. The place of a thumbnail
            that is damaged stays empty.
        columns: Photos in a row.

    Raises:
        ValueError: `columns` is not positive, or the ending names no format.
        OSError: The file can't be written.
    """
    if columns < 1:
        raise ValueError(f"a sheet has at least one column, not {columns}")
    columns = max(1, min(columns, len(tiles)))
    rows = max(1, -(-len(tiles) // columns))
    across, down = TILE + GAP, TILE + LABEL_HEIGHT + GAP
    sheet = PIL.Image.new("RGB", (GAP + columns * across, GAP + rows * down), PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for place, (thumbnail, label) in enumerate(tiles):
        left, top = GAP + place % columns * across, GAP + place // columns * down
        photo = _tile(thumbnail)
        sheet.paste(photo, (left + (TILE - photo.width) // 2, top + (TILE - photo.height) // 2))
        shown = _shortened(label, draw, font)
        draw.text((left + TILE // 2, top + TILE + LABEL_HEIGHT // 2), shown, INK, font, anchor="mm")
    sheet.save(target)


def _tile(thumbnail: bytes) -> Image:
    try:
        photo = WebPImageFile(io.BytesIO(thumbnail)).convert("RGB")
    except (SyntaxError, OSError, EOFError, ValueError):  # what Pillow's WebP reader raises
        return PIL.Image.new("RGB", (TILE, TILE), PAPER)
    scale = TILE / max(photo.size)
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    return photo.resize(size, Resampling.BICUBIC)


def _shortened(
    label: str, draw: ImageDraw.ImageDraw, font: ImageFont.ImageFont | ImageFont.FreeTypeFont
) -> str:
    """The label on one line that fits under its photo; its end is kept, which tells most of a path."""
    line = " ".join(label.split())
    if draw.textlength(line, font) <= TILE:
        return line
    while line and draw.textlength("\u2026" + line, font) > TILE:
        line = line[1:]
    return "\u2026" + line
