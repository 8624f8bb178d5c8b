"""What docs/privacy-and-safety.md promises of photo folders and of the network, seen from every process."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WATCHER = Path(__file__).with_name("watched")


class Watched:
    """Runs commands whose processes, and those that they start, are watched.

    Attributes:
        log: What they did that was promised never to be done, a line each.
    """

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.log = scratch / "steps.txt"
        self._library = scratch / "library"
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(WATCHER),
            "WATCH_FOLDER": str(folder),
            "WATCH_LOG": str(self.log),
        }

    def python(self, *arguments: object) -> None:
        """Runs Python."""
        subprocess.run(
            [sys.executable, *map(str, arguments)],
            check=True,
            cwd=ROOT,
            env=self._environment,
            timeout=120,
            stdout=subprocess.DEVNULL,
        )

    def hammingbird(self, *arguments: object) -> None:
        """Runs a command on the library."""
        self.python("-m", "desktop_app", "--library", self._library, *arguments)

    def steps(self) -> list[str]:
        """What was done so far."""
        return self.log.read_text().splitlines()


@pytest.fixture
def photos(photo_folder: Callable[..., Path]) -> Path:
    """A few photos, one with a caption beside it, and one that is broken."""
    folder = photo_folder("photos", range(6))
    (folder / "0.txt").write_text("a grey heron")
    (folder / "broken.jpg").write_bytes((folder / "1.jpg").read_bytes()[:700])
    return folder


def look_of(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything in a folder, and when it, its name or its rights were changed."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            path.stat().st_ctime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [folder, *folder.rglob("*")]
    }


def test_no_command_writes_into_a_photo_folder_or_uses_the_network(photos: Path, tmp_path: Path) -> None:
    watched = Watched(photos, tmp_path)
    before = look_of(photos)
    for arguments in (
        ["index", photos, "--progress", "none"],
        ["similar", photos / "0.jpg", "--all", "--sheet", tmp_path / "sheet.png"],
        ["search", "heron"],
        ["captions", "set", photos / "1.jpg", "a boat"],
        ["index", "--progress", "none"],
        ["doctor", "--json"],
        ["forget", photos],
    ):
        watched.hammingbird(*arguments)
    assert watched.steps() == []
    assert look_of(photos) == before


def test_the_watcher_sees_what_it_has_to_see(photos: Path, tmp_path: Path) -> None:
    watched = Watched(photos, tmp_path)
    watched.python(
        "-c",
        f"""
import contextlib, os, pathlib, socket, subprocess, sys
with contextlib.suppress(OSError):
    socket.create_connection(("127.0.0.1", 9), timeout=0.1).close()
photos = pathlib.Path({str(photos)!r})
(photos / "new.txt").write_text("new")
os.replace(photos / "new.txt", photos / "other.txt")
(photos / "0.jpg").read_bytes()
subprocess.run([sys.executable, "-c", f"import os; os.remove({{str(photos / 'other.txt')!r}})"], check=True)
""",
    )
    seen = [step.split()[0] for step in watched.steps()]
    assert seen == ["socket.getaddrinfo", "socket.connect", "open", "os.rename", "os.remove"]
