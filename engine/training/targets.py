"""Target distances of a batch from several sources at once: class tree, labels, captions, a teacher."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.training.distances import CalibratedDistances


class Source(Protocol):
    """One notion of how far apart photos should be."""

    @property
    def known(self) -> Tensor:
        """Bool (N,): photos that this source knows something of."""
        ...

    def between(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Distances between photos at positions int64 (B,) and (M,), float32 (B, M), each in [0, 1]."""
        ...

    def to(self, device: torch.device) -> "Source":
        """The same on a device."""
        ...


@dataclass(frozen=True)
class ClassDistances:
    """Distances of the photos' classes.

    Attributes:
        labels: int64 (N,) in 0..C-1; -1 for photos whose class is not known.
        table: float32 (C, C), such as a class tree's; 0 on the diagonal.
    """

    labels: Tensor
    table: Tensor

    @property
    def known(self) -> Tensor:
        """See `Source.known`."""
        return self.labels >= 0

    def between(self, rows: Tensor, columns: Tensor) -> Tensor:
        """See `Source.between`."""
        return self.table[self.labels[rows, None], self.labels[columns]]

    def to(self, device: torch.device) -> "ClassDistances":
        """See `Source.to`."""
        return ClassDistances(self.labels.to(device), self.table.to(device))


@dataclass(frozen=True)
class SharedLabels:
    """1 - (classes that both have) / (classes that either has): with one class each, 0 or 1.

    Attributes:
        labels: float32 (N, C), 1 for each class of a photo.
    """

    labels: Tensor

    @property
    def known(self) -> Tensor:
        """Photos with a class."""
        return self.labels.any(dim=1)

    def between(self, rows: Tensor, columns: Tensor) -> Tensor:
        """See `Source.between`."""
        a, b = self.labels[rows], self.labels[columns]
        both = a @ b.T
        either = a.sum(dim=1, keepdim=True) + b.sum(dim=1) - both
        return 1 - both / either.clamp_min(1)

    def to(self, device: torch.device) -> "SharedLabels":
        """See `Source.to`."""
        return SharedLabels(self.labels.to(device))


@dataclass(frozen=True)
class FeatureDistances:
    """Calibrated distances of feature vectors: a teacher's, or those of captions.

    Attributes:
        features: float (N, D).
        known: See `Source.known`.
        distances: Fitted to training photos that are known.
    """

    features: Tensor
    known: Tensor
    distances: CalibratedDistances

    @classmethod
    def fit(cls, features: Tensor, known: Tensor, train: Tensor, *, seed: int = 0) -> "FeatureDistances":
        """Calibrates on the training photos at positions int64 (T,) that are known.

        Raises:
            UsageError: Fewer than two are.
        """
        usable = train[known[train]]
        if len(usable) < 2:
            raise UsageError(
                "Target distances need at least two training photos that something is known of.",
                "Add captions, or choose other target distances.",
            )
        return cls(features, known, CalibratedDistances.fit(features[usable], seed=seed))

    def between(self, rows: Tensor, columns: Tensor) -> Tensor:
        """See `Source.between`."""
        return self.distances.between(self.features[rows], self.features[columns])

    def to(self, device: torch.device) -> "FeatureDistances":
        """See `Source.to`."""
        return replace(
            self,
            features=self.features.to(device),
            known=self.known.to(device),
            distances=self.distances.to(device),
        )


class TargetDistances:
    """The weighted mean of sources; for a pair of photos, of those that know both."""

    def __init__(self, sources: Mapping[str, tuple[float, Source]]) -> None:
        """Takes sources by name, each with its weight.

        Args:
            sources: Weights, >= 0, and sources over the same N photos.

        Raises:
            UsageError: No weight is above 0, or one is not a number >= 0.
        """
        weights = {name: weight for name, (weight, _) in sources.items()}
        if not all(0 <= weight < float("inf") for weight in weights.values()) or not any(weights.values()):
            raise UsageError(
                f"Weights of target distances are numbers from 0, one above it; these are {weights}."
            )
        self.sources = {name: (weight, source) for name, (weight, source) in sources.items() if weight}
        # Found once: a step of training asks for a few hundred photos, these are looked up over all.
        self._known = {name: source.known for name, (_, source) in self.sources.items()}
        self._all_known = all(bool(known.all()) for known in self._known.values())

    @property
    def known(self) -> Tensor:
        """Bool (N,): photos that a source knows; of the others no distance can be learned."""
        return torch.stack(list(self._known.values())).any(dim=0)

    @property
    def weights(self) -> dict[str, float]:
        """The weights above 0 by name of the source."""
        return {name: weight for name, (weight, _) in self.sources.items()}

    def __call__(self, chosen: Tensor) -> Tensor:
        """Distances within a batch, float32 (B, B), symmetric, 0 on the diagonal; int64 (B,) positions."""
        return self.between(chosen, chosen).fill_diagonal_(0)

    def between(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Distances between photos at positions int64 (B,) and (M,).

        Returns:
            float32 (B, M), each in [0, 1]; 1 where no source knows both photos.
        """
        if self._all_known:
            found = (weight * source.between(rows, columns) for weight, source in self.sources.values())
            return torch.stack(list(found)).sum(dim=0) / sum(self.weights.values())
        total = torch.zeros(len(rows), len(columns), device=rows.device)
        weights = torch.zeros_like(total)
        for name, (weight, source) in self.sources.items():
            known = self._known[name]
            both = weight * (known[rows, None] & known[columns]).float()
            total += both * source.between(rows, columns)
            weights += both
        return torch.where(weights > 0, total / weights.clamp_min(1e-12), 1.0)

    def to(self, device: torch.device) -> "TargetDistances":
        """The same on a device."""
        return TargetDistances({name: (w, source.to(device)) for name, (w, source) in self.sources.items()})
