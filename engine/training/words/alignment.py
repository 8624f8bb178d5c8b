r"""Photos and sentences into one Hamming space, from features of both.

With v the logits of a photo and u those of a sentence that belongs to it, a = tanh v and b = tanh u brought
to unit length, the loss of a batch of pairs is

    L = L_objective(v) + contrast * (H(a b^T / t) + H(b a^T / t)) / 2
        + rounding * (2 - cos(v, sign v) - cos(u, sign u))

L_objective is any objective of this project: it keeps photos as near each other as they are alike. H is the
cross-entropy of picking a partner that is right (Radford et al. 2021, CLIP); deviations: t is fixed, and all
pairs of one kind (photos of one class, captions of one photo) are right with equal shares. The last term is
that of Hoe et al. 2021, which makes codes lose little to the outputs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.training.objectives import Objective, Targets


@dataclass(frozen=True)
class Pairs:
    """Photos and sentences that belong together.

    Attributes:
        photos: int64 (P,) positions of photos.
        sentences: int64 (P,) positions of sentences.
        kinds: int64 (P,); pairs of one kind are equally right for each other.
    """

    photos: Tensor
    sentences: Tensor
    kinds: Tensor

    def __len__(self) -> int:
        return len(self.photos)


@dataclass(frozen=True)
class AlignmentSettings:
    """How the two are brought together.

    Attributes:
        steps: Of the optimiser.
        batch: Pairs in a step.
        learning_rate: Of AdamW, after a warm-up, falling to 0 by a cosine.
        contrast: Weight of picking the right partner.
        rounding: Weight of being near bits.
        temperature: t above.
        hidden: Width between a sentence's vector and its logits.
        seed: Of all that is drawn.
    """

    steps: int = 3000
    batch: int = 512
    learning_rate: float = 2e-3
    contrast: float = 1.0
    rounding: float = 0.3
    temperature: float = 0.07
    hidden: int = 512
    seed: int = 0


class PhotoHead(nn.Module):
    """Features to logits: what becomes `HashNetwork.head` and `HashNetwork.norm`."""

    def __init__(self, width: int, n_bits: int) -> None:
        super().__init__()
        self.head = nn.Linear(width, n_bits, bias=False)
        self.norm = nn.BatchNorm1d(n_bits)

    def forward(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        return self.norm(self.head(features))


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
        kinds: int64 (B,), see `Pairs`.
        temperature: The smaller, the more the nearest wrong partners count.
    """
    a = nn.functional.normalize(photos.tanh(), dim=1)
    b = nn.functional.normalize(sentences.tanh(), dim=1)
    right = (kinds[:, None] == kinds).float()
    right = right / right.sum(dim=1, keepdim=True)
    scores = a @ b.T / temperature
    lost = [-(right * found.log_softmax(dim=1)).sum(dim=1).mean() for found in (scores, scores.T)]
    return (lost[0] + lost[1]) / 2


def roundness(logits: Tensor) -> Tensor:
    """1 - cosine of logits and their bits, mean over float32 (B, K); 0 where all bits are equally sure."""
    return (1 - nn.functional.cosine_similarity(logits, logits.detach().sign())).mean()


def align(
    head: PhotoHead,
    sentence_head: SentenceHead,
    objective: Objective,
    batches: Callable[[torch.Generator], tuple[Tensor, Tensor, Tensor, Targets]],
    settings: AlignmentSettings,
    tell: Callable[[int, dict[str, float]], None],
) -> None:
    """Trains both heads in place.

    Args:
        head: Of photos.
        sentence_head: Of sentences.
        objective: Of photos.
        batches: Draws a batch: features (B, width), vectors (B, S), kinds (B,), and what photos should say.
        settings: See `AlignmentSettings`.
        tell: Hears the step and the parts of the loss, now and then.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    weights = [*head.parameters(), *sentence_head.parameters(), *objective.parameters()]
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
    head.train()
    sentence_head.train()
    for step in range(settings.steps):
        features, vectors, kinds, targets = batches(generator)
        v, u = head(features), sentence_head(vectors)
        own = objective(v, targets)
        parts = {
            "contrast": contrast(v, u, kinds, settings.temperature),
            "rounding": roundness(v) + roundness(u),
        }
        loss = own.total + settings.contrast * parts["contrast"] + settings.rounding * parts["rounding"]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0 or step + 1 == settings.steps:
            tell(step, {name: value.item() for name, value in {**own.parts, **parts}.items()})
    head.eval()
    sentence_head.eval()
