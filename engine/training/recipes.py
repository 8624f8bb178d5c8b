"""Objectives by name, each with the options that a person may set."""

import inspect
import math
from collections.abc import Callable, Mapping

import torch

from engine.errors import UsageError
from engine.training.centers import random_centers, semantic_centers
from engine.training.class_similarity import tree_similarity
from engine.training.objectives import Objective, Situation
from engine.training.objectives.codebooks import make_codebook
from engine.training.objectives.dual_hinge import DualHingeStandIn
from engine.training.objectives.hashnet import HashNet
from engine.training.objectives.orthohash import OrthoHash
from engine.training.objectives.semantic_centers import SemanticCenters
from engine.training.objectives.semantic_kl import semantic_kl
from engine.training.objectives.shrewd import shrewd

Option = bool | float | str


def _orthohash(
    where: Situation,
    *,
    codebook: str = "bernoulli",
    margin: float = 0.2,
    scale: float = 0.0,
    angular: bool = False,
) -> Objective:
    generator = torch.Generator().manual_seed(where.seed)
    codes = make_codebook(codebook, where.needed_classes("orthohash"), where.n_bits, generator)
    return OrthoHash(codes, margin=margin, scale=scale or None, kind="arc" if angular else "cos")


def _semantic_centers(where: Situation, *, quantisation: float = 1e-4, centers: str = "auto") -> Objective:
    count = where.needed_classes("semantic-centers")
    if centers == "random":
        return SemanticCenters(random_centers(count, where.n_bits, where.seed), quantisation=quantisation)
    found = semantic_centers(_class_similarity(where, centers), where.n_bits, where.seed)
    return SemanticCenters(found, quantisation=quantisation)


def _class_similarity(where: Situation, centers: str) -> torch.Tensor:
    """How alike classes are: by a classifier as published, or by a class tree."""
    if centers in ("auto", "classifier") and where.class_similarity is not None:
        return where.class_similarity
    if centers in ("auto", "tree") and where.class_distances is not None:
        return tree_similarity(where.class_distances)
    if centers not in ("auto", "classifier", "tree"):
        raise ValueError(f"centers are auto, classifier, tree or random, not {centers!r}")
    raise UsageError(
        "semantic-centers learns how alike classes are from a class tree, or from a teacher's features of"
        " training photos, of which each has one class and each class some.",
        "Name one of these, or choose random centres with --set centers=random.",
    )


def _dual_hinge(where: Situation, *, sharpness: float = 8.0, quantisation: float = 0.1) -> Objective:
    where.needed_classes("dual-hinge")
    return DualHingeStandIn(sharpness=sharpness, quantisation_weight=quantisation)


def _hashnet(where: Situation, *, growth: float = 0.005) -> Objective:
    where.needed_classes("hashnet")
    return HashNet(growth=growth)


OBJECTIVES: Mapping[str, Callable[..., Objective]] = {
    "semantic-kl": semantic_kl,
    "shrewd": shrewd,
    "orthohash": _orthohash,
    "semantic-centers": _semantic_centers,
    "dual-hinge": _dual_hinge,
    "hashnet": _hashnet,
}


def options_of(objective: str) -> dict[str, Option]:
    """The options of an objective and their defaults.

    Raises:
        UsageError: There is no such objective.
    """
    if objective not in OBJECTIVES:
        raise UsageError(f"There is no objective {objective!r}.", f"Choose one of {', '.join(OBJECTIVES)}.")
    parameters = inspect.signature(OBJECTIVES[objective]).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def read_options(objective: str, options: Mapping[str, str]) -> dict[str, Option]:
    """Options as a person wrote them, as values.

    Raises:
        UsageError: The objective or an option is unknown, or a value is of another kind.
    """
    known = options_of(objective)
    chosen = {}
    for name, text in options.items():
        if name not in known:
            raise UsageError(f"{objective} has no option {name!r}.", f"It has {', '.join(known) or 'none'}.")
        chosen[name] = _value(name, text, known[name])
    return chosen


def make_objective(objective: str, where: Situation, options: Mapping[str, str]) -> Objective:
    """Makes an objective.

    Args:
        objective: A name in `OBJECTIVES`.
        where: What it is for.
        options: Values as a person wrote them; the rest are defaults.

    Raises:
        UsageError: The name or an option is unknown, a value does not fit, or the objective needs what is not
            there.
    """
    chosen = read_options(objective, options)
    try:
        return OBJECTIVES[objective](where, **chosen)
    except ValueError as error:
        raise UsageError(f"{objective} can't be made: {error}.", "Look at the values after --set.") from error


def _value(name: str, text: str, default: Option) -> Option:
    if isinstance(default, str):
        return text
    if isinstance(default, bool):
        if text.lower() not in ("yes", "no"):
            raise UsageError(f"{name} is yes or no, not {text!r}.")
        return text.lower() == "yes"
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{name} is a number, not {text!r}.")
    return number
