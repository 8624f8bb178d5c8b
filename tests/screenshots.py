"""Takes the pictures of the guide and the README for docs/screenshots: the real window on real photos.

    python -m tests.screenshots [--only start|states|pages|teaching]...

The photos are those of the pack eval/caltech101 (CC BY 4.0); without it, photos made here. Pictures
are taken offscreen, at 100 % in light and dark and at 200 %.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "screenshots"
PATIENCE_S = 600.0
SIZE = (1180, 760)
SENTENCE = "a sailing boat on the sea"
# A library that has captions, small enough to be learned from in a minute or two.
CAPTIONS = {
    "airplanes": "an airplane, vehicle",
    "butterfly": "a butterfly, animal",
    "chair": "a chair, furniture",
    "crayfish": "a crayfish, animal",
    "dalmatian": "a dalmatian, dog, animal",
    "grand_piano": "a grand piano, music",
    "ketch": "a ketch, boat, vehicle",
    "Leopards": "a leopard, cat, animal",
    "llama": "a llama, animal",
    "pagoda": "a pagoda, building",
    "starfish": "a starfish, animal",
    "sunflower": "a sunflower, flower",
}


def make_photos(folder: Path) -> None:
    """Some dozens of photos of each of some classes, and two broken files for the problem list."""
    shared = Path(os.environ.get("HAMMINGBIRD_SHARED", ROOT.parent / "shared"))
    tool = shared / "tools" / "unpack_photos.py"
    if tool.is_file():
        subprocess.run([sys.executable, str(tool), "eval/caltech101", str(folder), "--jpeg"], check=True)
    else:
        sys.path.insert(0, str(ROOT / "tests"))
        from drawn_photos import draw_photo

        for seed in range(300):
            (folder / f"album {seed % 6}").mkdir(parents=True, exist_ok=True)
            draw_photo(seed).save(folder / f"album {seed % 6}" / f"{seed}.jpg")
    first = min(folder.rglob("*.jpg"))
    (folder / "cut short.jpg").write_bytes(first.read_bytes()[:2000])
    (folder / "empty.jpg").write_bytes(b"")


def make_captioned(photos: Path, folder: Path) -> Path:
    """Copies some classes and writes a table of captions for them; returns the table."""
    folder.mkdir(parents=True)
    table = folder.with_suffix(".csv")
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("photo", "caption"))
        for source in sorted(path for path in photos.iterdir() if path.is_dir()):
            caption = CAPTIONS.get(source.name, source.name if source.name.startswith("album") else "")
            if caption:
                copy = Path(shutil.copytree(source, folder / source.name))
                rows.writerows((photo, caption) for photo in sorted(copy.iterdir()))
    return table


def hammingbird(library: Path, *arguments: str) -> None:
    """Runs the real command."""
    command = [sys.executable, "-m", "desktop_app", "--library", str(library), *arguments]
    subprocess.run(command, check=True, cwd=ROOT)


class Session:
    """One window, driven from here."""

    def __init__(self, library: Path, theme: str, suffix: str) -> None:
        from PySide6.QtWidgets import QApplication

        from desktop_app.app import Start
        from desktop_app.settings import WindowSettings
        from desktop_app.theme import apply_theme

        self.application = QApplication.instance() or QApplication(sys.argv[:1])
        self.application.setStyle("Fusion")
        remembered = WindowSettings(library)
        remembered.theme, remembered.language = theme, "en"
        apply_theme(self.application, theme)
        self.suffix = suffix
        start = Start(library)
        self.window = start.window
        self.window.resize(*SIZE)
        self.window.show()
        self.until(lambda: start.conductor is not None)
        self.conductor = start.conductor
        self.settle(0.5)

    def until(self, condition: Callable[[], bool]) -> None:
        """Lets the window work until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the window did not come to the state that was waited for")
            self.application.processEvents()
            time.sleep(0.005)

    def settle(self, seconds: float = 1.5) -> None:
        """Lets thumbnails and previews arrive."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    def take(self, name: str, widget: "QWidget | None" = None) -> None:
        """Writes a picture of the window, or of one beside it."""
        TARGET.mkdir(parents=True, exist_ok=True)
        (widget or self.window).grab().save(str(TARGET / f"{name}{self.suffix}.png"))

    def close(self) -> None:
        """Closes the window."""
        self.window.close()
        self.settle(0.3)


def take_start(library: Path, photos: Path) -> None:
    """The invitation, and a library while it is indexed."""
    session = Session(library, "light", "")
    session.take("welcome")
    session.conductor.add_folders([photos])
    session.until(lambda: session.window.photos.rowCount() > 40)
    session.settle(2)
    session.take("indexing")
    session.conductor.jobs.follower.cancel()
    session.settle(3)
    session.close()


def take_states(library: Path, photos: Path, theme: str, suffix: str) -> None:
    """The states of a finished library."""
    from desktop_app.places import NeighboursPlace, PhotosPlace, ProblemsPlace

    session = Session(library, theme, suffix)
    window, navigator = session.window, session.conductor.navigator
    session.settle()
    navigator.go(PhotosPlace())
    session.until(lambda: window.photos.rowCount() > 100)
    session.settle()
    session.take("photos")
    folders = sorted(path for path in photos.iterdir() if path.is_dir())
    folder = next((path for path in folders if path.name == "sunflower"), folders[0])
    navigator.go(PhotosPlace(folder))
    session.until(lambda: 0 < window.photos.rowCount() < 100)
    navigator.go(NeighboursPlace((window.photos.photo_id(4),)))
    session.settle(3)
    session.take("neighbours")
    session.conductor.pages.open_viewer(0)
    session.settle(3)
    session.take("viewer")
    session.conductor.pages.close_viewer(0)
    navigator.go(ProblemsPlace())
    session.settle()
    session.take("problems")
    window.search.setText(SENTENCE)
    window.search.returnPressed.emit()
    session.until(lambda: window.query_bar.isVisible() and window.photos.rowCount() > 0)
    session.settle(3)
    session.take("words")
    session.close()


def take_teaching(library: Path) -> None:
    """A model that learns from captions: set up, watched, and judged."""
    from desktop_app.views.retraining.steps import JUDGE

    session = Session(library, "light", "")
    session.window.actions_.teach.trigger()
    page = session.window.retraining_page
    session.until(page.setup.start.isEnabled)
    session.settle()
    session.take("teach-setup")
    page.setup.start.click()
    session.until(lambda: bool(page.watch.samples))
    session.settle(10)
    session.take("teach-watch")
    page.watch.finish.click()
    session.until(lambda: page.step == JUDGE)
    session.settle(3)
    session.take("teach-verdict")
    session.close()


def take_pages(library: Path) -> None:
    """The pages beside the window."""
    from PySide6.QtWidgets import QDialog

    session = Session(library, "light", "")
    session.settle()
    for name in ("models", "captions", "settings", "keys"):
        getattr(session.window.actions_, name).trigger()
        session.settle(3)
        (page,) = (found for found in session.window.findChildren(QDialog) if found.isVisible())
        session.take(name, page)
        page.close()
        session.settle(0.5)
    session.close()


def main() -> None:
    """Takes all pictures; a child process takes those at 200 %, since Qt reads the scale once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=("start", "states", "pages", "teaching"))
    parser.add_argument("--states", nargs=4, help=argparse.SUPPRESS)  # library, photos, theme, suffix
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if options.states:
        library, photos, theme, suffix = options.states
        take_states(Path(library), Path(photos), theme, f"-{suffix}" if suffix else "")
        return
    wanted = options.only or ("start", "states", "pages", "teaching")
    with tempfile.TemporaryDirectory(prefix="hammingbird-pictures-") as scratch:
        os.environ["XDG_CONFIG_HOME"] = scratch  # the windows' settings, apart from the person's own
        photos, library = Path(scratch) / "Pictures", Path(scratch) / "library"
        make_photos(photos)
        if "start" in wanted:
            take_start(Path(scratch) / "fresh", photos)
        if "states" in wanted:
            hammingbird(library, "index", str(photos), "--progress", "none")
            take_all_states(library, photos)
        few = Path(scratch) / "few" / "Pictures"
        if "pages" in wanted or "teaching" in wanted:
            table, captioned = make_captioned(photos, few), Path(scratch) / "captioned"
            hammingbird(captioned, "index", str(few), "--progress", "none")
            hammingbird(captioned, "captions", "import", str(table))
        if "teaching" in wanted:
            take_teaching(captioned)
        if "pages" in wanted:
            take_pages(captioned)


def take_all_states(library: Path, photos: Path) -> None:
    """The states in both themes and at 200 %."""
    for theme, suffix, scale in (("light", "", "1"), ("dark", "dark", "1"), ("light", "200", "2")):
        child = [sys.executable, "-m", "tests.screenshots", "--states", str(library), str(photos), theme]
        environment = {**os.environ, "QT_SCALE_FACTOR": scale}
        subprocess.run([*child, suffix], check=True, cwd=ROOT, env=environment)


if __name__ == "__main__":
    main()
