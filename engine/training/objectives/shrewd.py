"""SHREWD: semantic hierarchy-based representation and weakly supervised deep hashing.

Our implementation of Arponen & Bishop 2019, arXiv 1908.05602:

    L = classes * L_cls + similarity * L_sim + kl * L_kl,    weights (1, 1, 0.1)

with distances of a class tree as targets, absolute distances in the similarity term, and Beta(0.1, 0.1) in
the KL term. Without class labels (the weakly supervised variant) the first weight is 0, and labels decide
nothing but the target distances. The weights and the terms are remembered rather than read, the absolute
normaliser K / 2
is ours, and no figure of the paper was at hand: a reading of the paper, not a reproduction.
"""

from engine.training.objectives import Objective, Situation
from engine.training.objectives.classification import Classification
from engine.training.objectives.combined import Combined
from engine.training.objectives.empirical_kl import EmpiricalKl
from engine.training.objectives.similarity import Similarity


def shrewd(where: Situation, *, classes: float = 1.0, similarity: float = 1.0, kl: float = 0.1) -> Objective:
    """The objective with its weights.

    Args:
        where: What it is for; without classes it is the weakly supervised variant.
        classes: Weight of the class term.
        similarity: Weight of the similarity term.
        kl: Weight of the KL term.
    """
    parts: list[tuple[float, Objective]] = [(similarity, Similarity(relative=False)), (kl, EmpiricalKl())]
    if where.n_classes:
        parts.append((classes, Classification(where.n_bits, where.n_classes, smoothing=0.0)))
    return Combined(parts)
