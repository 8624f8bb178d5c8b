"""Several objectives at once, each with its weight."""

import math
from collections.abc import Sequence
from typing import cast

from torch import Tensor, nn

from engine.training.objectives import Loss, Objective, Targets


class Combined(Objective):
    """The weighted sum of its parts; a part of weight 0 is not computed."""

    def __init__(self, parts: Sequence[tuple[float, Objective]]) -> None:
        """Takes the parts.

        Args:
            parts: Weights, >= 0, and objectives.

        Raises:
            ValueError: No part has a weight, or one is not a number from 0.
        """
        super().__init__()
        if not all(0 <= weight < math.inf for weight, _ in parts):
            raise ValueError("weights are numbers from 0")
        used = [(weight, part) for weight, part in parts if weight]
        if not used:
            raise ValueError("an objective has at least one part with a weight")
        self.weights = [weight for weight, _ in used]
        self.parts = nn.ModuleList(part for _, part in used)

    @property
    def needs_distances(self) -> bool:
        """See `Objective.needs_distances`."""
        return any(cast(Objective, part).needs_distances for part in self.parts)

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """See `Objective.score`."""
        total = v.new_zeros(())
        named: dict[str, Tensor] = {}
        for weight, part in zip(self.weights, self.parts, strict=True):
            loss = part(v, targets)
            total = total + weight * loss.total
            named |= loss.parts
        return Loss(total, named)
