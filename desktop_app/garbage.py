"""Python's collector of reference cycles, kept on the window's thread.

The collector runs on whichever thread happens to make the next object. A cycle that holds a widget, collected
on the library thread, destroys that widget there, and Qt crashes. So while a window is open the automatic
collector rests, and a timer on the window's thread does its work.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 3000
FULL_EVERY = 40  # turns of the timer


class GarbageKeeper(QObject):
    """Collects on the thread that made it, until it is closed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._turns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    @Slot()
    def settle(self) -> None:
        """What lives now (modules, mostly) stays: looking through it each time would take a frame."""
        gc.freeze()

    @Slot()
    def _collect(self) -> None:
        self._turns += 1
        gc.collect(2 if self._turns % FULL_EVERY == 0 else 1)

    def close(self) -> None:
        """Hands the work back to Python."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
