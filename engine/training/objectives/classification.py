"""Cross-entropy of a linear layer on z = sigmoid(v), the class term of Arponen & Bishop 2020."""

import torch
from torch import Tensor, nn

from engine.training.objectives import Loss, Objective, Targets, labels_of


class Classification(Objective):
    """Needs labels; a photo of several classes has the target y / ||y||_1 (as Hoe et al. 2021 have it)."""

    def __init__(self, n_bits: int, n_classes: int, *, smoothing: float = 0.1) -> None:
        """Makes the layer.

        Args:
            n_bits: Width of the logits.
            n_classes: Classes.
            smoothing: Of the labels, in [0, 1); the paper has none that we know of.
        """
        super().__init__()
        self.layer = nn.Linear(n_bits, n_classes)
        self.smoothing = smoothing

    def score(self, v: Tensor, targets: Targets) -> Loss:
        """See `Objective.score`."""
        labels = labels_of(targets, "the class term")
        guess = self.layer(torch.sigmoid(v).to(self.layer.weight.dtype))
        if labels.ndim == 2:
            labels = labels.to(guess.dtype)
            labels = labels / labels.sum(dim=1, keepdim=True).clamp_min(1)
        loss = nn.functional.cross_entropy(guess, labels, label_smoothing=self.smoothing)
        return Loss(loss, {"classes": loss.detach()})
