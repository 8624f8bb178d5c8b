"""Reads the folder of a retraining while a job writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from engine.library.retraining import RunFolder

POLL_MS = 400


class RetrainingFollower(QObject):
    """Tells what is new in one folder.

    Signals:
        planned: The plan, a dict.
        grown: New points of the curve, a list of dicts.
        rewritten: The curve was cut, as a run that goes on from an earlier step does; it comes anew.
        sampled: The newest samples, a dict.
    """

    planned = Signal(object)
    grown = Signal(object)
    rewritten = Signal()
    sampled = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run: RunFolder | None = None
        self._planned = False
        self._offset = self._sampled_ns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.look)

    def follow(self, run: RunFolder) -> None:
        """Tells all that is there, and from then on what comes."""
        self._run, self._planned, self._offset, self._sampled_ns = run, False, 0, 0
        self._timer.start()
        self.look()

    def close(self) -> None:
        """Looks no more."""
        self._timer.stop()
        self._run = None

    @Slot()
    def look(self) -> None:
        """Tells what is new now."""
        if (run := self._run) is None:
            return
        if not self._planned and (plan := run.plan()) is not None:
            self._planned = True
            self.planned.emit(plan)
        if _size(run) < self._offset:
            self._offset = 0
            self.rewritten.emit()
        points, self._offset = run.curve(self._offset)
        if points:
            self.grown.emit(points)
        self._look_at_samples(run)

    def _look_at_samples(self, run: RunFolder) -> None:
        try:
            written_ns = run.samples_path.stat().st_mtime_ns
        except OSError:
            return
        if written_ns != self._sampled_ns and (samples := run.samples()) is not None:
            self._sampled_ns = written_ns
            self.sampled.emit(samples)


def _size(run: RunFolder) -> int:
    try:
        return run.curve_path.stat().st_size
    except OSError:
        return 0
