"""The objective against slow references and its known limits."""

import math

import pytest
import torch
from torch import Tensor

from engine.errors import UsageError
from engine.training.centers import random_centers
from engine.training.objectives import Targets
from engine.training.objectives.semantic_centers import (
    SemanticCenters,
    center_loss,
    photo_centers,
    quantisation_loss,
)

CENTERS = random_centers(6, 16, seed=0)


def logits(count: int = 8, seed: int = 0) -> Tensor:
    return torch.randn(count, 16, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def labels(count: int = 8) -> Tensor:
    return torch.arange(count) * 5 % 6


def test_loss_equals_the_loop_written_reference() -> None:
    v, total = logits(), 0.0
    for photo, label in zip(v.tolist(), labels().tolist(), strict=True):
        for value, wanted in zip(photo, CENTERS[label].tolist(), strict=True):
            h = math.tanh(value)
            share, target = (h + 1) / 2, (wanted + 1) / 2
            total -= (target * math.log(share) + (1 - target) * math.log(1 - share)) / 16 / 8
            total += 0.3 * (abs(h) - 1) ** 2 / 8
    found = SemanticCenters(CENTERS, quantisation=0.3)(v, Targets(labels()))
    assert float(found.total) == pytest.approx(total, rel=1e-12)


def test_total_is_made_of_its_parts() -> None:
    found = SemanticCenters(CENTERS)(logits().requires_grad_(), Targets(labels()))
    expected = found.parts["center"] + 1e-4 * found.parts["quantisation"]
    assert float(found.total.detach()) == pytest.approx(float(expected), rel=1e-12)
    assert found.total.requires_grad and not any(part.requires_grad for part in found.parts.values())


def test_outputs_at_their_centres_have_no_loss() -> None:
    found = SemanticCenters(CENTERS, quantisation=1.0)(400 * CENTERS[labels()], Targets(labels()))
    assert float(found.total) == 0


def test_outputs_in_the_middle_cost_log_two_a_bit_and_the_whole_quantisation() -> None:
    v = torch.zeros(8, 16, requires_grad=True)
    found = SemanticCenters(CENTERS, quantisation=0.01)(v, Targets(labels()))
    found.total.backward()
    assert float(found.total.detach()) == pytest.approx(math.log(2) + 0.01 * 16, rel=1e-6)
    assert v.grad is not None and v.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_far_wrong_outputs_have_finite_loss_and_gradient(dtype: torch.dtype) -> None:
    v = (-1000 * CENTERS[labels()]).to(dtype).requires_grad_()
    found = SemanticCenters(CENTERS)(v, Targets(labels()))
    found.total.backward()
    assert float(found.total.detach()) == pytest.approx(2000, rel=1e-6)
    assert v.grad is not None
    assert v.grad.abs().sum(dim=1).tolist() == pytest.approx([2 / 8] * 8)


def test_gradient_is_right() -> None:
    objective = SemanticCenters(CENTERS, quantisation=0.5)
    v = logits(3).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: objective(x, Targets(labels(3))).total, (v,))


def test_order_of_photos_bits_and_classes_does_not_matter() -> None:
    generator = torch.Generator().manual_seed(1)
    v, y = logits(), labels()
    expected = float(SemanticCenters(CENTERS)(v, Targets(y)).total)
    photos, bits, classes = (torch.randperm(n, generator=generator) for n in (8, 16, 6))
    assert float(SemanticCenters(CENTERS)(v[photos], Targets(y[photos])).total) == pytest.approx(expected)
    assert float(SemanticCenters(CENTERS[:, bits])(v[:, bits], Targets(y)).total) == pytest.approx(expected)
    renamed = classes.argsort()[y]
    assert float(SemanticCenters(CENTERS[classes])(v, Targets(renamed)).total) == pytest.approx(expected)


def test_complementing_a_bit_everywhere_does_not_matter() -> None:
    signs = torch.where(torch.arange(16) % 3 == 0, -1.0, 1.0)
    expected = SemanticCenters(CENTERS)(logits(), Targets(labels())).total
    found = SemanticCenters(CENTERS * signs)(logits() * signs, Targets(labels())).total
    assert float(found) == pytest.approx(float(expected))


def test_one_class_a_photo_may_also_be_told_by_a_row() -> None:
    rows = torch.nn.functional.one_hot(labels(), 6).float()
    assert torch.equal(photo_centers(rows, CENTERS), CENTERS[labels()])


def test_photos_of_several_classes_are_drawn_to_the_majority() -> None:
    centers = torch.tensor([[1.0, 1, -1, -1], [1, -1, 1, -1], [-1, -1, 1, 1]])
    rows = torch.tensor([[1.0, 1, 1], [1, 1, 0], [0, 1, 1], [0, 0, 1]])
    assert photo_centers(rows, centers).tolist() == [
        [1, -1, 1, -1],
        [1, 1, -1, -1],  # bits 1 and 2 are ties: those of class 0
        [1, -1, 1, -1],  # bits 0 and 3 are ties: those of class 1
        [-1, -1, 1, 1],
    ]


def test_descent_on_free_outputs_ends_at_the_centres() -> None:
    v, objective = logits(), SemanticCenters(CENTERS)
    for _ in range(100):
        v.requires_grad_()
        (gradient,) = torch.autograd.grad(objective(v, Targets(labels())).total, v)
        v = (v - 20 * gradient).detach()
    assert torch.equal(v.sign(), CENTERS[labels()].double())


def test_parts_alone_have_their_limits() -> None:
    assert float(center_loss(torch.zeros(2, 4), torch.ones(2, 4))) == pytest.approx(math.log(2))
    assert float(quantisation_loss(torch.zeros(2, 4), torch.ones(2, 4))) == 4
    assert float(quantisation_loss(torch.full((2, 4), -300.0), torch.ones(2, 4))) == 0


def test_photos_without_a_class_do_not_count() -> None:
    rows = torch.nn.functional.one_hot(labels(), 6).float()
    rows[[2, 5]] = 0
    objective, v = SemanticCenters(CENTERS, quantisation=0.5), logits().requires_grad_()
    some = rows.any(dim=1)
    found, expected = objective(v, Targets(rows)).total, objective(v[some], Targets(rows[some])).total
    assert float(found.detach()) == pytest.approx(float(expected.detach()), rel=1e-12)
    (gradient,) = torch.autograd.grad(found, v)
    assert (gradient.abs().sum(dim=1) > 0).tolist() == some.tolist()
    assert float(objective(v, Targets(0 * rows)).total.detach()) == 0


def test_centres_travel_with_the_state_and_have_no_gradient() -> None:
    objective = SemanticCenters(CENTERS)
    assert list(objective.state_dict()) == ["centers"]
    assert not list(objective.parameters())


def test_photos_without_classes_are_refused() -> None:
    with pytest.raises(UsageError, match="semantic-centers learns from classes"):
        SemanticCenters(CENTERS)(logits(), Targets(distances=torch.zeros(8, 8)))


@pytest.mark.parametrize(
    ("v", "given", "said"),
    [
        (torch.zeros(8, 15), labels(), "do not fit"),
        (torch.zeros(8, 16), labels(7), "do not fit"),
        (torch.zeros(0, 16), labels(0), "do not fit"),
        (torch.zeros(2, 16), torch.tensor([0, 6]), "not in"),
        (torch.zeros(2, 16), torch.tensor([0, -1]), "not in"),
        (torch.zeros(2, 16), torch.zeros(2), "not in"),
        (torch.zeros(2, 16), torch.ones(2, 5), "6 centres"),
    ],
)
def test_what_does_not_fit_is_refused(v: Tensor, given: Tensor, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SemanticCenters(CENTERS)(v, Targets(given))


@pytest.mark.parametrize("centers", [torch.zeros(3, 8), torch.ones(8), torch.ones(0, 8)])
def test_centres_that_are_none_are_refused(centers: Tensor) -> None:
    with pytest.raises(ValueError, match="centres"):
        SemanticCenters(centers)
    with pytest.raises(ValueError, match="weight"):
        SemanticCenters(CENTERS, quantisation=-1.0)
