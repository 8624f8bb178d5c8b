"""The objective against slow references and its known limits."""

import math
import subprocess
import sys

import pytest
import torch

from engine.errors import UsageError
from engine.training.objectives import Situation, Targets
from engine.training.objectives.empirical_kl import EmpiricalKl, kl_estimate
from engine.training.objectives.semantic_kl import semantic_kl
from engine.training.objectives.similarity import near_weight, pair_distances, similarity_loss


def symmetric_targets(count: int, seed: int = 0) -> torch.Tensor:
    target = torch.rand(count, count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    target = (target + target.T) / 2
    return target.fill_diagonal_(0)


def path_codes() -> tuple[torch.Tensor, torch.Tensor]:
    """Eight leaves of a complete binary tree: one bit an edge, set if the edge lies above the leaf."""
    codes, target = torch.zeros(8, 14, dtype=torch.float64), torch.zeros(8, 8, dtype=torch.float64)
    edges = [(depth, prefix) for depth in (1, 2, 3) for prefix in range(2**depth)]
    for leaf in range(8):
        for bit, (depth, prefix) in enumerate(edges):
            codes[leaf, bit] = float(leaf >> (3 - depth) == prefix)
        for other in range(8):
            target[leaf, other] = (leaf ^ other).bit_length() / 3
    return codes, target


def test_path_codes_of_a_tree_have_no_loss() -> None:
    codes, target = path_codes()
    assert float(similarity_loss(codes, target)) == pytest.approx(0, abs=1e-12)


def test_loss_equals_the_loop_written_reference() -> None:
    z = torch.rand(7, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    target = symmetric_targets(7)
    pairs = [(m, n) for m in range(7) for n in range(7) if m != n]
    found = {(m, n): sum(abs(float(a) - float(b)) for a, b in zip(z[m], z[n], strict=True)) for m, n in pairs}
    tau_z = sum(found.values()) / len(pairs)
    tau_y = sum(float(target[p]) for p in pairs) / len(pairs)
    total = sum(
        0.1**2 / (0.1 + float(target[p])) ** 2 * abs(found[p] / tau_z - float(target[p]) / tau_y)
        for p in pairs
    )
    assert float(similarity_loss(z, target)) == pytest.approx(total / len(pairs), rel=1e-12)


def test_near_pairs_weigh_most() -> None:
    weights = near_weight(torch.tensor([0.0, 0.1, 1.0]))
    assert weights.tolist() == pytest.approx([1.0, 0.25, 0.00826], rel=1e-3)


@pytest.mark.parametrize("change", ["permute bits", "complement a bit", "shrink about one half"])
def test_similarity_does_not_depend_on(change: str) -> None:
    z = torch.rand(6, 24, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    target = symmetric_targets(6)
    changed = z.clone()
    if change == "permute bits":
        changed = changed[:, torch.randperm(24, generator=torch.Generator().manual_seed(3))]
    elif change == "complement a bit":
        changed[:, 5] = 1 - changed[:, 5]
    else:
        changed = 0.5 + 0.3 * (changed - 0.5)
    assert float(similarity_loss(changed, target)) == pytest.approx(
        float(similarity_loss(z, target)), rel=1e-9
    )


def test_similarity_gradient_has_no_radial_part() -> None:
    z = torch.rand(6, 24, dtype=torch.float64, requires_grad=True)
    similarity_loss(z, symmetric_targets(6)).backward()
    assert z.grad is not None
    assert float((z.grad * z.detach()).sum()) == pytest.approx(0, abs=1e-10)
    assert float(z.grad.abs().sum()) > 0


def test_similarity_gradient_is_right() -> None:
    z = torch.rand(5, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(4)).requires_grad_()
    target = symmetric_targets(5)
    assert torch.autograd.gradcheck(lambda x: similarity_loss(x, target), (z,))


def test_random_corners_that_should_all_be_far() -> None:
    bits = 64
    z = torch.randint(0, 2, (400, bits), generator=torch.Generator().manual_seed(5)).double()
    target = torch.ones(400, 400, dtype=torch.float64).fill_diagonal_(0)
    expected = float(near_weight(torch.tensor(1.0))) * math.sqrt(2 / (math.pi * bits))
    assert float(similarity_loss(z, target)) == pytest.approx(expected, rel=0.05)


def test_constant_codes_have_finite_loss_and_gradient() -> None:
    v = torch.zeros(8, 16, requires_grad=True)
    objective = semantic_kl(Situation(16, 0))
    loss = objective(v, Targets(distances=symmetric_targets(8).float())).total
    loss.backward()
    assert v.grad is not None
    assert torch.isfinite(loss) and torch.isfinite(v.grad).all()


def test_batch_order_does_not_matter() -> None:
    z = torch.rand(9, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(6))
    target, order = symmetric_targets(9), torch.randperm(9, generator=torch.Generator().manual_seed(7))
    reference = torch.rand(8, 16, dtype=torch.float64)
    permuted = target[order][:, order]
    assert float(similarity_loss(z[order], permuted)) == pytest.approx(float(similarity_loss(z, target)))
    assert float(kl_estimate(z[order], reference)) == pytest.approx(float(kl_estimate(z, reference)))


def beta_sample(rows: int, bits: int) -> torch.Tensor:
    return torch.distributions.Beta(0.1, 0.1).sample((rows, bits))


def test_kl_is_near_zero_for_samples_of_the_target_and_large_for_others() -> None:
    torch.manual_seed(0)
    own = [float(kl_estimate(beta_sample(129, 64), beta_sample(128, 64))) for _ in range(20)]
    assert abs(sum(own) / len(own)) < 0.02
    assert max(map(abs, own)) < 0.1
    middle = 0.5 + 0.01 * torch.randn(129, 64)
    assert float(kl_estimate(middle, beta_sample(128, 64))) == pytest.approx(3.8, abs=0.3)
    uniform = torch.rand(129, 64)
    assert float(kl_estimate(uniform, beta_sample(128, 64))) == pytest.approx(0.33, abs=0.1)


def test_points_minimised_under_the_kl_become_bimodal_and_spread() -> None:
    torch.manual_seed(0)
    v = (0.1 * torch.randn(96, 16)).requires_grad_()
    optimizer = torch.optim.Adam([v], lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        kl_estimate(torch.sigmoid(v), beta_sample(96, 16)).backward()
        optimizer.step()
    z = torch.sigmoid(v.detach())
    share_near_corners = float(((z < 0.15) | (z > 0.85)).float().mean())
    assert share_near_corners > 0.6
    assert float((z > 0.5).float().mean(dim=0).sub(0.5).abs().mean()) < 0.15
    assert len(torch.unique(z > 0.5, dim=0)) > 80


def test_no_tensor_over_pairs_and_bits_is_needed() -> None:
    z = torch.rand(300, 128)
    slow = (z[:, None] - z[None]).abs().sum(-1)
    assert torch.allclose(pair_distances(z), slow, atol=1e-3)


@pytest.mark.parametrize("rows", [5, 64])
def test_kl_equals_the_loop_written_reference(rows: int) -> None:
    """From 26 rows on, torch would compute a Euclidean distance by another, less exact way."""
    generator = torch.Generator().manual_seed(8)
    z = torch.rand(rows, 6, generator=generator, dtype=torch.float64)
    z[1] = z[0]  # of no distance: the floor decides
    reference = torch.rand(rows - 1, 6, generator=generator, dtype=torch.float64)

    def nearest(point: list[float], others: list[list[float]]) -> float:
        distances = [sum(abs(a - b) for a, b in zip(point, other, strict=True)) for other in others]
        return max(min(distances), 1e-3)

    points, corners, total = z.tolist(), reference.tolist(), 0.0
    for m, point in enumerate(points):
        total += math.log(nearest(point, corners)) - math.log(nearest(point, points[:m] + points[m + 1 :]))
    assert float(kl_estimate(z, reference)) == pytest.approx(total / rows, rel=1e-12)


def test_kl_gradient_is_right_and_passes_the_reference_by() -> None:
    generator = torch.Generator().manual_seed(9)
    z = torch.rand(6, 5, generator=generator, dtype=torch.float64).requires_grad_()
    reference = torch.rand(5, 5, generator=generator, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: kl_estimate(x, reference.detach()), (z,))
    kl_estimate(z, reference).backward()
    assert reference.grad is None


@pytest.mark.parametrize("equal", [2, 8])
def test_equal_outputs_have_a_finite_kl_and_gradient(equal: int) -> None:
    v = torch.randn(8, 16, generator=torch.Generator().manual_seed(10))
    v[:equal] = 60  # and at the corner, where a float32 sigmoid is 1
    v.requires_grad_()
    loss = EmpiricalKl()(v, Targets()).total
    loss.backward()
    assert v.grad is not None and loss.isfinite() and v.grad.isfinite().all()


MEASURE = """
import pathlib, re, torch
from engine.training.objectives import Situation, Targets
from engine.training.objectives.semantic_kl import semantic_kl

def peak():
    return int(re.search("VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])

def step(rows):
    distances = torch.rand(rows, rows)
    v = torch.randn(rows, 256, requires_grad=True)
    semantic_kl(Situation(256, 0))(v, Targets(distances=distances)).total.backward()
    assert v.grad.isfinite().all()

step(8)
before = peak()
step(2048)
print((peak() - before) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="others keep no such file")
def test_both_terms_of_a_large_batch_take_no_gigabyte() -> None:
    """2,048 outputs of 256 bits, forward and backward; with a tensor over pairs and bits it is four."""
    found = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    assert 16 < float(found.stdout) < 1024


@pytest.mark.parametrize("rows", [0, 1])
def test_a_batch_without_pairs_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match="outputs"):
        similarity_loss(torch.rand(rows, 8), torch.zeros(rows, rows))
    with pytest.raises(ValueError, match="two outputs"):
        kl_estimate(torch.rand(rows, 8), torch.rand(3, 8))


def test_corners_can_be_the_target() -> None:
    torch.manual_seed(0)
    drawn = EmpiricalKl(beta=0).sample(500, 8, torch.zeros(1))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    assert float(drawn.mean()) == pytest.approx(0.5, abs=0.05)


def test_the_weighted_parts_make_the_whole() -> None:
    torch.manual_seed(0)
    v, labels = torch.randn(12, 16), torch.arange(12) % 3
    targets = Targets(labels, symmetric_targets(12).float())
    objective = semantic_kl(Situation(16, 3), similarity=7, kl=0.5, classes=2)
    torch.manual_seed(1)
    loss = objective(v, targets)
    assert set(loss.parts) == {"similarity", "kl", "classes"}
    parts = loss.parts
    assert float(loss.total.detach()) == pytest.approx(
        float(7 * parts["similarity"] + 0.5 * parts["kl"] + 2 * parts["classes"]), rel=1e-5
    )


def test_what_is_missing_is_said() -> None:
    with pytest.raises(UsageError, match="target distances"):
        semantic_kl(Situation(16, 0))(torch.randn(4, 16), Targets(labels=torch.zeros(4).long()))
    with pytest.raises(UsageError, match="classes"):
        semantic_kl(Situation(16, 2))(torch.randn(4, 16), Targets(distances=symmetric_targets(4).float()))
