"""Starting the program: window or command, and what is said when there can be no window."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.__main__ import command_of
from desktop_app.system_check import X_SCREEN, what_is_missing


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "app"),
        (["app"], "app"),
        (["--library", "/x"], "app"),
        (["--library", "/x", "app"], "app"),
        (["--library=/x", "similar", "a.jpg"], "similar"),
        (["--library", "app", "index", "/p"], "index"),
        (["--help"], "--help"),
    ],
)
def test_which_command_is_meant(arguments: list[str], command: str) -> None:
    assert command_of(arguments) == command


def test_names_the_library_and_how_to_get_it() -> None:
    told = what_is_missing({"DISPLAY": ":0"}, lambda name: name != "libxcb-icccm.so.4", lambda: True)
    assert told is not None
    assert "libxcb-icccm.so.4" in told
    assert "sudo apt install libxcb-icccm4" in told


def test_names_no_screen() -> None:
    told = what_is_missing({}, lambda name: True, lambda: True)
    assert told is not None
    assert "no screen" in told


def test_a_screen_that_does_not_answer() -> None:
    told = what_is_missing({"DISPLAY": ":77"}, lambda name: True, lambda: False)
    assert told is not None
    assert ":77" in told


@pytest.mark.parametrize(
    "environment",
    [
        {"QT_QPA_PLATFORM": "offscreen"},
        {"DISPLAY": ":0"},
        {"WAYLAND_DISPLAY": "wayland-0"},
    ],
)
def test_nothing_is_missing(environment: dict[str, str]) -> None:
    assert what_is_missing(environment, lambda name: True, lambda: True) is None


def test_wayland_alone_does_not_need_the_libraries_of_x() -> None:
    assert what_is_missing({"WAYLAND_DISPLAY": "w"}, lambda name: name not in X_SCREEN, lambda: False) is None


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-m", "desktop_app", *arguments],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a screen")
def test_without_a_screen_it_ends_with_a_sentence(tmp_path: Path) -> None:
    done = run("--library", str(tmp_path / "library"), "app")
    assert done.returncode == 1
    assert "no screen" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "library").exists()


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    done = run("app", "--add", str(tmp_path / "missing"), QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert "is not a folder" in done.stderr


def test_ctrl_c_closes_cleanly(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from desktop_app.app import run\n"
        "sys.exit(run(Path(sys.argv[1]), on_visible=lambda: os.kill(os.getpid(), signal.SIGINT)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "library")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_the_window_is_visible_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from desktop_app.app import run\n"
        "heavy = ('numpy', 'faiss', 'sqlite_utils', 'PIL', 'torch', 'engine.library', 'filelock')\n"
        "def visible():\n"
        "    print([name for name in heavy if name in sys.modules])\n"
        "    import os, signal; os.kill(os.getpid(), signal.SIGINT)\n"
        "run(Path(sys.argv[1]), on_visible=visible)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "library")],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]", done.stderr
