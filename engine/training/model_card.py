"""From a finished run to a model folder whose card says how it was made."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.hashing.model_file import ModelFile
from engine.training.checkpoint import WRITE_ERRORS, unwritten
from engine.training.export import export_model, round_weights
from engine.training.network_weights import load_network
from engine.training.photo_set import PhotoSet
from engine.training.settings import Settings
from engine.training.split import Split
from engine.training.trainer import BEST, Outcome, TrainingData


def figures_of(photos: PhotoSet, split: Split, test: float, outcome: Outcome) -> dict[str, Any]:
    """What a card says of the photos of a run, their split, and how the run went.

    Args:
        photos: All of them.
        split: Of the photos.
        test: Share of them that was held out for the test.
        outcome: Of the run.
    """
    return {
        "photos": len(photos),
        "skipped": photos.skipped,
        "split": {"name": split.name, "digest": split.digest, "test": test},
        "device": outcome.device,
        "best_epoch": outcome.best["epoch"],
    }


def finish_model(
    settings: Settings,
    data: TrainingData,
    run: Path,
    output: Path,
    *,
    name: str,
    training: dict[str, Any],
) -> ModelFile:
    """Exports a run's best weights, rounded to float16 and measured again as they are exported.

    Args:
        settings: Of the run.
        data: Of the run.
        run: Its folder.
        output: Folder of the model; must not exist yet.
        name: Of the model.
        training: What else the card says of the training.

    Raises:
        UsageError: `output` exists.
        HammingbirdError: The model can't be written.
    """
    best = load_network(run / BEST, settings)
    round_weights(best)
    card = {
        "name": name,
        "objective": settings.objective,
        "training": {
            **asdict(settings),
            **training,
            "targets": data.targets.weights if data.targets else {},
            "held_out": len(data.validation),
        },
        "licence": "see LICENSE in this folder",
        "validation": data.judge.measure(best, data.inputs),
    }
    try:
        return export_model(best, output, input_side=settings.input_side, card=card)
    except WRITE_ERRORS as error:
        remedy = "Free some space; the same command with --resume has the trained weights, and only exports."
        raise unwritten(output, error, remedy) from error
