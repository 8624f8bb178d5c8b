"""The teacher's features that a student guesses: of whole photos, or of the very views that it sees."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from engine.training.distances import CalibratedDistances
from engine.training.teacher import load_teacher


@dataclass(frozen=True)
class TeacherFile:
    """Where a teacher comes from, which a process of a run loads for itself.

    Attributes:
        file: See `load_teacher`.
        side: Pixels of the teacher's input.
    """

    file: Path
    side: int


class Guessed(Protocol):
    """What the student guesses."""

    def __call__(self, chosen: Tensor, views: Tensor, gather: Callable[[Tensor], Tensor]) -> Tensor:
        """Features of unit length around the training set's centre, float32 (B, D).

        Args:
            chosen: int64 (B,) positions of the whole batch, on the device.
            views: This process's part as the student sees it, float32 (b, 3, S, S) in [0, 255].
            gather: Puts the parts of all processes after one another.
        """
        ...


class OfPhotos:
    """Features of whole photos, computed once: a student that sees a crop guesses what the whole is."""

    def __init__(self, features: Tensor, distances: CalibratedDistances, device: torch.device) -> None:
        """Takes float16 (N, D) features of all photos and what they are centred by."""
        self._features, self._distances = features.to(device), distances.to(device)

    def __call__(self, chosen: Tensor, views: Tensor, gather: Callable[[Tensor], Tensor]) -> Tensor:  # noqa: ARG002 - see Guessed
        """See `Guessed`."""
        return self._distances.normalise(self._features[chosen])


class OfViews:
    """Features of each view, by a teacher that looks at what the student sees.

    After Beyer et al. 2022 (Knowledge distillation: a good teacher is patient and consistent). It costs a
    forward pass of the teacher a step. Deviation: features are guessed, not logits, and views are not mixed.
    """

    def __init__(self, teacher: TeacherFile, distances: CalibratedDistances, device: torch.device) -> None:
        """Loads the teacher; `distances` was fitted to its features of whole photos."""
        network = load_teacher(teacher.file).requires_grad_(False).to(device)
        self._network: nn.Module = network.to(memory_format=torch.channels_last)
        self._side, self._distances = teacher.side, distances.to(device)

    def __call__(self, chosen: Tensor, views: Tensor, gather: Callable[[Tensor], Tensor]) -> Tensor:  # noqa: ARG002 - see Guessed
        """See `Guessed`."""
        with torch.no_grad():
            size = (self._side, self._side)
            seen = nn.functional.interpolate(views, size, mode="bilinear", antialias=True) / 127.5 - 1
            found = self._network(seen)
            features = cast(Tensor, found[0] if isinstance(found, tuple) else found)
            return gather(self._distances.normalise(features))
