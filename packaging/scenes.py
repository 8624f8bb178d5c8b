"""Scenes for the smoke test, drawn with the standard library alone, and each of them a second time."""

import math
from pathlib import Path
from random import Random

from virtual_screen import png

SCENES = 24
WIDTH, HEIGHT = 160, 120
CAPTIONS = ("a ball in the evening", "a window in the wall", "stripes on a field")


def draw_photos(folder: Path, scenes: int = SCENES) -> None:
    """Writes `scene NN a.png` and a brighter `scene NN b.png` of each scene."""
    folder.mkdir(parents=True)
    for number in range(scenes):
        for copy, light in (("a", 1.0), ("b", 1.12)):
            (folder / f"scene {number:02} {copy}.png").write_bytes(_scene(number, light))


def caption(path: Path) -> str:
    """What a drawn photo shows."""
    return CAPTIONS[int(path.stem.split()[1]) % 3]


def _scene(number: int, light: float) -> bytes:
    random = Random(number)
    sky, ground, ink = ([random.randrange(40, 230) for _ in range(3)] for _ in range(3))
    horizon = HEIGHT * random.uniform(0.4, 0.7)
    x, y, size = random.uniform(40, 120), random.uniform(30, 90), random.uniform(18, 34)
    rows = bytearray()
    for row in range(HEIGHT):
        rows.append(0)
        for column in range(WIDTH):
            inside = _inside(number % 3, column - x, row - y, size)
            colour = ink if inside else sky if row < horizon else ground
            shade = light * (0.75 + 0.25 * math.sin(column / 37 + row / 23)) + random.uniform(-0.03, 0.03)
            rows += bytes(min(max(int(value * shade), 0), 255) for value in colour)
    return png(WIDTH, HEIGHT, bytes(rows))


def _inside(kind: int, across: float, down: float, size: float) -> bool:
    if kind == 0:
        return across * across + down * down < size * size
    if kind == 1:
        return abs(across) < size and abs(down) < size * 0.8
    return abs(down) < size and int(across // 9) % 2 == 0
