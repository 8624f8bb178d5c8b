"""The FIDI-style stand-in against a loop-written reference and its known values."""

import math
from itertools import pairwise

import pytest
import torch

from engine.errors import UsageError
from engine.training.objectives import Targets
from engine.training.objectives.dual_hinge import DualHingeStandIn, code_distances, pair_loss

BOUND = math.log(21)
ONE_CLASS = torch.tensor([0, 1, 0, 2, 1, 0])
SEVERAL = torch.tensor(
    [[1, 0, 0, 0], [0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]], dtype=torch.float32
)


def logits(rows: int, bits: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, bits, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def losses_at(distances: list[float], *, alike: bool, beta: float = 0.5) -> list[float]:
    distance = torch.tensor(distances, dtype=torch.float64)
    return pair_loss(distance, torch.full(distance.shape, alike), beta=beta).tolist()


def sets_of(labels: torch.Tensor) -> list[set[int]]:
    if labels.dim() == 1:
        return [{int(y)} for y in labels]
    return [set(row.nonzero().flatten().tolist()) for row in labels]


def part(x: float, other: float, a: float) -> float:
    """x log(a x / ((a - 1) x + other)) with 0 log 0 := 0."""
    return x * math.log(a * x / ((a - 1) * x + other)) if x > 0 else 0.0


def reference(
    v: torch.Tensor, classes: list[set[int]], sharpness: float, weight: float, a: float
) -> tuple[float, float]:
    """Total and quantisation with loops over pairs and bits."""
    h = [[math.tanh(x) for x in row] for row in v.tolist()]
    bits, total = v.shape[1], 0.0
    pairs = [(i, j) for i in range(len(h)) for j in range(len(h)) if i != j]
    for i, j in pairs:
        distance = (bits - sum(x * y for x, y in zip(h[i], h[j], strict=True))) / 2
        u, k = float(bool(classes[i] & classes[j])), math.exp(-sharpness / bits * distance)
        total += part(u, k, a) + part(k, u, a)
    values = [x for row in h for x in row]
    quantisation = sum((abs(x) - 1) ** 2 for x in values) / len(values)
    return total / len(pairs) + weight * quantisation, quantisation


@pytest.mark.parametrize("labels", [ONE_CLASS, SEVERAL], ids=["one class", "several classes"])
def test_loss_equals_the_loop_written_reference(labels: torch.Tensor) -> None:
    v = logits(6, 8)
    loss = DualHingeStandIn(sharpness=5.0, quantisation_weight=0.3, a=1.1)(v, Targets(labels))
    total, quantisation = reference(v, sets_of(labels), 5.0, 0.3, 1.1)
    assert loss.total.dtype == torch.float64
    assert float(loss.total) == pytest.approx(total, rel=1e-12)
    assert float(loss.parts["quantisation"]) == pytest.approx(quantisation, rel=1e-12)
    assert float(loss.parts["pairs"]) == pytest.approx(total - 0.3 * quantisation, rel=1e-12)


def test_pairs_alike_have_the_known_losses() -> None:
    assert losses_at([0, 1, 2, 4], alike=True) == pytest.approx([0, 0.178, 0.565, 1.469], abs=1e-3)
    assert losses_at([0], alike=True) == pytest.approx([0], abs=1e-12)


def test_pairs_alike_cost_more_the_farther_up_to_a_bound() -> None:
    found = losses_at([x / 10 for x in range(400)], alike=True)
    assert all(near <= far for near, far in pairwise(found))
    assert losses_at([1000, 1e6], alike=True) == pytest.approx([BOUND, BOUND], rel=1e-9)
    assert pytest.approx(3.045, abs=1e-3) == BOUND


def test_other_pairs_cost_exponentially_less_the_farther() -> None:
    distances = [0.0, 0.5, 1.0, 4.0, 30.0]
    expected = [BOUND * math.exp(-0.5 * x) for x in distances]
    assert losses_at(distances, alike=False) == pytest.approx(expected, rel=1e-12)
    assert losses_at([1e6], alike=False) == [0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_no_pair_however_far_has_an_infinite_gradient(dtype: torch.dtype) -> None:
    distance = torch.tensor([0.0, 0.0, 1e6, 1e6], dtype=dtype).requires_grad_()
    losses = pair_loss(distance, torch.tensor([True, False, True, False]), beta=0.5)
    losses.sum().backward()
    assert distance.grad is not None
    assert torch.isfinite(losses).all() and torch.isfinite(distance.grad).all()


def test_distances_are_those_of_hamming_at_the_corners() -> None:
    corners = torch.where(logits(7, 24) > 0, 1.0, -1.0).double()
    expected = [[sum(a != b for a, b in zip(x, y, strict=True)) for y in corners] for x in corners]
    assert code_distances(corners).tolist() == expected


def test_sharpness_makes_the_loss_one_of_the_share_of_bits() -> None:
    corners = 50 * torch.where(logits(6, 8) > 0, 1.0, -1.0).double()
    once = DualHingeStandIn()(corners, Targets(ONE_CLASS)).total
    twice = DualHingeStandIn()(torch.cat([corners, corners], dim=1), Targets(ONE_CLASS)).total
    assert float(twice) == pytest.approx(float(once), rel=1e-12)


def test_quantisation_is_one_at_zero_and_none_at_the_corners() -> None:
    objective = DualHingeStandIn()
    assert float(objective(torch.zeros(6, 8), Targets(ONE_CLASS)).parts["quantisation"]) == 1
    far = 50 * logits(6, 8).sign()
    assert float(objective(far, Targets(ONE_CLASS)).parts["quantisation"]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("labels", [ONE_CLASS, SEVERAL], ids=["one class", "several classes"])
def test_order_of_photos_and_of_bits_does_not_matter(labels: torch.Tensor) -> None:
    v, objective = logits(6, 8), DualHingeStandIn()
    expected = float(objective(v, Targets(labels)).total)
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    assert float(objective(v[order], Targets(labels[order])).total) == pytest.approx(expected, rel=1e-12)
    flipped = v[:, torch.tensor([7, 1, 0, 3, 2, 6, 5, 4])].clone()
    flipped[:, 3] = -flipped[:, 3]
    assert float(objective(flipped, Targets(labels)).total) == pytest.approx(expected, rel=1e-12)


def test_one_class_as_position_or_as_row_is_the_same() -> None:
    v, objective = logits(6, 8), DualHingeStandIn()
    rows = torch.eye(3)[ONE_CLASS]
    assert torch.equal(objective(v, Targets(rows)).total, objective(v, Targets(ONE_CLASS)).total)


@pytest.mark.parametrize("labels", [ONE_CLASS, SEVERAL], ids=["one class", "several classes"])
def test_gradient_is_right(labels: torch.Tensor) -> None:
    objective = DualHingeStandIn()
    v = logits(6, 8).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: objective(x, Targets(labels)).total, (v,))


@pytest.mark.parametrize("labels", [torch.zeros(6, dtype=torch.int64), torch.arange(6)])
def test_equal_outputs_have_finite_loss_and_gradient(labels: torch.Tensor) -> None:
    for value in (0.0, 1.0, 100.0):
        v = torch.full((6, 8), value, requires_grad=True)
        loss = DualHingeStandIn()(v, Targets(labels)).total
        loss.backward()
        assert v.grad is not None
        assert torch.isfinite(loss) and torch.isfinite(v.grad).all()


def test_training_brings_classes_together_and_apart() -> None:
    labels = torch.arange(3).repeat(4)
    objective, v = DualHingeStandIn(), (0.1 * logits(12, 16)).float().requires_grad_()
    optimizer = torch.optim.Adam([v], lr=0.05)
    for _ in range(150):
        optimizer.zero_grad()
        objective(v, Targets(labels)).total.backward()
        optimizer.step()
    codes = torch.where(v.detach() > 0, 1.0, -1.0)
    distances = code_distances(codes)
    same = labels[:, None] == labels[None, :]
    assert float(distances[same].max()) < float(distances[~same].min())


def test_a_batch_without_labels_is_refused_by_a_stand_in() -> None:
    with pytest.raises(UsageError, match="stand-in"):
        DualHingeStandIn()(logits(6, 8), Targets(distances=torch.zeros(6, 6)))


@pytest.mark.parametrize("rows", [0, 1])
def test_a_batch_without_pairs_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match="make no pairs"):
        DualHingeStandIn()(logits(rows, 8), Targets(ONE_CLASS[:rows]))
