"""How far is near, for photos and for words, from validation photos that have a class with a name."""

from itertools import chain

import numpy as np
import torch
from torch import Tensor

from engine.hashing import codes
from engine.hashing.limit import PHOTO, WORDS
from engine.training.calibration import calibrate, calibrate_words
from engine.training.words.alignment import Logits
from engine.training.words.batches import Ground


@torch.inference_mode()
def limits_of(ground: Ground, photo_logits: Logits, sentence_logits: Tensor) -> dict[str, dict[str, float]]:
    """What a card says of limits.

    The library are all validation photos. A photo is asked for the others of its class, and a name for the
    photos of its class; photos without a class are no answer to anything.

    Args:
        ground: Its validation photos are asked of.
        photo_logits: Features to logits.
        sentence_logits: float32 (M, n_bits), of all sentences of the ground.

    Returns:
        Fields of `Calibration` and of `LimitFigures` by kind of query; a kind that can't be calibrated is
        missing.
    """
    packed = codes.pack(photo_logits(ground.views.whole(ground.validation)).numpy())
    owned = ground.belonging
    labels = owned.labels[ground.validation].numpy()
    alone = len(owned.of_class) + np.arange(len(labels))  # a class of its own for each photo without one
    labels = np.where(labels < 0, alone, labels)
    found = {PHOTO: calibrate(packed, labels)}
    names = list(chain.from_iterable(owned.of_class))
    if names:
        wanted = np.repeat(np.arange(len(owned.of_class)), [len(own) for own in owned.of_class])
        asked = codes.pack(sentence_logits[names].numpy())
        found[WORDS] = calibrate_words(asked, wanted, packed, labels)
    return {kind: told for kind, told in found.items() if told}
