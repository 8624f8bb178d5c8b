"""The candidate and the model before it are asked the same, by the very codes that the product would make."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.hashing.codes import Codes
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile
from engine.library.database import Library
from engine.library.reporting import Control
from engine.library.retraining import POOL_PHOTOS, Pool, RunFolder
from engine.progress import Progress
from engine.training.retraining.answers import Gallery
from engine.training.retraining.classroom import Classroom, encoded, signs
from engine.training.retraining.copies import MOST_COPIES, recognised
from engine.training.retraining.looks import read_pixels
from engine.training.retraining.text_tower import TextTower
from engine.training.retraining.verdict import Compared, Pairs, judge
from engine.training.retraining.words import captions_found

Positions = NDArray[np.int64]

FEWEST_FOR_WORDS = 30
COPY_SIDE = 5 / 4  # altered photos are made of pixels that are so much more than the input's


def examine(
    lib: Library,
    room: Classroom,
    base: ModelFile,
    candidate: ModelFile,
    texts: tuple[TextTower, TextTower] | None,
    run: RunFolder,
    control: Control,
) -> dict[str, Any]:
    """Judges a candidate, and writes the pool that any photo can be tried in.

    Args:
        lib: The library.
        room: What was learned from, and what was held out.
        base: The model before.
        candidate: The new one.
        texts: The text towers of both; None where they read no words.
        run: Where the pool is written.
        control: Hears of progress, phase "measuring".

    Returns:
        The verdict without the figures of the run.
    """
    control.report(Progress("measuring", 0))
    encoders = Encoder(base), Encoder(candidate)
    ranked = _ranked(room)
    before = room.before[ranked]
    after = encoded(lib, encoders[1], room.ids[ranked], control)
    told = int((ranked < len(room.captions)).sum())
    gallery = Gallery(room.ids[ranked], room.notion, ranked[:told], room.groups[ranked[:told]])
    held_out = np.flatnonzero(np.isin(ranked[:told], room.held_out.numpy()))
    others = np.arange(told, len(ranked))
    drawn = np.random.default_rng(1).permutation(np.concatenate([held_out, others]))[:MOST_COPIES]
    _, photos = read_pixels(lib, gallery.ids[np.sort(drawn)], int(base.input_side * COPY_SIDE), control)
    copies = tuple(
        recognised(encoder.encode, base.input_side, photos, codes, np.sort(drawn))
        for encoder, codes in zip(encoders, (before, after), strict=True)
    )
    run.write_pool(Pool(gallery.ids, before, after))
    words = _words(room, texts, before, after, held_out, ranked)
    verdict = judge(gallery, Compared(before, after, words, (copies[0], copies[1])), held_out, others)
    named = {
        name: {"digest": model.digest, "name": model.name, "n_bits": model.n_bits}
        for name, model in (("before", base), ("after", candidate))
    }
    return {**named, **verdict}


def _ranked(room: Classroom) -> Positions:
    """Positions of the photos that are ranked, ascending: all that are held out, then as many as fit."""
    every = np.arange(len(room.ids))
    if len(every) <= POOL_PHOTOS:
        return every
    held_out = room.held_out.numpy()[:POOL_PHOTOS]
    rest = np.random.default_rng(0).permutation(np.setdiff1d(every, held_out))
    return np.sort(np.concatenate([held_out, rest[: POOL_PHOTOS - len(held_out)]]))


def _words(
    room: Classroom,
    texts: tuple[TextTower, TextTower] | None,
    before: Codes,
    after: Codes,
    held_out: Positions,
    ranked: Positions,
) -> Pairs | None:
    """Whether captions find held-out photos among all of these, before and after."""
    if texts is None or len(held_out) < FEWEST_FOR_WORDS:
        return None
    captions = [room.captions[place] for place in ranked[held_out].tolist()]
    chosen = torch.arange(len(captions))
    first, second = (
        captions_found(text, signs(codes[held_out]), captions, chosen).astype(np.float64)
        for text, codes in zip(texts, (before, after), strict=True)
    )
    return first, second
