"""Target distances: how far apart two photos should be, from a class tree and from teacher features."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import UsageError


class ClassTree:
    """A tree over classes; d(u, w) = height(lcs(u, w)) / height(root), as cvjena/semantic-embeddings has it.

    Heights: 0 for a leaf, otherwise 1 + the highest child. They are those of the whole tree, also when only
    some of its classes are in use, so that distances mean the same in every data set.
    """

    def __init__(self, parents: dict[str, str]) -> None:
        """Takes the parent of each node but the root.

        Raises:
            UsageError: The nodes don't hang together, or run in a circle.
        """
        self._parents = parents
        self._nodes = parents.keys() | set(parents.values())
        self._heights: dict[str, int] = {}
        roots = {self.path(node)[-1] for node in self._nodes}
        if len(roots) != 1:
            raise UsageError(f"A class tree has one root, not {len(roots)}.", "Add a node above them.")
        for leaf in parents.keys() - set(parents.values()):
            for height, node in enumerate(self.path(leaf)):
                self._heights[node] = max(height, self._heights.get(node, 0))

    @classmethod
    def load(cls, file: Path) -> "ClassTree":
        """Reads lines "parent child".

        Raises:
            UsageError: The file can't be read, a line has not two words, or it is no tree.
        """
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"The class tree {file} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"The class tree {file} is no text.", "Name lines 'parent child'.") from error
        lines = [line.split() for line in text.splitlines() if line.strip()]
        if bad := next((line for line in lines if len(line) != 2), None):
            raise UsageError(
                f"The class tree {file} has a line that is not 'parent child': {' '.join(bad)!r}."
            )
        parents: dict[str, str] = {}
        for parent, child in lines:
            if parents.setdefault(child, parent) != parent:
                raise UsageError(f"In the class tree {file}, {child!r} has two parents.")
        return cls(parents)

    def path(self, node: str) -> list[str]:
        """The node and its ancestors, up to the root.

        Raises:
            UsageError: The tree has no such node, or goes in a circle there.
        """
        if node not in self._nodes:
            raise UsageError(f"The class tree has no class {node!r}.", "Name a tree that has all classes.")
        nodes = [node]
        while nodes[-1] in self._parents:
            nodes.append(self._parents[nodes[-1]])
            if len(nodes) > len(self._nodes):
                raise UsageError(f"The class tree goes in a circle above {node!r}.")
        return nodes

    def distances(self, classes: list[str]) -> NDArray[np.float32]:
        """float32 (C, C) distances in [0, 1] between all given classes."""
        paths = [self.path(name) for name in classes]
        height_of_root = max(self._heights.values())
        table = np.zeros((len(classes), len(classes)), np.float32)
        for i, path in enumerate(paths):
            ancestors = set(path)
            for j in range(i):
                lowest = next(node for node in paths[j] if node in ancestors)
                table[i, j] = table[j, i] = self._heights[lowest] / height_of_root
        return table


class CalibratedDistances:
    """1 - cosine of centred features (a teacher's, or of captions), stretched so that near pairs lie near 0.

    Cosines have a floor, and the weighting of pairs assumes that alike photos are near 0, so distances are
    mapped by clip((d - low) / (high - low), 0, 1) with the 0.1 % and 99 % quantiles of random training pairs.
    """

    def __init__(self, centre: Tensor, low: float, high: float) -> None:
        self.centre = centre
        self.low = low
        self.high = high

    @classmethod
    def fit(cls, features: Tensor, *, sample: int = 2000, seed: int = 0) -> "CalibratedDistances":
        """Finds centre and quantiles from a training set's features, float (N, D)."""
        chosen = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))[: 10 * sample]
        centre = features[chosen].float().mean(dim=0)
        unit = nn.functional.normalize(features[chosen[:sample]].float() - centre, dim=1)
        rows, columns = torch.triu_indices(len(unit), len(unit), 1)
        ranked = (1 - unit @ unit.T)[rows, columns].sort().values
        return cls(centre, float(ranked[len(ranked) // 1000]), float(ranked[len(ranked) * 99 // 100]))

    def to(self, device: torch.device) -> "CalibratedDistances":
        """The same on a device."""
        return CalibratedDistances(self.centre.to(device), self.low, self.high)

    def normalise(self, features: Tensor) -> Tensor:
        """float32 (B, D) features of unit length around the training set's centre."""
        return nn.functional.normalize(features.float() - self.centre, dim=1)

    def between(self, rows: Tensor, columns: Tensor) -> Tensor:
        """float32 (B, M) distances in [0, 1] between photos with these features, float (B, D) and (M, D)."""
        found = 1 - self.normalise(rows) @ self.normalise(columns).T
        return ((found - self.low) / max(self.high - self.low, 1e-6)).clamp(0, 1)

    def __call__(self, features: Tensor) -> Tensor:
        """float32 (B, B) distances within a batch of features, float (B, D); 0 on the diagonal."""
        return self.between(features, features).fill_diagonal_(0)
