"""From the photos that a person names, and what is known of them, to what the trainer takes."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.progress import Progress, Reporter
from engine.training.augment import Augmenter
from engine.training.inputs import PhotoInputs
from engine.training.knowledge import Knowledge
from engine.training.photo_set import PhotoSet, join
from engine.training.settings import VIEW, Settings
from engine.training.sources import load_photos
from engine.training.split import Split, draw_split
from engine.training.targets import TargetDistances
from engine.training.trainer import TrainingData
from engine.training.validation import Judge

FEWEST_SHARP = 500  # fewer don't tell the mean of 128 bits well
FEWEST_HELD_OUT = 11  # ten neighbours and a query


def read_photos(
    sources: Sequence[str | Path], side: int, *, leave_out: frozenset[str], report: Reporter
) -> PhotoSet:
    """Reads all sources of a run.

    Args:
        sources: See `load_photos`.
        side: Photos are squashed to side x side pixels.
        leave_out: Classes that no part of training may see.
        report: Hears of progress.

    Raises:
        UsageError: A source is missing or has no photo that can be read.
    """
    sets = []
    for position, source in enumerate(sources):
        report(Progress("photos", position, len(sources)))
        sets.append(load_photos(source, side, leave_out=leave_out))
    return join(sets)


def keep_split(photos: PhotoSet, file: Path, validation: float, test: float) -> Split:
    """The split of these photos: drawn at the first time, kept in a file, and the same ever after.

    Args:
        photos: All photos of a run.
        file: Where the split is kept. Photos that it does not know yet are drawn and added.
        validation: Share that weights are chosen by.
        test: Share that nothing looks at before the end.

    Raises:
        UsageError: The file is no split.
    """
    split = draw_split(photos, validation, test, known=Split.load(file) if file.is_file() else None)
    file.parent.mkdir(parents=True, exist_ok=True)
    split.save(file)
    return split


def prepare(photos: PhotoSet, split: Split, known: Knowledge, settings: Settings) -> TrainingData:
    """Puts together what a run needs.

    Photos that the target distances know nothing of are left out.

    Args:
        photos: All photos.
        split: Of them.
        known: What is known of them.
        settings: Of the run.

    Raises:
        UsageError: The target distances are not there, or there are too few photos.
    """
    if settings.distil == VIEW and known.teacher_file is None:
        raise UsageError("There is no teacher to look at views.", "Add --teacher, or leave --distil out.")
    train, held_out = split.positions(photos, "train"), split.positions(photos, "validation")
    targets = known.targets(settings.targets, train, settings.seed)
    if targets is not None:
        train, held_out = train[targets.known[train]], held_out[targets.known[held_out]]
    if len(train) < settings.batch or len(held_out) < FEWEST_HELD_OUT:
        raise UsageError(
            f"{len(photos)} photos are too few: {len(train)} to train on, {len(held_out)} to validate.",
            "Name more photos, or choose a smaller --batch.",
        )
    return TrainingData(
        PhotoInputs(
            photos.photos,
            Augmenter(settings.train_side, smallest_area=settings.smallest_crop),
            settings.input_side,
        ),
        known.situation(
            settings.n_bits, train, settings.seed, classifier=settings.objective == "semantic-centers"
        ),
        known.labels,
        targets,
        known.teacher,
        train,
        held_out,
        _sharp(photos, train),
        _judge(held_out, known, targets),
        _fingerprint(photos, split, known),
        known.teacher_file if settings.distil == VIEW else None,
    )


def _judge(held_out: Tensor, known: Knowledge, targets: TargetDistances | None) -> Judge:
    labels = known.labels
    if labels is not None and labels.ndim == 2:
        held_out = held_out[labels[held_out].any(dim=1)]  # photos of no class are relevant to none
    return Judge(held_out, None if labels is None else labels[held_out], known.class_distances, targets)


def _fingerprint(photos: PhotoSet, split: Split, known: Knowledge) -> str:
    digest = hashlib.blake2b(f"{split.digest} {known.digest}".encode(), digest_size=16)
    for name in photos.names:
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()


def _sharp(photos: PhotoSet, train: Tensor) -> Tensor:
    """Training photos that were not enlarged, as those of a library aren't; all where these are too few."""
    sharp = train[torch.tensor(photos.sharp)[train]]
    return sharp if len(sharp) >= FEWEST_SHARP else train
