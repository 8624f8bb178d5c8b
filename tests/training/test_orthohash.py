"""OrthoHash against a loop-written reference and its known values."""

import math

import pytest
import torch

from engine.errors import UsageError
from engine.training.networks import HashNetwork
from engine.training.objectives import Targets
from engine.training.objectives.codebooks import hadamard_matrix, make_codebook
from engine.training.objectives.orthohash import Kind, OrthoHash, cosines, with_margin

KINDS: list[Kind] = ["cos", "arc"]


def logits(rows: int, bits: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, bits, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def codebook(n_classes: int, bits: int) -> torch.Tensor:
    return make_codebook("bernoulli", n_classes, bits, torch.Generator().manual_seed(5))


def several_classes() -> torch.Tensor:
    return torch.tensor(
        [[1, 0, 0, 0], [0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1], [1, 1, 1, 1]], dtype=torch.float32
    )


def reference(
    v: torch.Tensor, codes: torch.Tensor, classes: list[list[int]], margin: float, scale: float, kind: Kind
) -> float:
    """The loss with loops over photos and classes."""
    total = 0.0
    for row, present in zip(v.tolist(), classes, strict=True):
        length = math.sqrt(sum(x * x for x in row))
        scaled = []
        for i, code in enumerate(codes.tolist()):
            c = sum(x * o for x, o in zip(row, code, strict=True)) / length / math.sqrt(len(code))
            if i in present:
                c = c - margin if kind == "cos" else math.cos(math.acos(c) + margin)
            scaled.append(scale * c)
        log_sum = math.log(sum(math.exp(x) for x in scaled))
        total += sum(log_sum - scaled[i] for i in present) / len(present)
    return total / len(classes)


@pytest.mark.parametrize("kind", KINDS)
def test_loss_equals_the_loop_written_reference_for_one_class_a_photo(kind: Kind) -> None:
    v, codes, labels = logits(6, 16), codebook(5, 16), torch.tensor([0, 4, 2, 2, 1, 3])
    found = OrthoHash(codes, 0.3, kind=kind)(v, Targets(labels=labels)).total
    assert found.dtype == torch.float64
    expected = reference(v, codes, [[int(y)] for y in labels], 0.3, 4.0, kind)
    assert float(found) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_loss_equals_the_loop_written_reference_for_several_classes_a_photo(kind: Kind) -> None:
    v, codes = logits(5, 16), codebook(4, 16)
    found = OrthoHash(codes, 0.4, 7.0, kind)(v, Targets(labels=several_classes())).total
    classes = [row.nonzero().flatten().tolist() for row in several_classes()]
    assert float(found) == pytest.approx(reference(v, codes, classes, 0.4, 7.0, kind), rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_one_class_as_position_or_as_row_is_the_same(kind: Kind) -> None:
    v, labels, objective = logits(5, 16), torch.tensor([3, 0, 1, 1, 2]), OrthoHash(codebook(4, 16), kind=kind)
    rows = torch.eye(4)[labels]
    by_position = objective(v, Targets(labels=labels)).total
    assert float(objective(v, Targets(labels=rows)).total) == pytest.approx(float(by_position), rel=1e-14)


def test_outputs_on_their_codes_have_the_known_loss() -> None:
    codes, labels = hadamard_matrix(64), torch.arange(64)
    found = float(OrthoHash(codes)(codes.double(), Targets(labels=labels)).total)
    assert found == pytest.approx(math.log(1 + 63 * math.exp(-8 * 0.8)), rel=1e-12)
    assert found == pytest.approx(0.0996, abs=1e-4)


@pytest.mark.parametrize(("margin", "expected"), [(0.2, 5.746), (0.0, math.log(64))])
def test_outputs_without_direction_have_the_known_loss(margin: float, expected: float) -> None:
    objective = OrthoHash(hadamard_matrix(64), margin)
    found = float(objective(torch.zeros(3, 64), Targets(labels=torch.tensor([0, 7, 63]))).total)
    assert found == pytest.approx(expected, abs=1e-3)
    assert found == pytest.approx(math.log(1 + 63 * math.exp(8 * margin)), rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [1e-3, 0.5, 100.0])
def test_length_of_outputs_does_not_matter(kind: Kind, factor: float) -> None:
    v, targets, objective = logits(5, 16), Targets(several_classes()), OrthoHash(codebook(4, 16), kind=kind)
    found = float(objective(factor * v, targets).total)
    assert found == pytest.approx(float(objective(v, targets).total), rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_order_of_photos_and_of_classes_does_not_matter(kind: Kind) -> None:
    v, labels, codes = logits(5, 16), several_classes(), codebook(4, 16)
    expected = float(OrthoHash(codes, kind=kind)(v, Targets(labels)).total)
    order, classes = torch.tensor([3, 0, 4, 2, 1]), torch.tensor([2, 0, 3, 1])
    permuted = OrthoHash(codes[classes], kind=kind)(v[order], Targets(labels[order][:, classes]))
    assert float(permuted.total) == pytest.approx(expected, rel=1e-12)


def test_distance_to_the_corner_is_told_by_the_cosine() -> None:
    v = logits(6, 32)
    v = v / v.norm(dim=1, keepdim=True) * math.sqrt(32)
    corners = torch.where(v > 0, 1.0, -1.0).double()
    squared = (v - corners).square().sum(dim=1)
    expected = 2 * 32 * (1 - cosines(v, corners).diagonal())
    assert squared.tolist() == pytest.approx(expected.tolist(), rel=1e-12)


def test_logits_of_the_network_have_mean_zero() -> None:
    torch.manual_seed(0)
    network = HashNetwork("shufflenet_v2_x1_0", 16).train()
    v = network.logits(torch.rand(64, network.width))
    assert v.detach().mean(dim=0).abs().max() < 1e-5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("several", [False, True])
def test_gradient_is_right(kind: Kind, several: bool) -> None:
    labels = several_classes() if several else torch.tensor([0, 3, 1, 1, 2])
    objective = OrthoHash(codebook(4, 8), kind=kind)
    v = logits(5, 8).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: objective(x, Targets(labels=labels)).total, (v,))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gradient_is_finite_on_codes_opposite_to_them_and_at_zero(kind: Kind, dtype: torch.dtype) -> None:
    codes = hadamard_matrix(16)
    v = torch.stack([codes[0], -codes[0], 0 * codes[0], 1e-12 * codes[0]]).to(dtype).requires_grad_()
    loss = OrthoHash(codes, kind=kind)(v, Targets(labels=torch.zeros(4, dtype=torch.int64))).total
    loss.backward()
    assert v.grad is not None
    assert torch.isfinite(loss)
    assert float(v.grad.abs().max()) < 2
    assert float((v.grad[2] * codes[0]).sum()) < 0  # a step along -grad turns to the code of the class


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_margin_on_an_arc_has_a_bounded_slope(dtype: torch.dtype) -> None:
    ends = [1.0, 1 - 1e-7, 1 - 1e-14, 1 + 1e-6, 0.9999]
    cosine = torch.tensor(ends + [-x for x in ends], dtype=dtype, requires_grad=True)
    made = with_margin(cosine, 0.2, "arc")
    made.sum().backward()
    assert cosine.grad is not None
    assert float(cosine.grad.abs().max()) < 50  # sin(0.2) / sin(acos(1 - 1e-5)) is 44
    assert made.detach().tolist() == pytest.approx([math.cos(0.2)] * 5 + [-math.cos(0.2)] * 5, abs=4e-3)


def test_margin_on_an_arc_is_an_angle() -> None:
    codes, v, targets = hadamard_matrix(4), torch.tensor([[1.0, 1, 1, 0]]), Targets(torch.tensor([0]))
    without = OrthoHash(codes, 0.0, kind="arc")(v, targets).total
    assert float(without) == pytest.approx(float(OrthoHash(codes, 0.0)(v, targets).total), rel=1e-6)
    lost = math.sqrt(0.75) - math.cos(math.acos(math.sqrt(0.75)) + 0.2)
    by_angle = OrthoHash(codes, 0.2, kind="arc")(v, targets).total
    assert float(by_angle) == pytest.approx(float(OrthoHash(codes, lost)(v, targets).total), rel=1e-6)


def test_photos_without_a_class_do_not_count() -> None:
    v, labels, objective = logits(5, 16), several_classes(), OrthoHash(codebook(4, 16))
    more = torch.cat([v, logits(1, 16, seed=9)]).requires_grad_()
    loss = objective(more, Targets(torch.cat([labels, torch.zeros(1, 4)]))).total
    loss.backward()
    assert float(loss.detach()) == pytest.approx(float(objective(v, Targets(labels)).total), rel=1e-12)
    assert more.grad is not None
    assert float(more.grad[5].abs().max()) == 0
    assert float(objective(v, Targets(torch.zeros(5, 4))).total) == 0


def test_training_ends_on_the_codes() -> None:
    codes, labels = torch.cat([hadamard_matrix(8), -hadamard_matrix(8)]), torch.arange(16)
    objective, v = OrthoHash(codes), logits(16, 8).float().requires_grad_()
    optimizer = torch.optim.Adam([v], lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        objective(v, Targets(labels=labels)).total.backward()
        optimizer.step()
    assert torch.equal(torch.where(v > 0, 1.0, -1.0), codes[labels])


def test_the_part_is_the_whole_and_has_no_gradient() -> None:
    v = logits(5, 16).requires_grad_()
    loss = OrthoHash(codebook(4, 16))(v, Targets(several_classes()))
    assert {name: float(part) for name, part in loss.parts.items()} == {"centres": float(loss.total.detach())}
    assert not loss.parts["centres"].requires_grad


def test_a_batch_without_labels_is_refused() -> None:
    with pytest.raises(UsageError, match="learns from classes"):
        OrthoHash(codebook(4, 16))(logits(5, 16), Targets(distances=torch.zeros(5, 5)))


@pytest.mark.parametrize("shape", [(5, 8), (5, 17), (16,)])
def test_logits_that_do_not_fit_the_codebook_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="codes of 16 bits"):
        OrthoHash(codebook(4, 16))(torch.zeros(shape), Targets(several_classes()))


@pytest.mark.parametrize("shape", [(4,), (6,), (5, 3), (4, 4), (5, 4, 1)])
def test_labels_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="do not fit 5 photos and 4 classes"):
        OrthoHash(codebook(4, 16))(logits(5, 16), Targets(torch.zeros(shape, dtype=torch.int64)))


def test_what_is_no_codebook_is_refused() -> None:
    for wrong in (torch.ones(16), torch.ones(1, 16), torch.zeros(4, 16), 2 * torch.ones(4, 16)):
        with pytest.raises(ValueError, match="codebook"):
            OrthoHash(wrong)
    with pytest.raises(ValueError, match="'sphere'"):
        OrthoHash(codebook(4, 16), kind="sphere")  # type: ignore[arg-type]
