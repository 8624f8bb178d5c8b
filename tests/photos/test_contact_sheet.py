"""The sheet that `similar --sheet` writes."""

import io
from pathlib import Path

import PIL.Image
import PIL.ImageChops
import pytest

from engine.photos.contact_sheet import GAP, LABEL_HEIGHT, TILE, write_contact_sheet


def webp(colour: str, size: tuple[int, int] = (256, 256)) -> bytes:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


def centre(place: int, columns: int) -> tuple[int, int]:
    down = TILE + LABEL_HEIGHT + GAP
    return GAP + place % columns * (TILE + GAP) + TILE // 2, GAP + place // columns * down + TILE // 2


@pytest.mark.parametrize("name", ["sheet.png", "sheet.jpg", "sheet.webp"])
def test_photos_lie_in_reading_order(name: str, tmp_path: Path) -> None:
    colours = ["red", "lime", "blue", "yellow", "black"]
    write_contact_sheet(
        tmp_path / name, [(webp(colour), f"{n} bits") for n, colour in enumerate(colours)], columns=2
    )
    with PIL.Image.open(tmp_path / name) as sheet:
        for place, colour in enumerate(colours):
            found = sheet.convert("RGB").getpixel(centre(place, 2))
            wanted = PIL.Image.new("RGB", (1, 1), colour).getpixel((0, 0))
            assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 12


def test_labels_are_written_under_their_photos_and_stay_there(tmp_path: Path) -> None:
    write_contact_sheet(tmp_path / "a.png", [(webp("red"), ""), (webp("red"), "")])
    write_contact_sheet(tmp_path / "b.png", [(webp("red"), "a long path " * 30), (webp("red"), "")])
    with PIL.Image.open(tmp_path / "a.png") as plain, PIL.Image.open(tmp_path / "b.png") as told:
        assert plain.size == told.size
        changed = PIL.ImageChops.difference(plain, told).getbbox()
    assert changed is not None
    left, top, right, bottom = changed
    assert left >= GAP and right <= GAP + TILE
    assert top >= GAP + TILE and bottom <= GAP + TILE + LABEL_HEIGHT


def test_odd_shapes_fit(tmp_path: Path) -> None:
    write_contact_sheet(
        tmp_path / "odd.png", [(webp("red", (2048, 3)), "wide"), (webp("blue", (20, 900)), "tall")]
    )
    with PIL.Image.open(tmp_path / "odd.png") as sheet:
        assert sheet.convert("RGB").getpixel(centre(1, 2)) == (0, 0, 255)


def test_no_photos_make_an_empty_sheet(tmp_path: Path) -> None:
    write_contact_sheet(tmp_path / "empty.png", [])
    with PIL.Image.open(tmp_path / "empty.png") as sheet:
        assert sheet.getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("damage", [b"", b"nonsense", webp("red")[:30]])
def test_the_place_of_a_damaged_thumbnail_stays_empty(tmp_path: Path, damage: bytes) -> None:
    write_contact_sheet(tmp_path / "a.png", [(damage, "damaged"), (webp("lime"), "whole")])
    with PIL.Image.open(tmp_path / "a.png") as sheet:
        assert sheet.convert("RGB").getpixel(centre(0, 2)) == (255, 255, 255)
        assert sheet.convert("RGB").getpixel(centre(1, 2)) == (0, 255, 0)


def test_a_sheet_without_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="column"):
        write_contact_sheet(tmp_path / "a.png", [], columns=0)
