"""Where things lie: the library, the resources that ship with the program, the program itself."""

import os
import sys
from pathlib import Path

# What a folder is known for a library by.
LIBRARY_FILE = "library.db"


def default_library_dir() -> Path:
    """The library that is used when none is named: the platform's folder for application data."""
    import platformdirs  # not for training, which knows no library of its own

    named = os.environ.get("HAMMINGBIRD_LIBRARY")
    return Path(named) if named else Path(platformdirs.user_data_dir("hammingbird", appauthor=False))


def resource(name: str) -> Path:
    """Finds a shipped file or folder in the source tree, the wheel and the frozen bundle alike.

    Args:
        name: Path below `resources/`, with forward slashes.

    Raises:
        FileNotFoundError: No such resource ships with the program.
    """
    here = Path(__file__).resolve().parent
    for root in (here.parent / "resources", here / "resources"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"resource {name} is missing from this installation")


def self_command() -> list[str]:
    """How to start this program as a child process, frozen or not."""
    if getattr(sys, "frozen", False):
        program = Path(sys.executable)
        # The bundle for Windows has a second program for the window, which has no terminal to print to.
        return [str(program.with_stem("hammingbird") if sys.platform == "win32" else program)]
    return [sys.executable, "-m", "desktop_app"]


def read_name(raw: bytes) -> str:
    """File name bytes as text to show; bytes that are no UTF-8 become U+FFFD."""
    return raw.decode("utf-8", "replace")


def plain(path: Path) -> Path:
    """Absolute, without "..", links left as they are: people find the path that they typed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps "..", resolve follows links
