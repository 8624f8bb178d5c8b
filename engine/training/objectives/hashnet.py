r"""HashNet: weighted logistic loss on pairs, tanh that becomes a sign.

Our implementation of Cao et al. 2017, "HashNet: Deep Learning to Hash by Continuation", ICCV,
arXiv 1702.00758; a baseline to compare others with. With h = tanh(beta_t v) in (-1, 1)^K and s_ij = 1 for
photos that share a class, else 0,

    L = mean over ordered pairs i != j of  w_ij (log(1 + exp(alpha <h_i, h_j>)) - alpha s_ij <h_i, h_j>)

    w_ij = c_ij |S| / |S_1|  if s_ij = 1,    |S| / |S_0|  if s_ij = 0
    c_ij = classes that both have / classes that one of them has  (1 for photos of one class)
    beta_t = sqrt(1 + 0.005 t), renewed every 200 steps t,    alpha = 10 / K

where |S|, |S_1| and |S_0| count the pairs, those with s_ij = 1 and those with 0. So L is the mean of
c_ij l_ij over the pairs alike plus the mean of l_ij over the others, l_ij being the logistic loss.

What was read and what is recalled: beta_t, its renewal and alpha = 10 / K are in the authors' PyTorch code,
read. The likelihood and the weights w_ij and c_ij are recalled from the paper (confidence high), not read
there. The authors' code has a constant weight for pairs alike instead (their "class_num"), no c_ij, and
leaves alpha out of the term with s_ij; ours follows the likelihood.

Deviations:

- The paper counts |S|, |S_1| and |S_0| over the training photos; we count the pairs of the batch. Where a
  batch has no pair of one kind, that mean is 0.
- The authors' code pairs two batches with each other; we pair one batch with itself, without the diagonal.
- The paper trains in stages, each with its own beta, up to convergence (recalled); ours is the code's way.
- t counts the calls in training mode and is saved with the module's state; in eval mode it stands still.
- l_ij is a softplus, where the authors' code turns to its asymptote above 15.
- Photos without any class are alike to none.
- The logits come from a head with batch norm (`networks.HashNetwork`); the paper's has none.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from engine.training.objectives import Loss, Objective, Targets, labels_of


def class_overlap(labels: Tensor, count: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """How far the classes of two photos are the same: those that both have over those that one of them has.

    Args:
        labels: int64 (B,), or (B, C) with 1 for each class of a photo.
        count: B, at least 2.
        dtype: Floating.

    Returns:
        `dtype` (B, B), each in [0, 1], symmetric; 0 where no class is shared.

    Raises:
        ValueError: The shape does not fit or the batch has no pair.
    """
    if count < 2 or labels.dim() not in (1, 2) or len(labels) != count:
        raise ValueError(f"{count} outputs and labels of shape {tuple(labels.shape)} make no pairs")
    if labels.dim() == 1:
        return (labels[:, None] == labels[None, :]).to(dtype)
    present = (labels > 0).to(dtype)
    both = present @ present.T
    own = present.sum(dim=1)
    return both / (own[:, None] + own[None, :] - both).clamp_min(1)


def pair_losses(h: Tensor, overlap: Tensor, *, alpha: float) -> tuple[Tensor, Tensor]:
    """The two means that the loss is the sum of.

    Args:
        h: float32 or float64 (B, K), each in [-1, 1].
        overlap: As `h` (B, B), see `class_overlap`.
        alpha: Steepness of the logistic function of an inner product, > 0.

    Returns:
        Scalars, >= 0: over the pairs that share a class, weighted by their overlap, and over those that share
        none; 0 where there is no such pair.
    """
    logits = alpha * (h @ h.T)
    off_diagonal = ~torch.eye(len(h), dtype=torch.bool, device=h.device)
    alike = (overlap > 0) & off_diagonal
    apart = (overlap == 0) & off_diagonal
    alike_sum = (overlap * functional.softplus(-logits) * alike).sum()
    apart_sum = (functional.softplus(logits) * apart).sum()
    return alike_sum / alike.sum().clamp_min(1), apart_sum / apart.sum().clamp_min(1)


class HashNet(Objective):
    """The objective as a module; see the text of this file for equations and deviations."""

    def __init__(self, *, alpha: float | None = None, growth: float = 0.005, renewal: int = 200) -> None:
        """Starts at step 0, where beta is 1.

        Args:
            alpha: Steepness, > 0; 10 / K if None.
            growth: How much beta^2 grows a step, >= 0.
            renewal: Steps between two values of beta, >= 1.

        Raises:
            ValueError: `growth` is below 0.
        """
        super().__init__()
        if growth < 0:
            raise ValueError("growth is not below 0")
        self.alpha = alpha
        self.growth = growth
        self.renewal = renewal
        self.steps = 0  # no tensor: to read one, a GPU would have to wait in every step

    def get_extra_state(self) -> int:
        """What the module's state has beside tensors: the step."""
        return self.steps

    def set_extra_state(self, state: int) -> None:
        """Goes on at a step."""
        self.steps = state

    def beta(self) -> float:
        """Steepness of tanh at this step, >= 1."""
        renewed = self.steps // self.renewal * self.renewal
        return math.sqrt(1 + self.growth * renewed)

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """Scores a batch by its classes and, in training mode, counts a step; see `Objective.score`.

        Raises:
            UsageError: There are no labels.
            ValueError: The labels do not fit, or the batch has no pair.
        """
        labels = labels_of(targets, "hashnet")
        overlap = class_overlap(labels, len(v), v.dtype)
        if self.training:
            self.steps += 1
        h = torch.tanh(self.beta() * v)
        alpha = 10 / v.shape[1] if self.alpha is None else self.alpha
        alike, apart = pair_losses(h, overlap, alpha=alpha)
        return Loss(alike + apart, {"alike": alike.detach(), "apart": apart.detach()})
