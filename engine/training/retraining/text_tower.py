"""The text tower of a model, to be read by and trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.hashing.model_file import ModelFile
from engine.hashing.vocabulary import Vocabulary
from engine.training.backbone_weights import put_weights, read_weights
from engine.training.words.teaching import numbered
from engine.training.words.tower import SentenceTower, TowerShape
from engine.training.words.whole_run import in_parts


@dataclass(frozen=True)
class TextTower:
    """What of a model reads sentences.

    Attributes:
        tower: Pieces to logits.
        pieces: Of the vocabulary, in the order of their numbers.
        vocabulary: The same, ready to be used.
    """

    tower: SentenceTower
    pieces: list[str]
    vocabulary: Vocabulary

    def logits(self, sentences: Sequence[str]) -> torch.Tensor:
        """float32 (N, n_bits); zeros for sentences without a word."""
        numbers = numbered(self.vocabulary, sentences, self.tower.shape.longest)
        found = in_parts(self.tower, numbers)
        return found * numbers.any(dim=1, keepdim=True)

    def vectors(self, captions: Sequence[str], /) -> NDArray[np.float32]:
        """The tower as a caption encoder, see `CaptionEncoder`: outputs before rounding, of unit length."""
        return torch.nn.functional.normalize(self.logits(captions), dim=1).numpy()


def load_text_tower(model: ModelFile) -> TextTower:
    """The text tower of a model that reads words.

    Raises:
        UsageError: The weights can't be read or are of another network.
    """
    file = model.folder / "words.safetensors"
    weights = read_weights(file)
    pieces = model.vocabulary_path.read_text(encoding="utf-8").splitlines()
    shape = TowerShape(
        len(weights["pieces.weight"]),
        len(weights["head.weight"]),
        longest=len(weights["places"]),
        embedding=weights["pieces.weight"].shape[1],
        width=weights["places"].shape[1],
        layers=len({name.split(".")[1] for name in weights if name.startswith("layers.")}),
    )
    tower = SentenceTower(shape)
    put_weights(tower, weights, source=str(file))
    return TextTower(tower.eval(), pieces, Vocabulary(pieces))
