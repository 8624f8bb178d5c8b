r"""Semantic hash centres: every photo is drawn to the code of its class.

Our implementation of the third stage of Chen et al. 2025, "Deep Hashing with Semantic Hash Centers for Image
Retrieval", arXiv 2507.08404 (SHC), equation 41; the centres come from `engine.training.centers`. With
h = tanh(v) in (-1, 1)^K and the centre h_y in {-1, 1}^K of a photo's class, the loss of a photo is

    L = BCE((h_y + 1) / 2, (h + 1) / 2) + gamma * || |h| - 1 ||^2,   gamma = 1e-4

Deviations and what we are not sure of:

- Equation 41 prints the cross-entropy without its minus; we have it with the minus.
- (h + 1) / 2 = sigmoid(2 v), so the cross-entropy is computed from the logits 2 v: a float32 tanh is 1 from
  |v| = 10 on, and its logarithm infinite on the wrong side. Likewise 1 - |h| is 2 sigmoid(-2 |v|).
- The cross-entropy is a mean over bits, as it usually is; the paper does not say. The quantisation is a sum
  over bits, as the paper prints the norm, where the authors' program has a mean. Both are means over photos.
- Photos of several classes are ours: their centre is the majority of the centres of their classes bit by bit,
  and where it is a tie, the bit of their first class. Photos without any class do not count in the means.
"""

import torch
from torch import Tensor, nn

from engine.training.objectives import Loss, Objective, Targets, labels_of


def photo_centers(labels: Tensor, centers: Tensor) -> Tensor:
    """The centre that each photo is drawn to.

    Args:
        labels: int64 (B,) positions of classes, or float (B, C), above 0 for each class of a photo.
        centers: float (C, K), each -1 or 1.

    Returns:
        (B, K) of the type of `centers`, each -1 or 1, or 0 throughout for a photo without a class.

    Raises:
        ValueError: The labels do not fit the centres.
    """
    classes = centers.shape[0]
    if labels.ndim == 1:
        # A GPU would have to wait in every step to be asked; it stops by itself at such a label.
        here = labels.device.type == "cpu"
        if labels.is_floating_point() or (here and ((labels < 0) | (labels >= classes)).any()):
            raise ValueError(f"a label is not in [0, {classes})")
        return centers[labels]
    if labels.ndim != 2 or labels.shape[1] != classes:
        raise ValueError(f"labels of shape {tuple(labels.shape)} do not fit {classes} centres")
    has = labels > 0
    votes = has.to(centers.dtype) @ centers
    first = centers[has.to(torch.int8).argmax(dim=1)] * has.any(dim=1, keepdim=True)
    return torch.where(votes == 0, first, votes.sign())


def center_loss(v: Tensor, wanted: Tensor) -> Tensor:
    """Binary cross-entropy of (tanh v + 1) / 2 against (wanted + 1) / 2.

    Args:
        v: float (B, K) logits, B >= 1.
        wanted: float (B, K), each -1 or 1; rows of 0 do not count.

    Returns:
        Scalar, the mean over photos and bits, >= 0; log 2 where v = 0.
    """
    found = nn.functional.binary_cross_entropy_with_logits(2 * v, (wanted + 1) / 2, reduction="none")
    return _mean_over_counted(found.mean(dim=1), wanted)


def quantisation_loss(v: Tensor, wanted: Tensor) -> Tensor:
    """|| |tanh v| - 1 ||^2, summed over bits.

    Args:
        v: float (B, K) logits, B >= 1.
        wanted: As in `center_loss`.

    Returns:
        Scalar, the mean over photos, in [0, K]; K where v = 0.
    """
    return _mean_over_counted((2 * torch.sigmoid(-2 * v.abs())).square().sum(dim=1), wanted)


def _mean_over_counted(losses: Tensor, wanted: Tensor) -> Tensor:
    counted = wanted.any(dim=1)
    return (losses * counted).sum() / counted.sum().clamp_min(1)


class SemanticCenters(Objective):
    """The objective as a module; see the text of this file for equations and deviations.

    Args:
        centers: (C, K), each -1 or 1; kept with the module's state.
        quantisation: gamma, >= 0.

    Raises:
        ValueError: The centres are not like that or the weight is negative.
    """

    centers: Tensor

    def __init__(self, centers: Tensor, *, quantisation: float = 1e-4) -> None:
        super().__init__()
        if centers.ndim != 2 or not centers.numel() or not (centers.abs() == 1).all():
            raise ValueError("centres are a table of -1 and 1, a row for each class")
        if not quantisation >= 0:
            raise ValueError(f"a quantisation weight of {quantisation}")
        self.quantisation = quantisation
        self.register_buffer("centers", centers.detach().float().clone())

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """Scores a batch by the centres of its classes; see `Objective.score`.

        Raises:
            UsageError: The photos have no classes.
            ValueError: v or the labels do not fit the centres, or the batch is empty.
        """
        labels = labels_of(targets, "semantic-centers")
        if v.ndim != 2 or v.shape[1] != self.centers.shape[1] or not 0 < len(v) == len(labels):
            raise ValueError(
                f"logits of shape {tuple(v.shape)} do not fit {len(labels)} labels and "
                f"centres of {self.centers.shape[1]} bits"
            )
        wanted = photo_centers(labels, self.centers).to(v.dtype)
        center, quantisation = center_loss(v, wanted), quantisation_loss(v, wanted)
        total = center + self.quantisation * quantisation
        return Loss(total, {"center": center.detach(), "quantisation": quantisation.detach()})
