"""What two models answer to the same queries, and how well the answers fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.hashing.codes import Codes, distances
from engine.library.codes import Ids
from engine.training.retraining.notion import Notion
from engine.training.retraining.parts import Groups

TOP = 10
Values = NDArray[np.float64]
Answer = list[list[float | int | None]]


@dataclass(frozen=True)
class Gallery:
    """The photos that are ranked: those that something is said of, then others.

    Attributes:
        ids: int64 (N,).
        notion: How alike photos are of which something is said.
        rows: int64 (T,), where the first T photos stand in the notion.
        groups: int64 (T,), what is near-identical or of one event; a photo is no answer to one of its group.
    """

    ids: Ids
    notion: Notion
    rows: NDArray[np.int64]
    groups: Groups

    @property
    def told(self) -> int:
        """T, how many photos something is said of."""
        return len(self.groups)


@dataclass(frozen=True)
class Ranked:
    """The ten nearest photos of Q queries.

    Attributes:
        places: int64 (Q, 10) positions in the gallery.
        distances: int32 (Q, 10), in bits.
        gains: float32 (Q, 10), how well each fits, 0 to 1; NaN where nothing is said of it.
    """

    places: NDArray[np.int64]
    distances: NDArray[np.int32]
    gains: NDArray[np.float32]

    @property
    def fitting(self) -> Values:
        """How many of the ten fit, float64 (Q,): sums of gains."""
        return np.nansum(self.gains, axis=1, dtype=np.float64)


def rank(gallery: Gallery, codes: Codes, queries: NDArray[np.int64], *, among: int | None = None) -> Ranked:
    """Ranks the gallery for photos of it; ties by position.

    Args:
        gallery: N photos.
        codes: uint8 (N, bits / 8).
        queries: int64 (Q,) positions.
        among: Only the first so many photos are ranked; all where it is None.
    """
    count = len(codes) if among is None else among
    places = np.empty((len(queries), TOP), np.int64)
    found = np.empty((len(queries), TOP), np.int32)
    for row, query in enumerate(queries.tolist()):
        ranked = distances(codes[query], codes[:count])
        ranked[_own_group(gallery, query, count)] = np.iinfo(np.int32).max
        nearest = np.argsort(ranked, kind="stable")[:TOP]
        places[row], found[row] = nearest, ranked[nearest]
    return Ranked(places, found, gains(gallery, queries, places))


def gains(gallery: Gallery, queries: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.float32]:
    """1 - target distance of queries, int64 (Q,), to photos, int64 (Q, M); NaN where nothing is known."""
    told, targets = gallery.told, gallery.notion.captions
    found = np.full(places.shape, np.nan, np.float32)
    if targets is None:
        return found
    known = targets.known.numpy()
    for row, (query, own) in enumerate(zip(queries.tolist(), places, strict=True)):
        usable = own < told
        if query < told and known[gallery.rows[query]]:
            usable[usable] = known[gallery.rows[own[usable]]]
        else:
            usable[:] = False
        if usable.any():
            asked = torch.from_numpy(gallery.rows[[query]])
            wanted = targets.between(asked, torch.from_numpy(gallery.rows[own[usable]]))
            found[row, usable] = 1 - wanted[0].numpy()
    return found


def told_answer(gallery: Gallery, ranked: Ranked, row: int) -> Answer:
    """One answer as the window reads it: [photo id, distance, gain or None] of each neighbour."""
    return [
        [int(gallery.ids[place]), int(distance), None if np.isnan(gain) else round(float(gain), 3)]
        for place, distance, gain in zip(
            ranked.places[row], ranked.distances[row], ranked.gains[row], strict=True
        )
    ]


def side_by_side(
    gallery: Gallery, rows: Sequence[int], queries: NDArray[np.int64], *both: Ranked
) -> list[dict[str, object]]:
    """Queries with their answers before and after, as the window reads them."""
    before, after = both
    return [
        {
            "photo": int(gallery.ids[queries[row]]),
            "before": told_answer(gallery, before, row),
            "after": told_answer(gallery, after, row),
        }
        for row in rows
    ]


def _own_group(gallery: Gallery, query: int, count: int) -> NDArray[np.int64]:
    """What is no answer to a photo: its group, or itself alone where hardly anything else would be left."""
    if query < gallery.told:
        own = np.flatnonzero(gallery.groups == gallery.groups[query])
        if count - len(own) >= TOP:
            return own[own < count]
    return np.array([query] if query < count else [], np.int64)
