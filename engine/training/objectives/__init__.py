"""Training objectives, one file per published work, behind one interface."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Loss:
    """What an objective returns.

    Attributes:
        total: Scalar to minimise.
        parts: Named scalars that the total is made of, unweighted, detached, for the curves.
    """

    total: Tensor
    parts: dict[str, Tensor]
