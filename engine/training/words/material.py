"""What photos and sentences are brought together by: features, vectors, and which belong to which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.progress import Progress, Reporter
from engine.training.captions import cached_caption_features
from engine.training.inputs import make_whole
from engine.training.networks import HashNetwork
from engine.training.photo_set import PhotoSet
from engine.training.teacher import runner
from engine.training.words.sentences import names_as_sentences

BATCH = 64


@dataclass(frozen=True)
class Sentences:
    """Sentences and what a large encoder says of them.

    Attributes:
        texts: M sentences, each once.
        vectors: float32 (M, S), of unit length.
    """

    texts: list[str]
    vectors: Tensor

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Belonging:
    """Which sentences belong to which photos.

    Attributes:
        of_photo: For each photo the positions of its own captions among the sentences.
        of_class: For each class the positions of the sentences that name it.
        labels: int64 (N,), the class of each photo; -1 for none that has a name.
    """

    of_photo: list[list[int]]
    of_class: list[list[int]]
    labels: Tensor

    @property
    def captioned(self) -> Tensor:
        """int64 positions of the photos with captions."""
        return torch.tensor([place for place, own in enumerate(self.of_photo) if own], dtype=torch.int64)

    @property
    def named(self) -> Tensor:
        """int64 positions of the photos whose class has a name."""
        return torch.nonzero(self.labels >= 0)[:, 0]


def photo_features(network: HashNetwork, photos: PhotoSet, side: int, report: Reporter) -> Tensor:
    """What a backbone says of each whole photo and of its mirror image, float16 (N, 2, width)."""
    run = runner(_Features(network).eval(), torch.zeros(2, 3, side, side))
    parts = []
    for start in range(0, len(photos), BATCH):
        seen = make_whole(photos.photos[start : start + BATCH], side).contiguous()
        parts.append(torch.stack([run(seen)[0], run(seen.flip(3).contiguous())[0]], dim=1).half())
        report(Progress("features", start + len(seen), len(photos)))
    return torch.cat(parts)


class _Features(nn.Module):
    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: Tensor) -> Tensor:
        return self.network.features(rgb)


def read_vectors(cache: Path, encoder: str, texts: Sequence[str], report: Reporter) -> Sentences:
    """Sentences that an encoder understands, with its vectors, from the cache where it fits.

    Args:
        cache: See `cached_caption_features`.
        encoder: See `load_caption_encoder`.
        texts: Sentences; each is kept once.
        report: Hears of progress.
    """
    once = list(dict.fromkeys(texts))
    vectors, known = cached_caption_features(cache, encoder, [[text] for text in once], report)
    kept = known.tolist()
    return Sentences([text for text, known_one in zip(once, kept, strict=True) if known_one], vectors[known])


def belonging(photos: PhotoSet, names: Mapping[str, Sequence[str]], sentences: Sentences) -> Belonging:
    """Finds the sentences of each photo.

    Args:
        photos: N photos.
        names: What people call a class, by the class's label.
        sentences: All sentences; captions and names that are not among them are passed over.
    """
    places = {text: place for place, text in enumerate(sentences.texts)}
    of_photo = [[places[c] for c in captions if c in places] for captions in photos.captions]
    classes = [name for name in photos.class_names if name in names]
    of_class = [
        [places[text] for text in names_as_sentences(names[name]) if text in places] for name in classes
    ]
    index = {name: place for place, name in enumerate(classes) if of_class[place]}
    labels = [index.get(own[0], -1) if len(own) == 1 else -1 for own in photos.labels]
    return Belonging(of_photo, of_class, torch.tensor(labels))
