"""How a long run tells its progress, and how it is stopped."""

import time
from typing import Protocol

from engine.progress import Event, Meter, Progress

REPORTS_EVERY_S = 0.2


class Control(Protocol):
    """The job's end that a run talks to; `engine.jobs.JobControl` is one."""

    def report(self, event: Event) -> None:
        """Tells an event."""

    def checkpoint(self) -> bool:
        """Waits while paused, raises JobCancelled when cancelled; True when it had paused."""


class Phase:
    """Counts the units of one phase and tells them a few times a second.

    Attributes:
        done: Units done.
        problems: Files of this run that could not be read so far.
    """

    def __init__(self, control: Control, name: str, total: int | None = None) -> None:
        self._control = control
        self._name = name
        self._total = total
        self._meter = Meter()
        self._told_at = 0.0
        self.done = 0
        self.problems = 0
        self.tell()

    def advance(self, units: int) -> None:
        """Notes that so many more units are done and their transaction is over; obeys pause and cancel.

        Raises:
            JobCancelled: The person cancelled.
        """
        self.done += units
        if self._control.checkpoint():
            self._meter.restart(self.done)
        if time.monotonic() - self._told_at >= REPORTS_EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Tells the progress now, whenever the last time was."""
        rate, seconds_left = self._meter.update(self.done, self._total)
        self._told_at = time.monotonic()
        self._control.report(
            Progress(self._name, self.done, self._total, rate, seconds_left, problems=self.problems)
        )
