"""Checkpoints: all that a run needs to go on as if it had never stopped."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from engine.errors import HammingbirdError, UsageError

CHECKPOINT = "checkpoint.pt"
Figures = dict[str, float]


WRITE_ERRORS = (OSError, RuntimeError, SafetensorError)  # torch says RuntimeError of a full disk


def unwritten(place: Path, error: Exception, remedy: str) -> HammingbirdError:
    """What to tell a person of one of `WRITE_ERRORS`."""
    reason = (str(error).splitlines() or ["no reason was given"])[0]
    return HammingbirdError(f"{place} can't be written: {reason}.", remedy)


def write_whole(file: Path, write: Callable[[Path], object]) -> None:
    """Writes a file, whole or not at all; the one before is replaced.

    Args:
        file: Its folder is made where it is missing.
        write: Writes to the path that it is given.

    Raises:
        HammingbirdError: The disk is full, or not to be written to.
    """
    draft = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write(draft)
        draft.replace(file)
    except WRITE_ERRORS as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        remedy = "Free some space or choose another place; what was saved before is kept."
        raise unwritten(file, error, remedy) from error


def save_checkpoint(folder: Path, state: Mapping[str, Any]) -> None:
    """Writes the checkpoint of a run, whole or not at all; the one before is replaced.

    Args:
        folder: Of the run.
        state: Tensors, numbers, texts, and lists and dicts of these.

    Raises:
        HammingbirdError: It can't be written.
    """
    write_whole(folder / CHECKPOINT, lambda draft: torch.save(dict(state), draft))


def load_checkpoint(folder: Path, identity: str) -> dict[str, Any]:
    """Reads the checkpoint of a run; nothing in the file is ever executed.

    Args:
        folder: Of the run.
        identity: What the run is of, as `state["identity"]` has it.

    Raises:
        UsageError: There is none, it can't be read, or it is of other settings or photos.
    """
    file = folder / CHECKPOINT
    if not file.is_file():
        raise UsageError(f"{folder} holds no checkpoint.", "Start without --resume.")
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        stored = state["identity"]
    except Exception as error:  # whatever a torn or foreign file makes of the reader
        raise UsageError(
            f"{file} can't be read: it is damaged, or no checkpoint.", "Start again with another --run."
        ) from error
    if stored != identity:
        raise UsageError(
            f"{file} is of a run with other settings or photos: {_difference(stored, identity)}.",
            "Use the same command with --resume added, or another --run.",
        )
    return state


def _difference(stored: str, wanted: str) -> str:
    """The first setting in which two identities differ."""
    old, new = json.loads(stored), json.loads(wanted)
    name = next((name for name in {**old, **new} if old.get(name) != new.get(name)), "order")
    return f"{name} was {old.get(name)!r}, now is {new.get(name)!r}"


def rewrite_lines(file: Path, points: list[Figures]) -> None:
    """Makes a file of JSON lines hold these points and no others."""
    lines = "".join(_line(point) for point in points)
    write_whole(file, lambda draft: draft.write_text(lines, encoding="utf-8"))


def append_line(file: Path, point: Mapping[str, float]) -> None:
    """Adds one point to a file of JSON lines."""
    with file.open("a", encoding="utf-8") as out:
        out.write(_line(point))


def read_lines(file: Path) -> list[Figures]:
    """The points of a file of JSON lines; a last line that was cut off is left out."""
    points = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            points.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return points


def _line(point: Mapping[str, float]) -> str:
    return json.dumps({name: round(value, 5) for name, value in point.items()}) + "\n"
