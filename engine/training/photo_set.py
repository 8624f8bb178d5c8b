"""Photos to train on or to be measured on, held in memory as uint8, with what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.errors import UsageError


@dataclass(frozen=True)
class PhotoSet:
    """Photos in memory; every list has one entry a photo.

    Attributes:
        photos: uint8 (N, S, S, 3) sRGB, squashed to squares as the product does it.
        names: Unique within the set: the source's name, "/", and what the source calls the photo.
        labels: Class names of each photo: none, one or several.
        captions: Captions of each photo, without empty ones: none, one or several.
        parts: "train", "val" or "test" where the source is published with such parts, otherwise "".
        sharp: Whether the photo had as many pixels as are kept; the others are blurred by enlarging.
        skipped: Photos that could not be read or are missing.
        left_out: Classes that photos had which were left out.
    """

    photos: Tensor
    names: list[str]
    labels: list[tuple[str, ...]]
    captions: list[tuple[str, ...]]
    parts: list[str]
    sharp: list[bool]
    skipped: int = 0
    left_out: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.names)

    def take(self, chosen: Tensor) -> "PhotoSet":
        """The photos at these positions, int64 (M,)."""
        kept = chosen.tolist()
        return PhotoSet(
            self.photos[chosen],
            [self.names[i] for i in kept],
            [self.labels[i] for i in kept],
            [self.captions[i] for i in kept],
            [self.parts[i] for i in kept],
            [self.sharp[i] for i in kept],
        )

    @property
    def class_names(self) -> list[str]:
        """All classes, sorted."""
        return sorted({label for labels in self.labels for label in labels})


def require_unique(names: Sequence[str]) -> None:
    """Two photos of one name would be taken for one by whatever is kept by name: a split, say.

    Raises:
        UsageError: A name stands there twice.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageError(
                f"Two photos are called {name}.",
                "Name each source once, and rename one of two sources or files of the same name.",
            )
        seen.add(name)


def join(sets: Sequence[PhotoSet]) -> PhotoSet:
    """One set after the other.

    Raises:
        UsageError: Photos of two sets have one name.
    """
    names = [name for s in sets for name in s.names]
    require_unique(names)
    if len(sets) == 1:  # torch.cat would copy the pixels
        return sets[0]
    return PhotoSet(
        torch.cat([s.photos for s in sets]),
        names,
        [labels for s in sets for labels in s.labels],
        [captions for s in sets for captions in s.captions],
        [part for s in sets for part in s.parts],
        [sharp for s in sets for sharp in s.sharp],
        sum(s.skipped for s in sets),
        frozenset().union(*(s.left_out for s in sets)),
    )


def label_table(photos: PhotoSet, class_names: Sequence[str]) -> Tensor | None:
    """Labels as objectives take them.

    Args:
        photos: N photos.
        class_names: C names; labels that are not among them are left out.

    Returns:
        int64 (N,) positions where every photo has exactly one class, float32 (N, C) with 1 for each class of
        a photo where some have none or several, None where there are no classes.
    """
    if not class_names:
        return None
    index = {name: position for position, name in enumerate(class_names)}
    known = [[index[label] for label in labels if label in index] for labels in photos.labels]
    if all(len(positions) == 1 for positions in known):
        return torch.tensor([positions[0] for positions in known])
    table = torch.zeros(len(known), len(class_names))
    for row, positions in zip(table, known, strict=True):
        row[positions] = 1
    return table
