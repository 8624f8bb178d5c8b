"""Pictures that the window's tests make, and how they come in from outside."""

from pathlib import Path
from random import Random

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPainter


def draw_photo(seed: int, path: Path, size: tuple[int, int] = (320, 240)) -> Path:
    """Writes a picture unlike those of other seeds: a sky, a ground, and shapes of which each has its own."""
    random = Random(seed)

    def colour() -> QColor:
        return QColor(random.randrange(256), random.randrange(256), random.randrange(256))

    width, height = size
    photo = QImage(width, height, QImage.Format.Format_RGB32)
    photo.fill(colour())
    painter = QPainter(photo)
    painter.setPen(Qt.PenStyle.NoPen)
    horizon = height * random.uniform(0.3, 0.7)
    painter.fillRect(QRectF(0, horizon, width, height - horizon), colour())
    for _ in range(random.randrange(2, 7)):
        x, y = random.uniform(0, width * 0.8), random.uniform(0, height * 0.8)
        box = QRectF(x, y, random.uniform(width * 0.1, width / 2), random.uniform(height * 0.1, height / 2))
        painter.setBrush(colour())
        random.choice([painter.drawEllipse, painter.drawRect])(box)
    painter.end()
    assert photo.save(str(path), quality=90)
    return path


def urls(*paths: Path) -> QMimeData:
    """What a file manager sends when these files are dropped."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime
