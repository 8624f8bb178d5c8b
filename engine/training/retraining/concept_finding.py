"""Which concepts captions tell: equal captions, or captions that are close to each other.

Where each photo's captions are also written of others, as "a photo of a border collie" may be, they are the
concepts. Else the photos are laid out by their target distances (classical scaling, Torgerson 1952) and
parted into clusters (k-means, Lloyd 1982, begun as by Arthur & Vassilvitskii 2007).
"""

import torch
from torch import Tensor

from engine.training.concepts import Concepts
from engine.training.inputs import FeatureInputs
from engine.training.retraining.classroom import Classroom
from engine.training.retraining.notion import FEWEST_OF_A_CLASS, Notion
from engine.training.retraining.students import TaughtHead

MOST_LAID_OUT = 2000
PHOTOS_A_CONCEPT, MOST_CONCEPTS, DIMENSIONS, ROUNDS = 12, 64, 24, 50


def taught_head(room: Classroom, seed: int) -> TaughtHead | None:
    """A student that learns codes of the concepts of a library; None where there are fewer than two.

    Args:
        room: With cached features.
        seed: Of clusters and first codes.
    """
    told, concepts = concepts_of(room.notion, room.train, torch.cat([room.train, room.choice]), seed)
    if not len(told):
        return None
    layer = Concepts(room.network.hidden, room.network.width, int(concepts.max()) + 1)
    student = TaughtHead(room.network, layer, seed=seed, head_learns=len(room.taught_notion.pairs) > 0)
    learned = torch.isin(told, room.train)
    _fit(layer, room, told[learned], concepts[learned])
    return student


def teach_choice_too(student: TaughtHead, room: Classroom, seed: int) -> None:
    """Tells concepts by the photos of choice as well, once the choice has been made: a seventh more."""
    told, concepts = concepts_of(room.notion, room.train, torch.cat([room.train, room.choice]), seed)
    _fit(student.concepts, room, told, concepts)


def _fit(layer: Concepts, room: Classroom, told: Tensor, concepts: Tensor) -> None:
    assert isinstance(room.inputs, FeatureInputs)
    features = room.inputs.features
    layer.fit(features[told].float(), concepts, features[room.others, 0].float())


def concepts_of(notion: Notion, train: Tensor, told: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Concepts by captions alone; no photo is looked at.

    Args:
        notion: Of all photos.
        train: int64 (T,) positions; each concept has at least five of these.
        told: int64 (M,) positions, `train` among them.
        seed: Of clusters.

    Returns:
        int64 (P,) positions out of `told` that show a concept, and int64 (P,) which, from 0; both empty where
        there are fewer than two concepts.
    """
    if notion.captions is None:
        return torch.empty(0, dtype=torch.int64), torch.empty(0, dtype=torch.int64)
    told = told[notion.captions.known[told]]
    if bool((notion.labels[train] >= 0).all()):
        concepts = notion.labels[told]
    else:
        draw = torch.Generator().manual_seed(seed)
        told = told[torch.randperm(len(told), generator=draw)[:MOST_LAID_OUT].sort().values]
        concepts = clusters(notion.captions(told), draw)
    counts = torch.bincount(concepts[torch.isin(told, train) & (concepts >= 0)])
    frequent = (counts >= FEWEST_OF_A_CLASS).nonzero()[:, 0]
    if len(frequent) < 2:
        return told[:0], told[:0]
    numbers = torch.full((int(concepts.max()) + 2,), -1)  # the last is that of -1: none
    numbers[frequent] = torch.arange(len(frequent))
    found = numbers[concepts]
    return told[found >= 0], found[found >= 0]


def clusters(distances: Tensor, draw: torch.Generator) -> Tensor:
    """Parts M photos by their distances.

    Args:
        distances: float32 (M, M), symmetric.
        draw: Decides where clusters begin.

    Returns:
        int64 (M,), cluster numbers from 0.
    """
    places = laid_out(distances)
    count = max(2, min(len(places) // PHOTOS_A_CONCEPT, MOST_CONCEPTS))
    centres = places[torch.randint(len(places), (1,), generator=draw)]
    while len(centres) < count:
        away = torch.cdist(places, centres).square().amin(1) + 1e-12
        centres = torch.cat([centres, places[torch.multinomial(away, 1, generator=draw)]])
    for _ in range(ROUNDS):
        owners = torch.cdist(places, centres).argmin(1)
        sizes = torch.bincount(owners, minlength=count)
        sums = torch.zeros_like(centres).index_add_(0, owners, places)
        centres = torch.where(sizes[:, None] > 0, sums / sizes[:, None].clamp(min=1), centres)
    return torch.cdist(places, centres).argmin(1)


def laid_out(distances: Tensor) -> Tensor:
    """Places whose distances are about these, (M, M): float64 (M, at most 24)."""
    squares = distances.double().square()
    centred = -0.5 * (squares - squares.mean(0) - squares.mean(1, keepdim=True) + squares.mean())
    values, vectors = torch.linalg.eigh(centred)
    values, vectors = values[-DIMENSIONS:], vectors[:, -DIMENSIONS:]
    return vectors * values.clamp(min=0).sqrt()
