"""What photos and sentences are aligned on, and how batches of it are drawn."""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.training.objectives import Targets
from engine.training.targets import TargetDistances
from engine.training.words.material import Belonging, Sentences
from engine.training.words.view_features import ViewFeatures


@dataclass(frozen=True)
class Ground:
    """What photos and sentences are brought together on.

    Attributes:
        views: Features of N photos.
        belonging: Which sentences belong to which photos.
        sentences: All of these sentences, with their vectors.
        targets: How alike photos are; None where nobody asks.
        teacher: float16 (N, D), a teacher's features of whole photos, centred; None without a teacher.
        train: int64 positions of training photos.
        validation: int64 positions of the photos that figures are measured on.
    """

    views: ViewFeatures
    belonging: Belonging
    sentences: Sentences
    targets: TargetDistances | None
    teacher: Tensor | None
    train: Tensor
    validation: Tensor


@dataclass(frozen=True)
class Batch:
    """Photos, each with a sentence.

    Attributes:
        photos: int64 (B,) positions.
        features: float32 (B, width), of a view of each.
        vectors: float32 (B, S), of a sentence of each.
        kinds: int64 (B,); photos and sentences of one kind are equally right for each other.
        targets: How alike the photos are.
    """

    photos: Tensor
    features: Tensor
    vectors: Tensor
    kinds: Tensor
    targets: Targets


class Batches:
    """Draws batches: one half photos with their captions, one half photos with names of their class."""

    def __init__(self, ground: Ground, size: int) -> None:
        """Takes the training photos of each kind.

        Raises:
            UsageError: No training photo has a sentence.
        """
        belonging = ground.belonging
        in_training = torch.zeros(len(ground.belonging.of_photo), dtype=torch.bool)
        in_training[ground.train] = True
        self._ground = ground
        self._captioned = belonging.captioned[in_training[belonging.captioned]]
        self._named = belonging.named[in_training[belonging.named]]
        if not len(self._captioned) + len(self._named):
            raise UsageError(
                "None of the photos to train on has a caption or a class with a name.",
                "Name photos with captions, or the classes' names with --names.",
            )
        named = size if not len(self._captioned) else size // 2 if len(self._named) else 0
        self._counts = (size - named, named)

    def draw(self, generator: torch.Generator) -> Batch:
        """Draws a batch."""
        ground = self._ground
        parts = [
            self._drawn(pool, count, generator, by_class=pool is self._named)
            for pool, count in zip((self._captioned, self._named), self._counts, strict=True)
            if count
        ]
        photos, sentences, kinds = (torch.cat(each) for each in zip(*parts, strict=True))
        return Batch(
            photos,
            ground.views.drawn(photos, generator),
            ground.sentences.vectors[sentences],
            kinds,
            Targets(distances=ground.targets(photos) if ground.targets else None),
        )

    def _drawn(
        self, pool: Tensor, count: int, generator: torch.Generator, *, by_class: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Photos, a sentence of each, and kinds: int64 (count,) each."""
        belonging = self._ground.belonging
        photos = pool[torch.randint(len(pool), (count,), generator=generator)]
        own = (
            [belonging.of_class[label] for label in belonging.labels[photos].tolist()]
            if by_class
            else [belonging.of_photo[photo] for photo in photos.tolist()]
        )
        draws = torch.rand(count, generator=generator).tolist()
        sentences = [each[int(draw * len(each))] for each, draw in zip(own, draws, strict=True)]
        kinds = len(belonging.of_photo) + belonging.labels[photos] if by_class else photos
        return photos, torch.tensor(sentences), kinds
