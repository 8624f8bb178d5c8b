"""A model's words go along to a model whose photos have other codes, without a sentence encoder.

See `engine.training.retraining.words` for how: a linear map between the outputs of the same photos by both
models, then the tower's last layer is tuned on captions.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import UsageError
from engine.hashing import codes
from engine.hashing.encoder import Encoder
from engine.hashing.limit import PHOTO, WORDS
from engine.hashing.model_file import ModelFile
from engine.progress import Progress, Reporter
from engine.training.calibration import calibrate, calibrate_words
from engine.training.export import WordTower, export_words
from engine.training.photo_set import PhotoSet
from engine.training.prepare import read_photos, split_of_run
from engine.training.retraining.text_tower import TextTower, load_text_tower
from engine.training.retraining.words import WordLesson, captions_found, realigned
from engine.training.split import Split
from engine.training.words.material import read_names
from engine.training.words.sentences import bare, names_as_sentences


@dataclass(frozen=True)
class FollowPlan:
    """All that a person says of words that go along.

    Attributes:
        sources: Photos with captions, see `load_photos`.
        old: The model whose words they are.
        new: The model that they go to; its photos keep their codes.
        run: Folder of the split, where no file keeps it.
        output: Folder of the model; must not exist yet.
        names: See `read_names`; limits of words are calibrated with them.
        leave_out, validation, split: As for `train`.
        seed: Of the batches.
    """

    sources: tuple[str, ...]
    old: ModelFile
    new: ModelFile
    run: Path
    output: Path
    names: Path | None = None
    leave_out: frozenset[str] = frozenset()
    validation: float = 0.05
    split: Path | None = None
    seed: int = 0


def carry_out(plan: FollowPlan, report: Reporter) -> ModelFile:
    """Makes a model of the new one's photos and of the old one's words.

    Raises:
        UsageError: The old model reads no words, or too few photos have captions.
        HammingbirdError: The model can't be written.
    """
    if not plan.old.reads_words:
        raise UsageError(f"{plan.old.name} reads no words.", "Name another model with --words-of.")
    photos = read_photos(plan.sources, plan.new.input_side, leave_out=plan.leave_out, report=report)
    split = split_of_run(photos, plan.run, plan.split, plan.validation, 0.0, resume=False)
    report(Progress("words", 0))
    train, held_out = split.positions(photos, "train"), split.positions(photos, "validation")
    lesson = _lesson(plan, photos, train, held_out, report)
    if not lesson.train.numel() or not lesson.choice.numel():
        raise UsageError("Hardly any of these photos have captions.", "Name photos with captions.")
    text = realigned(load_text_tower(plan.old), lesson, seed=plan.seed)
    found = float(captions_found(text, lesson.photos, lesson.captions, lesson.choice).mean())
    card = _card(plan, photos, split, found, _limits(plan, photos, held_out, lesson.photos, text))
    words = WordTower(text.tower, text.pieces, text.tower.shape.longest)
    return export_words(plan.new, plan.output, card=card, words=words)


def _lesson(
    plan: FollowPlan, photos: PhotoSet, train: Tensor, held_out: Tensor, report: Reporter
) -> WordLesson:
    after = torch.from_numpy(Encoder(plan.new).logits(photos.photos.numpy()))
    pixels = photos.photos
    if plan.old.input_side != plan.new.input_side:
        pixels = read_photos(
            plan.sources, plan.old.input_side, leave_out=plan.leave_out, report=report
        ).photos
    before = torch.from_numpy(Encoder(plan.old).logits(pixels.numpy()))
    learned = set(train.tolist())
    secret = {
        bare(caption) for place, own in enumerate(photos.captions) if place not in learned for caption in own
    }
    captions = [
        tuple(caption for caption in own if place not in learned or bare(caption) not in secret)
        for place, own in enumerate(photos.captions)
    ]
    captioned = torch.tensor([bool(own) for own in captions])
    return WordLesson(
        before[train], after[train], captions, after, train[captioned[train]], held_out[captioned[held_out]]
    )


def _limits(
    plan: FollowPlan, photos: PhotoSet, held_out: Tensor, outputs: Tensor, text: TextTower
) -> dict[str, dict[str, float]]:
    """How far is near for photos and for names of classes, see `engine.training.calibration`."""
    packed = codes.pack(outputs[held_out].numpy())
    own = [photos.labels[place] for place in held_out.tolist()]
    names = read_names(plan.names, photos.class_names) if plan.names else {}
    numbers = {label: number for number, label in enumerate(names)}
    alone = len(numbers) + np.arange(len(own))
    labels: NDArray[np.int64] = np.array(
        [
            numbers.get(each[0], a) if len(each) == 1 else a
            for each, a in zip(own, alone.tolist(), strict=True)
        ]
    )
    found = {PHOTO: calibrate(packed, labels)}
    sentences = [(numbers[label], text_) for label in names for text_ in names_as_sentences(names[label])]
    if sentences:
        asked = codes.pack(text.logits([sentence for _, sentence in sentences]).numpy())
        found[WORDS] = calibrate_words(asked, np.array([n for n, _ in sentences]), packed, labels)
    return {kind: told for kind, told in found.items() if told}


def _card(
    plan: FollowPlan, photos: PhotoSet, split: Split, found: float, limits: dict[str, dict[str, float]]
) -> dict[str, Any]:
    """The new model's card, with what is known of its words."""
    words = {
        "from": plan.old.digest,
        "sources": [Path(source).stem for source in plan.sources],
        "left_out": sorted(plan.leave_out),
        "photos": len(photos),
        "skipped": photos.skipped,
        "split": {"name": split.name, "digest": split.digest, **split.counts(photos)},
        "validation": {"R@10": found},
    }
    card = {**plan.new.card, "words": words}
    return {**card, "limit": {**card.get("limit", {}), **limits}} if limits else card
