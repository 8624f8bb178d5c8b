"""The network in training, with what only training needs beside it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn

from engine.training.objectives import Loss, Objective, Targets

Gather = Callable[[Tensor], Tensor]
Followed = TypeVar("Followed", bound=nn.Module)


class HashModel(nn.Module):
    """A network that makes logits in two steps; `networks.HashNetwork` and `HashHead` are such.

    Attributes:
        n_bits: Length of the code.
        width: Of the features between the steps.
        norm: The batch norm that the logits come out of.
    """

    n_bits: int
    width: int
    norm: nn.BatchNorm1d

    def features(self, inputs: Tensor) -> Tensor:
        """float32 (B, ...) to features, float32 (B, width)."""
        raise NotImplementedError

    def logits(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        raise NotImplementedError

    def forward(self, inputs: Tensor) -> Tensor:
        """float32 (B, ...) to logits, float32 (B, n_bits)."""
        return self.logits(self.features(inputs))


def batch_norms(network: nn.Module, *, head_only: bool = False) -> list[nn.modules.batchnorm._BatchNorm]:
    """The batch norms of a network, or the one after its head, which no setting freezes."""
    modules = [cast(HashModel, network).norm] if head_only else network.modules()
    return [module for module in modules if isinstance(module, nn.modules.batchnorm._BatchNorm)]


class HashHead(HashModel):
    """Two layers over features of a frozen backbone: the whole of what is trained when those are cached."""

    def __init__(self, inputs: int, hidden: int, n_bits: int) -> None:
        """Builds the head with random weights: `inputs` features to `hidden` to `n_bits`."""
        super().__init__()
        self.n_bits, self.width = n_bits, hidden
        self.hidden = nn.Sequential(nn.Linear(inputs, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU())
        self.head = nn.Linear(hidden, n_bits, bias=False)
        self.norm = nn.BatchNorm1d(n_bits)

    def features(self, inputs: Tensor) -> Tensor:
        """float32 (B, inputs) to float32 (B, hidden)."""
        return self.hidden(inputs)

    def logits(self, features: Tensor) -> Tensor:
        """See `HashModel.logits`."""
        return self.norm(self.head(features))


class Student(nn.Module):
    """A network, an objective, and a layer that guesses the teacher's features.

    With several processes each computes the features of its own part of the batch; these are gathered, with
    their gradients, and every process computes the same logits and the same loss of the whole batch. So pair
    losses and the head's batch norm see what one process would see. Gradients of gathered features are summed
    over the processes and those of weights averaged, which together is the gradient of one process.
    """

    def __init__(
        self,
        network: HashModel,
        objective: Objective,
        *,
        teacher_width: int = 0,
        teacher_weight: float = 0.0,
        freeze_norms: bool = False,
    ) -> None:
        """Takes the parts; without a width or weight nothing is guessed of a teacher."""
        super().__init__()
        self.network = network
        self.objective = objective
        self.teacher_weight = teacher_weight
        self.freeze_norms = freeze_norms
        self.teacher = nn.Linear(network.width, teacher_width) if teacher_width and teacher_weight else None

    def train(self, mode: bool = True) -> "Student":
        """As `nn.Module.train`, but frozen norms stay as they are."""
        super().train(mode)
        if mode and self.freeze_norms:
            moving = batch_norms(self.network, head_only=True)
            for norm in batch_norms(self.network):
                norm.train(norm in moving)
        return self

    def forward(
        self,
        inputs: Tensor,
        labels: Tensor | None,
        distances: Tensor | None,
        teacher: Tensor | None,
        gather: Gather,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Scores a batch; takes and returns what Fabric can carry from one precision to another.

        Args:
            inputs: This process's part, float32 (b, ...).
            labels: See `Targets`, of the whole batch of B photos.
            distances: See `Targets`.
            teacher: Normalised features of the teacher for the whole batch, float32 (B, D).
            gather: Puts the parts of all processes after one another: (b, width) to (B, width).

        Returns:
            The scalar to minimise and its named parts, as in `Loss`.
        """
        features = gather(self.network.features(inputs))
        with torch.autocast(features.device.type, enabled=False):
            features = features.to(torch.promote_types(features.dtype, torch.float32))
            loss: Loss = self.objective(self.network.logits(features), Targets(labels, distances))
            if self.teacher is None or teacher is None:
                return loss.total, loss.parts
            aligned = nn.functional.cosine_similarity(self.teacher(features), teacher.to(features.dtype))
            distilled = (1 - aligned).mean()
        total = loss.total + self.teacher_weight * distilled
        return total, {**loss.parts, "teacher": distilled.detach()}


class MovingAverage(Generic[Followed]):
    """An exponential moving average of a network's weights, which ranks better than the weights themselves.

    Its memory grows with the run, so that the random start is forgotten.

    Attributes:
        network: The averaged network; its other state (batch norms) is that of the last step.
    """

    def __init__(self, network: Followed) -> None:
        """Starts with a copy of the network, whose weights are followed from now on."""
        self.network: Followed = deepcopy(network).eval().requires_grad_(False)
        # Listed once: to walk through hundreds of modules takes longer than what is done with them.
        self._weights: list[Tensor] = list(self.network.parameters())
        self._followed: list[Tensor] = list(network.parameters())
        self._buffers = list(self.network.buffers()), list(network.buffers())

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes the weights after a step, counted from 0."""
        keep = min(0.998, (1 + step) / (20 + step)) if step else 0.0
        torch._foreach_lerp_(self._weights, self._followed, 1 - keep)
        torch._foreach_copy_(*self._buffers)
