"""Target distances from several sources."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.training.distances import CalibratedDistances
from engine.training.targets import ClassDistances, FeatureDistances, SharedLabels, TargetDistances

TABLE = torch.tensor([[0.0, 0.5], [0.5, 0.0]])
LABELS = torch.tensor([0, 0, 1, 1])
TREE = ClassDistances(LABELS, TABLE)
MANY = torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])


def features(known: list[bool]) -> FeatureDistances:
    """Distances of four vectors, not stretched: 1 - cosine."""
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    return FeatureDistances(vectors, torch.tensor(known), CalibratedDistances(torch.zeros(2), 0.0, 1.0))


def test_several_classes_a_photo_count_by_their_overlap() -> None:
    found = SharedLabels(MANY)
    everything = torch.arange(4)
    expected = [[0, 2 / 3, 0, 1], [2 / 3, 0, 2 / 3, 1], [0, 2 / 3, 0, 1], [1, 1, 1, 1]]
    assert torch.allclose(found.between(everything, everything), torch.tensor(expected))
    assert found.known.tolist() == [True, True, True, False]


def test_a_mixture_is_the_weighted_mean() -> None:
    mixed = TargetDistances({"tree": (1.0, TREE), "teacher": (3.0, features([True] * 4))})
    found = mixed(torch.tensor([0, 1, 2]))
    assert torch.allclose(found, torch.tensor([[0, 0, 0.875], [0, 0, 0.875], [0.875, 0.875, 0]]))


def test_what_is_known_lies_where_the_labels_do() -> None:
    """On a GPU, positions there can't ask a table on the processor; meta stands in for one."""
    there = torch.device("meta")
    for source in (TREE, SharedLabels(MANY)):
        assert source.to(there).known.device == there


def test_a_pair_takes_the_sources_that_know_both() -> None:
    some = features([True, False, True, False])
    mixed = TargetDistances({"tree": (1.0, TREE), "captions": (1.0, some)})
    assert mixed(torch.tensor([0, 1, 2]))[0].tolist() == [0, 0, 0.75]
    assert mixed(torch.tensor([0, 1, 2]))[1].tolist() == [0, 0, 0.5]
    alone = TargetDistances({"captions": (1.0, some)})
    assert alone.known.tolist() == [True, False, True, False]
    assert alone.between(torch.tensor([0]), torch.tensor([0, 1, 2])).tolist() == [[0, 1, 1]]


def test_a_source_without_weight_is_not_asked() -> None:
    mixed = TargetDistances({"tree": (1.0, TREE), "captions": (0.0, features([False] * 4))})
    assert list(mixed.sources) == ["tree"]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), 0.0])
def test_weights_that_make_no_mean_are_refused(weight: float) -> None:
    with pytest.raises(UsageError, match="numbers from 0"):
        TargetDistances({"tree": (weight, TREE)})


def test_captions_of_one_photo_are_too_few() -> None:
    known = torch.tensor([True, False, False, True])
    with pytest.raises(UsageError, match="at least two"):
        FeatureDistances.fit(torch.randn(4, 3), known, torch.arange(3))


def test_captions_all_alike_give_no_distances_and_no_error() -> None:
    same = FeatureDistances.fit(torch.ones(5, 3), torch.ones(5, dtype=torch.bool), torch.arange(5))
    assert torch.isfinite(same.between(torch.arange(5), torch.arange(5))).all()


@given(st.integers(2, 9), st.integers(0, 1000))
def test_distances_are_symmetric_within_0_and_1(count: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(2, (count,), generator=generator)
    vectors = torch.randn(count, 3, generator=generator)
    known = torch.rand(count, generator=generator) < 0.7
    known[:2] = True
    mixed = TargetDistances(
        {
            "tree": (0.3, ClassDistances(labels, TABLE)),
            "captions": (0.7, FeatureDistances.fit(vectors, known, torch.arange(count))),
        }
    )
    found = mixed(torch.arange(count))
    assert torch.allclose(found, found.T, atol=1e-6)
    assert found.min() >= 0
    assert found.max() <= 1
    assert found.diagonal().abs().max() == 0
