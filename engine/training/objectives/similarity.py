r"""Code distances that match target distances.

The similarity term of Arponen & Bishop (2019, arXiv 1908.05602, and 2020, arXiv 2005.04917). With
z = sigmoid(v) in (0, 1)^K, target distances d in [0, 1] and D_mn = ||z_m - z_n||_1,

    L_sim = mean over ordered pairs m != n of  w_mn |D_mn / tau_z - d_mn / tau_y|,
            w_mn = gamma^q / (gamma + d_mn)^q

Relative distances (2020): tau_z and tau_y are the means of D and d over the pairs of the batch, with the
gradient kept through tau_z; these normalisers are ours. Absolute distances (2019, as we read it): tau_z = K
/ 2, where unrelated codes lie, and tau_y = 1; that constant is ours too. The form, gamma and q are
remembered rather than read. The mean leaves out the diagonal, which is 0 in both terms.
"""

import torch
from torch import Tensor

from engine.training.objectives import Loss, Objective, Targets, distances_of


def pair_distances(z: Tensor) -> Tensor:
    """L1 distances within a batch, without a (B, B, K) tensor.

    Args:
        z: float (B, K).

    Returns:
        float (B, B), zero on the diagonal.
    """
    return torch.cdist(z, z, p=1.0)


def near_weight(target: Tensor, gamma: float = 0.1, power: float = 2.0) -> Tensor:
    """How much a pair counts: 1 for target distance 0, falling off for far pairs; same shape as `target`."""
    return gamma**power / (gamma + target) ** power


def similarity_loss(
    z: Tensor, target: Tensor, *, relative: bool = True, gamma: float = 0.1, power: float = 2.0
) -> Tensor:
    """Code distances against target distances.

    Args:
        z: float (B, K), each in [0, 1], B >= 2.
        target: float (B, B), symmetric, each in [0, 1].
        relative: Whether both are divided by their means over the batch.
        gamma: Target distance at which the weight has fallen to 2^-power.
        power: How fast far pairs lose weight; 0 weighs all alike.

    Returns:
        Scalar, >= 0.

    Raises:
        ValueError: The shapes don't fit or the batch has no pair.
    """
    count = z.shape[0]
    if count < 2 or target.shape != (count, count):
        raise ValueError(f"{count} outputs do not fit target distances of shape {tuple(target.shape)}")
    pairs = count * (count - 1)
    found = pair_distances(z)
    if relative:
        found = found / (found.sum() / pairs).clamp_min(1e-3)
        wanted = target / (target.sum() / pairs).clamp_min(1e-3)
    else:
        found, wanted = found / (z.shape[1] / 2), target
    # Not by a mask of positions: to count them, a GPU would have to wait in every step.
    terms = near_weight(target, gamma, power) * (found - wanted).abs()
    return (terms.sum() - terms.diagonal().sum()) / pairs


class Similarity(Objective):
    """The term as an objective; needs target distances."""

    def __init__(self, *, relative: bool = True, gamma: float = 0.1, power: float = 2.0) -> None:
        """See `similarity_loss` for the arguments."""
        super().__init__()
        self.relative, self.gamma, self.power = relative, gamma, power

    @property
    def needs_distances(self) -> bool:
        """See `Objective.needs_distances`."""
        return True

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """See `Objective.score`."""
        target = distances_of(targets, "the similarity term")
        z = torch.sigmoid(v)
        loss = similarity_loss(
            z, target.to(z.dtype), relative=self.relative, gamma=self.gamma, power=self.power
        )
        return Loss(loss, {"similarity": loss.detach()})
