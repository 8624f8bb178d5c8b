"""What is known of photos that a model is measured on: labels, a class tree, captions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.training.baselines import cosine
from engine.training.distances import ClassTree
from engine.training.hierarchy import graded, graded_by_nearest
from engine.training.photo_set import PhotoSet, label_table
from engine.training.ranking import Gains, same_label, shared_label

Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Judgement:
    """What is known of N photos.

    Attributes:
        labels: int64 (N,) where each photo has one class, float32 (N, C) with 1 for each class of a photo
            where some have none or several, None where there are no classes. Photos that share a class are
            relevant to each other.
        class_distances: float32 (C, C) target distances in [0, 1], 0 on the diagonal, or None.
        captions: float32 (N, D) caption embeddings of length 1, or None; rows of unknown photos don't count.
        captioned: bool (N,), whose captions are known; None where there are no captions.

    Raises:
        ValueError: Shapes don't fit each other, or neither labels nor captions are there.
    """

    labels: NDArray[np.int64] | NDArray[np.float32] | None = None
    class_distances: NDArray[np.float32] | None = None
    captions: NDArray[np.float32] | None = None
    captioned: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.labels is None and self.captions is None:
            raise ValueError("nothing is known of the photos")
        if (self.captions is None) != (self.captioned is None):
            raise ValueError("captions come with a mark for each photo that has some")
        columns = (self.labels, self.captions, self.captioned)
        if len({len(column) for column in columns if column is not None}) > 1:
            raise ValueError("labels and captions are not those of the same photos")
        if self.labels is not None and self.class_distances is not None:
            n_classes = int(self.labels.max()) + 1 if self.labels.ndim == 1 else self.labels.shape[1]
            if self.class_distances.shape[0] < n_classes:
                raise ValueError(f"{n_classes} classes have {self.class_distances.shape} distances")

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Which photos have a label, bool (N,)."""
        if self.labels is None:
            return np.zeros_like(self.captioned, bool)
        return (
            np.ones(len(self.labels), bool) if self.labels.ndim == 1 else np.asarray(self.labels.any(axis=1))
        )

    @property
    def two_level(self) -> bool:
        """Whether distances are 0, 1/2 and 1 alone, as HPDH's protocol has them (fine and coarse classes)."""
        return self.class_distances is not None and bool(
            np.isin(self.class_distances, np.array([0, 0.5, 1], np.float32)).all()
        )

    def label_gains(self, queries: Positions, database: Positions) -> Gains:
        """Gains in [0, 1] by target distance, 1 for photos that share a label; 1 and 0 without a tree.

        Args:
            queries: int64 (Q,) positions of labelled photos.
            database: int64 (N',) positions of labelled photos.

        Raises:
            ValueError: There are no labels.
        """
        if self.labels is None:
            raise ValueError("there are no labels")
        table: NDArray[Any] = self.labels
        asked, others = table[queries], table[database]
        one_each = self.labels.ndim == 1
        if self.class_distances is None:
            return same_label(asked, others) if one_each else shared_label(asked, others)
        by_tree = graded if one_each else graded_by_nearest
        return by_tree(self.class_distances, asked, others)

    def caption_gains(self, queries: Positions, database: Positions) -> Gains:
        """Caption similarity: the cosine of caption embeddings, 0 where it is negative.

        Args:
            queries: int64 (Q,) positions of photos with captions.
            database: int64 (N',) positions of photos with captions.

        Raises:
            ValueError: There are no captions.
        """
        if self.captions is None:
            raise ValueError("there are no captions")
        asked, others = self.captions[queries], self.captions[database]
        return lambda rows: np.clip(1 - cosine(asked[rows], others), 0, 1)


def judge(
    photos: PhotoSet,
    tree: ClassTree | None = None,
    captions: tuple[NDArray[np.float32], NDArray[np.bool_]] | None = None,
) -> Judgement:
    """What the sources of these photos say of them.

    Args:
        photos: N photos.
        tree: Distances of their classes.
        captions: Caption embeddings, float32 (N, D) of length 1, and whose captions are known, bool (N,).

    Raises:
        UsageError: There is neither a label nor a known caption, or a tree without labels, or the tree lacks
            a class.
    """
    names = photos.class_names
    if tree is not None and not names:
        raise UsageError("A class tree says nothing of photos without labels.", "Leave the tree out.")
    known = captions is not None and bool(captions[1].any())
    if not names and not known:
        if any(photos.captions) and captions is None:
            raise UsageError(
                "These photos have captions and no labels, and no caption encoder was named.",
                "Name one, such as --caption-encoder words.",
            )
        raise UsageError(
            "These photos have neither labels nor captions.",
            "Name a folder with one folder a class, or a pack with a column 'label'.",
        )
    table = label_table(photos, names)
    return Judgement(
        None if table is None else table.numpy(),
        None if tree is None else tree.distances(names),
        *(captions if captions is not None and known else (None, None)),
    )
