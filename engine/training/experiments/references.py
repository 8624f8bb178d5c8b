"""What needs no training and has no code of ours: the teacher's own features, and pHash."""

import numpy as np

from engine.training.baselines import cosine, phash
from engine.training.experiments.cells import asked_of, rankings_of
from engine.training.experiments.markdown import NOTHING, Table, markdown, number
from engine.training.experiments.material import Ground, Photos
from engine.training.experiments.plan import Plan
from engine.training.intervals import Bootstrap
from engine.training.judgement import Positions
from engine.training.questions import BY_POSITION, Ranker


def reference_tables(plan: Plan, ground: Ground) -> dict[str, str]:
    """A Markdown table by "test" or name of transfer photos; pHash only where pixels were read."""
    found = {}
    for name, photos, queries, database in rankings_of(ground):
        rankers = {"the teacher's features, cosine": _features(photos)}
        if photos.pixels is not None:
            rankers["pHash, 64 bits"] = _phash(photos, np.union1d(queries, database))
        rows = {row: _figures(plan, photos, queries, database, by) for row, by in rankers.items()}
        measures = list(dict.fromkeys(measure for row in rows.values() for measure in row))
        table: Table = [["no training", *measures]]
        table += [
            [row, *(shown.get(measure, NOTHING) for measure in measures)] for row, shown in rows.items()
        ]
        found[name] = markdown(table)
    return found


def _features(photos: Photos) -> Ranker:
    return Ranker(photos.features[:, 0].float().numpy(), cosine)


def _phash(photos: Photos, wanted: Positions) -> Ranker:
    assert photos.pixels is not None
    table = np.zeros((len(photos.features), 8), np.uint8)
    table[wanted] = phash(photos.pixels.numpy()[wanted])
    return Ranker(table)


def _figures(
    plan: Plan, photos: Photos, queries: Positions, database: Positions, ranker: Ranker
) -> dict[str, str]:
    shown = {}
    for question in asked_of(photos, queries, database, plan.budget.cuts):
        answers = question.answer(ranker)
        values = {measure.name: found for measure, found in answers.items() if measure.ties == BY_POSITION}
        bootstrap = Bootstrap(values)
        for name in values:
            found = bootstrap.mean(name)
            shown[name] = f"{number(found.mean)} ({number(found.low)} to {number(found.high)})"
    return shown
