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
        self._parents = parents
        self._nodes = parents.keys() | set(parents.values())
        self._heights: dict[str, int] = {}
        for leaf in parents.keys() - set(parents.values()):
            for height, node in enumerate(self.path(leaf)):
                self._heights[node] = max(height, self._heights.get(node, 0))

    @classmethod
    def load(cls, file: Path) -> "ClassTree":
        """Reads lines "parent child".

        Raises:
            UsageError: The file can't be read or a line has not two words.
        """
        try:
            lines = [line.split() for line in file.read_text().splitlines() if line.strip()]
        except OSError as error:
            raise UsageError(f"The class tree {file} can't be read: {error.strerror}.") from error
        if bad := next((line for line in lines if len(line) != 2), None):
            raise UsageError(
                f"The class tree {file} has a line that is not 'parent child': {' '.join(bad)!r}."
            )
        return cls({child: parent for parent, child in lines})

    def path(self, node: str) -> list[str]:
        """The node and its ancestors, up to the root.

        Raises:
            UsageError: The tree has no such node.
        """
        if node not in self._nodes:
            raise UsageError(f"The class tree has no class {node!r}.", "Name a tree that has all classes.")
        nodes = [node]
        while nodes[-1] in self._parents:
            nodes.append(self._parents[nodes[-1]])
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


class TeacherDistances:
    """1 - cosine of centred teacher features, stretched so that near pairs lie near 0.

    Cosines have a floor, and the weighting of pairs assumes that alike photos are near 0, so distances are
    mapped by clip((d - low) / (high - low), 0, 1) with the 0.1 % and 99 % quantiles of random training pairs.
    """

    def __init__(self, centre: Tensor, low: float, high: float) -> None:
        self.centre = centre
        self.low = low
        self.high = high

    @classmethod
    def fit(cls, features: Tensor, *, sample: int = 2000, seed: int = 0) -> "TeacherDistances":
        """Finds centre and quantiles from a training set's features, float (N, D)."""
        chosen = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))[: 10 * sample]
        centre = features[chosen].float().mean(dim=0)
        unit = nn.functional.normalize(features[chosen[:sample]].float() - centre, dim=1)
        rows, columns = torch.triu_indices(len(unit), len(unit), 1)
        ranked = (1 - unit @ unit.T)[rows, columns].sort().values
        return cls(centre, float(ranked[len(ranked) // 1000]), float(ranked[len(ranked) * 99 // 100]))

    def normalise(self, features: Tensor) -> Tensor:
        """float32 (B, D) features of unit length around the training set's centre."""
        return nn.functional.normalize(features.float() - self.centre, dim=1)

    def __call__(self, features: Tensor) -> Tensor:
        """float32 (B, B) distances in [0, 1] between the photos with these features, float (B, D)."""
        unit = self.normalise(features)
        found = (1 - unit @ unit.T - self.low) / (self.high - self.low)
        return found.clamp(0, 1).fill_diagonal_(0)
