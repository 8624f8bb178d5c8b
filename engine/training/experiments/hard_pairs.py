"""How well distances tell apart the hardest pairs: alike in class and not in looks, or the other way."""

import math

import numpy as np

from engine.training.questions import Question, Ranker
from engine.training.ranking import Values

HARD_SHARE = 0.1


def hard_pairs(question: Question, ranker: Ranker, reference: Ranker) -> Values:
    """For each query the chance that a hard photo of its class is nearer than a hard photo of another.

    Hard are the tenth of the relevant photos that are farthest by the reference, and the tenth of the others
    that are nearest by it, each at least one photo; so which pairs are hard does not depend on what is
    measured. Equal distances count half. This is the area under the ROC curve over those pairs.

    Args:
        question: Queries, database and which photos are relevant.
        ranker: What is measured.
        reference: What says which pairs are hard, such as the features that a head was trained on.

    Returns:
        float64 (Q,) in [0, 1]; 0.5 is chance.
    """
    measured, judged = question.comparison(ranker), question.comparison(reference)
    found = []
    for rows in measured.blocks():
        distances = measured.distance(measured.queries[rows], measured.database).astype(np.float64)
        looks = judged.distance(judged.queries[rows], judged.database).astype(np.float64)
        relevant = question.relevance[0](rows) == 1
        others = ~relevant
        if measured.own is not None:
            relevant[np.arange(len(rows)), measured.own[rows]] = False
        for line, look, alike, unlike in zip(distances, looks, relevant, others, strict=True):
            near = line[_hardest(-look, alike)]
            far = np.sort(line[_hardest(look, unlike)])
            below = np.searchsorted(far, near, side="left")
            up_to = np.searchsorted(far, near, side="right")
            found.append(float((1 - (below + up_to) / 2 / len(far)).mean()))
    return np.array(found)


def _hardest(looks: Values, chosen: np.ndarray) -> np.ndarray:
    """Positions of the hardest tenth of the chosen photos, those with the least `looks`; ties by position."""
    positions = np.flatnonzero(chosen)
    count = math.ceil(HARD_SHARE * len(positions))
    return positions[np.argsort(looks[positions], kind="stable")[:count]]
