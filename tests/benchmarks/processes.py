"""Child processes: every measurement runs in a fresh one, so that none warms or burdens another."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.progress import Event, Failed, Progress, Result, Started, from_json

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "bench"


class ChildFailed(RuntimeError):
    """A child process did not do what it was started for; its figures would be worth nothing."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a child.

    It has an empty home, so that nobody's own library or settings are touched, and byte code is kept from one
    child to the next, as it is for everyone who starts a program twice.
    """
    home.mkdir(parents=True, exist_ok=True)
    dropped = ("PYTHONDONTWRITEBYTECODE",)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HAMMINGBIRD_") and k not in dropped}
    own = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PYTHONPYCACHEPREFIX": str(WORK / "bytecode"),
    }
    return {**kept, **own, **more}


def run_child(module: str, *arguments: object, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Runs `tests.benchmarks.MODULE` and reads the JSON object on the last line that it prints.

    Raises:
        ChildFailed: It ended badly or printed no figures.
    """
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env or environment(WORK / "home")
    )
    if done.returncode or not done.stdout.strip():
        raise ChildFailed(f"tests.benchmarks.{module} ended with {done.returncode}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def tell(**figures: object) -> None:
    """The child's end of `run_child`."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class IndexRun:
    """One run of the real `hammingbird index`.

    Attributes:
        seconds: From the event "started" to the event "result".
        whole_s: From the start of the process to its end.
        processor_s: User and system time of the process and all its workers.
        steady_rate: Photos a second between a fifth and nine tenths of the way, None for a short run.
        figures: What the result says.
    """

    seconds: float
    whole_s: float
    processor_s: float
    steady_rate: float | None
    figures: dict[str, Any]


def index(library: Path, folder: Path, before: Sequence[str] = ()) -> IndexRun:
    """Runs the real command on a folder and times its events.

    Args:
        library: Folder of the library.
        folder: Folder of photos.
        before: A command that starts and watches it, such as strace with its options.

    Raises:
        ChildFailed: The command failed.
    """
    script = Path(sys.executable).with_name("hammingbird")
    program = [str(script)] if script.is_file() else [sys.executable, "-m", "desktop_app"]
    command = [*before, *program, "--library", str(library), "index", str(folder), "--progress", "jsonl"]
    spent = _children_s()
    begin = time.monotonic()
    moments: list[tuple[float, Event]] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(library.parent / "home")
    ) as child:
        assert child.stdout is not None
        moments += [(time.monotonic(), from_json(line)) for line in child.stdout]
    whole = time.monotonic() - begin
    last = moments[-1][1] if moments else None
    if child.returncode or not isinstance(last, Result):
        said = last.message if isinstance(last, Failed) else ""
        raise ChildFailed(f"`hammingbird index` ended with {child.returncode}. {said}")
    start = next(moment for moment, event in moments if isinstance(event, Started))
    return IndexRun(
        moments[-1][0] - start, whole, _children_s() - spent, _steady_rate(moments), dict(last.figures)
    )


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _steady_rate(moments: Sequence[tuple[float, Event]]) -> float | None:
    """Photos a second in the middle of the phase that has the most to do."""
    reading = [
        (moment, e) for moment, e in moments if isinstance(e, Progress) and e.phase == "reading" and e.total
    ]
    middle = [(moment, e.done) for moment, e in reading if 0.2 <= e.done / (e.total or 1) <= 0.9]
    if len(middle) < 2 or middle[-1][0] - middle[0][0] < 1.0:
        return None
    return (middle[-1][1] - middle[0][1]) / (middle[-1][0] - middle[0][0])
