"""Neighbours of one photo by two models, side by side: which of them are new, and which are gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_app.translation import QT_TR_NOOP

NEW, GONE = QT_TR_NOOP("new"), QT_TR_NOOP("gone")


@dataclass(frozen=True)
class ComparedNeighbour:
    """One neighbour in one of two answers.

    Attributes:
        photo: Photo id.
        distance: By the model of this answer, in bits.
        gain: How well it fits by captions, 0 to 1; None where that is not known.
        change: `NEW` where only the later answer has it, `GONE` where only the earlier one, else "".
    """

    photo: int
    distance: int
    gain: float | None = None
    change: str = ""


@dataclass(frozen=True)
class ComparedQuery:
    """Two answers to one query, nearest first.

    Attributes:
        photo: The query's photo id.
        before: By the old model.
        after: By the new one.
    """

    photo: int
    before: tuple[ComparedNeighbour, ...]
    after: tuple[ComparedNeighbour, ...]

    @property
    def changed(self) -> int:
        """How many neighbours are new."""
        return sum(neighbour.change == NEW for neighbour in self.after)

    def photos(self) -> list[int]:
        """All photos, the query first."""
        return [self.photo, *(neighbour.photo for neighbour in (*self.before, *self.after))]


def compared(told: Mapping[str, Any]) -> ComparedQuery:
    """Reads a query as a retraining tells it (`engine.library.retraining`).

    Args:
        told: "photo", and "before" and "after" with [photo, distance, gain or None] each.
    """
    return ComparedQuery(
        int(told["photo"]),
        _marked(told["before"], {int(photo) for photo, *_ in told["after"]}, GONE),
        _marked(told["after"], {int(photo) for photo, *_ in told["before"]}, NEW),
    )


def _marked(
    neighbours: Iterable[Sequence[Any]], others: set[int], change: str
) -> tuple[ComparedNeighbour, ...]:
    return tuple(
        ComparedNeighbour(
            int(photo),
            int(distance),
            None if gain is None else float(gain),
            "" if int(photo) in others else change,
        )
        for photo, distance, gain in neighbours
    )
