"""A second start of the program reaches the window that is open; files and folders come along."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gui_pictures import draw_photo
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.__main__ import window_arguments
from desktop_app.places import NeighboursPlace, PhotosPlace
from desktop_app.single_instance import HandOver, SingleInstance, hand_over, server_name

PATIENCE_MS = 30_000


@pytest.fixture
def instance(qapp: QApplication, tmp_path: Path) -> Iterator[SingleInstance]:
    """Stands for the window that is open on the library `tmp_path`."""
    instance = SingleInstance(tmp_path)
    assert instance.listening
    yield instance
    instance.close()


def start_again(library: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "desktop_app", "--library", str(library), "app", *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("arguments", "paths", "add"),
    [
        (["app"], [], []),
        (["app", "a.jpg", "b.jpg"], ["a.jpg", "b.jpg"], []),
        (["--library", "/x", "app", "--add", "/p", "a.jpg"], ["a.jpg"], ["/p"]),
        (["app", "a.jpg", "--add", "/p", "b.jpg"], ["a.jpg", "b.jpg"], ["/p"]),
        (["--add", "/p"], [], ["/p"]),
    ],
)
def test_what_the_window_is_given(arguments: list[str], paths: list[str], add: list[str]):
    options = window_arguments(arguments)
    assert ([*map(str, options.paths)], [*map(str, options.add)]) == (paths, add)


def test_a_second_start_hands_over_and_ends(instance: SingleInstance, qtbot: QtBot, tmp_path: Path):
    photo = tmp_path / "größer.jpg"
    draw_photo(1, photo, (64, 64))
    with qtbot.waitSignal(instance.came, timeout=PATIENCE_MS) as came:
        second = start_again(tmp_path, str(photo), "--add", str(tmp_path))
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE_MS)
    assert second.communicate()[1] == ""
    assert second.returncode == 0
    told = came.args[0]
    assert (told.paths, told.add) == ((photo,), (tmp_path,))


def test_a_path_that_is_none_is_refused_before_anything_starts(tmp_path: Path):
    second = start_again(tmp_path / "library", str(tmp_path / "gone.jpg"))
    told = second.communicate(timeout=60)[1]
    assert second.returncode == 2
    assert f"no file or folder {tmp_path / 'gone.jpg'}" in told


def test_nobody_is_there(qapp: QApplication, tmp_path: Path):
    assert not hand_over(tmp_path)


def test_another_library_is_another_window(instance: SingleInstance, tmp_path: Path):
    assert not hand_over(tmp_path / "other")
    assert server_name(tmp_path / "other") != server_name(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes go with their process")
def test_a_crashed_window_is_no_obstacle(qapp: QApplication, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    program = (
        "import os, sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication\n"
        "from desktop_app.single_instance import SingleInstance\n"
        "app = QCoreApplication([]); window = SingleInstance(Path(sys.argv[1]))\n"
        "assert window.listening; os._exit(9)"
    )
    crashed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=60)
    assert crashed.returncode == 9
    assert Path(server_name(tmp_path)).is_socket()
    assert not hand_over(tmp_path)
    instance = SingleInstance(tmp_path)
    assert instance.listening
    instance.close()


def test_nonsense_is_not_answered(instance: SingleInstance, qtbot: QtBot, tmp_path: Path):
    for nonsense in (b"hello\n", b'{"paths": 3}\n', json.dumps({"paths": []}).encode() + b"\n", b"\xff\n"):
        socket = QLocalSocket()
        socket.connectToServer(server_name(tmp_path))
        with (
            qtbot.waitSignal(socket.disconnected, timeout=PATIENCE_MS),
            qtbot.assertNotEmitted(instance.came),
        ):
            socket.write(nonsense)
        assert socket.bytesAvailable() == 0
    assert instance.listening


def test_a_name_that_is_no_utf8_goes_along():
    told = HandOver((Path(os.fsdecode(b"/p/caf\xe9.jpg")),))
    assert HandOver.from_line(told.to_line()) == told


def test_files_of_the_finder(tmp_path: Path):
    program = (
        "import sys; from PySide6.QtCore import QUrl; from PySide6.QtGui import QFileOpenEvent\n"
        "from desktop_app.app import Application\n"
        "app = Application([]); app.came.connect(lambda told: print(*told.paths))\n"
        "app.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.jpg")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == str(tmp_path / "a.jpg"), done.stderr


@pytest.mark.qt_log_ignore("does not support raise", "does not support propagateSizeHints", extend=True)
def test_a_photo_becomes_the_query(filled, qtbot: QtBot, photos_dir: Path, tmp_path: Path):
    window, conductor = filled
    window.showMinimized()
    draw_photo(40, tmp_path / "stranger.jpg")
    conductor.take([], [photos_dir / "Harbour" / "photo 03.jpg", tmp_path / "stranger.jpg"])
    window.come_to_front()
    assert not window.isMinimized()
    qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)
    place = conductor.navigator.place
    assert (len(place.photo_ids), [photo.name for photo in place.outside]) == (1, ["stranger.jpg"])


def test_a_folder_of_the_library_is_shown_and_another_one_offered(
    filled, qtbot: QtBot, photos_dir: Path, tmp_path: Path
):
    window, conductor = filled
    qtbot.waitUntil(lambda: window.tree.index_of(PhotosPlace(photos_dir)).isValid(), timeout=PATIENCE_MS)
    new = tmp_path / "New"
    new.mkdir()
    draw_photo(77, new / "new.jpg", (320, 240))
    conductor.take([], [photos_dir / "Mountains", new])
    assert conductor.navigator.place == PhotosPlace(photos_dir / "Mountains")
    assert any(str(new) in text for text in window.messages.texts())
    assert not conductor.jobs.running
    assert window.messages.press("Add it")
    qtbot.waitUntil(lambda: window.tree.index_of(PhotosPlace(new)).isValid(), timeout=PATIENCE_MS)


def test_a_photo_on_a_first_start_waits_for_photos_to_compare_it_with(
    open_window: Callable, qtbot: QtBot, tmp_path: Path
):
    (tmp_path / "Few").mkdir()
    draw_photo(3, tmp_path / "one.jpg", (320, 240))
    draw_photo(4, tmp_path / "Few" / "two.jpg", (320, 240))
    window, conductor = open_window(tmp_path / "fresh", paths=[tmp_path / "one.jpg"])
    qtbot.waitUntil(lambda: bool(window.messages.texts()), timeout=PATIENCE_MS)
    assert "Add a folder" in window.messages.texts()[0]
    conductor.add_folders([tmp_path / "Few"])
    qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)
    assert conductor.navigator.place.outside[0].name == "one.jpg"
