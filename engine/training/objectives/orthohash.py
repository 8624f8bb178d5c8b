r"""OrthoHash: cosines to a fixed codebook, softmax with a margin.

Our implementation of Hoe et al. 2021, "One Loss for All: Deep Hashing with a Single Cosine Similarity based
Learning Objective", arXiv 2109.14449. With logits v in R^K, codebook rows o_i in {-1, +1}^K, one a class, and
c_i = cos(v, o_i) in [-1, 1], the loss of a photo of class y is

    L = -log  exp(s m(c_y)) / (exp(s m(c_y)) + sum over i != y of exp(s c_i))

    m(c) = c - margin                  "cos" (OrthoCos)
    m(c) = cos(arccos(c) + margin)     "arc" (OrthoArc)

with margin 0.2 and scale s = sqrt(K). A photo of several classes has the target y / ||y||_1 in a softmax
cross-entropy, and the margin on all classes it has. The batch loss is the mean. Since
||v - b||^2 = 2K (1 - cos(v, b)) for b = sign(v) and ||v|| = sqrt(K), there is no term for quantisation.
Codebooks: `objectives.codebooks`; balance of bits: the batch norm of `networks.HashNetwork`.

All of this was read in the paper or its authors' code. Deviations:

- The authors' code fixes s = 8 and argmaxes several classes to one unless told otherwise; ours follows the
  text. The paper's ablation finds s = sqrt(2) log(C - 1) and margins of 0.4 to 0.5 better: pass them.
- "arc" clamps c_y to +-(1 - 1e-5) before arccos, as the authors' code does, so that the gradient is finite
  (there it is 0); cosines to classes that a photo does not have are not clamped. As in the paper, m rises
  again below c = -cos(margin), about -0.98, where no trained output is.
- A row v shorter than 1e-6 has no direction: it is divided by 1 and not by its length, so that all its
  cosines are about 0 and its gradient is as small as that of a row of length 1.
- A photo without any class, where y / ||y||_1 is 0 / 0, does not count in the mean.
- The head that makes v has torch's initial weights, not N(0, 0.01); batch norm takes their scale away.
"""

import math
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from engine.training.objectives import Loss, Objective, Targets, labels_of

Kind = Literal["cos", "arc"]


def cosines(v: Tensor, codebook: Tensor) -> Tensor:
    """Cosines of logits and codes.

    Args:
        v: float32 or float64 (B, K).
        codebook: Floating (C, K), each -1 or 1.

    Returns:
        As `v` (B, C), each in [-1, 1] up to rounding; about 0 for rows of `v` that are about 0.

    Raises:
        ValueError: The widths differ.
    """
    if v.dim() != 2 or v.shape[1] != codebook.shape[1]:
        raise ValueError(f"logits of shape {tuple(v.shape)} do not fit codes of {codebook.shape[1]} bits")
    length = torch.linalg.vector_norm(v, dim=1, keepdim=True)
    direction = v / torch.where(length > 1e-6, length, 1.0)
    return direction @ codebook.to(v.dtype).T / math.sqrt(codebook.shape[1])


def present_classes(labels: Tensor, count: int, n_classes: int) -> Tensor:
    """Which photo has which class.

    Args:
        labels: int64 (B,) each in [0, C), or (B, C) with 1 for each class of a photo.
        count: B.
        n_classes: C.

    Returns:
        bool (B, C).

    Raises:
        ValueError: The shape does not fit.
    """
    if labels.shape == (count,):
        return functional.one_hot(labels, n_classes).bool()
    if labels.shape == (count, n_classes):
        return labels > 0
    raise ValueError(
        f"labels of shape {tuple(labels.shape)} do not fit {count} photos and {n_classes} classes"
    )


def with_margin(cosine: Tensor, margin: float, kind: Kind) -> Tensor:
    """Cosines to the classes that photos have, made smaller by the margin.

    Args:
        cosine: float32 or float64, each in [-1, 1].
        margin: >= 0; a difference of cosines for "cos", radians for "arc".
        kind: See the text of this file.

    Returns:
        As `cosine`.
    """
    if kind == "cos":
        return cosine - margin
    return torch.cos(torch.acos(cosine.clamp(-1 + 1e-5, 1 - 1e-5)) + margin)


def margin_cross_entropy(
    cosine: Tensor, present: Tensor, *, margin: float, scale: float, kind: Kind = "cos"
) -> Tensor:
    """The loss on cosines.

    Args:
        cosine: float32 or float64 (B, C), each in [-1, 1].
        present: bool (B, C); photos without a class do not count.
        margin: See `with_margin`.
        scale: Inverse temperature of the softmax, > 0.
        kind: See the text of this file.

    Returns:
        Scalar, >= 0.
    """
    logits = scale * torch.where(present, with_margin(cosine, margin, kind), cosine)
    target = present.to(cosine.dtype) / present.sum(dim=1, keepdim=True).clamp_min(1)
    counted = present.any(dim=1).sum().clamp_min(1)
    return -(target * functional.log_softmax(logits, dim=1)).sum() / counted


class OrthoHash(Objective):
    """The objective as a module; see the text of this file for equations and deviations."""

    codebook: Tensor

    def __init__(
        self, codebook: Tensor, margin: float = 0.2, scale: float | None = None, kind: Kind = "cos"
    ) -> None:
        """Takes a codebook, which stays as it is.

        Args:
            codebook: float32 (C, K), each -1 or 1, C >= 2.
            margin: See `with_margin`.
            scale: Inverse temperature of the softmax, > 0; sqrt(K) if None.
            kind: "cos" or "arc".

        Raises:
            ValueError: The codebook holds something else, or there is no such kind.
        """
        super().__init__()
        if codebook.dim() != 2 or len(codebook) < 2 or not bool((codebook.abs() == 1).all()):
            raise ValueError("a codebook has two rows or more, and each entry is -1 or 1")
        if kind not in ("cos", "arc"):
            raise ValueError(f"no margin of kind {kind!r}")
        self.margin = margin
        self.scale = math.sqrt(codebook.shape[1]) if scale is None else scale
        self.kind: Kind = kind
        self.register_buffer("codebook", codebook)

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """Scores a batch by its classes; see `Objective.score`.

        Raises:
            UsageError: There are no labels.
            ValueError: Logits or labels do not fit the codebook.
        """
        labels = labels_of(targets, "orthohash")
        cosine = cosines(v, self.codebook)
        present = present_classes(labels, *cosine.shape)
        total = margin_cross_entropy(cosine, present, margin=self.margin, scale=self.scale, kind=self.kind)
        return Loss(total, {"centres": total.detach()})
