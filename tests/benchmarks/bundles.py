"""How large the built bundles are, and how soon they start."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.report import Row, Section

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
EDITIONS = ("base", "full")
WARM, COLD = 7, 3
PAINTED = 0.3  # of the screen; the window covers most of it
PATIENCE_S = 60.0

sys.path.append(str(ROOT / "packaging"))
from virtual_screen import Xvfb  # noqa: E402


def bundles(quick: bool) -> Section:
    """Sizes and start times of what `make bundle` and `make deb` have built.

    Raises:
        SystemExit: Nothing was built.
    """
    built = [edition for edition in EDITIONS if _program(edition).is_file()]
    if not built:
        raise SystemExit("There is no bundle in dist. Build one first: make bundle deb")
    warm, cold = (2, 1) if quick else (WARM, COLD)
    rows = []
    with tempfile.TemporaryDirectory() as home, Xvfb() as screen:
        environment = processes.environment(Path(home), **screen.environment)
        source = [sys.executable, "-m", "desktop_app"]
        peers = {
            "version": _times(lambda: _version_s(source, environment), warm),
            "window": _times(lambda: _window_s(source, environment, screen), warm),
        }
        for edition in built:
            rows += _rows(edition, environment, screen, peers, (warm, cold))
    rows += [_size_row(f"Debian package {path.name}", path) for path in sorted(DIST.glob("base/*.deb"))]
    return Section("bundles", tuple(rows), _how(warm, cold))


def _program(edition: str) -> Path:
    return DIST / edition / "hammingbird" / "hammingbird"


def _rows(
    edition: str,
    environment: Mapping[str, str],
    screen: Xvfb,
    peers: Mapping[str, Sequence[float]],
    counts: tuple[int, int],
) -> list[Row]:
    command = [str(_program(edition))]
    folder = _program(edition).parent
    tried: dict[str, tuple[str, Callable[[], float]]] = {
        "version": ("`hammingbird --version`", lambda: _version_s(command, environment)),
        "window": ("Window visible", lambda: _window_s(command, environment, screen)),
    }
    rows = [_size_row(f"{edition.capitalize()} bundle, unpacked", folder)]
    for name, (what, measure) in tried.items():
        measure()  # fills caches
        found = _times(measure, counts[0])
        peer = statistics.median(peers[name])
        rows.append(
            Row(
                f"{what}, {edition} bundle",
                f"{1000 * statistics.median(found):.0f} ms",
                f"from the developer's environment {1000 * peer:.0f} ms",
                statistics.median(found) / peer,
                raw={"bundle_s": found, "environment_s": list(peers[name])},
            )
        )
        first = _times(lambda measure=measure: _cold(folder, measure), counts[1])
        rows.append(
            Row(
                f"The same, files not in memory, {edition} bundle",
                f"{1000 * statistics.median(first):.0f} ms",
                raw={"bundle_s": first},
            )
        )
    return rows


def _size_row(what: str, path: Path) -> Row:
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file() and not f.is_symlink()]
    size = sum(file.stat().st_size for file in files)
    return Row(what, f"{size / 1e6:,.0f} MB", raw={"bytes": size, "files": len(files)})


def _times(measure: Callable[[], float], count: int) -> list[float]:
    return [measure() for _ in range(count)]


def _version_s(command: Sequence[str], environment: Mapping[str, str]) -> float:
    begin = time.monotonic()
    subprocess.run([*command, "--version"], check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def _window_s(command: Sequence[str], environment: Mapping[str, str], screen: Xvfb) -> float:
    """Until the screen shows the window; it is closed again."""
    begin = time.monotonic()
    with subprocess.Popen([*command, "app"], env=environment, cwd=ROOT) as window:
        try:
            while screen.picture().drawn < PAINTED:
                if window.poll() is not None or time.monotonic() > begin + PATIENCE_S:
                    raise RuntimeError("the window did not open")
                time.sleep(0.005)
            found = time.monotonic() - begin
        finally:
            window.terminate()
    return found


def _cold(folder: Path, measure: Callable[[], float]) -> float:
    """As `measure`, with the bundle's files put out of the system's memory before."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return measure()


def _how(warm: int, cold: int) -> str:
    return (
        "Bytes of all files that `make bundle` and `make deb` made. Each start is a process of its own with"
        " an empty library, in a home of its own. `--version` is timed until it has ended; the window until"
        " it covers three tenths of a virtual X screen (Xvfb), whose pixels are looked at every 5 ms, so this"
        f" is coarser than the section on the window. Medians of {warm} starts after one that fills caches;"
        f" for files not in memory, of {cold} starts, each after the bundle's files were dropped from the"
        " system's file cache (`posix_fadvise`); the system's own libraries stay there."
    )
