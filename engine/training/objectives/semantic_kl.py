r"""Semantic similarity and empirical KL divergence.

Our implementation of Arponen & Bishop 2020, "Learning to hash with semantic similarity metrics and
empirical KL divergence", arXiv 2005.04917. With z = sigmoid(v) in (0, 1)^K, target distances d in [0, 1]
and D_mn = ||z_m - z_n||_1, the loss is

    L = similarity_weight * L_sim + kl_weight * L_kl

    L_sim = mean over ordered pairs m != n of  w_mn |D_mn / tau_z - d_mn / tau_y|,
            w_mn = gamma^q / (gamma + d_mn)^q,  gamma = 0.1, q = 2
    L_kl  = mean over m of  log nu(z_m; Z_ref) - log nu(z_m; Z without z_m),
            nu(z; S) = min over s in S of ||z - s||_1,  Z_ref ~ Beta(a, a) per coordinate, a = 0.1

Deviations and what we are not sure of: the result tables of the paper were not at hand, and the absolute
weighted form, gamma, q and a are remembered rather than read. The normalisers are ours: tau_z and tau_y are
the means of D and d over the pairs of the batch, with the gradient kept through tau_z. The mean leaves out
the diagonal (it is 0 in both terms). The classification term of the paper lives in the trainer, where the
classes are known.
"""

import torch
from torch import Tensor

from engine.training.objectives import Loss, Objective, Targets, distances_of


def pair_distances(z: Tensor) -> Tensor:
    """L1 distances within a batch, without a (B, B, K) tensor.

    Args:
        z: float32 (B, K).

    Returns:
        float32 (B, B), zero on the diagonal.
    """
    return torch.cdist(z, z, p=1.0)


def near_weight(target: Tensor, gamma: float = 0.1, power: float = 2.0) -> Tensor:
    """How much a pair counts: 1 for target distance 0, falling off for far pairs; same shape as `target`."""
    return gamma**power / (gamma + target) ** power


def similarity_loss(z: Tensor, target: Tensor, *, gamma: float = 0.1, power: float = 2.0) -> Tensor:
    """Relative code distances against relative target distances.

    Args:
        z: float32 (B, K), each in [0, 1], B >= 2.
        target: float32 (B, B), symmetric, each in [0, 1].
        gamma: Target distance at which the weight has fallen to 2^-power.
        power: How fast far pairs lose weight.

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
    tau_found = (found.sum() / pairs).clamp_min(1e-3)
    tau_target = (target.sum() / pairs).clamp_min(1e-3)
    gap = (found / tau_found - target / tau_target).abs()
    off_diagonal = ~torch.eye(count, dtype=torch.bool, device=z.device)
    return (near_weight(target, gamma, power) * gap)[off_diagonal].sum() / pairs


def kl_estimate(z: Tensor, reference: Tensor, *, floor: float = 1e-3) -> Tensor:
    """Nearest-neighbour estimate of KL(outputs || binary target), up to factor and constant.

    Gradient flows through each output and its neighbour in the batch, never through the reference.

    Args:
        z: float32 (B, K), each in [0, 1], B >= 2.
        reference: float32 (M, K), a fresh sample of the target distribution.
        floor: Distances are clamped to this before the log, since equal photos would give log 0.

    Returns:
        Scalar; about 0 for outputs that follow the target when M = B - 1, larger otherwise.
    """
    if z.shape[0] < 2:
        raise ValueError("the KL estimate needs at least two outputs")
    to_reference = torch.cdist(z, reference.detach(), p=1.0).amin(dim=1)
    own = pair_distances(z)
    own = own.masked_fill(torch.eye(len(z), dtype=torch.bool, device=z.device), torch.inf).amin(dim=1)
    return (to_reference.clamp_min(floor).log() - own.clamp_min(floor).log()).mean()


class SemanticKl(Objective):
    """The objective as a module; see the text of this file for equations and deviations."""

    def __init__(self, *, similarity_weight: float = 1.0, kl_weight: float = 0.1, beta: float = 0.1) -> None:
        super().__init__()
        self.similarity_weight = similarity_weight
        self.kl_weight = kl_weight
        self.register_buffer("beta", torch.tensor(beta), persistent=False)

    def forward(self, v: Tensor, targets: Targets) -> Loss:
        """Scores a batch by its target distances; see `Objective.forward`."""
        target = distances_of(targets, "semantic-kl")
        z = torch.sigmoid(v.float())
        with torch.no_grad():
            beta = torch.distributions.Beta(self.beta, self.beta)  # type: ignore[arg-type]
            reference = beta.sample((max(len(z) - 1, 1), z.shape[1]))
        similarity = similarity_loss(z, target.float())
        divergence = kl_estimate(z, reference)
        total = self.similarity_weight * similarity + self.kl_weight * divergence
        return Loss(total, {"similarity": similarity.detach(), "kl": divergence.detach()})
