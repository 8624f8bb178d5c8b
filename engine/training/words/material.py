"""Which sentences belong to which photos, and what a large encoder says of each."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.progress import Reporter
from engine.tabular import readable
from engine.training.captions import SHORTEST, cached_caption_features
from engine.training.photo_set import PhotoSet
from engine.training.words.sentences import bare, names_as_sentences


@dataclass(frozen=True)
class Sentences:
    """Sentences and what a large encoder says of them.

    Attributes:
        texts: M sentences, each once.
        vectors: float32 (M, S), of unit length.
        free: bool (M,), what may be learned from; the others only measure.
    """

    texts: list[str]
    vectors: Tensor
    free: Tensor

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

    @cached_property
    def captioned(self) -> Tensor:
        """int64 positions of the photos with captions."""
        return torch.tensor([place for place, own in enumerate(self.of_photo) if own], dtype=torch.int64)

    @cached_property
    def named(self) -> Tensor:
        """int64 positions of the photos whose class has a name."""
        return torch.nonzero(self.labels >= 0)[:, 0]


def read_names(file: Path, classes: Iterable[str]) -> dict[str, list[str]]:
    """What people call classes.

    Args:
        file: A line a class: the class, a tab, its names between ", ". Other classes may stand there too.
        classes: Whose names are wanted; those without a line have none.

    Raises:
        UsageError: The file can't be read, or names none of the classes.
    """
    wanted = set(classes)
    with readable(file, "names of classes"):
        lines = [line.partition("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    found = {label: [name for name in names.split(", ") if name] for label, _, names in lines}
    kept = {label: names for label, names in found.items() if label in wanted and names}
    if not kept:
        raise UsageError(
            f"{file} names none of these photos' classes.",
            "Name a table with lines: class, tab, names between commas.",
        )
    return kept


def read_vectors(
    cache: Path, encoder: str, texts: Sequence[str], secret: Set[str], report: Reporter
) -> Sentences:
    """Sentences that an encoder understands, with its vectors, from the cache where it fits.

    Args:
        cache: See `cached_caption_features`.
        encoder: See `load_caption_encoder`.
        texts: Sentences; each is kept once.
        secret: Sentences that nothing may be learned from, as they are bare (`sentences.bare`).
        report: Hears of progress.
    """
    once = list(dict.fromkeys(texts))
    vectors, known = cached_caption_features(cache, encoder, [[text] for text in once], report)
    kept = [text for text, understood in zip(once, known.tolist(), strict=True) if understood]
    return Sentences(kept, vectors[known], torch.tensor([bare(text) not in secret for text in kept]))


def belonging(
    photos: PhotoSet, names: Mapping[str, Sequence[str]], sentences: Sentences, measured: Tensor
) -> Belonging:
    """Finds the sentences of each photo.

    Args:
        photos: N photos.
        names: What people call a class, by the class's label.
        sentences: All sentences; captions and names that are not among them are passed over.
        measured: int64 positions of the photos that keep captions which nothing is learned from.
    """
    places = {text: place for place, text in enumerate(sentences.texts)}
    free, may_keep = sentences.free.tolist(), set(measured.tolist())
    of_photo = [
        [places[c] for c in captions if c in places and (photo in may_keep or free[places[c]])]
        for photo, captions in enumerate(photos.captions)
    ]
    classes = [name for name in photos.class_names if name in names]
    of_class = [
        [places[text] for text in names_as_sentences(names[name]) if text in places] for name in classes
    ]
    index = {name: place for place, name in enumerate(classes) if of_class[place]}
    labels = [index.get(own[0], -1) if len(own) == 1 else -1 for own in photos.labels]
    return Belonging(of_photo, of_class, torch.tensor(labels))


def mean_vectors(owned: Belonging, sentences: Sentences) -> tuple[Tensor, Tensor]:
    """One vector a photo: the mean of those of its captions, or of the names of its class.

    Returns:
        float32 (N, S) of unit length, and bool (N,): False, with zeros, for photos without a sentence.
    """
    own = [
        captions or (owned.of_class[label] if label >= 0 else [])
        for captions, label in zip(owned.of_photo, owned.labels.tolist(), strict=True)
    ]
    owners = torch.tensor([photo for photo, each in enumerate(own) for _ in each], dtype=torch.int64)
    places = torch.tensor([place for each in own for place in each], dtype=torch.int64)
    sums = torch.zeros(len(own), sentences.vectors.shape[1])
    sums.index_add_(0, owners, sentences.vectors[places])
    known = sums.norm(dim=1) > SHORTEST
    return nn.functional.normalize(sums, dim=1) * known[:, None], known
