"""Who gets the room in the bars, and what lies behind the photos."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QProgressBar, QSlider
from pytestqt.qtbot import QtBot

from desktop_app.views.job_bar import JobBar
from desktop_app.views.photo_grid import PhotoGrid
from desktop_app.views.query_bar import QueryBar
from engine.progress import Progress


def test_the_slider_of_distances_is_as_long_as_there_is_room(qtbot: QtBot) -> None:
    bar = QueryBar()
    qtbot.addWidget(bar)
    bar.set_query("Photos like one.jpg", [], "", 128, 38)
    bar.resize(1000, 56)
    bar.show()
    slider = bar.findChild(QSlider)
    qtbot.waitUntil(lambda: slider.width() == 170)
    bar.resize(bar.minimumSizeHint().width(), 56)
    qtbot.waitUntil(lambda: 80 <= slider.width() < 170)


def test_the_gauge_of_a_job_is_as_long_as_there_is_room(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 44)
    bar.show_progress(Progress("reading", 1200, 4800, 85.2, 42.0, "running", 1))
    bar.show()
    gauge = bar.findChild(QProgressBar)
    qtbot.waitUntil(lambda: gauge.width() == 220)


def test_photos_lie_on_the_ground_of_lists(qtbot: QtBot) -> None:
    grid = PhotoGrid()
    qtbot.addWidget(grid)
    grid.resize(300, 200)
    base, window = (
        grid.palette().color(role) for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Window)
    )
    assert base != window
    assert grid.grab().toImage().pixelColor(20, 20) == base
