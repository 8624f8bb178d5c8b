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
        UsageError: A source is missing or has no photo that can be read, or no photo has a class that shall
            be left out.
    """
    sets = []
    for position, source in enumerate(sources):
        report(Progress("photos", position, len(sources)))
        sets.append(load_photos(source, side, leave_out=leave_out))
    if missed := sorted(leave_out - frozenset().union(*(found.left_out for found in sets))):
        raise UsageError(f"No photo has the class {missed[0]!r}.", "Write --leave-out as photos name it.")
    return join(sets)


def split_of_run(
    photos: PhotoSet, run: Path, kept: Path | None, validation: float, test: float, *, resume: bool
) -> Split:
    """The split of a run, which is written down.

    Args:
        photos: All photos of the run.
        run: Its folder; the split is `run`/split.csv where no other file keeps it.
        kept: A split that several runs share: photos that it does not know yet are drawn and added.
        validation: Share that weights are chosen by.
        test: Share that nothing looks at before the end.
        resume: Whether the run goes on, with its own split.

    Raises:
        UsageError: A file that is there is no split.
    """
    file = kept or run / "split.csv"
    goes_on = file.is_file() and (kept is not None or resume)
    split = draw_split(photos, validation, test, known=Split.load(file) if goes_on else None)
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
    _check_counts(len(photos), len(train), len(held_out), settings.batch)
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
        sharp_or_all(photos, train),
        _judge(held_out, known, targets),
        _fingerprint(photos, split, known),
        known.teacher_file if settings.distil == VIEW else None,
    )


def _check_counts(photos: int, train: int, held_out: int, batch: int) -> None:
    counted = f"{photos} photos are too few: {train} to train on, {held_out} to choose the best weights by"
    if held_out < FEWEST_HELD_OUT:
        raise UsageError(
            f"{counted}, of which at least {FEWEST_HELD_OUT} are needed.",
            "Name more photos, or hold out a larger share with --validation (or by another --split).",
        )
    if train < batch:
        raise UsageError(f"{counted}; a batch has {batch}.", "Name more photos, or choose a smaller --batch.")


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


def sharp_or_all(photos: PhotoSet, train: Tensor) -> Tensor:
    """Training photos that were not enlarged, as those of a library aren't; all where these are too few.

    Args:
        photos: All photos.
        train: int64 (M,) positions.

    Returns:
        int64 (K,) of these positions.
    """
    sharp = train[torch.tensor(photos.sharp)[train]]
    return sharp if len(sharp) >= FEWEST_SHARP else train
