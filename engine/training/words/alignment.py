r"""Photos and sentences into one Hamming space, from features of both.

With v the logits of a photo and u those of a sentence that belongs to it, a = sign v and b = sign u brought
to unit length, the loss of a batch of pairs is

    L = L_objective(v) + contrast * (H(a b^T / t) + H(b a^T / t)) / 2
        + rounding * (2 - cos(v, sign v) - cos(u, sign u))

L_objective is any objective of this project: it keeps photos as near each other as they are alike. H is the
cross-entropy of picking a partner that is right (Radford et al. 2021, CLIP); deviations: t is fixed; codes
are compared, not outputs (gradients pass sign as if it were tanh, after Bengio et al. 2013); all pairs of one
kind (photos of one class, captions of one photo) are right with equal shares. The last term is that of Hoe et
al. 2021, which makes codes lose little to the outputs.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.training.bits import bits_of, roundness
from engine.training.networks import HashNetwork, Widened
from engine.training.objectives import Objective
from engine.training.words.batches import Batch
from engine.training.words.settings import AlignmentSettings

Logits = Callable[[Tensor], Tensor]


class PhotoHead(nn.Module):
    """Features to logits: what becomes the hidden layer, the head and the norm of a `HashNetwork`."""

    def __init__(self, width: int, hidden: int, n_bits: int, dropped: float = 0.0) -> None:
        """Builds the head with random weights.

        Args:
            width: Of the features.
            hidden: See `HashNetwork`.
            n_bits: Length of a code.
            dropped: See `Widened`.
        """
        super().__init__()
        self.hidden = Widened(width, hidden, dropped)
        self.head = nn.Linear(width + hidden, n_bits, bias=False)
        self.norm = nn.BatchNorm1d(n_bits)

    def forward(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        return self.norm(self.head(self.hidden(features)))

    def give_to(self, network: HashNetwork) -> None:
        """Makes these the layers of a network of the same widths and number of bits."""
        for name in ("hidden", "head", "norm"):
            getattr(network, name).load_state_dict(getattr(self, name).state_dict())


class KeptHead(nn.Module):
    """What a network makes of features, as it is."""

    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        return self.network.logits(features)


class SentenceHead(nn.Module):
    """Vectors of a sentence encoder to logits."""

    def __init__(self, width: int, hidden: int, n_bits: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, n_bits, bias=False), nn.BatchNorm1d(n_bits)
        )

    def forward(self, vectors: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        return self.layers(vectors)


def contrast(photos: Tensor, sentences: Tensor, kinds: Tensor, temperature: float) -> Tensor:
    """How badly partners are picked, both ways; a scalar >= 0.

    Args:
        photos: float32 (B, K) logits.
        sentences: float32 (B, K) logits.
        kinds: int64 (B,), see `Batch`.
        temperature: The smaller, the more the nearest wrong partners count.
    """
    a = nn.functional.normalize(bits_of(photos), dim=1)
    b = nn.functional.normalize(bits_of(sentences), dim=1)
    right = (kinds[:, None] == kinds).float()
    right = right / right.sum(dim=1, keepdim=True)
    scores = a @ b.T / temperature
    lost = [-(right * found.log_softmax(dim=1)).sum(dim=1).mean() for found in (scores, scores.T)]
    return (lost[0] + lost[1]) / 2


def align(
    head: nn.Module,
    sentence_head: SentenceHead,
    objective: Objective | None,
    batches: Callable[[torch.Generator], Batch],
    settings: AlignmentSettings,
    tell: Callable[[int, dict[str, float]], None],
) -> None:
    """Trains both heads in place, or that of sentences alone (after Zhai et al. 2022, LiT).

    Args:
        head: Of photos.
        sentence_head: Of sentences.
        objective: Of photos; None to leave their head as it is.
        batches: Draws a batch.
        settings: See `AlignmentSettings`.
        tell: Hears the step and the parts of the loss, now and then.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    weights = list(sentence_head.parameters())
    if objective is not None:
        weights += [*head.parameters(), *objective.parameters()]
    head.requires_grad_(objective is not None)
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.02)
    warm = max(settings.steps // 20, 1)
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warm, total_iters=warm),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(settings.steps - warm, 1)),
        ],
        [warm],
    )
    head.train(objective is not None)
    sentence_head.train()
    for step in range(settings.steps):
        batch = batches(generator)
        v, u = head(batch.features), sentence_head(batch.vectors)
        parts = {
            "contrast": contrast(v, u, batch.kinds, settings.temperature),
            "rounding": roundness(v) + roundness(u),
        }
        loss = settings.contrast * parts["contrast"] + settings.rounding * parts["rounding"]
        if objective is not None:
            own = objective(v, batch.targets)
            loss, parts = loss + own.total, {**own.parts, **parts}
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0 or step + 1 == settings.steps:
            tell(step, {name: value.item() for name, value in parts.items()})
    head.eval()
    sentence_head.eval()
