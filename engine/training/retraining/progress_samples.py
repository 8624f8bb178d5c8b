"""How a retraining goes, on photos that it is not trained on: figures, and a few answers to look at."""

import numpy as np
import torch

from engine.hashing import codes as packed
from engine.hashing.codes import Codes
from engine.library.retraining import RunFolder
from engine.training.retraining.answers import Gallery, rank, side_by_side
from engine.training.retraining.classroom import Classroom
from engine.training.student import HashModel
from engine.training.validation import logits_of

SAMPLES, MOST_TRAIN, MOST_OTHERS, MOST_CHOICE = 6, 1500, 300, 500


class Watcher:
    """Measures networks on the way.

    The photos of choice are asked for their neighbours among photos of training and choice; a few held-out
    ones are shown, and nothing is chosen by them.
    """

    def __init__(self, room: Classroom, run: RunFolder) -> None:
        self._room, self._run = room, run
        draw = np.random.default_rng(0)
        choice = draw.permutation(room.choice.numpy())[:MOST_CHOICE]
        shown = draw.permutation(room.held_out.numpy())[:SAMPLES]
        train = draw.permutation(room.train.numpy())[:MOST_TRAIN]
        others = draw.permutation(room.others.numpy())[:MOST_OTHERS]
        told = np.concatenate([choice, train, shown])
        self._places = np.concatenate([told, others])
        self._gallery = Gallery(room.ids[self._places], room.notion, told, room.groups[told])
        self._choice = np.arange(len(choice))
        self._ranked = len(choice) + len(train)
        self._shown = np.arange(self._ranked, len(told))
        self._others = np.arange(len(told), len(self._places))
        self._before = room.before[self._places]

    def measure(self, network: HashModel, step: int) -> dict[str, float]:
        """Fitting neighbours of photos of choice, of 10, and the share of others' neighbours that stay."""
        codes = self._codes(network)
        found = {
            "fitting": float(rank(self._gallery, codes, self._choice, among=self._ranked).fitting.mean())
        }
        if len(self._others) > 11:
            first, second = (rank(self._gallery, each, self._others).places for each in (self._before, codes))
            found["kept"] = float(
                np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(first, second, strict=True)])
            )
        self._show(codes, step)
        return found

    def _codes(self, network: HashModel) -> Codes:
        return packed.pack(logits_of(network, self._room.inputs, torch.from_numpy(self._places)))

    def _show(self, codes: Codes, step: int) -> None:
        both = [rank(self._gallery, each, self._shown, among=self._ranked) for each in (self._before, codes)]
        queries = side_by_side(self._gallery, range(len(self._shown)), self._shown, *both)
        self._run.write_samples({"step": step, "queries": queries})
