"""The promises about imports, kept by fresh interpreters."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def imported_by(statements: str) -> set[str]:
    """Top-level packages and engine modules that a fresh interpreter has after these statements."""
    code = f"{statements}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "command",
    [
        "engine.cli.index",
        "engine.cli.similar",
        "engine.cli.library",
        "engine.cli.models",
        "engine.cli.doctor",
        "engine.service",
    ],
)
def test_only_training_imports_torch(command: str) -> None:
    found = imported_by(f"import engine.cli.main, {command}")
    assert command in found
    assert not found & {"torch", "torchvision", "PySide6"}


def test_the_window_imports_nothing_heavy_before_it_shows() -> None:
    found = imported_by("import desktop_app.app, desktop_app.views.main_window")
    assert "PySide6.QtWidgets" in found
    heavy = {"torch", "PIL", "openvino", "numpy", "faiss", "sqlite_utils", "pebble", "rawpy", "pyqtgraph"}
    assert not found & heavy


def test_curves_are_loaded_only_when_a_training_is_watched() -> None:
    found = imported_by("import desktop_app.conductor, desktop_app.views.retraining.retraining_page")
    assert "desktop_app.retraining_desk" in found
    assert "pyqtgraph" not in found


def test_the_windows_library_thread_decodes_no_pictures() -> None:
    found = imported_by("import desktop_app.app, engine.library.photos, engine.search.query")
    assert not found & {"torch", "PIL", "openvino", "pebble", "rawpy", "pi_heif"}


def test_codes_never_meet_the_network() -> None:
    found = imported_by("import engine.hashing.encoder")
    assert "openvino" in found
    assert not [name for name in found if name.startswith("openvino_telemetry.")]


@pytest.mark.parametrize("part", ["engine", "desktop_app"])
def test_files_stay_readable(part: str) -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in (ROOT / part).rglob("*.py")
        if (lines := len(file.read_text().splitlines())) > 450
    }
    assert not long
