"""What long work tells whoever watches: events, the same in a file, on a terminal and in the window."""

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Started:
    """First event of a job."""

    job: str
    kind: str
    title: str
    event: str = field(default="started", init=False)


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        phase: "scanning", "reading" or another short word.
        done: Units done in this phase.
        total: Units of this phase, None while unknown.
        rate: Units a second over the last seconds, None while unknown.
        seconds_left: Estimate, None while unknown.
        state: "running" or "paused".
        problems: Files of this run that could not be read so far.
    """

    phase: str
    done: int
    total: int | None = None
    rate: float | None = None
    seconds_left: float | None = None
    state: str = "running"
    problems: int = 0
    event: str = field(default="progress", init=False)


@dataclass(frozen=True)
class Warned:
    """Something went wrong, the job goes on."""

    message: str
    path: str | None = None
    event: str = field(default="warning", init=False)


@dataclass(frozen=True)
class Result:
    """Last event of a job that ended well or was cancelled.

    Attributes:
        summary: One sentence for a person.
        figures: Counts by name, for programs.
        cancelled: True when the person stopped the job.
    """

    summary: str
    figures: dict[str, Any] = field(default_factory=dict)
    cancelled: bool = False
    event: str = field(default="result", init=False)


@dataclass(frozen=True)
class Failed:
    """Last event of a job that could not go on."""

    message: str
    remedy: str = ""
    event: str = field(default="error", init=False)


Event = Started | Progress | Warned | Result | Failed
_KINDS: dict[str, Callable[..., Event]] = {
    "started": Started,
    "progress": Progress,
    "warning": Warned,
    "result": Result,
    "error": Failed,
}


class Reporter(Protocol):
    """Takes events, on the thread that does the work."""

    def __call__(self, event: Event) -> None:
        """Takes one event."""


def to_json(event: Event) -> str:
    """One event as one line of JSON, without the line's end."""
    return json.dumps(asdict(event))  # ASCII only: paths may hold bytes that are no UTF-8


def from_json(line: str) -> Event:
    """Reads what `to_json` wrote.

    Raises:
        ValueError: The line is no event.
    """
    try:
        data = json.loads(line)
        return _KINDS[data.pop("event")](**data)
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {line[:200]!r}") from error


class Meter:
    """Turns counts into rate and time left, over a sliding window so that a slow start is forgotten."""

    def __init__(self, window_s: float = 20.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._window_s = window_s
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque([(clock(), 0)])

    def restart(self, done: int) -> None:
        """Forgets the past, after a pause: the time that nothing ran does not count."""
        self._marks = deque([(self._clock(), done)])

    def update(self, done: int, total: int | None) -> tuple[float | None, float | None]:
        """Notes that `done` units are done.

        Returns:
            Units a second and seconds left, each None while unknown.
        """
        now = self._clock()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > self._window_s:
            self._marks.popleft()
        start, before = self._marks[0]
        if now - start < 0.5 or done <= before:
            return None, None
        rate = (done - before) / (now - start)
        return rate, None if total is None else max(total - done, 0) / rate
