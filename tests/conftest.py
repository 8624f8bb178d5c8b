"""What all tests share: an isolated home, the shared photos, small photos that tests make."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test touches the person's own library or settings."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.delenv("HAMMINGBIRD_LIBRARY", raising=False)
    monkeypatch.delenv("HAMMINGBIRD_JOB", raising=False)
    yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared photos; what needs them skips where they are not."""
    folder = Path(os.environ.get("HAMMINGBIRD_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the shared photos; there are none at {folder} (set HAMMINGBIRD_SHARED)")
    return folder


def draw_photo(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture unlike those of other seeds: a sky, a ground and shapes whose places and colours differ."""
    from random import Random

    random = Random(seed)

    def colour() -> tuple[int, int, int]:
        return random.randrange(256), random.randrange(256), random.randrange(256)

    photo = Image.new("RGB", size, colour())
    pen = ImageDraw.Draw(photo)
    pen.rectangle((0, size[1] * random.uniform(0.3, 0.7), *size), fill=colour())
    for _ in range(random.randrange(2, 7)):
        x, y = random.uniform(0, size[0] * 0.8), random.uniform(0, size[1] * 0.8)
        box = (x, y, x + random.uniform(20, size[0] / 2), y + random.uniform(20, size[1] / 2))
        random.choice([pen.ellipse, pen.rectangle])(box, fill=colour())
    return photo


@pytest.fixture
def photo_folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes folders of JPEGs: `photo_folder("name", range(5))` has 0.jpg to 4.jpg."""

    def make(name: str, seeds: range | list[int], size: tuple[int, int] = (320, 240)) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            draw_photo(seed, size).save(folder / f"{seed}.jpg", quality=90)
        return folder

    return make
