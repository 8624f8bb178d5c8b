"""A training from the photos that a person names to the card of the network that came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import JobCancelled, UsageError
from engine.progress import Reporter
from engine.training.checkpoint import CHECKPOINT
from engine.training.first_head import give_fitted_head
from engine.training.knowledge import Whereabouts, find_out
from engine.training.launch import train_network
from engine.training.model_card import RUN_CARD, figures_of, finish_run
from engine.training.network_weights import first_network
from engine.training.prepare import prepare, read_photos, split_of_run
from engine.training.settings import RANDOM, Settings

if TYPE_CHECKING:
    from engine.hashing.model_file import ModelFile


@dataclass(frozen=True)
class RunPlan:
    """All that a person says of a run.

    Attributes:
        sources: Photos, see `load_photos`.
        folder: Of the run.
        settings: See `Settings`.
        where: What is known of the photos, and where that stands.
        leave_out: Classes that no part of training may see.
        validation, test, split: See `split_of_run`.
        parent: Model to go on from.
        weights: Pretrained weights of the backbone, see `load_backbone_weights`.
        name: Of the model.
        device, processes, resume, tensorboard: See `train_network`.
    """

    sources: tuple[str, ...]
    folder: Path
    settings: Settings
    where: Whereabouts
    leave_out: frozenset[str] = frozenset()
    validation: float = 0.05
    test: float = 0.0
    split: Path | None = None
    parent: "ModelFile | None" = None
    weights: str | None = None
    name: str = "Hammingbird"
    device: str = "auto"
    processes: int = 1
    resume: bool = False
    tensorboard: bool = False

    @property
    def origin(self) -> dict[str, Any]:
        """What the model's card says of it, without the folders of whoever trained."""
        return {
            "sources": [Path(source).stem for source in self.sources],
            "left_out": sorted(self.leave_out),
            "weights": Path(self.weights).name if self.weights else None,
            "parent": self.parent.digest if self.parent else None,
            **self.where.names,
        }


def carry_out(plan: RunPlan, report: Reporter) -> dict[str, Any]:
    """Trains to the end, or goes on with a run that was stopped.

    Args:
        plan: Of the run.
        report: Hears of progress.

    Returns:
        The card of the run, which lies in its folder beside the best weights.

    Raises:
        JobCancelled: It was asked to stop, and can be resumed.
        HammingbirdError: Something of the plan can't be, or training can't go on.
    """
    settings = plan.settings
    network = first_network(settings, plan.parent, plan.weights)
    export = f"Make a model of it (hammingbird export {plan.folder} --output FOLDER)"
    check_folder(plan.folder, export, resume=plan.resume)
    photos = read_photos(plan.sources, settings.input_side, leave_out=plan.leave_out, report=report)
    split = split_of_run(photos, plan.folder, plan.split, plan.validation, plan.test, resume=plan.resume)
    data = prepare(photos, split, find_out(photos, plan.where, report), settings)
    if settings.first_head != RANDOM:
        give_fitted_head(network, data, settings.first_head, settings.seed)
    outcome = train_network(
        settings,
        data,
        plan.folder,
        network,
        report,
        device=plan.device,
        processes=plan.processes,
        resume=plan.resume,
        tensorboard=plan.tensorboard,
    )
    if outcome.stopped:
        raise JobCancelled(f"Stopped, and saved in {plan.folder}. The same command with --resume goes on.")
    training = {**plan.origin, **figures_of(photos, split, outcome)}
    card = finish_run(settings, data, plan.folder, name=plan.name, training=training)
    (plan.folder / CHECKPOINT).unlink(missing_ok=True)  # nothing is left to go on with
    return card


def check_folder(run: Path, use: str, *, resume: bool) -> None:
    """Refuses to write over a run, and to go on with one that has ended.

    Args:
        run: Folder of the run.
        use: What to do with one that has ended, as the beginning of a sentence.
        resume: Whether the person wants to go on with it.

    Raises:
        UsageError: The run has ended; or it has a checkpoint, and nobody wants to go on with that.
    """
    if (run / RUN_CARD).exists():
        raise UsageError(f"{run} holds a run that has ended.", f"{use}, or choose another --run.")
    if not resume and (run / CHECKPOINT).exists():
        raise UsageError(
            f"{run} holds a run with a checkpoint.",
            "Add --resume to go on with it, choose another --run, or remove its checkpoint.",
        )
