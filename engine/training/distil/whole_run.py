"""A distillation from the photos that a person names to the backbone that came of it."""

import hashlib
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from engine.errors import HammingbirdError, JobCancelled, UsageError
from engine.progress import Reporter
from engine.training.augment import Augmenter
from engine.training.backbone_weights import load_backbone_weights
from engine.training.checkpoint import CHECKPOINT, write_whole
from engine.training.distil.loop import GUESSES, DistilData, Distiller, uses_bf16
from engine.training.distil.map_teacher import TEACHER_SIDE, MapTeacher, load_map_teacher
from engine.training.distil.measure import MapJudge
from engine.training.distil.sections import Sections
from engine.training.distil.settings import PHOTO_SIDE, DistilSettings
from engine.training.distil.student import Guesses, MapNetwork, MapStudent, Scales, scales_of
from engine.training.distil.views import Views, looking
from engine.training.inputs import PhotoInputs
from engine.training.launch import make_fabric, stop_when_asked
from engine.training.model_card import DISTILLED, RUN_CARD, figures_of
from engine.training.network_weights import load_weights
from engine.training.networks import FEWEST_BITS, HashNetwork
from engine.training.photo_set import PhotoSet
from engine.training.prepare import FEWEST_HELD_OUT, read_photos, sharp_or_all, split_of_run
from engine.training.settings import Settings
from engine.training.split import Split
from engine.training.teacher import compute_features, fingerprint_of
from engine.training.trainer import BEST, Outcome
from engine.training.whole_run import check_folder

MOST_HELD_OUT = 4000  # all are compared with all


@dataclass(frozen=True)
class DistilPlan:
    """All that a person says of a distillation.

    Attributes:
        sources: Photos, see `load_photos`.
        folder: Of the run.
        settings: See `DistilSettings`.
        teacher: See `load_map_teacher`.
        leave_out: Classes that no part of training may see or hear of.
        validation: Share of photos to choose the best weights by.
        split: See `split_of_run`.
        init: A run of this kind to go on from, apart or not, or a file of the backbone's weights.
        device: See `train_network`.
        resume: Whether to go on from the folder's checkpoint.
    """

    sources: tuple[str, ...]
    folder: Path
    settings: DistilSettings
    teacher: Path
    leave_out: frozenset[str] = frozenset()
    validation: float = 0.05
    split: Path | None = None
    init: Path | None = None
    device: str = "auto"
    resume: bool = False


def carry_out(plan: DistilPlan, report: Reporter) -> dict[str, Any]:
    """Distils to the end, or goes on with a run that was stopped.

    Args:
        plan: Of the run.
        report: Hears of progress.

    Returns:
        The card of the run, which lies in its folder beside the best weights.

    Raises:
        JobCancelled: It was asked to stop, and can be resumed.
        HammingbirdError: Something of the plan can't be, or training can't go on.
    """
    if plan.settings.compiled:
        _check_compiler()
    check_folder(plan.folder, "Train a hash network of it (see docs/training.md)", resume=plan.resume)
    teacher = load_map_teacher(plan.teacher, plan.leave_out)
    parts = first_weights(plan.settings, teacher, plan.init)
    # One process: a GPU takes such small networks faster than one process makes views for it.
    fabric = make_fabric(
        Settings(batch=plan.settings.batch, precision=plan.settings.precision), plan.device, 1
    )
    fabric.launch()
    photos = read_photos(plan.sources, PHOTO_SIDE, leave_out=plan.leave_out, report=report)
    split = split_of_run(photos, plan.folder, plan.split, plan.validation, 0.0, resume=plan.resume)
    train, held_out = _positions(photos, split, plan.settings.batch)
    look = looking(teacher, plan.settings, bf16=uses_bf16(fabric))
    views = Views(_inputs(photos, plan.settings), look, plan.settings)
    scales = scales_of(views, train, plan.settings.seed)
    data = DistilData(
        views,
        train,
        torch.tensor(photos.sharp)[train],
        sharp_or_all(photos, train),
        _judge(photos, held_out, teacher, scales, report),
        _fingerprint(plan, teacher, photos, split),
    )
    network, guesses, sections = parts
    outcome = _train(fabric, plan, data, MapStudent(network, guesses, scales, sections), report)
    if outcome.stopped:
        raise JobCancelled(f"Stopped, and saved in {plan.folder}. The same command with --resume goes on.")
    card = _card(plan, photos, split, outcome, teacher)
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    write_whole(plan.folder / RUN_CARD, lambda draft: draft.write_text(text, encoding="utf-8"))
    (plan.folder / CHECKPOINT).unlink(missing_ok=True)  # nothing is left to go on with
    return card


def _check_compiler() -> None:
    """Looks for the compiler that torch will ask for, before photos are read."""
    compiler = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
    if shutil.which(compiler) is None:
        raise UsageError(
            f"--compiled needs the C++ compiler {compiler}, which is not there.",
            "Install it, name another in the environment variable CXX, or leave --compiled out.",
        )


def first_weights(
    settings: DistilSettings, teacher: MapTeacher, init: Path | None
) -> tuple[MapNetwork, Guesses, Sections | None]:
    """A network, its guesses and, where it is to be apart, its sections, to start a run with.

    Args:
        settings: Of the run; the seed decides random weights.
        teacher: That is guessed.
        init: Folder of a run with the same backbone and teacher, or a file as `load_backbone_weights` reads
            it; then the guesses begin anew. A run whose sections were apart has kept them joined.

    Raises:
        UsageError: There is no such backbone, it has no fitting maps, it can't be taken apart or has learned
            already and shall be, or the weights are of another.
    """
    if settings.apart and init is not None:
        raise UsageError(
            "Sections learn from nothing; what was learned already is not taken apart.",
            "Leave --apart or --init out.",
        )
    torch.manual_seed(settings.seed)
    whole = HashNetwork(settings.backbone, FEWEST_BITS)
    network = MapNetwork(whole)
    guesses = Guesses(network, teacher)
    sections = None
    if settings.apart:
        sections = Sections(network.tower.trunk, settings.backbone, teacher.channels)
    if init is not None:
        load_backbone_weights(whole, init / BEST if init.is_dir() else init)
        if init.is_dir():
            load_weights(guesses, init / GUESSES)
    return network, guesses, sections


def _inputs(photos: PhotoSet, settings: DistilSettings) -> PhotoInputs:
    augmenter = Augmenter(settings.train_side, smallest_area=settings.smallest_crop)
    return PhotoInputs(photos.photos, augmenter, settings.input_side)


def _positions(photos: PhotoSet, split: Split, batch: int) -> tuple[Tensor, Tensor]:
    """Positions to train on, and sharp ones to measure: what is blurred tells little of a person's photos.

    Raises:
        UsageError: There are too few.
    """
    train, held_out = split.positions(photos, "train"), split.positions(photos, "validation")
    sharp = held_out[torch.tensor(photos.sharp)[held_out]]
    if len(sharp) < FEWEST_HELD_OUT:
        raise UsageError(
            f"Of {len(photos)} photos {len(held_out)} are held out, and {len(sharp)} of these are sharp: at"
            f" least {PHOTO_SIDE} pixels on both sides. {FEWEST_HELD_OUT} are needed to choose weights by.",
            "Name more photos of that size, or hold out a larger share with --validation.",
        )
    if len(train) < batch:
        raise UsageError(
            f"{len(train)} photos to train on are too few; a batch has {batch}.",
            "Name more photos, or choose a smaller --batch.",
        )
    order = torch.randperm(len(sharp), generator=torch.Generator().manual_seed(0))
    return train, sharp[order[:MOST_HELD_OUT].sort().values]


def _judge(
    photos: PhotoSet, held_out: Tensor, teacher: MapTeacher, scales: Scales, report: Reporter
) -> MapJudge:
    found = compute_features(teacher, photos.photos[held_out], TEACHER_SIDE, report)[:, 0].float()
    if not found.isfinite().all():
        raise UsageError("The teacher gives features that are no numbers of 16 bits.", "Mend its file.")
    return MapJudge(held_out, found - scales.centre)


def _fingerprint(plan: DistilPlan, teacher: MapTeacher, photos: PhotoSet, split: Split) -> str:
    seen = fingerprint_of(plan.teacher, teacher, photos, "views")
    digest = hashlib.blake2b(split.digest.encode() + bytes(seen.tolist()), digest_size=16)
    return digest.hexdigest()


def _train(
    fabric: Fabric, plan: DistilPlan, data: DistilData, student: MapStudent, report: Reporter
) -> Outcome:
    try:
        distiller = Distiller(fabric, plan.settings, data, plan.folder, student)
        if plan.resume:
            distiller.resume()
        with stop_when_asked() as stop:
            outcome = distiller.run(report, stop)
    except torch.OutOfMemoryError as error:
        raise HammingbirdError(
            f"The device has too little memory for batches of {plan.settings.batch} photos.",
            "Choose a smaller --batch or --train-side.",
        ) from error
    return replace(outcome, device=f"1 x {fabric.device.type}, {fabric.strategy.precision.precision}")


def _card(
    plan: DistilPlan, photos: PhotoSet, split: Split, outcome: Outcome, teacher: MapTeacher
) -> dict[str, Any]:
    """What is known of the backbone, without the folders of whoever trained."""
    return {
        DISTILLED: {
            **asdict(plan.settings),
            "sources": [Path(source).stem for source in plan.sources],
            "left_out": sorted(plan.leave_out),
            "teacher": plan.teacher.name,
            "teacher_has_logits": bool(teacher.n_classes),
            "init": plan.init.name if plan.init else None,
            **figures_of(photos, split, outcome),
        },
        "licence": "not stated",
        "validation": {name: value for name, value in outcome.best.items() if name != "epoch"},
    }
