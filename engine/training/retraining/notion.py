"""What a person means by alike: target distances from captions and from pairs that were told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import UsageError
from engine.hashing.model_file import ModelFile
from engine.hashing.vocabulary import Vocabulary
from engine.progress import Reporter
from engine.training.caption_encoders import WORDS, load_caption_encoder
from engine.training.captions import caption_features
from engine.training.retraining.settings import BUILT_IN
from engine.training.retraining.text_tower import TextTower, load_text_tower
from engine.training.targets import FeatureDistances, Source, TargetDistances

FEWEST_OF_A_CLASS = 5  # photos with the very same captions, which objectives of classes take for a class
ALIKE, TOO_ALIKE = (
    1e-4,
    1e-3,
)  # calibrated distances: of photos whose captions say the same; of a whole library


@dataclass(frozen=True)
class Notion:
    """How alike N photos are, as captions and the person say.

    Attributes:
        captions: Target distances by captions; None where there are only pairs.
        pairs: int64 (P, 2) positions of photos that were told alike or not.
        alike: bool (P,).
        labels: int64 (N,), one class for all photos with the very same captions; -1 where there are fewer
            than five of them.
        unknown_words: Share of the words in captions that the text tower only knows in pieces.
    """

    captions: TargetDistances | None
    pairs: Tensor
    alike: Tensor
    labels: Tensor
    unknown_words: float

    def __call__(self, chosen: Tensor) -> Tensor:
        """Target distances within a batch, int64 (B,): float32 (B, B); 1 where nothing is known."""
        if self.captions is None:
            found = torch.ones(len(chosen), len(chosen)).fill_diagonal_(0)
        else:
            found = self.captions(chosen)
        first, second, alike = self.pairs_among(chosen)
        wanted = (~alike).float()
        found[first, second] = wanted
        found[second, first] = wanted
        return found

    def pairs_among(self, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pairs within a batch, int64 (B,): two int64 (P,) of places in it, and bool (P,) whether alike."""
        places = torch.full((len(self.labels),), -1)
        places[chosen] = torch.arange(len(chosen))
        first, second = places[self.pairs[:, 0]], places[self.pairs[:, 1]]
        there = (first >= 0) & (second >= 0)
        return first[there], second[there], self.alike[there]

    @property
    def classes(self) -> int:
        """How many classes of equal captions there are."""
        return int(self.labels.max()) + 1 if len(self.labels) else 0


def find_notion(
    captions: Sequence[Sequence[str]],
    pairs: Mapping[tuple[int, int], bool],
    train: Tensor,
    encoder: str,
    model: ModelFile,
    report: Reporter,
) -> Notion:
    """Reads captions.

    What the built-in encoder says and what the words' own company says count half each: it has never heard
    the names of a family or a village, and a library of few captions says little about common words.

    Args:
        captions: Of N photos; those in pairs may have none.
        pairs: Positions of two photos, and whether they are alike.
        train: int64 positions that distances are calibrated on.
        encoder: `BUILT_IN`, or as `load_caption_encoder` takes it.
        model: The base model, whose text tower is the built-in encoder.
        report: Hears of progress.

    Raises:
        UsageError: The encoder can't be loaded, or captions say nothing that it understands.
    """
    told = torch.tensor(list(pairs), dtype=torch.int64).reshape(-1, 2)
    alike = torch.tensor(list(pairs.values()), dtype=torch.bool)
    tower = load_text_tower(model) if model.reads_words else None
    every = list(chain.from_iterable(captions))
    unknown = share_of_unknown_words(tower.vocabulary, every) if tower else 0.0
    targets = None
    if every:
        named = _encoders(encoder, tower)
        sources: dict[str, tuple[float, Source]] = {}
        for name, spec in named.items():
            encode = tower.vectors if spec == BUILT_IN and tower else load_caption_encoder(spec, every)
            features, known = caption_features(captions, encode, report)
            sources[name] = (1 / len(named), FeatureDistances.fit(features, known, train))
        targets = TargetDistances(sources)
    return Notion(targets, told, alike, classes_of(captions), unknown)


def _encoders(encoder: str, tower: TextTower | None) -> dict[str, str]:
    """Encoders by the name of the target distances that they make."""
    if encoder != BUILT_IN:
        return {"captions": encoder}
    return {"captions": BUILT_IN, WORDS: WORDS} if tower else {WORDS: WORDS}


def classes_of(captions: Sequence[Sequence[str]]) -> Tensor:
    """See `Notion.labels`."""
    texts = [frozenset(text.casefold() for text in own) for own in captions]
    counts: dict[frozenset[str], int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    frequent = [text for text, count in counts.items() if text and count >= FEWEST_OF_A_CLASS]
    numbers = {text: number for number, text in enumerate(frequent)}
    return torch.tensor([numbers.get(text, -1) for text in texts], dtype=torch.int64)


def share_of_unknown_words(vocabulary: Vocabulary, captions: Sequence[str]) -> float:
    """Share of distinct words that are no pieces of their own: much of another language is so."""
    from engine.hashing.vocabulary import split_words

    words = {word for caption in captions for word in split_words(caption)}
    if not words:
        return 0.0
    return sum(len(vocabulary.numbers(word, 2)) > 1 for word in words) / len(words)


def check_tells_apart(notion: Notion, train: Tensor) -> None:
    """Refuses captions that are all alike: there is nothing to learn.

    Raises:
        UsageError: They are.
    """
    if notion.captions is None:
        return
    sample = train[:: max(len(train) // 500, 1)]
    distances = notion.captions(sample).numpy()
    if _spread(distances) < TOO_ALIKE:
        raise UsageError(
            "The captions are all alike, so that they tell no photo from another.",
            "Write what differs: who, where, what. --ignore leaves out what cameras and programs write.",
        )


def _spread(distances: NDArray[np.float32]) -> float:
    return float(distances.max() - distances[~np.eye(len(distances), dtype=bool)].min(initial=1.0))
