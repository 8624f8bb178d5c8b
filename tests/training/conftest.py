"""What tests of training share: photos of three classes, a tree over them, a teacher."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

TEACHER = """
import torch
from torch import nn

class Colours(nn.Module):
    def forward(self, rgb):
        return nn.functional.adaptive_avg_pool2d(rgb, 3).flatten(1)

def load_teacher():
    return Colours()
"""
COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200), "green": (30, 180, 30)}


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Three classes that differ in colour, 60 photos each, a tree and a teacher that sees colours."""
    folder = tmp_path / "classes"
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for seed in range(60):
            photo = Image.new("RGB", (64, 48), colour)
            ImageDraw.Draw(photo).ellipse(
                (seed % 20, seed % 13, seed % 20 + 25, seed % 13 + 25), fill=(seed, 90, 90)
            )
            photo.save(folder / name / f"{name}-{seed}.jpg")
    (folder / "red" / "broken.jpg").write_bytes(b"no photo")
    (tmp_path / "tree.txt").write_text("thing warm\nthing cold\nwarm red\ncold blue\ncold green\n")
    (tmp_path / "teacher.py").write_text(TEACHER)
    return folder
