"""A text tower for a model: photos and sentences are aligned, then a small tower learns their side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor

from engine.hashing import codes
from engine.hashing.vocabulary import Vocabulary
from engine.progress import Progress, Reporter
from engine.training.metrics import precision
from engine.training.objectives import Objective, Targets
from engine.training.ranking import Comparison, evaluate, same_label
from engine.training.targets import TargetDistances
from engine.training.words.alignment import AlignmentSettings, PhotoHead, SentenceHead, align
from engine.training.words.material import Belonging, Sentences
from engine.training.words.pieces import choose_pieces
from engine.training.words.teaching import TeachingSettings, numbered, teach
from engine.training.words.tower import SentenceTower, TowerShape

QUERIES = 1000


@dataclass(frozen=True)
class Ground:
    """What a text tower is trained on.

    Attributes:
        features: float16 (N, V, width), views of each photo, the whole one first.
        belonging: Which sentences belong to which photos.
        sentences: All sentences with their vectors.
        targets: How alike photos are.
        train: int64 positions of training photos.
        validation: int64 positions of the photos that figures are measured on.
    """

    features: Tensor
    belonging: Belonging
    sentences: Sentences
    targets: TargetDistances
    train: Tensor
    validation: Tensor


@dataclass(frozen=True)
class Aligned:
    """Both heads, and how well they do on validation photos.

    Attributes:
        photos: From features.
        sentences: From vectors.
        figures: "P@10" and "P@10 unrounded" of photos by class, "R@10" and "R@10 unrounded" from caption to
            photo.
    """

    photos: PhotoHead
    sentences: SentenceHead
    figures: Mapping[str, float] = field(default_factory=dict)


def align_ground(
    ground: Ground, head: PhotoHead, objective: Objective, settings: AlignmentSettings, report: Reporter
) -> Aligned:
    """Aligns photos and sentences; `head` is trained in place from where it stands."""
    torch.manual_seed(settings.seed)
    n_bits = head.head.out_features
    sentence_head = SentenceHead(ground.sentences.vectors.shape[1], settings.hidden, n_bits)
    batches = Batches(ground, settings.batch)

    def tell(step: int, parts: dict[str, float]) -> None:
        del parts
        report(Progress("aligning", step, settings.steps))

    align(head, sentence_head, objective, batches.draw, settings, tell)
    figures = measure(ground, head, sentence_head(ground.sentences.vectors))
    return Aligned(head, sentence_head, figures)


class Batches:
    """Draws batches: one half photos with their captions, one half photos with names of their class."""

    def __init__(self, ground: Ground, size: int) -> None:
        """Takes the training photos of each kind."""
        belonging = ground.belonging
        in_training = torch.zeros(len(ground.features), dtype=torch.bool)
        in_training[ground.train] = True
        self._ground = ground
        self._captioned = belonging.captioned[in_training[belonging.captioned]]
        self._named = belonging.named[in_training[belonging.named]]
        share = size // 2 if len(self._captioned) and len(self._named) else size
        self._counts = (share if len(self._captioned) else 0, share if len(self._named) else 0)

    def draw(self, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Targets]:
        """Features, vectors, kinds and targets of a batch, see `alignment.align`."""
        ground, belonging = self._ground, self._ground.belonging
        photos, sentences, kinds = [], [], []
        for pool, count in zip((self._captioned, self._named), self._counts, strict=True):
            if not count:
                continue
            chosen = pool[torch.randint(len(pool), (count,), generator=generator)]
            photos.append(chosen)
            by_class = pool is self._named
            own = [
                belonging.of_class[int(belonging.labels[p])] if by_class else belonging.of_photo[int(p)]
                for p in chosen
            ]
            draws = torch.rand(count, generator=generator).tolist()
            sentences.append(
                torch.tensor([each[int(draw * len(each))] for each, draw in zip(own, draws, strict=True)])
            )
            kinds.append(len(ground.features) + belonging.labels[chosen] if by_class else chosen)
        rows = torch.cat(photos)
        views = torch.randint(ground.features.shape[1], (len(rows),), generator=generator)
        return (
            ground.features[rows, views].float(),
            ground.sentences.vectors[torch.cat(sentences)],
            torch.cat(kinds),
            Targets(distances=ground.targets(rows)),
        )


@torch.inference_mode()
def measure(ground: Ground, head: PhotoHead, sentence_logits: Tensor) -> dict[str, float]:
    """See `Aligned.figures`; `sentence_logits` are float32 (M, n_bits) of all sentences."""
    chosen = ground.validation
    photos = head(ground.features[chosen, 0].float()).numpy()
    found: dict[str, float] = {}
    labels = ground.belonging.labels[chosen].numpy()
    named = np.flatnonzero(labels >= 0)
    if len(named) > 10:
        queries = np.random.default_rng(0).permutation(len(named))[:QUERIES]
        for name, database, distance in (
            ("P@10", codes.pack(photos[named]), None),
            ("P@10 unrounded", photos[named], cosine_distance),
        ):
            compared = (
                Comparison.among(database, queries)
                if distance is None
                else Comparison.among(database, queries, distance)
            )
            score = evaluate(
                compared,
                (same_label(labels[named][queries], labels[named]), {"P": partial(precision, top=10)}),
            )
            found[name] = float(score["P"].mean())
    own = [
        (place, sentence)
        for place, photo in enumerate(chosen.tolist())
        for sentence in ground.belonging.of_photo[photo]
    ]
    if own:
        captioned = np.array(sorted({place for place, _ in own}))
        rank = {place: number for number, place in enumerate(captioned.tolist())}
        wanted = np.array([rank[place] for place, _ in own])
        asked = sentence_logits[torch.tensor([sentence for _, sentence in own])].numpy()
        found["R@10"] = recall_of_one(np.sign(photos[captioned]), np.sign(asked), wanted)
        found["R@10 unrounded"] = recall_of_one(photos[captioned], asked, wanted)
    return found


def cosine_distance(queries: np.ndarray, database: np.ndarray) -> np.ndarray:
    """1 - cosine, (Q, N)."""
    one = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    other = database / np.linalg.norm(database, axis=1, keepdims=True)
    return np.asarray(1 - one @ other.T, np.float32)


def recall_of_one(photos: np.ndarray, sentences: np.ndarray, wanted: np.ndarray, top: int = 10) -> float:
    """Share of sentences, (Q, K), whose one photo of (N, K) is among the `top` nearest; ties by position."""
    found = 0
    distances = cosine_distance(sentences, photos)
    for row, photo in zip(distances, wanted, strict=True):
        found += int((row < row[photo]).sum() + (row[:photo] == row[photo]).sum()) < top
    return found / len(wanted)


def teach_tower(
    ground: Ground,
    aligned: Aligned,
    more: Sentences,
    settings: TeachingSettings,
    pieces: int,
    report: Reporter,
) -> tuple[SentenceTower, list[str], dict[str, float]]:
    """A tower that says of sentences what the encoder and its head say of them.

    Args:
        ground: Its sentences belong to photos, of which those of validation photos are not learned from.
        aligned: The heads.
        more: Sentences without photos.
        settings: See `TeachingSettings`.
        pieces: Size of the vocabulary.
        report: Hears of progress.

    Returns:
        The tower, its vocabulary, and the figures with its logits in place of the head's.
    """
    held_out = {s for photo in ground.validation.tolist() for s in ground.belonging.of_photo[photo]}
    own = [place for place in range(len(ground.sentences)) if place not in held_out]
    texts = [ground.sentences.texts[place] for place in own] + more.texts
    vectors = torch.cat([ground.sentences.vectors[own], more.vectors])
    with torch.inference_mode():
        wanted = torch.cat([aligned.sentences(part) for part in vectors.split(4096)])
    vocabulary = choose_pieces(texts, pieces)
    reader = Vocabulary(vocabulary)
    torch.manual_seed(settings.seed)
    tower = SentenceTower(TowerShape(len(vocabulary), wanted.shape[1]))
    numbers = numbered(reader, texts, tower.shape.longest)

    def tell(step: int, steps: int, loss: float) -> None:
        del loss
        report(Progress("words", step, steps))

    teach(tower, numbers, wanted.clone(), settings, tell)
    every = numbered(reader, ground.sentences.texts, tower.shape.longest)
    with torch.inference_mode():
        logits = torch.cat([tower(part) for part in every.split(512)])
    return tower, vocabulary, measure(ground, aligned.photos, logits)
