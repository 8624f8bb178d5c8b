"""What differs when the program runs from a bundle."""

import os
import runpy
import sys
from pathlib import Path

import pytest

from engine.paths import self_command

LAUNCHER = Path(__file__).parents[2] / "packaging" / "launcher.py"


def launch(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Starts it as a bundle does; returns the environment that the program finds."""
    seen: dict[str, str] = {}
    monkeypatch.setattr("desktop_app.__main__.main", lambda: seen.update(os.environ))
    runpy.run_path(str(LAUNCHER))
    return seen


def test_its_children_are_the_bundle_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/bird/hammingbird")
    assert self_command() == ["/opt/bird/hammingbird"]


def test_children_of_the_window_s_program_on_windows_can_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", "/bird/Hammingbird Photos.exe")
    assert self_command() == [str(Path("/bird/hammingbird.exe"))]


def test_other_programs_that_it_opens_do_not_get_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/bird/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    assert "LD_LIBRARY_PATH" not in launch(monkeypatch)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/bird/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/home/me/lib")
    assert launch(monkeypatch)["LD_LIBRARY_PATH"] == "/home/me/lib"
