r"""The text tower follows the photos' codes to where they go.

A photo's outputs by the model before, u, and by the new one, v, are those of one and the same photo, so that
a linear map which takes u to v for all photos of the library takes a sentence's outputs along: v = M u + c by
ridge regression, written into the tower's last layer. Then that layer is tuned on captions and their photos
(the contrast of `engine.training.words.alignment`), and the tuned one is kept where it finds more photos of
choice. The rest of the tower stays, and with it what it knows of words that no caption has.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.training.baselines import cosine
from engine.training.retraining.text_tower import TextTower
from engine.training.words.alignment import contrast
from engine.training.words.measure import is_found
from engine.training.words.teaching import numbered
from engine.training.words.tower import SentenceTower
from engine.training.words.whole_run import in_parts

RIDGE = 1e-2
STEPS, BATCH, RATE, TEMPERATURE = 600, 256, 1e-3, 0.07


@dataclass(frozen=True)
class WordLesson:
    """Photos and their captions.

    Attributes:
        before: float32 (P, K), outputs of photos by the model before.
        after: float32 (P, K'), the same by the new one.
        captions: Of T photos.
        photos: float32 (T, K'), outputs of these by the new model.
        train, choice: int64 positions among the T.
    """

    before: Tensor
    after: Tensor
    captions: Sequence[Sequence[str]]
    photos: Tensor
    train: Tensor
    choice: Tensor


def realigned(text: TextTower, lesson: WordLesson, *, seed: int = 0) -> TextTower:
    """A text tower whose sentences have codes near those that their photos have now.

    Args:
        text: Of the model before; stays as it is.
        lesson: What the new one is found from.
        seed: Of the batches.
    """
    moved = TextTower(copy.deepcopy(text.tower), text.pieces, text.vocabulary)
    move_head(moved.tower, *linear_map(lesson.before, lesson.after))
    owned = [place for place in lesson.train.tolist() if lesson.captions[place]]
    if len(owned) < BATCH // 4:
        return moved
    tuned = TextTower(copy.deepcopy(moved.tower), text.pieces, text.vocabulary)
    tune(tuned, lesson, torch.tensor(owned), seed=seed)
    found = [
        captions_found(each, lesson.photos, lesson.captions, lesson.choice).sum() for each in (moved, tuned)
    ]
    return tuned if found[1] > found[0] else moved


def linear_map(before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """M, float32 (K', K), and c, float32 (K',), with after = M before + c as nearly as may be."""
    mean_before, mean_after = before.mean(0), after.mean(0)
    u, v = (before - mean_before).double(), (after - mean_after).double()
    gram = u.T @ u
    gram += RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.float64)
    matrix = torch.linalg.solve(gram, u.T @ v).T.float()
    return matrix, mean_after - matrix @ mean_before


@torch.no_grad()
def move_head(tower: SentenceTower, matrix: Tensor, shift: Tensor) -> None:
    """Writes a map of outputs into the last layer of a tower."""
    old = tower.head
    new = nn.Linear(old.in_features, len(matrix))
    new.weight.copy_(matrix @ old.weight)
    new.bias.copy_(matrix @ old.bias + shift)
    tower.head = new


def tune(text: TextTower, lesson: WordLesson, owned: Tensor, *, seed: int) -> None:
    """Trains the last layer in place on photos at positions int64 (M,), each with a caption."""
    generator = torch.Generator().manual_seed(seed)
    head: nn.Linear = text.tower.head
    states = _states(text, [lesson.captions[place] for place in owned.tolist()])
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.0)
    kinds = _kinds([lesson.captions[place] for place in owned.tolist()])
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        rows = torch.randperm(len(owned), generator=generator)[:BATCH]
        drawn = [int(torch.randint(len(states[row]), (1,), generator=generator)) for row in rows.tolist()]
        sentences = head(torch.stack([states[row][d] for row, d in zip(rows.tolist(), drawn, strict=True)]))
        loss = contrast(lesson.photos[owned[rows]], sentences, kinds[rows], TEMPERATURE)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


def _states(text: TextTower, captions: Sequence[Sequence[str]]) -> list[Tensor]:
    """What the last layer sees of each photo's captions, float32 (C, width) each."""
    numbers = numbered(text.vocabulary, list(chain.from_iterable(captions)), text.tower.shape.longest)
    body = _States(text.tower)
    return list(in_parts(body, numbers).clone().split([len(own) for own in captions]))


class _States(nn.Module):
    """What the last layer of a tower sees."""

    def __init__(self, tower: SentenceTower) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, numbers: Tensor) -> Tensor:
        """int64 (B, T) to float32 (B, width)."""
        return self.tower.states(numbers)


def _kinds(captions: Sequence[Sequence[str]]) -> Tensor:
    """int64 (N,): photos with the very same captions are of one kind, and any of their captions is right."""
    known: dict[frozenset[str], int] = {}
    return torch.tensor([known.setdefault(frozenset(own), len(known)) for own in captions])


@torch.no_grad()
def captions_found(
    text: TextTower, photos: Tensor, captions: Sequence[Sequence[str]], chosen: Tensor
) -> NDArray[np.bool_]:
    """Whether captions find their photos by codes.

    Args:
        text: Its codes of sentences.
        photos: float32 (T, K), outputs of photos.
        captions: Of the T photos.
        chosen: int64 positions among the T: the photos that are searched.

    Returns:
        bool (Q,), an entry for each distinct caption of these: whether one of the ten nearest photos has it.
    """
    owners: dict[str, list[int]] = {}
    for place, photo in enumerate(chosen.tolist()):
        for caption in captions[photo]:
            owners.setdefault(caption, []).append(place)
    if not owners:
        return np.empty(0, bool)
    distances = cosine(text.logits(list(owners)).sign().numpy(), photos[chosen].sign().numpy())
    nearest = [_nearest(row, own) for row, own in zip(distances, owners.values(), strict=True)]
    return is_found(distances, np.array(nearest))


def _nearest(distances: NDArray[np.float32], places: Sequence[int]) -> int:
    """The nearest of these places; ties by position."""
    return min(places, key=lambda place: (distances[place], place))
