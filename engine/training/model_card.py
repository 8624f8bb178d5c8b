"""The card of a run: how its network was made and how well it does."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.errors import UsageError
from engine.hashing import codes
from engine.hashing.limit import PHOTO
from engine.training.calibration import calibrate
from engine.training.checkpoint import write_whole
from engine.training.network_weights import load_network, round_weights
from engine.training.photo_set import PhotoSet
from engine.training.settings import Settings
from engine.training.split import Split
from engine.training.student import HashModel
from engine.training.trainer import BEST, Outcome, TrainingData
from engine.training.validation import logits_of

RUN_CARD = "card.json"
DISTILLED = "distilled"  # in the card of a run that made a backbone and no hash network


def figures_of(photos: PhotoSet, split: Split, outcome: Outcome) -> dict[str, Any]:
    """What a card says of the photos of a run, their split, and how the run went.

    Args:
        photos: All of them.
        split: Of the photos.
        outcome: Of the run.
    """
    return {
        "photos": len(photos),
        "skipped": photos.skipped,
        "split": {"name": split.name, "digest": split.digest, **split.counts(photos)},
        "device": outcome.device,
        "best_epoch": outcome.best["epoch"],
    }


def finish_run(
    settings: Settings, data: TrainingData, run: Path, *, name: str, training: dict[str, Any]
) -> dict[str, Any]:
    """Measures a run's best weights as they will be exported, rounded to float16, and writes its card.

    Args:
        settings: Of the run.
        data: Of the run.
        run: Its folder.
        name: Of the model.
        training: What else the card says of the training.

    Returns:
        The card.

    Raises:
        HammingbirdError: The card can't be written.
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
        "licence": "not stated",
        "validation": data.judge.measure(best, data.inputs),
    }
    if limit := _limit(best, data):
        card["limit"] = {PHOTO: limit}
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    write_whole(run / RUN_CARD, lambda draft: draft.write_text(text, encoding="utf-8"))
    return card


def _limit(network: HashModel, data: TrainingData) -> dict[str, float] | None:
    """The calibrated limit of photo queries, by the validation photos that have one class."""
    labels, photos = data.judge.labels, data.judge.photos
    if labels is None:
        return None
    if labels.ndim == 2:
        single = labels.sum(dim=1) == 1
        labels, photos = labels[single].argmax(dim=1), photos[single]
    packed = codes.pack(logits_of(network, data.inputs, photos))
    return calibrate(packed, labels.numpy())


def read_run_card(run: Path) -> dict[str, Any]:
    """The card of a run that has ended.

    Raises:
        UsageError: The run has not ended, made a backbone only, or is no run.
    """
    try:
        card: dict[str, Any] = json.loads((run / RUN_CARD).read_text(encoding="utf-8"))
        if DISTILLED in card:
            raise UsageError(
                f"{run} holds a backbone, and no hash network.",
                f"Train one: hammingbird train PHOTOS --backbone {card[DISTILLED]['backbone']} --weights"
                f" {run / BEST}",
            )
        card["training"]["backbone"]
    except FileNotFoundError as error:
        raise UsageError(
            f"{run} holds no run that has ended.",
            "Let its training end first: the same command with --resume.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{run / RUN_CARD} can't be read: {error}.", "Train again.") from error
    return card
