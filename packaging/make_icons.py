"""Draws the icons of all systems from resources/icons/hammingbird.svg: `python packaging/make_icons.py`."""

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).parents[1] / "resources" / "icons"
SIDES = (16, 24, 32, 48, 64, 128, 256, 512)


def draw(side: int) -> Image.Image:
    """The icon as a square of `side` pixels."""
    canvas = QImage(side, side, QImage.Format.Format_ARGB32)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    QSvgRenderer(str(ICONS / "hammingbird.svg")).render(painter, QRectF(0, 0, side, side))
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    canvas.save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.data().data()))


def main() -> None:
    """Writes PNGs (Linux, and the window itself), an .ico (Windows) and an .icns (macOS)."""
    drawn = {side: draw(side) for side in SIDES}
    for side, picture in drawn.items():
        picture.save(ICONS / f"hammingbird-{side}.png", optimize=True)
    largest = drawn[512]
    largest.save(ICONS / "hammingbird.ico", sizes=[(side, side) for side in SIDES if side <= 256])
    largest.save(ICONS / "hammingbird.icns")


if __name__ == "__main__":
    main()
