"""What all tests share: an isolated home, the shared photos, small photos that tests make."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drawn_photos import draw_photo

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
