"""Tries a built Hammingbird as a person would: in a terminal, and in its window on a virtual screen.

    python packaging/smoke.py [--photos FOLDER] [--pictures FOLDER] [--teach] COMMAND...

COMMAND starts the program, such as `dist/hammingbird/hammingbird`. It runs in a home of its own that is gone
afterwards. Ends with 0 when all went well. Needs nothing but Python and, on Linux, Xvfb.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from scenes import caption, draw_photos
from virtual_screen import Picture, RealScreen, Xvfb, a_screen

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
PHOTO_COLOURS = 5000  # a window without photos has a few hundred
PATIENCE_S = 120.0
TEACHING_S = 480.0


class Failed(Exception):
    """The program did not do what it should."""


class Program:
    """The built program, with a home and a library of its own.

    Attributes:
        home: Where it may write.
    """

    def __init__(self, command: list[str], home: Path) -> None:
        self._command, self.home = command, home
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_"))}
        self._environment = {**kept, "HOME": str(home), "HAMMINGBIRD_LIBRARY": str(home / "library")}

    def run(self, *arguments: object, code: int = 0, patience_s: float = PATIENCE_S) -> str:
        """Runs a command of it and returns what it printed.

        Raises:
            Failed: It ended otherwise than with `code`, or spoke Python.
        """
        done = subprocess.run(
            [*self._command, *map(str, arguments)],
            cwd=self.home, env=self._environment, capture_output=True, text=True, encoding="utf-8",
            timeout=patience_s, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        printed = done.stdout + done.stderr
        if done.returncode != code or "Traceback" in printed:
            raise Failed(f"`{' '.join(map(str, arguments))}` ended with {done.returncode}:\n{printed}")
        return done.stdout if code == 0 else printed

    def open(self, screen: Mapping[str, str], *arguments: object) -> "subprocess.Popen[bytes]":
        """Opens the window."""
        command = [*self._command, "app", *map(str, arguments)]
        return subprocess.Popen(command, cwd=self.home, env={**self._environment, **screen})


def photos_in(folder: Path) -> list[Path]:
    """The photos of a folder that everything is tried with."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)


def try_terminal(program: Program, folder: Path, *, drawn: bool) -> None:
    """Index, ask, doctor."""
    program.run("--help")
    program.run("index", folder, "--progress", "none")
    photos = photos_in(folder)
    found = json.loads(program.run("similar", photos[0], "--all", "--json"))
    if not found or found[0]["distance"] > found[-1]["distance"]:
        raise Failed(f"no neighbours in order of distance: {found}")
    if drawn and Path(found[0]["path"]).stem != "scene 00 b":
        raise Failed(f"the nearest of {photos[0].name} is {found[0]['path']}")
    program.run("search", "a ball in the evening", "--all", "--json")
    program.run("doctor")


def wait_until(true: Callable[[], bool], what: str, window: "subprocess.Popen[bytes]") -> None:
    """Waits for something that the window shows.

    Raises:
        Failed: It did not come to that.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if window.poll() is not None:
            raise Failed(f"the window ended with {window.returncode} instead of: {what}")
        if time.monotonic() > deadline:
            raise Failed(f"{what}: waited for in vain")
        time.sleep(0.2)


def settled(screen: Xvfb | RealScreen) -> Picture:
    """What the screen shows as soon as it has stayed the same for a while."""
    before = screen.picture()
    for _ in range(40):
        time.sleep(0.5)
        now = screen.picture()
        if now == before:
            break
        before = now
    return before


def try_window(program: Program, folder: Path, pictures: Path) -> None:
    """The window adds a folder by itself, shows its photos, is handed a photo, and closes."""
    library = ("--library", program.home / "second library")
    with a_screen() as screen:
        window = program.open(screen.environment, *library, "--add", folder)
        try:
            wait_until(lambda: screen.picture().colours > PHOTO_COLOURS, "photos in the window", window)
            photos = settled(screen)
            photos.save(pictures / "photos.png")
            second = program.open(screen.environment, *library, photos_in(folder)[0])
            if code := second.wait(PATIENCE_S):
                raise Failed(f"handing a photo over to the window ended with {code}")
            wait_until(lambda: _differs(screen.picture(), photos), "another answer in the window", window)
            settled(screen).save(pictures / "neighbours.png")
            window.terminate()
            code = window.wait(PATIENCE_S)
            if code and sys.platform != "win32":  # where that is a hard end
                raise Failed(f"the window closed with {code}")
        finally:
            window.kill()
            window.wait()


def _differs(now: Picture, before: Picture) -> bool:
    """Whether a window shows another answer, rather than a message less at its lower edge."""
    step = 4 * 97
    pairs = zip(now.pixels[::step], before.pixels[::step], strict=True)
    return sum(a != b for a, b in pairs) > len(now.pixels[::step]) / 5


def try_without_torch(program: Program) -> None:
    """The base edition can't teach; it says what is missing, and what to do."""
    said = program.run("retrain", "--check", "--json", code=1)
    if "torch" not in said or "full edition" not in said:
        raise Failed(f"teaching without torch says: {said}")


def try_teaching(program: Program, folder: Path) -> None:
    """Captions, a short training, the new model in use, other answers, and back."""
    photos = photos_in(folder)
    table = program.home / "captions.csv"
    rows = [f'"{path}","{caption(path)}"' for path in photos]
    table.write_text("\n".join(["photo,caption", *rows]) + "\n", encoding="utf-8")
    program.run("captions", "import", table)
    before = program.run("similar", photos[0], "--all", "--json")
    program.run("retrain", "--minutes", 0.2, "--progress", "none", patience_s=TEACHING_S)
    models = json.loads(program.run("models", "list", "--json"))
    candidate = next(model["digest"] for model in models if model["state"] == "candidate")
    program.run("models", "accept", candidate, "--progress", "none", patience_s=TEACHING_S)
    if program.run("similar", photos[0], "--all", "--json") == before:
        raise Failed("the model that was taught answers as the one before")
    first = next(model["digest"] for model in models if model["state"] == "active")
    program.run("models", "use", first, "--progress", "none", patience_s=TEACHING_S)
    if program.run("similar", photos[0], "--all", "--json") != before:
        raise Failed("back at the first model, the answer is not the one before")


def smoke(program: Program, photos: Path | None, pictures: Path, *, teach: bool, has_torch: bool) -> None:
    """Tries everything.

    Raises:
        Failed: Something did not go well.
    """
    folder = photos or program.home / "Pictures"
    if photos is None:
        draw_photos(folder, 70 if teach else 24)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("in the terminal", lambda: try_terminal(program, folder, drawn=photos is None)),
        ("in the window", lambda: try_window(program, folder, pictures)),
    ]
    if teach:
        steps.append(("teaching", lambda: try_teaching(program, folder)))
    elif not has_torch:
        steps.append(("without torch", lambda: try_without_torch(program)))
    print(program.run("--version").strip(), flush=True)
    for name, step in steps:
        begin = time.monotonic()
        step()
        print(f"ok: {name}, {time.monotonic() - begin:.0f} s", flush=True)


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(description="Tries a built Hammingbird.")
    parser.add_argument("--photos", type=Path, help="folder with photos (default: photos that are drawn)")
    parser.add_argument("--pictures", type=Path, default=Path("build/smoke"), help="where screenshots go")
    parser.add_argument("--teach", action="store_true", help="retrain too; needs torch in the program")
    parser.add_argument("--torch", action="store_true", help="the program has torch, but do not try it")
    parser.add_argument("command", nargs="+", help="how to start the program")
    options = parser.parse_args()
    if options.teach and options.photos:
        parser.error("teaching is tried with drawn photos, whose captions are known: leave --photos out")
    options.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        first = shutil.which(options.command[0]) or parser.error(f"there is no {options.command[0]}")
        program = Program([os.path.abspath(first), *options.command[1:]], Path(home))  # noqa: PTH100 - no links
        try:
            smoke(
                program,
                options.photos and options.photos.absolute(),
                options.pictures.absolute(),
                teach=options.teach,
                has_torch=options.teach or options.torch,
            )
        except (Failed, subprocess.TimeoutExpired) as failure:
            print(f"Failed: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
