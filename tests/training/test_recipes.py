"""Objectives by name."""

import pytest
import torch

from engine.errors import UsageError
from engine.training.objectives import Situation, Targets
from engine.training.objectives.orthohash import OrthoHash
from engine.training.recipes import OBJECTIVES, make_objective, options_of

CLASSES = 6


def tree_distances() -> torch.Tensor:
    """Classes in pairs: 0.5 within a pair, 1 across."""
    pair = torch.arange(CLASSES) // 2
    return torch.where(pair[:, None] == pair[None], 0.5, 1.0).fill_diagonal_(0)


SITUATION = Situation(16, CLASSES, tree_distances(), seed=3)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_each_scores_a_batch_and_moves_its_logits(name: str) -> None:
    labels = torch.arange(12) % CLASSES
    v = torch.randn(12, 16, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = make_objective(name, SITUATION, {})(v, Targets(labels, tree_distances()[labels][:, labels]))
    loss.total.backward()
    assert v.grad is not None
    assert torch.isfinite(loss.total) and torch.isfinite(v.grad).all()
    assert v.grad.abs().sum() > 0
    assert loss.parts and not any(part.requires_grad for part in loss.parts.values())


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16, torch.float64])
def test_autocast_does_not_make_a_loss_coarse(name: str, kind: torch.dtype) -> None:
    torch.manual_seed(0)
    objective = make_objective(name, SITUATION, {}).eval()
    labels = torch.arange(12) % CLASSES
    v = torch.randn(12, 16).to(kind)
    targets = Targets(labels, tree_distances()[labels][:, labels])
    exact = v if kind == torch.float64 else v.float()
    if kind == torch.float64:
        objective = objective.double()
    torch.manual_seed(1)
    plain = objective(exact, targets).total
    torch.manual_seed(1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cast = objective(v, targets).total
    assert cast.dtype == plain.dtype == exact.dtype
    assert torch.equal(cast, plain)


@pytest.mark.parametrize("name", ["orthohash", "semantic-centers"])
def test_what_is_drawn_follows_the_seed(name: str) -> None:
    first, again = (make_objective(name, SITUATION, {}).state_dict() for _ in range(2))
    other = make_objective(name, Situation(16, CLASSES, tree_distances(), seed=4), {}).state_dict()
    (key,) = first.keys()
    assert torch.equal(first[key], again[key])
    assert not torch.equal(first[key], other[key])


@pytest.mark.parametrize("name", OBJECTIVES)
def test_each_says_whether_it_looks_at_distances(name: str) -> None:
    """Without those that it does not need, the loss is the same; without those that it needs, it says so."""
    torch.manual_seed(0)
    objective = make_objective(name, SITUATION, {})
    labels, v = torch.arange(12) % CLASSES, torch.randn(12, 16)
    found = []
    for distances in (tree_distances()[labels][:, labels], None):
        torch.manual_seed(1)
        if distances is None and objective.needs_distances:
            with pytest.raises(UsageError, match="target distances"):
                objective(v, Targets(labels, distances))
        else:
            found.append(objective(v, Targets(labels, distances)).total)
    assert len(found) == (1 if name in ("semantic-kl", "shrewd") else 2)
    assert all(torch.equal(total, found[0]) for total in found)


def test_options_are_taken() -> None:
    objective = make_objective("orthohash", SITUATION, {"margin": "0.4", "angular": "yes"})
    assert isinstance(objective, OrthoHash)
    assert (objective.margin, objective.kind) == (0.4, "arc")
    assert options_of("shrewd") == {"classes": 1.0, "similarity": 1.0, "kl": 0.1}


@pytest.mark.parametrize("name", ["semantic-kl", "shrewd"])
def test_some_learn_without_classes(name: str) -> None:
    targets = Targets(distances=tree_distances())
    loss = make_objective(name, Situation(16, 0), {})(torch.randn(CLASSES, 16), targets)
    assert set(loss.parts) == {"similarity", "kl"}


@pytest.mark.parametrize(
    ("name", "where", "options", "words"),
    [
        ("alchemy", SITUATION, {}, "semantic-kl, shrewd"),
        ("shrewd", SITUATION, {"gold": "1"}, "classes, similarity, kl"),
        ("shrewd", SITUATION, {"kl": "nan"}, "kl is a number"),
        ("orthohash", SITUATION, {"angular": "maybe"}, "yes or no"),
        ("orthohash", Situation(16, 0), {}, "learns from classes"),
        ("orthohash", SITUATION, {"codebook": "red"}, "bernoulli"),
        ("semantic-centers", Situation(16, CLASSES), {}, "centers=random"),
        ("shrewd", SITUATION, {"kl": "0", "similarity": "0", "classes": "0"}, "at least one part"),
    ],
)
def test_what_does_not_fit_is_said(name: str, where: Situation, options: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as raised:
        make_objective(name, where, options)
    assert words in str(raised.value)
