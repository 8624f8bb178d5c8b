r"""A nearest-neighbour estimate of KL(outputs || binary target), which makes outputs bits.

From Arponen & Bishop 2020 (arXiv 2005.04917), after Perez-Cruz 2008. With z = sigmoid(v) in (0, 1)^K,

    L_kl = mean over m of  log nu(z_m; Z_ref) - log nu(z_m; Z without z_m),
           nu(z; S) = min over s in S of ||z - s||_1,   Z_ref ~ Beta(a, a) per coordinate, a = 0.1

Up to the factor K and a constant, which don't change where its minimum lies. a = 0.1 is remembered rather
than read; corners (a -> 0) can be chosen. Distances are clamped before the log, since equal photos give log
0.
"""

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.training.objectives import Loss, Objective, Targets
from engine.training.objectives.similarity import pair_distances


def kl_estimate(z: Tensor, reference: Tensor, *, floor: float = 1e-3) -> Tensor:
    """The estimate, up to factor and constant.

    Gradient flows through each output and its neighbour in the batch, never through the reference.

    Args:
        z: float (B, K), each in [0, 1], B >= 2.
        reference: float (M, K), a fresh sample of the target distribution.
        floor: Distances are clamped to this before the log.

    Returns:
        Scalar; about 0 for outputs that follow the target when M = B - 1, larger otherwise.

    Raises:
        ValueError: The batch has no two outputs.
    """
    if z.shape[0] < 2:
        raise ValueError("the KL estimate needs at least two outputs")
    reference = reference.detach()
    with torch.no_grad():  # who is nearest; only these pairs need a gradient, which saves most of the work
        to_reference = torch.cdist(z, reference, p=1.0).argmin(dim=1)
        own = pair_distances(z).fill_diagonal_(torch.inf).argmin(dim=1)
    nu = (z - reference[to_reference]).abs().sum(dim=1)
    rho = (z - z[own]).abs().sum(dim=1)
    return (nu.clamp_min(floor).log() - rho.clamp_min(floor).log()).mean()


class EmpiricalKl(Objective):
    """The estimate as an objective; it needs no targets."""

    def __init__(self, *, beta: float = 0.1, floor: float = 1e-3) -> None:
        """Chooses the target distribution.

        Args:
            beta: Both parameters of the Beta distribution of a bit; 0 for corners alone.
            floor: See `kl_estimate`.

        Raises:
            UsageError: `beta` is negative.
        """
        super().__init__()
        if beta < 0:
            raise UsageError(f"A Beta distribution has a positive parameter, not {beta}.")
        self.floor, self.beta = floor, beta

    def sample(self, count: int, n_bits: int, like: Tensor) -> Tensor:
        """A fresh sample of the target, (count, n_bits), with the kind and place of `like`."""
        if self.beta == 0:
            bits = torch.rand(count, n_bits, device=like.device) < 0.5
            return bits.to(like.dtype)
        both = torch.full((count, n_bits), self.beta, device=like.device)
        # Unchecked, since the check makes a GPU wait in every step.
        return torch.distributions.Beta(both, both, validate_args=False).sample().to(like)

    def score(self, v: Tensor, targets: Targets) -> Loss:  # noqa: ARG002 - the interface of objectives
        """See `Objective.score`."""
        z = torch.sigmoid(v)
        reference = self.sample(max(len(z) - 1, 1), z.shape[1], z)
        loss = kl_estimate(z, reference, floor=self.floor)
        return Loss(loss, {"kl": loss.detach()})
