"""Curves for TensorBoard, written beside the JSON lines that every run keeps."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import UsageError
from engine.training.checkpoint import read_lines
from engine.training.trainer import CURVE, METRICS

SECONDS_BETWEEN = 5.0


@contextmanager
def curves_for_tensorboard(folder: Path, *, on: bool) -> Iterator[None]:
    """While it is entered, what a run writes to its JSON lines also goes to `folder`/tensorboard.

    Args:
        folder: Of the run.
        on: Without it nothing happens.

    Raises:
        UsageError: The package tensorboard is missing.
    """
    if not on:
        yield
        return
    writer = _Writer(folder)
    ended = threading.Event()

    def follow() -> None:
        while not ended.wait(SECONDS_BETWEEN):
            writer.catch_up()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        writer.catch_up()
        writer.close()


class _Writer:
    """Adds the points that are new since it last looked."""

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise UsageError(
                "Curves for TensorBoard need the package tensorboard.", "Try: pip install tensorboard"
            ) from error
        self._writer = SummaryWriter(str(folder / "tensorboard"))
        self._files = {folder / METRICS: "step", folder / CURVE: "epoch"}
        self._seen = dict.fromkeys(self._files, -1.0)

    def catch_up(self) -> None:
        for file, axis in self._files.items():
            for point in read_lines(file):
                if point[axis] > self._seen[file]:
                    self._seen[file] = point[axis]
                    for name, value in point.items():
                        self._writer.add_scalar(f"{file.stem}/{name}", value, int(point[axis]))

    def close(self) -> None:
        self._writer.close()
