"""How well photos and sentences find each other: figures of validation photos."""

from functools import partial
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.hashing import codes
from engine.training.baselines import cosine
from engine.training.metrics import precision
from engine.training.ranking import Comparison, evaluate, same_label
from engine.training.words.alignment import Logits
from engine.training.words.batches import Ground

Floats = NDArray[np.float32]
QUERIES = 1000
FEWEST = 11  # ten neighbours and a query
TOP = 10
UNROUNDED = " unrounded"


@torch.inference_mode()
def measure(ground: Ground, photo_logits: Logits, sentence_logits: Tensor) -> dict[str, float]:
    """Measures both sides on validation photos, each figure for codes and for outputs not rounded.

    Args:
        ground: Its validation photos are measured.
        photo_logits: Features to logits.
        sentence_logits: float32 (M, n_bits), of all sentences of the ground.

    Returns:
        "shared@10": of the ten photos that the teacher finds nearest, the share among our ten, for photos
        with captions, which are sharp; "P@10" by class; "R@10" from caption to photo. What can't be measured
        is missing.
    """
    photos = photo_logits(ground.views.whole(ground.validation)).numpy()
    found: dict[str, float] = {}
    for name, rounded in (("", True), (UNROUNDED, False)):
        shown = np.sign(photos) if rounded else photos
        asked = sentence_logits.sign() if rounded else sentence_logits
        found |= {key + name: value for key, value in _shared(ground, shown).items()}
        found |= {key + name: value for key, value in _precise(ground, photos, rounded=rounded).items()}
        found |= {key + name: value for key, value in _recalled(ground, shown, asked.numpy()).items()}
    return found


def _shared(ground: Ground, photos: Floats) -> dict[str, float]:
    chosen = _captioned(ground)
    if len(chosen) < FEWEST or ground.teacher is None:
        return {}
    teacher = ground.teacher[ground.validation[chosen]].float().numpy()
    ours, theirs = (_nearest(side) for side in (photos[chosen], teacher))
    return {
        "shared@10": float(np.mean([len(set(a) & set(b)) / TOP for a, b in zip(ours, theirs, strict=True)]))
    }


def _nearest(points: Floats) -> NDArray[np.int64]:
    distances = cosine(points, points)
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :TOP]


def _precise(ground: Ground, photos: Floats, *, rounded: bool) -> dict[str, float]:
    labels = ground.belonging.labels[ground.validation].numpy()
    named = np.flatnonzero(labels >= 0)
    if len(named) < FEWEST:
        return {}
    queries = np.random.default_rng(0).permutation(len(named))[:QUERIES]
    if rounded:
        compared = Comparison.among(codes.pack(photos[named]), queries)
    else:
        compared = Comparison.among(photos[named], queries, cosine)
    relevant = same_label(labels[named][queries], labels[named])
    score = evaluate(compared, (relevant, {"P": partial(precision, top=TOP)}))
    return {"P@10": float(score["P"].mean())}


def _recalled(ground: Ground, photos: Floats, sentences: Floats) -> dict[str, float]:
    chosen = _captioned(ground)
    own = [ground.belonging.of_photo[photo] for photo in ground.validation[chosen].tolist()]
    if not own:
        return {}
    wanted = np.repeat(np.arange(len(own)), [len(each) for each in own])
    asked = sentences[list(chain.from_iterable(own))]
    return {"R@10": recall_of_one(photos[chosen], asked, wanted)}


def _captioned(ground: Ground) -> NDArray[np.int64]:
    """Places among the validation photos of those with captions."""
    own = [bool(ground.belonging.of_photo[photo]) for photo in ground.validation.tolist()]
    return np.flatnonzero(own)


def recall_of_one(photos: Floats, sentences: Floats, wanted: NDArray[np.int64]) -> float:
    """Share of sentences, (Q, K), whose one photo of (N, K) is among the ten nearest; ties by position."""
    return float(is_found(cosine(sentences, photos), wanted).mean())


def is_found(distances: Floats, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the wanted photo of each row is among the ten nearest, ties by position.

    Args:
        distances: (Q, N), of sentences to photos.
        wanted: int64 (Q,).

    Returns:
        bool (Q,).
    """
    own = distances[np.arange(len(wanted)), wanted][:, None]
    before = np.arange(distances.shape[1]) < wanted[:, None]
    rank = ((distances < own) | ((distances == own) & before)).sum(axis=1)
    return rank < TOP
