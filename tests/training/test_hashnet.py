"""HashNet against a loop-written reference, its weights and its continuation."""

import math

import pytest
import torch

from engine.errors import UsageError
from engine.training.objectives import Targets
from engine.training.objectives.hashnet import HashNet, class_overlap, pair_losses

ONE_CLASS = torch.tensor([0, 1, 0, 2, 1, 0])
SEVERAL = torch.tensor(
    [[1, 0, 0, 0], [0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]], dtype=torch.float32
)


def logits(rows: int, bits: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, bits, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def sets_of(labels: torch.Tensor) -> list[set[int]]:
    if labels.dim() == 1:
        return [{int(y)} for y in labels]
    return [set(row.nonzero().flatten().tolist()) for row in labels]


def reference(v: torch.Tensor, classes: list[set[int]], alpha: float, beta: float) -> float:
    """The weighted likelihood with loops over pairs, as the paper writes it."""
    h = [[math.tanh(beta * x) for x in row] for row in v.tolist()]
    pairs = [(i, j) for i in range(len(h)) for j in range(len(h)) if i != j]
    similar = {(i, j): bool(classes[i] & classes[j]) for i, j in pairs}
    alike = sum(similar.values())
    total = 0.0
    for i, j in pairs:
        x = alpha * sum(a * b for a, b in zip(h[i], h[j], strict=True))
        if similar[i, j]:
            overlap = len(classes[i] & classes[j]) / len(classes[i] | classes[j])
            total += overlap * len(pairs) / alike * (math.log(1 + math.exp(x)) - x)
        else:
            total += len(pairs) / (len(pairs) - alike) * math.log(1 + math.exp(x))
    return total / len(pairs)


@pytest.mark.parametrize("labels", [ONE_CLASS, SEVERAL], ids=["one class", "several classes"])
def test_loss_equals_the_loop_written_reference(labels: torch.Tensor) -> None:
    v = logits(6, 8)
    found = HashNet()(v, Targets(labels)).total
    assert found.dtype == torch.float64
    assert float(found) == pytest.approx(reference(v, sets_of(labels), 10 / 8, 1.0), rel=1e-12)


def test_later_losses_have_the_steepness_of_their_step() -> None:
    v, objective = logits(6, 8), HashNet(alpha=0.3).eval()
    objective.steps += 650
    expected = reference(v, sets_of(ONE_CLASS), 0.3, math.sqrt(1 + 0.005 * 600))
    assert float(objective(v, Targets(ONE_CLASS)).total) == pytest.approx(expected, rel=1e-12)


def test_tanh_grows_steeper_in_stages_and_only_in_training() -> None:
    v, objective = logits(6, 8), HashNet(growth=1.0, renewal=3)
    found = []
    for _ in range(7):
        objective(v, Targets(ONE_CLASS))
        found.append(objective.beta())
    assert found == pytest.approx([1, 1, 2, 2, 2, math.sqrt(7), math.sqrt(7)])
    objective.eval()
    for _ in range(3):
        objective(v, Targets(ONE_CLASS))
    assert int(objective.steps) == 7


def test_a_resumed_run_goes_on_at_its_step() -> None:
    first, second = HashNet(), HashNet()
    first.steps += 400
    second.load_state_dict(first.state_dict())
    assert second.beta() == pytest.approx(math.sqrt(3))


def test_a_steep_tanh_gives_the_loss_of_the_codes() -> None:
    v, objective = logits(6, 8), HashNet().eval()
    objective.steps += 10**12
    codes = torch.where(v > 0, 1.0, -1.0).double()
    alike, apart = pair_losses(codes, class_overlap(ONE_CLASS, 6, torch.float64), alpha=10 / 8)
    assert float(objective(v, Targets(ONE_CLASS)).total) == pytest.approx(float(alike + apart), rel=1e-9)


def test_outputs_at_zero_cost_log_two_for_each_kind_of_pair() -> None:
    loss = HashNet()(torch.zeros(6, 8), Targets(ONE_CLASS))
    assert {name: float(part) for name, part in loss.parts.items()} == pytest.approx(
        {"alike": math.log(2), "apart": math.log(2)}
    )
    assert float(loss.total) == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize("classes", ["all the same", "all different"])
def test_a_batch_with_one_kind_of_pairs_has_a_finite_loss(classes: str) -> None:
    labels = torch.zeros(4, dtype=torch.int64) if classes == "all the same" else torch.arange(4)
    v = logits(4, 8).requires_grad_()
    loss = HashNet()(v, Targets(labels))
    loss.total.backward()
    assert v.grad is not None
    assert torch.isfinite(v.grad).all()
    assert float(loss.parts["apart" if classes == "all the same" else "alike"]) == 0


def test_large_inner_products_do_not_overflow() -> None:
    v = (1000 * logits(6, 64)).float().requires_grad_()
    loss = HashNet(alpha=50.0)(v, Targets(ONE_CLASS)).total
    loss.backward()
    assert v.grad is not None
    assert torch.isfinite(loss) and torch.isfinite(v.grad).all()


def test_overlap_is_shared_over_all_classes() -> None:
    overlap = class_overlap(SEVERAL, 6)
    assert torch.equal(overlap, overlap.T)
    assert overlap[0].tolist() == pytest.approx([1, 0, 1 / 3, 0, 1 / 4, 0])
    assert overlap[1, 2].item() == pytest.approx(1 / 4)
    assert overlap[5].tolist() == [0] * 6


def test_one_class_as_position_or_as_row_is_the_same() -> None:
    assert torch.equal(class_overlap(ONE_CLASS, 6), class_overlap(torch.eye(3)[ONE_CLASS], 6))


@pytest.mark.parametrize("labels", [ONE_CLASS, SEVERAL], ids=["one class", "several classes"])
def test_order_of_photos_and_of_bits_does_not_matter(labels: torch.Tensor) -> None:
    v, objective = logits(6, 8), HashNet()
    expected = float(objective(v, Targets(labels)).total)
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    bits = torch.tensor([7, 1, 0, 3, 2, 6, 5, 4])
    assert float(objective(v[order], Targets(labels[order])).total) == pytest.approx(expected, rel=1e-12)
    flipped = v[:, bits].clone()
    flipped[:, 3] = -flipped[:, 3]
    assert float(objective(flipped, Targets(labels)).total) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("labels", [ONE_CLASS, SEVERAL], ids=["one class", "several classes"])
def test_gradient_is_right(labels: torch.Tensor) -> None:
    objective = HashNet().eval()
    v = logits(6, 8).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: objective(x, Targets(labels)).total, (v,))


def test_training_brings_classes_together_and_apart() -> None:
    labels = torch.arange(3).repeat(4)
    objective, v = HashNet(), (0.1 * logits(12, 16)).float().requires_grad_()
    optimizer = torch.optim.Adam([v], lr=0.05)
    for _ in range(150):
        optimizer.zero_grad()
        objective(v, Targets(labels)).total.backward()
        optimizer.step()
    codes = torch.where(v.detach() > 0, 1.0, -1.0)
    distances = (16 - codes @ codes.T) / 2
    same = labels[:, None] == labels[None, :]
    assert float(distances[same].max()) < float(distances[~same].min())


def test_a_batch_without_labels_is_refused() -> None:
    with pytest.raises(UsageError, match="hashnet learns from classes"):
        HashNet()(logits(6, 8), Targets(distances=torch.zeros(6, 6)))


@pytest.mark.parametrize("rows", [0, 1])
def test_a_batch_without_pairs_is_refused_and_counts_no_step(rows: int) -> None:
    objective = HashNet()
    with pytest.raises(ValueError, match="make no pairs"):
        objective(logits(rows, 8), Targets(ONE_CLASS[:rows]))
    assert int(objective.steps) == 0


@pytest.mark.parametrize("shape", [(5,), (7, 3), (6, 3, 1), ()])
def test_labels_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="make no pairs"):
        HashNet()(logits(6, 8), Targets(torch.zeros(shape)))
