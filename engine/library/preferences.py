"""What a person can set for a library: each with a default, a sentence of explanation, and a check.

They are kept as text in the table `settings`, and every index run and every watcher reads them anew, so they
take effect without a restart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import UsageError
from engine.library.database import Library
from engine.library.exclusions import Exclusions
from engine.library.settings import MOST_MEGAPIXELS, get_setting, put_setting
from engine.library.undo import record_undo
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS

YES, NO = "yes", "no"
NOW, IDLE, PAUSED = "now", "idle", "paused"
PROCESSOR, GRAPHICS = "cpu", "gpu"
MOST_WORKERS = 256
LEAST_MEMORY_MB, MOST_MEMORY_MB = 1024, 1_048_576
MOST_POLL_MINUTES = 1440


@dataclass(frozen=True)
class Preference:
    """One thing that can be set.

    Attributes:
        name: In the terminal and in the table `settings`.
        title: For people.
        default: As text.
        explanation: What it does, in a sentence or two.
        values: What it may be, in words.
        clean: The value as it is kept, of what a person wrote; raises ValueError with a sentence.
        known: Texts that it may be; empty where it is no choice.
    """

    name: str
    title: str
    default: str
    explanation: str
    values: str
    clean: Callable[[str], str]
    known: tuple[str, ...] = ()


def _choice(*known: str) -> Callable[[str], str]:
    def clean(text: str) -> str:
        wanted = text.strip().lower()
        if wanted not in known:
            raise ValueError(f"It is one of {', '.join(known)}.")
        return wanted

    return clean


def _number(low: int, high: int, *, or_zero: bool = False) -> Callable[[str], str]:
    words = f"a whole number from {low:,} to {high:,}" + (", or 0" if or_zero else "")

    def clean(text: str) -> str:
        try:
            number = int(text.strip().replace(",", ""))
        except ValueError:
            raise ValueError(f"It is {words}.") from None
        if not (low <= number <= high or (or_zero and number == 0)):
            raise ValueError(f"It is {words}.")
        return str(number)

    return clean


def _megapixels(text: str) -> str:
    try:
        number = float(text.strip())
    except ValueError:
        number = 0
    if not 1 <= number <= MOST_MEGAPIXELS:
        raise ValueError(f"It is a number of megapixels from 1 to {MOST_MEGAPIXELS:,}.")
    return f"{number:g}"


def _patterns(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    Exclusions(lines)  # refuses what is no pattern
    return "\n".join(line for line in lines if line)


def _folder(text: str) -> str:
    if not text.strip():
        return ""
    folder = Path(text.strip()).expanduser()
    if not folder.is_absolute():
        raise ValueError("Name the folder with its whole path.")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file, not a folder.")
    return str(folder)


PREFERENCES = {
    preference.name: preference
    for preference in (
        Preference(
            "watching",
            "Watch the folders",
            YES,
            "New, changed and deleted photos are noticed by themselves while Hammingbird is open.",
            "yes or no",
            _choice(YES, NO),
            (YES, NO),
        ),
        Preference(
            "poll_minutes",
            "Look at network drives every",
            "10",
            "Network drives don't tell of changes, so Hammingbird looks through them this often, in minutes.",
            f"minutes from 1 to {MOST_POLL_MINUTES:,}",
            _number(1, MOST_POLL_MINUTES),
        ),
        Preference(
            "exclusions",
            "Leave out",
            "",
            "Photos whose path below a folder fits one of these patterns are not shown and not found."
            " What was written about them is kept, and they come back when the pattern goes.",
            "patterns as in a .gitignore file, one a line",
            _patterns,
        ),
        Preference(
            "index_when",
            "Index",
            NOW,
            "What was noticed is indexed at once, when the computer has little else to do, or only when you"
            " ask for it.",
            "now, idle or paused",
            _choice(NOW, IDLE, PAUSED),
            (NOW, IDLE, PAUSED),
        ),
        Preference(
            "max_megapixels",
            "Largest picture",
            f"{DEFAULT_MAX_MEGAPIXELS:g}",
            "Pictures with more megapixels are not read; they are listed under Problems.",
            f"megapixels from 1 to {MOST_MEGAPIXELS:,}",
            _megapixels,
        ),
        Preference(
            "workers",
            "Processes",
            "0",
            "So many photos are read at the same time. Fewer leave more room for other programs; 0 takes as"
            " many as the computer has processors.",
            f"1 to {MOST_WORKERS}, or 0 for as many as processors",
            _number(1, MOST_WORKERS, or_zero=True),
        ),
        Preference(
            "memory_mb",
            "Memory of each process",
            "0",
            "A photo that needs more megabytes is listed under Problems; 0 takes what the largest allowed"
            " picture needs. Linux keeps to it; other systems know no such limit.",
            f"megabytes from {LEAST_MEMORY_MB:,}, or 0 for what the largest allowed picture needs",
            _number(LEAST_MEMORY_MB, MOST_MEMORY_MB, or_zero=True),
        ),
        Preference(
            "device",
            "Compute on",
            PROCESSOR,
            "Where the model looks at photos while they are indexed. The processor is fast enough for most;"
            " Intel graphics (gpu) can help with large added models.",
            "cpu or gpu",
            _choice(PROCESSOR, GRAPHICS),
            (PROCESSOR, GRAPHICS),
        ),
        Preference(
            "backup_folder",
            "Backups go to",
            "",
            "A backup holds your folders, captions, pairs and codes, but no photos. Without a folder of your"
            " own choice it lies in the library's.",
            "the whole path of a folder, or nothing for the library's own folder",
            _folder,
        ),
    )
}


def preference(name: str) -> Preference:
    """One of `PREFERENCES`.

    Raises:
        UsageError: There is none of this name.
    """
    if name not in PREFERENCES:
        raise UsageError(f"There is no setting {name!r}.", f"Settings are: {', '.join(PREFERENCES)}.")
    return PREFERENCES[name]


def cleaned(name: str, value: str) -> str:
    """A value as it is kept.

    Raises:
        UsageError: There is no such setting, or it can't have this value.
    """
    wanted = preference(name)
    try:
        return wanted.clean(value)
    except ValueError as error:
        raise UsageError(f"{wanted.title}: this can't be {value!r}.", str(error)) from None


def get_preference(lib: Library, name: str) -> str:
    """What was set, or the default where nothing was, or nothing that makes sense."""
    wanted = preference(name)
    stored = get_setting(lib, name)
    try:
        return wanted.default if stored is None else wanted.clean(stored)
    except ValueError:
        return wanted.default


def all_preferences(lib: Library) -> dict[str, str]:
    """All values by name, as at one moment."""
    with lib.reading():
        return {name: get_preference(lib, name) for name in PREFERENCES}


def set_preference(lib: Library, name: str, value: str | None) -> int:
    """Sets one, or takes the default with None; returns the undo record.

    Raises:
        UsageError: There is no such setting, or it can't have this value.
    """
    wanted = preference(name)
    fresh = None if value is None else cleaned(name, value)
    if (name, fresh) == ("device", GRAPHICS):
        _require_graphics()
    if fresh == wanted.default:
        fresh = None
    with lib.transaction():
        before = get_setting(lib, name)
        put_setting(lib, name, fresh)
        payload = {"kind": "preference", "name": name, "before": before}
        return record_undo(lib, f"Setting: {wanted.title}", payload)


def undo_preference(lib: Library, payload: dict[str, Any]) -> None:
    """Takes `set_preference` back, inside a transaction."""
    put_setting(lib, payload["name"], payload["before"])


def _require_graphics() -> None:
    from engine.hashing.runtime import has_graphics  # OpenVINO, which nobody else needs here

    if not has_graphics():
        raise UsageError(
            "No graphics processor was found that can be used.",
            "It takes one of Intel's, with its driver for OpenCL; the processor works everywhere.",
        )
