"""Trains the network of a cell: a hash head on cached features, or a whole network on photos."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.errors import UsageError
from engine.progress import Event
from engine.training.augment import Augmenter
from engine.training.experiments.material import Ground, Photos
from engine.training.experiments.plan import Plan, Row
from engine.training.inputs import FeatureInputs, Inputs, PhotoInputs
from engine.training.launch import make_fabric
from engine.training.network_weights import load_weights, new_network
from engine.training.settings import Settings
from engine.training.student import HashHead, HashModel
from engine.training.trainer import BEST, Trainer, TrainingData
from engine.training.validation import Judge


@dataclass(frozen=True)
class Way:
    """How rows of one kind are trained.

    Attributes:
        settings: Those that the kind decides.
        inputs_of: Photos as the network reads them.
        make: Makes the network.
    """

    settings: Settings
    inputs_of: Callable[[Photos], Inputs]
    make: Callable[[Settings], HashModel]


def way_of(plan: Plan, ground: Ground, row: Row) -> Way:
    """How this row is trained on these photos."""
    budget, whole = plan.budget, plan.end_to_end
    if not row.end_to_end or whole is None:
        settings = Settings(
            backbone="head",
            epochs=budget.epochs,
            batch=budget.batch,
            learning_rate=row.learning_rate or budget.learning_rate,
            weight_decay=budget.weight_decay,
        )
        width = ground.photos.features.shape[2]
        return Way(
            settings,
            lambda photos: FeatureInputs(photos.features),
            lambda chosen: HashHead(width, budget.hidden, chosen.n_bits),
        )
    settings = Settings(
        backbone=whole.backbone,
        train_side=whole.train_side,
        input_side=whole.input_side,
        epochs=whole.epochs,
        batch=whole.batch,
        learning_rate=whole.learning_rate,
        smallest_crop=whole.smallest_crop,
        weight_decay=budget.weight_decay,
    )
    augmenter = Augmenter(whole.train_side, smallest_area=whole.smallest_crop)
    return Way(
        settings, lambda photos: PhotoInputs(_pixels(photos), augmenter, settings.input_side), new_network
    )


def train_cell(
    plan: Plan, ground: Ground, row: Row, way: Way, bits: int, seed: int, folder: Path
) -> tuple[HashModel, dict[str, float]]:
    """Trains one network.

    Args:
        plan: Of the experiment.
        ground: Its photos.
        row: Objective, options and targets.
        way: See `way_of`.
        bits: Code length.
        seed: Of weights, order and all that is drawn.
        folder: Holds the run.

    Returns:
        The network with the weights that validation chose, and its measures there.
    """
    known = ground.photos.knowledge
    settings = Settings(
        **{
            **vars(way.settings),
            "n_bits": bits,
            "targets": row.targets,
            "objective": row.objective,
            "options": row.options,
            "teacher_weight": 0.0,
            "choose_by": plan.budget.choose_by,
            "seed": seed,
        }
    )
    targets = known.targets(row.targets, ground.train, seed)
    labels = None if known.labels is None else known.labels[ground.validation]
    # Rows may learn from different targets, but all are chosen by the same: classes, else captions.
    by_captions = None if known.captions is None else known.targets({"captions": 1.0}, ground.train, 0)
    data = TrainingData(
        way.inputs_of(ground.photos),
        known.situation(bits, ground.train, seed, classifier=row.objective == "semantic-centers"),
        known.labels,
        targets,
        None,
        ground.train,
        ground.validation,
        ground.train,
        Judge(ground.validation, labels, known.class_distances, by_captions),
    )
    torch.manual_seed(seed)
    network = way.make(settings)
    fabric = make_fabric(settings, "cpu", 1)
    fabric.launch()
    outcome = Trainer(fabric, settings, data, folder, network).run(_ignore)
    load_weights(network, folder / BEST)
    return network, outcome.best


def _pixels(photos: Photos) -> torch.Tensor:
    if photos.pixels is None:
        raise UsageError("The photos of this experiment were read without pixels.")
    return photos.pixels


def _ignore(event: Event) -> None:
    """Cells are counted, not followed."""
