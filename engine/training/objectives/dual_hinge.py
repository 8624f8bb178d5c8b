r"""A FIDI-style stand-in for the dual hinge: a stand-in, never a reproduction.

Yan et al., ACM MM 2019, describe a hashing loss, a symmetric KL divergence with a Gamma distribution, that
acts as a "dual hinge": hard pairs are punished exponentially, easy, distant pairs within a bound. Only the
abstract was read; its equations and parameters are not known to us. In its place stands the loss of Yan et
al. 2020, "Beyond Triplet Loss: Person Re-identification with Fine-grained Difference-aware Pairwise Loss"
(FIDI), arXiv 2009.10295, whose authors overlap and whose abstract promises the same two penalties. Its
equation is recalled (confidence medium to low), not read:

    l(u, k) = u log( a u / ((a - 1) u + k) ) + k log( a k / ((a - 1) k + u) ),    0 log 0 := 0

    u_ij = 1 for photos that share a class, else 0,    k_ij = exp(-beta delta_ij),    a = 1.05

For binary codes, with h = tanh(v) in (-1, 1)^K, we set

    delta_ij = (K - <h_i, h_j>) / 2 in [0, K], the Hamming distance at the corners,    beta = sharpness / K

    L = mean over ordered pairs i != j of l(u_ij, k_ij)  +  quantisation_weight * mean((|h| - 1)^2)

So a pair alike costs from 0 at no distance to at most log(a / (a - 1)) = 3.045, and another pair costs
3.045 exp(-beta delta).

Deviations: all from Yan et al. 2019, since this is another loss; no result of theirs may be expected. From
FIDI as recalled: it has beta = 0.5 on distances of features; the inner products, beta by the number of bits,
the quantisation and both weights are ours. Photos without any class are alike to none. The mean is over all
pairs of a batch, of which few are alike when classes are many.
"""

import math

import torch
from torch import Tensor

from engine.training.objectives import Loss, Objective, Targets, labels_of
from engine.training.objectives.hashnet import class_overlap


def code_distances(h: Tensor) -> Tensor:
    """Distances within a batch that are Hamming distances at the corners, without a (B, B, K) tensor.

    Args:
        h: float32 or float64 (B, K), each in [-1, 1].

    Returns:
        As `h` (B, B), each in [0, K]; the diagonal is 0 only at the corners.
    """
    return (h.shape[1] - h @ h.T) / 2


def pair_loss(distance: Tensor, alike: Tensor, *, beta: float, a: float = 1.05) -> Tensor:
    """The stand-in's loss of each pair, from 0 to log(a / (a - 1)).

    Written with log k = -beta delta, so that no pair, however far, meets the logarithm of 0.

    Args:
        distance: float32 or float64, each >= 0.
        alike: bool, same shape.
        beta: How fast k falls with the distance, > 0.
        a: Sets the bound, > 1.

    Returns:
        As `distance`.
    """
    k = torch.exp(-beta * distance)
    near = math.log(a) - torch.log(a - 1 + k)
    near = near + k * (math.log(a) - beta * distance - torch.log1p((a - 1) * k))
    return torch.where(alike, near, k * math.log(a / (a - 1)))


class DualHingeStandIn(Objective):
    """The FIDI-style stand-in as a module; see the text of this file for equations and deviations."""

    def __init__(self, *, sharpness: float = 8.0, quantisation_weight: float = 0.1, a: float = 1.05) -> None:
        """Takes the parameters; the defaults are ours, since those of Yan et al. are not known.

        Args:
            sharpness: beta times the number of bits; 4 to 16 make sense.
            quantisation_weight: Weight of mean((|h| - 1)^2), >= 0.
            a: Sets the bound of a pair's loss, > 1.

        Raises:
            ValueError: One of them is out of its range.
        """
        super().__init__()
        if not (sharpness > 0 and quantisation_weight >= 0 and a > 1):
            raise ValueError("sharpness is above 0, the weight of quantisation not below")
        self.sharpness = sharpness
        self.quantisation_weight = quantisation_weight
        self.a = a

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """Scores a batch by its classes; see `Objective.score`.

        Raises:
            UsageError: There are no labels.
            ValueError: The labels do not fit, or the batch has no pair.
        """
        labels = labels_of(targets, "dual-hinge (a FIDI-style stand-in)")
        alike = class_overlap(labels, len(v)) > 0
        h = torch.tanh(v)
        losses = pair_loss(code_distances(h), alike, beta=self.sharpness / h.shape[1], a=self.a)
        off_diagonal = ~torch.eye(len(h), dtype=torch.bool, device=h.device)
        pairs = (losses * off_diagonal).sum() / (len(h) * (len(h) - 1))
        quantisation = (h.abs() - 1).square().mean()
        total = pairs + self.quantisation_weight * quantisation
        return Loss(total, {"pairs": pairs.detach(), "quantisation": quantisation.detach()})
