"""A window that is closed in the middle of anything, and opened again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from gui_pictures import draw_photo, urls
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.places import NeighboursPlace, PhotosPlace
from desktop_app.views.main_window import MainWindow

PATIENCE_MS = 30_000
Opened = tuple[MainWindow, Conductor]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many photos that there is time to do something while they are indexed."""
    folder = tmp_path / "Many"
    folder.mkdir()
    for seed in range(150):
        draw_photo(seed, folder / f"{seed}.jpg", (1600, 1200))
    return folder


def test_the_window_is_as_it_was(
    open_window: Callable[..., Opened], library_dir: Path, qtbot: QtBot, photos_dir: Path
):
    window, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
    window.resize(700, 500)
    window.splitter.setSizes([200, 500])
    window.side_slider.setValue(120)
    conductor.navigator.go(PhotosPlace(photos_dir / "Mountains"))
    qtbot.waitUntil(lambda: window.photos.rowCount() == 11, timeout=PATIENCE_MS)
    sizes = window.splitter.sizes()
    window.close()

    again, conductor = open_window(library_dir)
    assert (again.width(), again.height()) == (700, 500)
    assert again.grid.side == 120
    qtbot.waitUntil(lambda: again.splitter.sizes() == sizes, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: again.photos.rowCount() == 11, timeout=PATIENCE_MS)
    assert conductor.navigator.place == PhotosPlace(photos_dir / "Mountains")


def test_a_query_from_outside_is_there_again(
    open_window: Callable[..., Opened], library_dir: Path, qtbot: QtBot, tmp_path: Path, drop
):
    window, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
    draw_photo(40, tmp_path / "stranger.jpg")
    drop(window, urls(tmp_path / "stranger.jpg"))
    qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)
    place = conductor.navigator.place
    window.close()
    again, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: again.query_bar.isVisible(), timeout=PATIENCE_MS)
    assert conductor.navigator.place == place


def test_closed_in_the_middle_the_job_goes_on_and_is_found_again(
    open_window: Callable[..., Opened], qtbot: QtBot, tmp_path: Path, many: Path
):
    window, conductor = open_window(tmp_path / "fresh", [many])
    qtbot.waitUntil(lambda: "Reading photos" in window.job_bar.text, timeout=PATIENCE_MS)
    job = conductor.jobs.follower.job_id
    window.job_bar.pauseWanted.emit()
    qtbot.waitUntil(lambda: "Paused" in window.job_bar.text, timeout=PATIENCE_MS)
    window.close()

    again, conductor = open_window(tmp_path / "fresh")
    qtbot.waitUntil(lambda: "Paused" in again.job_bar.text, timeout=PATIENCE_MS)
    assert conductor.jobs.follower.job_id == job
    again.job_bar.resumeWanted.emit()
    qtbot.waitUntil(lambda: again.photos.rowCount() == 150, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "150 new photos" in again.job_bar.text, timeout=PATIENCE_MS)


def test_a_cancelled_job_can_go_on(
    open_window: Callable[..., Opened], qtbot: QtBot, tmp_path: Path, many: Path
):
    window, conductor = open_window(tmp_path / "fresh", [many])
    qtbot.waitUntil(lambda: "Reading photos" in window.job_bar.text, timeout=PATIENCE_MS)
    window.job_bar.cancelWanted.emit()
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)
    window.close()

    again, conductor = open_window(tmp_path / "fresh")
    assert again.job_bar.isVisible()
    again.job_bar.goOnWanted.emit()
    qtbot.waitUntil(lambda: again.photos.rowCount() == 150, timeout=PATIENCE_MS)
