"""SHREWD with and without class labels."""

import pytest
import torch

from engine.training.objectives import Situation, Targets
from engine.training.objectives.classification import Classification
from engine.training.objectives.shrewd import shrewd
from engine.training.objectives.similarity import similarity_loss


def targets_of(labels: torch.Tensor, table: torch.Tensor) -> Targets:
    return Targets(labels, table[labels][:, labels])


def tree_distances(classes: int) -> torch.Tensor:
    """Classes in pairs: 0.5 within a pair, 1 across."""
    pair = torch.arange(classes) // 2
    table = torch.where(pair[:, None] == pair[None], 0.5, 1.0)
    return table.fill_diagonal_(0)


def test_absolute_distances_put_unrelated_photos_half_a_code_apart() -> None:
    z = torch.tensor([[0.0] * 8, [1.0] * 4 + [0.0] * 4], dtype=torch.float64)
    far = torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
    assert float(similarity_loss(z, far, relative=False)) == pytest.approx(0)
    near = far * 0.5
    expected = (0.1 / 0.6) ** 2 * abs(4 / 4 - 0.5)
    assert float(similarity_loss(z, near, relative=False)) == pytest.approx(expected)


def test_without_labels_they_decide_nothing_but_the_distances() -> None:
    table, labels = tree_distances(6), torch.tensor([0, 1, 2, 3, 4, 5, 0, 3])
    v = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    weak = shrewd(Situation(16, 0))
    assert not list(weak.parameters())
    torch.manual_seed(1)
    known = weak(v, targets_of(labels, table)).total
    torch.manual_seed(1)
    unknown = weak(v, Targets(distances=table[labels][:, labels])).total
    assert float(known) == float(unknown)


def test_renaming_classes_with_the_tree_changes_nothing() -> None:
    table, labels = tree_distances(6), torch.tensor([0, 1, 2, 3, 4, 5, 0, 3])
    order = torch.tensor([3, 5, 0, 1, 4, 2])
    renamed = torch.empty_like(table)
    renamed[order[:, None], order[None]] = table
    v = torch.randn(8, 16, generator=torch.Generator().manual_seed(0))
    losses = []
    for table_used, labels_used in ((table, labels), (renamed, order[labels])):
        torch.manual_seed(1)
        losses.append(float(shrewd(Situation(16, 0))(v, targets_of(labels_used, table_used)).total))
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_with_labels_the_class_layer_learns() -> None:
    table, labels = tree_distances(4), torch.tensor([0, 1, 2, 3, 0, 1])
    objective = shrewd(Situation(16, 4))
    loss = objective(torch.randn(6, 16), targets_of(labels, table))
    loss.total.backward()
    assert set(loss.parts) == {"similarity", "kl", "classes"}
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in objective.parameters())


def test_a_photo_of_several_classes_is_each_in_part() -> None:
    torch.manual_seed(0)
    part = Classification(8, 3, smoothing=0.0).double()
    v = torch.randn(2, 8, dtype=torch.float64)
    both = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    guess = torch.log_softmax(part.layer(torch.sigmoid(v)), dim=1)
    expected = -((guess[0, 0] + guess[0, 1]) / 2 + guess[1, 2]) / 2
    loss = part(v, Targets(labels=both)).total
    assert float(loss.detach()) == pytest.approx(float(expected.detach()))
