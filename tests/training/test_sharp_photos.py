"""Which photos the batch norms are centred on."""

import csv
import io
from pathlib import Path

import torch
from PIL import Image

from engine.training.photo_set import join
from engine.training.prepare import FEWEST_SHARP, sharp_or_all
from engine.training.sources import load_photos


def folder(place: Path, name: str, sides: list[int]) -> Path:
    """A folder with one class and a photo of each side."""
    (place / name / "thing").mkdir(parents=True)
    for number, side in enumerate(sides):
        Image.new("RGB", (side, side + 8), (number, 90, 90)).save(place / name / "thing" / f"{number}.png")
    return place / name


def test_photos_that_are_enlarged_are_not_sharp(tmp_path: Path) -> None:
    found = load_photos(folder(tmp_path, "photos", [31, 32, 64]), 32)
    assert found.sharp == [False, True, True]
    assert found.take(torch.tensor([2, 0])).sharp == [True, False]
    others = load_photos(folder(tmp_path, "others", [64, 31]), 32)
    assert join([found, others]).sharp == [False, True, True, True, False]


def test_a_pack_says_how_large_its_photos_are(tmp_path: Path) -> None:
    content, rows = b"", []
    for side in (20, 40):
        buffer = io.BytesIO()
        Image.new("RGB", (side, side)).save(buffer, "WEBP")
        size = len(buffer.getvalue())
        rows.append(["a-00.bin", len(content), size, f"{side}.webp", side, side, "n1"])
        content += buffer.getvalue()
    (tmp_path / "a-00.bin").write_bytes(content)
    with (tmp_path / "a.csv").open("w", newline="") as file:
        header = ["shard", "offset", "size", "member", "width", "height", "wnid"]
        csv.writer(file).writerows([header, *rows])
    assert load_photos(tmp_path / "a.csv", 32).sharp == [False, True]


def test_a_few_sharp_photos_are_too_few(tmp_path: Path) -> None:
    some = load_photos(folder(tmp_path, "some", [16, 64, 64]), 32)
    train = torch.tensor([0, 1])
    assert sharp_or_all(some, train).tolist() == [0, 1]
    many = some.take(torch.arange(3).repeat(FEWEST_SHARP))
    chosen = sharp_or_all(many, torch.arange(len(many)))
    assert len(chosen) == 2 * FEWEST_SHARP
    assert all(many.sharp[place] for place in chosen.tolist())
