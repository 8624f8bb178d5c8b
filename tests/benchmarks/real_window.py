"""The real window, started as `hammingbird app` starts it, and watched from inside.

    python -m tests.benchmarks.real_window start|memory LIBRARY PHOTOS

Nothing but the standard library is imported before the window itself, so that the watching costs no time.
"""

import sys
import time
from pathlib import Path

TICK_MS = 5
SCROLLS = 60
FARTHEST = 4096  # the slider ends at the length of the codes
PATIENCE_S = 120.0


def peak_bytes() -> int:
    """The largest resident set this process ever had, 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def watch(mode: str, photos: int) -> None:
    """Called when the window is visible: notes the moment, then lets the event loop play the rest."""
    visible_at = time.monotonic()
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from desktop_app.views.main_window import MainWindow

    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    script = _start(window, visible_at, photos) if mode == "start" else _memory(window, photos)
    timer = QTimer(window)
    timer.setInterval(TICK_MS)
    deadline = time.monotonic() + PATIENCE_S

    def tick() -> None:
        if time.monotonic() > deadline:
            sys.stderr.write("the window did not get there in time\n")
            timer.stop()
            window.close()
        elif next(script, None) is None:
            timer.stop()
            window.close()

    timer.timeout.connect(tick)
    timer.start()


def _start(window, visible_at: float, photos: int):
    """Waits for the grid to list all photos, unless there are none to list."""
    figures = {"visible_at": visible_at}
    if photos:
        while window.photos.rowCount() < photos:
            yield True
        figures["listed_at"] = time.monotonic()
    _tell(figures)


def _memory(window, photos: int):
    """Lists, scrolls and asks, and notes the memory after each."""
    import psutil

    from desktop_app.thumbnails import ThumbnailLoader

    process = psutil.Process()
    figures = {"visible": process.memory_info().rss}
    while window.photos.rowCount() < photos:
        yield True
    yield from _pause(1.0)
    figures["listed"] = process.memory_info().rss
    bar = window.grid.verticalScrollBar()
    for step in range(SCROLLS + 1):
        bar.setValue(bar.maximum() * step // SCROLLS)
        yield from _pause(0.15)
    figures["scrolled"] = process.memory_info().rss
    figures["cached_bytes"] = window.findChild(ThumbnailLoader).cached_bytes
    window.grid.similarWanted.emit(photos // 2)
    while not window.query_bar.isVisible():
        yield True
    window.query_bar.set_within(FARTHEST)  # random codes are far from each other
    while window.photos.rowCount() in (0, photos):
        yield True
    yield from _pause(1.0)
    figures["queried"] = process.memory_info().rss
    figures["neighbours"] = window.photos.rowCount()
    figures["peak"] = max(peak_bytes(), *(figures[name] for name in ("listed", "scrolled", "queried")))
    _tell(figures)


def _pause(seconds: float):
    """Lets the window go on for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield True


def _tell(figures: dict) -> None:
    import json

    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def main(mode: str, library: str, photos: str) -> int:
    """As `desktop_app.__main__.open_window`, with someone watching."""
    from desktop_app.__main__ import window_arguments

    options = window_arguments(["--library", library])
    from desktop_app.system_check import what_is_missing

    if missing := what_is_missing():
        sys.stderr.write(missing + "\n")
        return 1
    from desktop_app.app import run

    def visible() -> None:
        watch(mode, int(photos))

    return run(options.library, on_visible=visible)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
