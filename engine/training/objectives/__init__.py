"""Training objectives, one file per published work, behind one interface."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.errors import UsageError


@dataclass(frozen=True)
class Targets:
    """What the codes of a batch should say.

    Attributes:
        labels: int64 (B,) positions of classes, or float32 (B, C) with 1 for each class of a photo; None
            where no classes are known.
        distances: float32 (B, B), each in [0, 1], symmetric with a zero diagonal; None where none are known.
    """

    labels: Tensor | None = None
    distances: Tensor | None = None


@dataclass(frozen=True)
class Situation:
    """What an objective is made for.

    Attributes:
        n_bits: Length of a code.
        n_classes: Classes of the photos; 0 where none are known.
        class_distances: float32 (n_classes, n_classes) from a class tree; None without one.
        class_similarity: float64 (n_classes, n_classes) in [-1, 1], what a classifier takes classes for
            (`class_similarity.class_similarity`); None without one.
        seed: Of everything that is drawn.
    """

    n_bits: int
    n_classes: int
    class_distances: Tensor | None = None
    seed: int = 0
    class_similarity: Tensor | None = None

    def needed_classes(self, objective: str) -> int:
        """How many classes there are.

        Raises:
            UsageError: There are not two.
        """
        if self.n_classes < 2:
            raise UsageError(
                f"{objective} learns from classes, and these photos have {self.n_classes or 'none'}.",
                "Choose semantic-kl or shrewd, or name photos of two classes or more.",
            )
        return self.n_classes


@dataclass(frozen=True)
class Loss:
    """What an objective returns.

    Attributes:
        total: Scalar to minimise.
        parts: Named scalars that the total is made of, unweighted, detached, for the curves.
    """

    total: Tensor
    parts: dict[str, Tensor]


class Objective(nn.Module, ABC):
    """Scores the logits of a batch, in float32 at least and also under autocast."""

    @property
    def needs_distances(self) -> bool:
        """Whether target distances are looked at; where they are not, nobody need compute them."""
        return False

    def forward(self, v: Tensor, targets: Targets) -> Loss:
        """Scores a batch.

        Args:
            v: (B, n_bits) logits; float64 is kept, all else becomes float32.
            targets: See `Targets`.

        Raises:
            UsageError: The targets lack what this objective learns from.
            ValueError: Logits and targets do not fit, or the batch is too small.
        """
        with torch.autocast(v.device.type, enabled=False):
            return self.score(v.to(torch.promote_types(v.dtype, torch.float32)), targets)

    @abstractmethod
    def score(self, v: Tensor, targets: Targets) -> Loss:
        """What `forward` does, with float32 or float64 logits and without autocast."""


def labels_of(targets: Targets, objective: str) -> Tensor:
    """The labels of a batch.

    Raises:
        UsageError: There are none.
    """
    if targets.labels is None:
        raise UsageError(f"{objective} learns from classes, and these photos have none.", "Name another one.")
    return targets.labels


def distances_of(targets: Targets, objective: str) -> Tensor:
    """The target distances of a batch.

    Raises:
        UsageError: There are none.
    """
    if targets.distances is None:
        raise UsageError(
            f"{objective} learns from target distances, and there are none.",
            "Name a class tree, a teacher, or captions together with --caption-encoder.",
        )
    return targets.distances
