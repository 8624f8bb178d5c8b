"""The next batch is made while the network learns from the present one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

import torch
from torch import Tensor

Made = TypeVar("Made")


class Ahead(Generic[Made]):
    """Calls a function in a thread, one call ahead; what is taken is the same as without the thread.

    Making views keeps one core busy for a third of a step, and learning leaves one idle for as long.

    Attributes:
        state: The generator's state as if only what was taken had been made.
    """

    def __init__(self, make: Callable[[torch.Generator], Made], generator: torch.Generator) -> None:
        """Takes what makes a batch and the generator that decides it, which nobody else may use."""
        self._make, self._generator = make, generator
        self._pool = ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,))
        self._next: Future[tuple[Made, Tensor]] | None = None
        self.state = generator.get_state()

    def __enter__(self) -> "Ahead[Made]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for what is being made, and drops it."""
        self._pool.shutdown(cancel_futures=True)

    def take(self) -> Made:
        """The next batch; raises what making it raised."""
        made, self.state = (self._next or self._pool.submit(self._one)).result()
        self._next = self._pool.submit(self._one)
        return made

    def _one(self) -> tuple[Made, Tensor]:
        return self._make(self._generator), self._generator.get_state()
