"""The trial of built programs notices when one does not do what it should."""

import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

import smoke
from scenes import caption, draw_photos
from virtual_screen import Picture

# Answers as Hammingbird would; its window stays black.
STUB = """
import json, sys, time
words = sys.argv[1:]
if "app" in words:
    time.sleep(60)
elif "similar" in words:
    print(json.dumps([{"path": "NEAREST", "distance": 3}, {"path": "/p/other.png", "distance": 9}]))
elif "retrain" in words:
    sys.exit("Error: RETRAIN")
"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    draw_photos(tmp_path / "photos", 2)
    return tmp_path / "photos"


def program(tmp_path: Path, nearest: str = "/p/scene 00 b.png", retrain: str = "") -> smoke.Program:
    stub = tmp_path / "stub.py"
    stub.write_text(STUB.replace("NEAREST", nearest).replace("RETRAIN", retrain))
    return smoke.Program([sys.executable, str(stub)], tmp_path)


def test_each_scene_is_drawn_twice_and_says_what_it_shows(photos: Path) -> None:
    files = smoke.photos_in(photos)
    assert [file.name for file in files] == [f"scene 0{n} {copy}.png" for n in (0, 1) for copy in "ab"]
    first, brighter, other = (Image.open(file).convert("L") for file in files[:3])
    assert sum(first.histogram()[:128]) > sum(brighter.histogram()[:128])
    assert first.tobytes() != other.tobytes()
    assert caption(files[0]) == caption(files[1]) != caption(files[2])


def test_the_right_neighbour_passes_and_a_wrong_one_does_not(tmp_path: Path, photos: Path) -> None:
    smoke.try_terminal(program(tmp_path), photos, drawn=True)
    wrong = program(tmp_path, nearest="/p/scene 01 a.png")
    with pytest.raises(smoke.Failed, match="the nearest of scene 00 a"):
        smoke.try_terminal(wrong, photos, drawn=True)


def test_a_base_edition_has_to_say_how_to_get_the_full_one(tmp_path: Path) -> None:
    smoke.try_without_torch(program(tmp_path, retrain="needs torch; get the full edition"))
    with pytest.raises(smoke.Failed, match="retrain"):
        smoke.try_without_torch(program(tmp_path, retrain="Traceback (most recent call last)"))
    with pytest.raises(smoke.Failed, match="says"):
        smoke.try_without_torch(program(tmp_path, retrain="no torch"))


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_a_window_that_never_shows_photos_fails(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "PATIENCE_S", 1.0)
    with pytest.raises(smoke.Failed, match="photos in the window"):
        smoke.try_window(program(tmp_path), photos, tmp_path)


def test_a_picture_of_the_screen_is_kept_as_it_was(tmp_path: Path) -> None:
    blue_then_red = bytes([255, 0, 0, 0, 0, 0, 255, 0])
    picture = Picture(2, 1, blue_then_red)
    assert picture.colours == 2
    picture.save(tmp_path / "screen.png")
    with Image.open(tmp_path / "screen.png") as saved:
        assert saved.tobytes() == bytes([0, 0, 255, 255, 0, 0])


@pytest.mark.parametrize(("rows", "differs"), [(0, False), (10, False), (60, True)])
def test_another_answer_changes_much_of_the_screen(rows: int, differs: bool) -> None:
    width, height = 97, 100
    before = Picture(width, height, bytes(4 * width * height))
    now = Picture(width, height, bytes([9]) * (4 * width * rows) + bytes(4 * width * (height - rows)))
    assert smoke._differs(now, before) == differs
