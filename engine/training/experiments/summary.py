"""Figures of an experiment: means over seeds with intervals over queries, for codes and unrounded outputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.training.evaluation import CODES, UNROUNDED
from engine.training.experiments.cells import Result
from engine.training.intervals import Bootstrap, Estimate
from engine.training.questions import AVERAGED, BY_POSITION

HEADLINES = ("mAP", "caption NDCG@100")
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """One row at one length on some photos.

    Attributes:
        codes: Measures of the codes by name, ties by position.
        averaged: The same with ties averaged.
        unrounded: Of the same models' outputs, the better of two ways, ties averaged.
        kept: What rounding keeps of a measure, paired over queries, ties averaged on both sides.
        way: The way that was better, "cosine" or "sigmoid L1".
        spread: Standard deviation of a measure of codes over seeds, ties by position.
        bits: Balance, correlation, unused codes: means over seeds.
        seconds: Of training or fitting one seed.
    """

    codes: dict[str, Estimate]
    averaged: dict[str, Estimate]
    unrounded: dict[str, Estimate]
    kept: dict[str, Estimate | None]
    way: str
    spread: dict[str, float]
    bits: dict[str, float]
    seconds: float


def summarise(results: Sequence[Result], photos: str) -> Summary:
    """Puts the seeds of a row together.

    Each query's values are averaged over seeds first, so that intervals are those of the mean model over
    draws of queries; how much seeds differ stands beside them.

    Args:
        results: One for each seed.
        photos: "test", or the name of transfer photos.
    """
    keys = [key for key in results[0].values if key[0] == photos]
    means = {key[1:]: np.mean([result.values[key] for result in results], axis=0) for key in keys}
    names = list(dict.fromkeys(name for _, name, _ in means))
    way = _better_way(means)
    drawn: dict[tuple[str, str, str], Estimate] = {}
    kept: dict[str, Estimate | None] = {}
    for group in _same_length(means):
        bootstrap = Bootstrap(group)
        drawn |= {key: bootstrap.mean(key) for key in group}
        for name in names:
            ours, theirs = (CODES, name, AVERAGED), (way, name, AVERAGED)
            if ours in group and theirs in group:
                kept[name] = bootstrap.ratio(ours, theirs)
    return Summary(
        {name: drawn[CODES, name, BY_POSITION] for name in names if (CODES, name, BY_POSITION) in drawn},
        {name: drawn[CODES, name, AVERAGED] for name in names if (CODES, name, AVERAGED) in drawn},
        {name: drawn[way, name, AVERAGED] for name in names if (way, name, AVERAGED) in drawn},
        kept,
        way,
        {name: _spread(results, (photos, CODES, name, BY_POSITION)) for name in names},
        {
            name: float(np.mean([result.bits[photos][name] for result in results]))
            for name in results[0].bits[photos]
        },
        float(np.mean([result.seconds for result in results])),
    )


def _same_length(means: dict[tuple[str, str, str], Values]) -> list[dict[tuple[str, str, str], Values]]:
    """Measures of different questions have different queries; those of one are resampled together."""
    groups: dict[tuple[int, bool], dict[tuple[str, str, str], Values]] = {}
    for key, values in means.items():
        groups.setdefault((len(values), key[1].startswith("caption")), {})[key] = values
    return list(groups.values())


def _better_way(means: dict[tuple[str, str, str], Values]) -> str:
    headline = next(name for name in HEADLINES if (CODES, name, AVERAGED) in means)
    return max(UNROUNDED, key=lambda way: float(means[way, headline, AVERAGED].mean()))


def _spread(results: Sequence[Result], key: tuple[str, str, str, str]) -> float:
    return float(np.std([result.values[key].mean() for result in results if key in result.values]))
