"""A real library made by the real command, and real windows that must leave nothing running behind."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gui_pictures import draw_photo
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.app import Start
from desktop_app.conductor import Conductor
from desktop_app.translation import install
from desktop_app.views.main_window import MainWindow
from engine.hashing.model_file import ModelFile, built_in_model

PATIENCE_MS = 30_000
os.environ |= {"LANGUAGE": "en", "LC_ALL": "C.UTF-8"}  # before Qt looks: tests read what windows say
Opened = tuple[MainWindow, Conductor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One thing that is said and is no fault of the window."""
    for item in items:
        # The offscreen platform says with each window that it knows no window manager.
        item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> None:
    """Widgets that are made without a window say one photo, not "1 photo(s)"."""
    install(qapp, "en")


@pytest.fixture(autouse=True)
def empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """Leaves nothing in the clipboard.

    The offscreen platform keeps it in a static, which is destroyed after Python: a QMimeData that Python made
    then takes the process down (PySide6 6.11). Real platforms give it away with the application.
    """
    yield
    del qapp
    QGuiApplication.clipboard().clear()


def command(library_dir: Path, *arguments: str) -> None:
    """Runs the real command in a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "desktop_app", "--library", str(library_dir), *arguments],
        check=True,
        capture_output=True,
        timeout=120,
    )


@pytest.fixture(scope="session")
def photos_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 photos in two folders, a copy of one of them, and two files that can't be read."""
    top = tmp_path_factory.mktemp("photos") / "Pictures"
    for seed in range(24):
        folder = top / ("Harbour" if seed < 14 else "Mountains")
        folder.mkdir(parents=True, exist_ok=True)
        draw_photo(seed, folder / f"photo {seed:02}.jpg", (640, 480))
    shutil.copy(top / "Harbour" / "photo 00.jpg", top / "Mountains" / "copy of 00.jpg")
    (top / "cut short.jpg").write_bytes((top / "Harbour" / "photo 01.jpg").read_bytes()[:1500])
    (top / "empty.jpg").write_bytes(b"")
    return top


@pytest.fixture(scope="session")
def built_library(photos_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library over `photos_dir`; tests take copies."""
    library_dir = tmp_path_factory.mktemp("built") / "library"
    command(library_dir, "index", str(photos_dir), "--progress", "none")
    return library_dir


@pytest.fixture(scope="session")
def garden_model(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """A model of 64 bits with random weights, trained from the built-in one as its card says."""
    from engine.training.export import export_model  # torch, for the few tests that need it
    from engine.training.networks import HashNetwork

    training = {"parent": built_in_model().digest, "photos": 640}
    card = {"name": "Garden", "licence": "none", "training": training}
    network = HashNetwork("shufflenet_v2_x0_5", 64)
    return export_model(network, tmp_path_factory.mktemp("models") / "garden", input_side=64, card=card)


@pytest.fixture
def library_dir(built_library: Path, tmp_path: Path) -> Path:
    """A library of its own for one test."""
    target = tmp_path / "library"
    shutil.copytree(built_library, target)
    return target


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., Opened]]:
    """Opens windows as the program does; afterwards nothing of them may be left."""
    opened: list[Opened] = []

    def open_one(library_dir: Path, add: list[Path] | None = None, paths: list[Path] | None = None) -> Opened:
        start = Start(library_dir, add or [], paths or [])
        with qtbot.waitSignal(start.window.visible, timeout=PATIENCE_MS):
            start.window.show()
        assert start.conductor is not None
        start.conductor.watch.close()  # tests that want its helper start it themselves
        opened.append((start.window, start.conductor))
        return opened[-1]

    threads = set(threading.enumerate())
    yield open_one
    for window, conductor in opened:
        window.close()
        QApplication.processEvents()
        running = [timer for timer in window.findChildren(QTimer) if timer.isActive()]
        assert not running, f"timers run on after the window is closed: {running}"
        assert conductor.service.process_id == 0
        window.deleteLater()
    QApplication.processEvents()
    # Jobs outlive their starter on purpose, and a thread each waits to take note of their end.
    left = {t for t in threading.enumerate() if not t.name.startswith("end of ")} - threads
    assert not {t for t in left if not isinstance(t, threading._DummyThread)}


@pytest.fixture
def filled(open_window: Callable[..., Opened], library_dir: Path, qtbot: QtBot) -> Opened:
    """A window on the built library, with all its photos in the grid."""
    window, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.photos.row(window.photos.photo_id(0)) is not None, timeout=PATIENCE_MS)
    window.grid.setFocus()
    return window, conductor


@pytest.fixture
def drop() -> Callable[[MainWindow, QMimeData], None]:
    """Drops something on a window, as another program does."""

    def do(window: MainWindow, mime: QMimeData) -> None:
        place, action = QPoint(300, 300), Qt.DropAction.CopyAction
        button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(place, action, mime, button, keys)
        QApplication.sendEvent(window, enter)
        assert enter.isAccepted()
        event = QDropEvent(QPointF(place), action, mime, button, keys)
        QApplication.sendEvent(window, event)
        assert event.isAccepted()

    return do
