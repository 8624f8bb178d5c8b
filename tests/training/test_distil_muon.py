"""Muon: steps along U V^T of the momentum U S V^T."""

import pytest
import torch

from engine.training.distil.muon import Muon, orthogonalised


@pytest.mark.parametrize("shape", [(12, 12), (8, 30), (30, 8), (1, 5)])
def test_singular_values_come_near_to_one_and_vectors_stay(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    assert values.min() > 1e-2 * values.max()
    inner = left.T @ orthogonalised(matrix) @ right.T  # U^T (U S' V^T) V
    assert torch.allclose(inner, inner.diagonal().diag(), atol=1e-6)
    assert inner.diagonal().min() > 0.6 and inner.diagonal().max() < 1.3


def test_the_size_of_a_gradient_does_not_matter_and_nothing_stays_nothing() -> None:
    matrix = torch.randn(6, 9, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(orthogonalised(matrix), orthogonalised(1e4 * matrix), rtol=1e-3, atol=1e-3)
    assert torch.equal(orthogonalised(torch.zeros(3, 4)), torch.zeros(3, 4))


def test_a_kernel_moves_against_nesterovs_momentum() -> None:
    """Against a slow account of the same: singular value decomposition, every mean written out."""
    generator = torch.Generator().manual_seed(1)
    start = torch.randn(20, 3, 2, 2, generator=generator)
    gradients = [torch.randn(20, 3, 2, 2, generator=generator) for _ in range(3)]
    kernel = start.clone().requires_grad_()
    expected, mean = start.clone(), torch.zeros_like(start)
    optimizer = Muon([kernel], lr=0.1, momentum=0.9, weight_decay=0.5)
    for gradient in gradients:
        kernel.grad = gradient.contiguous(memory_format=torch.channels_last)
        optimizer.step()
        mean = 0.9 * mean + 0.1 * gradient
        left, _, right = torch.linalg.svd((0.1 * gradient + 0.9 * mean).flatten(1), full_matrices=False)
        expected = expected * (1 - 0.1 * 0.5) - 0.1 * (20 / 12) ** 0.5 * (left @ right).view_as(start)
    moved, wanted = (kernel.detach() - start).flatten(), (expected - start).flatten()
    assert torch.nn.functional.cosine_similarity(moved, wanted, dim=0) > 0.97
    assert moved.norm() == pytest.approx(wanted.norm().item(), rel=0.2)


def test_half_the_precision_moves_nearly_alike() -> None:
    generator = torch.Generator().manual_seed(3)
    start, gradient = (torch.randn(12, 8, 2, 2, generator=generator) for _ in range(2))
    moved = []
    for bf16 in (False, True):
        kernel = start.clone().requires_grad_()
        kernel.grad = gradient
        Muon([kernel], lr=0.1, bf16=bf16).step()
        assert kernel.dtype == torch.float32
        moved.append((kernel.detach() - start).flatten())
    assert not torch.equal(*moved)
    assert torch.nn.functional.cosine_similarity(*moved, dim=0) > 0.99


def test_it_finds_the_least_squares() -> None:
    generator = torch.Generator().manual_seed(2)
    inputs, truth = torch.randn(64, 6, generator=generator), torch.randn(4, 6, generator=generator)
    weight = torch.zeros(4, 6, requires_grad=True)
    optimizer = Muon([weight], lr=0.1)
    for step in range(200):
        optimizer.param_groups[0]["lr"] = 0.1 * (1 - step / 200)
        optimizer.zero_grad()
        (inputs @ (weight - truth).T).square().mean().backward()
        optimizer.step()
    assert (weight - truth).abs().max() < 0.05
