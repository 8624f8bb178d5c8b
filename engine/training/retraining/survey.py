"""What a retraining would do, told before it begins: without pixels, in a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from engine.hashing.model_file import ModelFile
from engine.training.retraining.captions import Written
from engine.training.retraining.notion import FEWEST_OF_A_CLASS, share_of_unknown_words
from engine.training.retraining.parts import SHARE_HELD_OUT
from engine.training.retraining.settings import BUILT_IN, HEAD, RetrainSettings
from engine.training.retraining.text_tower import load_text_tower

FEWEST_CAPTIONED, FEW_CAPTIONED = 100, 300
MUCH_UNKNOWN = 0.5
MOST_OTHERS, MOST_TOLD = {HEAD: 4000}, {HEAD: 100_000}
FEWER_OTHERS, FEWER_TOLD = 2000, 20_000  # of whole photos in memory, where the backbone learns too
MOST_VIEWS, VIEWS_IN_ALL = 8, 9000  # the fewer photos are told of, the more crops of each
# Seconds on two cores with the built-in network, measured (docs/results/retraining.md): for what comes before
# and after learning, and for each photo that is looked at; each step of learning.
FIXED_SECONDS, SECONDS_PER_PHOTO = 25.0, 1 / 150
SECONDS_OF_LEARNING = {HEAD: 15.0, "stage": 240.0, "all": 480.0}


@dataclass(frozen=True)
class Complaint:
    """What stands in the way, or is worth knowing."""

    what: str
    remedy: str


def most_told(settings: RetrainSettings) -> int:
    """How many photos are learned from at most."""
    return MOST_TOLD.get(settings.train, FEWER_TOLD)


def most_others(settings: RetrainSettings) -> int:
    """How many photos that nothing is said of are looked at."""
    return MOST_OTHERS.get(settings.train, FEWER_OTHERS)


def crops_of(told: int) -> int:
    """How many crops of each photo that something is said of are looked at, beside the whole photo."""
    return max(1, min(MOST_VIEWS, VIEWS_IN_ALL // max(told, 1)))


def survey(written: Written, settings: RetrainSettings, model: ModelFile) -> dict[str, Any]:
    """The object that `hammingbird retrain --check --json` prints.

    Args:
        written: Photos and what is said of them.
        settings: Of the retraining.
        model: The model before.
    """
    captioned = len(written.captions)
    texts = [text for own in written.captions.values() for text in own]
    unknown = _unknown_words(model, texts) if settings.caption_encoder == BUILT_IN else 0.0
    held_out = round(SHARE_HELD_OUT * min(captioned, most_told(settings)))
    told = min(captioned, most_told(settings))
    looked_at = told * (1 + crops_of(told)) + 2 * min(len(written.others), most_others(settings))
    learning = min(SECONDS_OF_LEARNING[settings.train], 60 * settings.minutes)
    return {
        "photos": len(written.ids),
        "captioned": captioned,
        "captions": len(texts),
        "sources": dict(written.sources),
        "train": min(captioned, most_told(settings)) - held_out,
        "held_out": held_out,
        "pairs": len(written.pairs),
        "encoder": settings.caption_encoder,
        "unknown_words": round(unknown, 3),
        "seconds": round(FIXED_SECONDS + looked_at * SECONDS_PER_PHOTO + learning, 1),
        "device": f"{torch.get_num_threads()} cores",
        "problems": [vars(each) for each in _problems(written, settings, model)],
        "warnings": [vars(each) for each in _warnings(written, unknown, model)],
    }


def _unknown_words(model: ModelFile, texts: list[str]) -> float:
    if not model.reads_words or not texts:
        return 0.0
    return share_of_unknown_words(load_text_tower(model).vocabulary, texts)


def _problems(written: Written, settings: RetrainSettings, model: ModelFile) -> list[Complaint]:
    found = []
    captioned = len(written.captions)
    if captioned < FEWEST_CAPTIONED:
        found.append(
            Complaint(
                f"{captioned:,} photos with captions are too few to learn from; it takes about"
                f" {FEWEST_CAPTIONED}.",
                "Write captions (F2 writes one for all chosen photos), import a table, or learn from names of"
                " folders (--source folders).",
            )
        )
    elif len({frozenset(own) for own in written.captions.values()}) == 1:
        found.append(
            Complaint(
                "All captions are alike, so that they tell no photo from another.",
                "Write what differs: who, where, what. --ignore leaves out what a camera wrote.",
            )
        )
    elif settings.objective in OF_CLASSES and not _has_classes(written.captions):
        found.append(
            Complaint(
                f"{settings.objective} learns classes: all photos need captions that at least"
                f" {FEWEST_OF_A_CLASS} photos have word for word.",
                "Take the objective semantic-kl, which learns from any captions.",
            )
        )
    if str(model.card["network"]).endswith(".py"):
        found.append(
            Complaint(
                f"{model.name} was made by a Python file and can't be trained on.",
                "Choose another model with --model.",
            )
        )
    return found


OF_CLASSES = ("orthohash", "semantic-centers", "dual-hinge", "hashnet")


def _has_classes(captions: Mapping[int, tuple[str, ...]]) -> bool:
    counts: dict[frozenset[str], int] = {}
    for own in captions.values():
        text = frozenset(caption.casefold() for caption in own)
        counts[text] = counts.get(text, 0) + 1
    return min(counts.values(), default=0) >= FEWEST_OF_A_CLASS and len(counts) > 1


def _warnings(written: Written, unknown: float, model: ModelFile) -> list[Complaint]:
    found = []
    captioned = len(written.captions)
    if FEWEST_CAPTIONED <= captioned < FEW_CAPTIONED:
        found.append(
            Complaint(
                f"{captioned:,} photos with captions are few: what is learned may not be more than chance.",
                f"{FEW_CAPTIONED} or more teach better.",
            )
        )
    if unknown > MUCH_UNKNOWN:
        found.append(
            Complaint(
                f"{unknown:.0%} of the words in captions are unknown to {model.name}, which reads English.",
                "They are learned from by which of them stand together. A caption encoder of that language"
                " (--caption-encoder) knows more.",
            )
        )
    if not model.reads_words:
        found.append(
            Complaint(
                f"{model.name} reads no words, so that only captions and names are searched by words.",
                "Train the built-in model (--model Hammingbird) to keep words.",
            )
        )
    return found
