"""How alike classes are: the first stage of semantic hash centres (Chen et al. 2025, arXiv 2507.08404).

Deviations: the top logit of each photo is hidden, as the paper says (the authors' program hides the true
class); `tree_similarity` is ours and lets a class tree stand in for a classifier.
"""

import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import UsageError


def class_similarity(logits: Tensor, labels: Tensor) -> Tensor:
    """How alike classes are, from what a classifier takes their photos for (stage 1).

    The top logit of each photo is hidden, the softmax of the others is averaged over the photos of a class,
    each class's row is centred and divided by its largest deviation, the table is made symmetric, and its
    diagonal 1. A row without deviation stays 0.

    Args:
        logits: float (N, C) of a classifier, C >= 2.
        labels: int64 (N,) positions of classes, each in [0, C).

    Returns:
        float64 (C, C), symmetric, in [-1, 1], with a diagonal of 1; on the device of `logits`.

    Raises:
        UsageError: A class has no photos.
        ValueError: The shapes do not fit, a label is out of range, or a logit is not finite.
    """
    if logits.ndim != 2 or logits.shape[1] < 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            f"labels of shape {tuple(labels.shape)} do not fit logits of shape {tuple(logits.shape)}"
        )
    if not logits.isfinite().all():
        raise ValueError("a logit is not finite")
    classes = logits.shape[1]
    if ((labels < 0) | (labels >= classes)).any():
        raise ValueError(f"a label is not in [0, {classes})")
    counts = labels.bincount(minlength=classes)
    if (counts == 0).any():
        raise UsageError(
            f"{int((counts == 0).sum())} of {classes} classes have no photos, so nothing is alike to them.",
            "Leave these classes out or name a class tree.",
        )
    hidden = logits.double().scatter(1, logits.argmax(dim=1, keepdim=True), -torch.inf)
    sums = torch.zeros(classes, classes, dtype=torch.float64, device=logits.device)
    means = sums.index_add(0, labels, hidden.softmax(dim=1)) / counts[:, None]
    centred = means - means.mean(dim=1, keepdim=True)
    rows = centred / centred.abs().amax(dim=1, keepdim=True).clamp_min(1e-12)
    return ((rows + rows.T) / 2).fill_diagonal_(1)


def tree_similarity(distances: Tensor | NDArray) -> Tensor:
    """How alike classes are, from their distances in a tree: 1 - 2 d. Ours, so that stage 1 can be skipped.

    Most pairs in a tree are far, and no codes have products that are as low on average, so the similarity
    loss stays far above 0 (CIFAR-100's tree, 32 bits: 0.54, random centres 0.65, our lower estimate 0.48).

    Args:
        distances: (C, C), symmetric, each in [0, 1], zero on the diagonal, as `ClassTree.distances` has them.

    Returns:
        float64 (C, C), symmetric, in [-1, 1], with a diagonal of 1.

    Raises:
        ValueError: The distances are not like that.
    """
    found = 1 - 2 * torch.as_tensor(distances, dtype=torch.float64)
    check_similarity(found)
    return found


def check_similarity(similarity: Tensor) -> None:
    """Makes sure of a (C, C) table that is symmetric, in [-1, 1], with a diagonal of 1.

    Raises:
        ValueError: It is not.
    """
    if similarity.ndim != 2 or similarity.shape[0] != similarity.shape[1]:
        raise ValueError(f"a similarity of shape {tuple(similarity.shape)} is not square")
    if not (similarity.abs() <= 1 + 1e-6).all():  # also for NaN
        raise ValueError("a similarity is not in [-1, 1]")
    if (similarity - similarity.T).abs().gt(1e-6).any() or (similarity.diagonal() - 1).abs().gt(1e-6).any():
        raise ValueError("a similarity is not symmetric or its diagonal not 1")
