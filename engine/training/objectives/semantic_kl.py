"""Semantic similarity and empirical KL divergence, the default objective.

Our implementation of Arponen & Bishop 2020, "Learning to hash with semantic similarity metrics and
empirical KL divergence", arXiv 2005.04917:

    L = classes * L_cls + similarity * L_sim + kl * L_kl

with the terms of `classification`, `similarity` (relative distances) and `empirical_kl`, whose texts say
what is remembered rather than read. The result tables of the paper were not at hand, and the weights are
ours: L_sim is a mean that far pairs dilute to thousandths by their small weights, hence 100
(docs/decisions/0007).
"""

from engine.training.objectives import Objective, Situation
from engine.training.objectives.classification import Classification
from engine.training.objectives.combined import Combined
from engine.training.objectives.empirical_kl import EmpiricalKl
from engine.training.objectives.similarity import Similarity


def semantic_kl(
    where: Situation,
    *,
    similarity: float = 100.0,
    kl: float = 0.1,
    classes: float = 0.5,
    relative: bool = True,
    power: float = 2.0,
    beta: float = 0.1,
) -> Objective:
    """The objective with its weights.

    Args:
        where: What it is for; without classes their term is left out.
        similarity: Weight of the similarity term.
        kl: Weight of the KL term.
        classes: Weight of the class term.
        relative: See `similarity.similarity_loss`.
        power: See there.
        beta: See `empirical_kl.EmpiricalKl`.
    """
    parts: list[tuple[float, Objective]] = [
        (similarity, Similarity(relative=relative, power=power)),
        (kl, EmpiricalKl(beta=beta)),
    ]
    if where.n_classes:
        parts.append((classes, Classification(where.n_bits, where.n_classes)))
    return Combined(parts)
