"""The text tower learns to say of a sentence what a large encoder and its head say of it."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from engine.hashing.vocabulary import FILLING, Vocabulary
from engine.training.words.alignment import contrast
from engine.training.words.settings import TeachingSettings
from engine.training.words.tower import SentenceTower


def numbered(vocabulary: Vocabulary, sentences: Sequence[str], longest: int) -> Tensor:
    """Sentences as the tower reads them: int64 (N, longest), `FILLING` behind each."""
    table = torch.full((len(sentences), longest), FILLING)
    for row, sentence in zip(table, sentences, strict=True):
        numbers = vocabulary.numbers(sentence, longest)
        row[: len(numbers)] = torch.tensor(numbers, dtype=torch.int64)
    return table


def unlike(found: Tensor, wanted: Tensor) -> Tensor:
    """1 - cosine of what becomes bits, tanh of the logits, mean over float32 (B, K)."""
    return (1 - nn.functional.cosine_similarity(found.tanh(), wanted.tanh())).mean()


def teach(
    tower: SentenceTower,
    numbers: Tensor,
    wanted: Tensor,
    settings: TeachingSettings,
    tell: Callable[[int, int, float], None],
) -> None:
    """Trains a tower in place.

    The loss is `unlike`, and beside it that each sentence is told from the others of its batch: a contrast of
    found with wanted logits.

    Args:
        tower: Is trained.
        numbers: int64 (N, longest), see `numbered`.
        wanted: float32 (N, n_bits) logits.
        settings: See `TeachingSettings`.
        tell: Hears the step, the number of steps, and the loss, now and then.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    decayed = [weight for weight in tower.parameters() if weight.ndim > 1]
    others = [weight for weight in tower.parameters() if weight.ndim < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}],
        lr=settings.learning_rate,
    )
    per_epoch = max(len(numbers) // settings.batch, 1)
    steps = settings.epochs * per_epoch
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share_of_rate(step / max(steps, 1)))
    tower.train()
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(numbers), generator=generator)
        start = step % per_epoch * settings.batch
        chosen = order[start : start + settings.batch]
        found = tower(_dropped(_cut(numbers[chosen]), settings.dropped, generator))
        loss = unlike(found, wanted[chosen])
        loss = loss + 0.1 * contrast(found, wanted[chosen], torch.arange(len(chosen)), 0.07)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimizer.step()
        rate.step()
        if step % 50 == 0 or step + 1 == steps:
            tell(step, steps, loss.item())
    tower.eval()


def _share_of_rate(done: float) -> float:
    """A warm-up over a twentieth of the steps, then half a wave down to nothing."""
    return min(0.05 + done / 0.05, 1.0) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def _cut(numbers: Tensor) -> Tensor:
    """Without the columns that no sentence of the batch fills."""
    return numbers[:, : max(int((numbers != FILLING).sum(dim=1).max()), 1)]


def _dropped(numbers: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Leaves pieces out at random, never a sentence's first."""
    kept = torch.rand(numbers.shape, generator=generator) >= share
    kept[:, 0] = True
    return torch.where(kept, numbers, FILLING)
