"""From what a person names (packs, a class tree, a teacher) to what the trainer takes."""

from pathlib import Path

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.progress import Progress, Reporter
from engine.training.data import PhotoSet, join, load_photos, split
from engine.training.distances import ClassTree
from engine.training.teacher import cached_features
from engine.training.trainer import Settings, TrainingData

FEWEST_SHARP = 500  # fewer don't tell the mean of 128 bits well


def prepare(
    sources: list[Path],
    settings: Settings,
    *,
    tree: Path,
    teacher: Path,
    teacher_side: int,
    cache: Path,
    leave_out: frozenset[str],
    validation: float,
    report: Reporter,
) -> tuple[TrainingData, PhotoSet]:
    """Reads the photos, computes the teacher's features, splits off the validation photos.

    Args:
        sources: Packs or folders of classes.
        settings: Of the run.
        tree: Lines "parent child" over the class names.
        teacher: Python file that defines `load_teacher()`.
        teacher_side: Pixels of the teacher's input.
        cache: Where the teacher's features are kept between runs.
        leave_out: Classes that no part of training may see.
        validation: Share of photos that is held out to choose the weights by.
        report: Hears of progress.

    Raises:
        UsageError: A source, the tree or the teacher is missing or doesn't fit.
    """
    sets = []
    for position, source in enumerate(sources):
        report(Progress("photos", position, len(sources)))
        sets.append(load_photos(source, settings.input_side, leave_out=leave_out))
    photos = join(sets)
    names = sorted(set(photos.labels))
    distances = torch.from_numpy(ClassTree.load(tree).distances(names))
    features = cached_features(cache, teacher, photos, side=teacher_side, report=report)
    train, held_out = split(photos, validation)
    if len(train) < settings.batch or len(held_out) < 11:
        raise UsageError(
            f"{len(photos)} photos are too few: {len(train)} to train on, {len(held_out)} to validate.",
            "Name more photos, or choose a smaller --batch.",
        )
    return (
        TrainingData(
            photos.photos,
            _positions(photos.labels, names),
            names,
            distances,
            features,
            train,
            held_out,
            _sharp(photos, train),
        ),
        photos,
    )


def _positions(labels: list[str], names: list[str]) -> Tensor:
    index = {name: position for position, name in enumerate(names)}
    return torch.tensor([index[label] for label in labels])


def _sharp(photos: PhotoSet, train: Tensor) -> Tensor:
    """Training photos that were not enlarged, as those of a library aren't; all where these are too few."""
    sharp = train[torch.tensor(photos.sharp)[train]]
    return sharp if len(sharp) >= FEWEST_SHARP else train
