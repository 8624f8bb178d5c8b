"""What is known of the photos of a run: classes and their tree, a teacher's features, captions."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.progress import Reporter
from engine.training.captions import cached_caption_features
from engine.training.classifier import similarity_of_classes
from engine.training.distances import ClassTree
from engine.training.distilled import TeacherFile
from engine.training.objectives import Situation
from engine.training.photo_set import PhotoSet, label_table
from engine.training.targets import ClassDistances, FeatureDistances, SharedLabels, Source, TargetDistances
from engine.training.teacher import cached_features

# With a tree and a teacher: what the first network was best with (docs/decisions/0007).
DEFAULT_TARGETS = {"tree": 0.4, "teacher": 0.6, "captions": 0.6}


@dataclass(frozen=True)
class Whereabouts:
    """Where knowledge comes from.

    Attributes:
        tree: Class tree, lines "parent child".
        teacher: Python file that defines `load_teacher()`.
        teacher_side: Pixels of the teacher's input.
        captions: Caption encoder, see `load_caption_encoder`.
        cache: Folder that keeps features between runs.
    """

    tree: Path | None = None
    teacher: Path | None = None
    teacher_side: int = 160
    captions: str | None = None
    cache: Path = Path()

    @property
    def names(self) -> dict[str, str | None]:
        """What a model's card says of it, without the folders of whoever trained."""
        places = {"tree": self.tree, "teacher": self.teacher, "caption_encoder": self.captions}
        return {kind: Path(place).name if place else None for kind, place in places.items()}


@dataclass(frozen=True)
class Knowledge:
    """What is known of N photos.

    Attributes:
        class_names: C names.
        labels: int64 (N,) or float32 (N, C) as in `label_table`; None without classes.
        class_distances: float32 (C, C) from a class tree.
        teacher: float16 (N, D), a teacher's features of whole photos.
        captions: float32 (N, E), embeddings of unit length, and bool (N,), whose captions are known.
        teacher_file: That `teacher` is of; None where it is not at hand.
    """

    class_names: list[str]
    labels: Tensor | None = None
    class_distances: Tensor | None = None
    teacher: Tensor | None = None
    captions: tuple[Tensor, Tensor] | None = None
    teacher_file: TeacherFile | None = None

    def sources(self, train: Tensor, seed: int) -> dict[str, Source]:
        """All sources of target distances that there is something of, by name.

        Args:
            train: int64 positions of training photos, which distances of features are calibrated on.
            seed: Of the pairs for that.

        Raises:
            UsageError: Fewer than two training photos have captions.
        """
        found: dict[str, Source] = {}
        if self.labels is not None:
            one_each = self.labels.ndim == 1
            table = torch.nn.functional.one_hot(self.labels).float() if one_each else self.labels
            found["labels"] = SharedLabels(table)
            if self.class_distances is not None:
                found["tree"] = ClassDistances(self.labels, self.class_distances)
        if self.teacher is not None:
            everywhere = torch.ones(len(self.teacher), dtype=torch.bool)
            found["teacher"] = FeatureDistances.fit(self.teacher, everywhere, train, seed=seed)
        if self.captions is not None:
            found["captions"] = FeatureDistances.fit(*self.captions, train, seed=seed)
        return found

    def targets(self, weights: Mapping[str, float], train: Tensor, seed: int) -> TargetDistances | None:
        """Target distances with these weights, or with the default ones; None where there is nothing to mix.

        Args:
            weights: By name of the source; empty for the default ones.
            train: See `sources`.
            seed: See `sources`.

        Raises:
            UsageError: A source with a weight is not there, or classes are all there is and there is one.
        """
        sources = self.sources(train, seed)
        if missing := weights.keys() - sources.keys():
            raise UsageError(
                f"There are no target distances {', '.join(sorted(missing))} here, only"
                f" {', '.join(sorted(sources)) or 'none'}.",
                "tree needs --tree and classes, teacher --teacher, captions --caption-encoder.",
            )
        chosen = weights or {name: weight for name, weight in DEFAULT_TARGETS.items() if name in sources}
        if not chosen and "labels" in sources:
            chosen = {"labels": 1.0}
        if not chosen:
            return None
        if len(self.class_names) == 1 and chosen.keys() <= {"labels", "tree"}:
            raise UsageError(
                f"All these photos have one class, {self.class_names[0]}, and nothing says how they differ.",
                "Name photos of other classes too, captions with --caption-encoder, or a teacher.",
            )
        return TargetDistances({name: (weight, sources[name]) for name, weight in chosen.items()})

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that all of it decides."""
        found = hashlib.blake2b("\0".join(self.class_names).encode(), digest_size=16)
        for tensor in (self.labels, self.class_distances, self.teacher, *(self.captions or ())):
            found.update(b"none" if tensor is None else tensor.contiguous().numpy().data)
        return found.hexdigest()

    def situation(self, n_bits: int, train: Tensor, seed: int, *, classifier: bool) -> Situation:
        """What an objective is made for.

        Args:
            n_bits: Length of a code.
            train: int64 positions of training photos.
            seed: Of everything that is drawn.
            classifier: Whether to find out what a classifier takes classes for, from the teacher's features.
        """
        similarity = None
        if classifier and self.teacher is not None and self.labels is not None and self.labels.ndim == 1:
            labels = self.labels[train]
            if len(labels.unique()) == len(self.class_names):
                similarity = similarity_of_classes(
                    self.teacher[train], labels, len(self.class_names), seed=seed
                )
        return Situation(n_bits, len(self.class_names), self.class_distances, seed, similarity)


def find_out(photos: PhotoSet, where: Whereabouts, report: Reporter) -> Knowledge:
    """Gathers what is known of photos.

    Args:
        photos: All photos of a run.
        where: Where to look.
        report: Hears of progress.

    Raises:
        UsageError: The tree, the teacher or the caption encoder is missing or doesn't fit the photos.
    """
    names = photos.class_names
    labels = label_table(photos, names)
    teacher = captions = None
    if where.teacher is not None:
        cache = where.cache / "teacher.safetensors"
        teacher = cached_features(cache, where.teacher, photos, side=where.teacher_side, report=report)[:, 0]
    if where.captions is not None:
        cache = where.cache / "captions.safetensors"
        captions = cached_caption_features(cache, where.captions, photos.captions, report)
        if not captions[1].any():
            raise UsageError("These photos have no captions.", "Leave --caption-encoder out.")
    file = None if where.teacher is None else TeacherFile(where.teacher, where.teacher_side)
    return Knowledge(names, labels, _tree_distances(where.tree, names, labels), teacher, captions, file)


def _tree_distances(tree: Path | None, names: list[str], labels: Tensor | None) -> Tensor | None:
    if tree is None:
        return None
    if labels is None:
        raise UsageError("A class tree needs photos with classes, and these have none.", "Leave --tree out.")
    if labels.ndim == 2:
        raise UsageError(
            "A class tree needs photos of one class each; some here have none or several.",
            "Leave --tree out, or those photos.",
        )
    return torch.from_numpy(ClassTree.load(tree).distances(names))
