"""How soon the window can be seen, and how much memory it takes with many photos."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.libraries import window_library
from tests.benchmarks.processes import ChildFailed
from tests.benchmarks.report import LESS, Row, Section

STARTS = 7


@contextmanager
def _screen() -> Iterator[tuple[dict[str, str], str]]:
    """A screen of its own where Xvfb is installed, else Qt's offscreen one: its settings, and its name."""
    server = shutil.which("Xvfb") if sys.platform.startswith("linux") else None
    if server is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}, "Qt's offscreen platform"
        return
    reading, writing = os.pipe()
    command = [server, "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as child:
        os.close(writing)
        try:
            with os.fdopen(reading) as pipe:
                number = pipe.readline().strip()
            if number:
                settings = {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}
                yield settings, "a virtual X screen of 1600 x 1000 (Xvfb)"
            else:
                yield {"QT_QPA_PLATFORM": "offscreen"}, "Qt's offscreen platform, since Xvfb did not start"
        finally:
            child.terminate()


def _visible_s(env: Mapping[str, str], module: str, *arguments: object) -> dict[str, Any]:
    """Starts a window in a child process; its figures are moments, made into seconds since the start here."""
    begin = time.monotonic()  # one clock for all processes of a machine
    found = processes.run_child(module, *arguments, env=env)
    return {name: value - begin if name.endswith("_at") else value for name, value in found.items()}


def window(quick: bool) -> Section:
    """The real window against a bare one with the same kinds of widgets."""
    photos = 2_000 if quick else 100_000
    starts = 2 if quick else STARTS
    processes.WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=processes.WORK) as folder, _screen() as (screen, screen_name):
        place = Path(folder)
        env = processes.environment(place / "home", **screen)
        full = place / f"library-{photos}"
        window_library(full, photos)
        runs: dict[str, list[dict[str, Any]]] = {"bare": [], "empty": [], "full": []}
        for number in range(starts + 1):  # the first round only fills caches
            found = {
                "bare": _visible_s(env, "bare_window"),
                "empty": _visible_s(env, "real_window", "start", place / "no-library", 0),
                "full": _visible_s(env, "real_window", "start", full, photos),
            }
            for name, figures in found.items():
                if number:
                    runs[name].append(figures)
        memory = processes.run_child("real_window", "memory", full, photos, env=env)
    if not memory["cached_bytes"]:
        raise ChildFailed("the window showed no thumbnails, so its memory means nothing")
    rows = [
        _start_row("Window visible, no library yet", runs["empty"], runs["bare"]),
        _start_row(f"Window visible, library of {photos:,} photos", runs["full"], runs["bare"]),
        _listed_row(photos, runs["full"]),
        *_memory_rows(photos, memory),
    ]
    return Section("window", tuple(rows), _how(starts, photos, screen_name))


def _median(runs: list[dict[str, Any]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def _start_row(what: str, ours: list[dict[str, Any]], bare: list[dict[str, Any]]) -> Row:
    found, against = _median(ours, "visible_at"), _median(bare, "visible_at")
    return Row(
        what,
        f"{1000 * found:.0f} ms",
        f"bare PySide6 window {1000 * against:.0f} ms",
        found / against,
        LESS,
        1.5,
        raw={"ours": ours, "bare": bare},
    )


def _listed_row(photos: int, runs: list[dict[str, Any]]) -> Row:
    return Row(f"All {photos:,} photos in its grid", f"{1000 * _median(runs, 'listed_at'):.0f} ms")


def _memory_rows(photos: int, memory: dict[str, Any]) -> list[Row]:
    shown = [f"{name} {memory[name] / 1e6:.0f} MB" for name in ("visible", "listed", "scrolled", "queried")]
    peak = memory["peak"] / 1e6
    return [
        Row(
            f"Memory of the window's process, {photos:,} photos, highest",
            f"{peak:.0f} MB ({', '.join(shown)})",
            bound=LESS,
            target=300,
            unit="MB",
            value=peak,
            raw=memory,
        )
    ]


def _how(starts: int, photos: int, screen: str) -> str:
    return (
        f"Real and bare window were started in turn on {screen}, each in a child process, after one round"
        f" that only filled caches; medians of {starts} starts. The time runs from just before the process"
        " starts until the event loop turns again after the main window's first paint. The real one is what"
        " `hammingbird app` runs; the bare one has a splitter, tree, list view, tool bar, line edit, combo"
        " box, slider, progress bar, status bar and menus and imports nothing but PySide6. The library of"
        f" {photos:,} photos was made through the library's own writers, each with a thumbnail of 341 x 256"
        " px (a thousand different ones). Memory is the resident set of the window's process: when visible,"
        " with all photos listed, scrolled from end to end in 60 steps that each gave thumbnails time to"
        " come, and after finding similar photos; the target is held against the highest that the system"
        " ever saw. The helper process of the window is not in it."
    )
