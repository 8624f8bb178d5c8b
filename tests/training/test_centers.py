"""Centres of classes: what stage 1 and 2 of SHC promise, and the derivatives that they rest on."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.errors import UsageError
from engine.training.centers import (
    CenterSearch,
    SearchSettings,
    SeparatedCenters,
    gilbert_varshamov,
    random_centers,
    refine_centers,
    semantic_centers,
    similarity_loss,
)
from engine.training.class_similarity import class_similarity, tree_similarity
from engine.training.distances import ClassTree


def hadamard(size: int) -> Tensor:
    matrix = torch.ones(1, 1)
    while len(matrix) < size:
        matrix = torch.cat([torch.cat([matrix, matrix], 1), torch.cat([matrix, -matrix], 1)])
    return matrix


def random_similarity(classes: int, seed: int = 0) -> Tensor:
    table = 2 * torch.rand(classes, classes, generator=torch.Generator().manual_seed(seed)).double() - 1
    return ((table + table.T) / 2).fill_diagonal_(1)


def grown_tree(branches: tuple[int, ...]) -> Tensor:
    """The similarity of the leaves of a regular tree with so many branches on each level."""
    parents, level = {}, ["root"]
    for count in branches:
        parents |= {f"{node}.{k}": node for node in level for k in range(count)}
        level = [f"{node}.{k}" for node in level for k in range(count)]
    return tree_similarity(ClassTree(parents).distances(level))


def least_distance(centers: Tensor) -> int:
    products = (centers.double() @ centers.double().T).fill_diagonal_(-torch.inf)
    return int((centers.shape[1] - products.max()) / 2)


@pytest.mark.parametrize(("classes", "known"), [(100, (4, 10, 24)), (196, (4, 10, 23)), (555, (3, 9, 21))])
def test_the_distance_asked_is_that_of_the_paper(classes: int, known: tuple[int, ...]) -> None:
    assert tuple(gilbert_varshamov(bits, classes) for bits in (16, 32, 64)) == known


@pytest.mark.parametrize(("bits", "classes"), [(1, 2), (4, 3), (16, 100), (32, 7), (256, 1000)])
def test_the_distance_asked_is_the_least_that_fills_the_space(bits: int, classes: int) -> None:
    distance = gilbert_varshamov(bits, classes)
    balls = [sum(math.comb(bits, i) for i in range(d)) for d in (distance - 1, distance)]
    assert balls[0] * classes < 2**bits <= balls[1] * classes


def test_class_similarity_equals_the_loop_written_reference() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = 3 * torch.randn(60, 5, generator=generator)
    labels = torch.arange(60) % 5
    means = np.zeros((5, 5))
    for photo, label in zip(logits.tolist(), labels.tolist(), strict=True):
        top = photo.index(max(photo))
        raised = [0 if c == top else math.exp(value) for c, value in enumerate(photo)]
        means[label] += np.array(raised) / sum(raised) / 12
    rows = np.zeros((5, 5))
    for m, mean in enumerate(means):
        middle = sum(mean) / 5
        rows[m] = (mean - middle) / max(abs(max(mean) - middle), abs(min(mean) - middle))
    expected = [[1 if i == j else (rows[i, j] + rows[j, i]) / 2 for j in range(5)] for i in range(5)]
    found = class_similarity(logits, labels)
    assert found.dtype == torch.float64
    assert found.numpy() == pytest.approx(np.array(expected), abs=1e-12)


def test_class_similarity_is_symmetric_with_a_unit_diagonal() -> None:
    logits = torch.randn(500, 20, generator=torch.Generator().manual_seed(2))
    found = class_similarity(logits, torch.arange(500) % 20)
    assert torch.equal(found, found.T)
    assert torch.equal(found.diagonal(), torch.ones(20, dtype=torch.float64))
    assert float(found.abs().max()) <= 1


def test_classes_that_are_mistaken_for_each_other_are_alike() -> None:
    logits = torch.full((40, 4), -4.0)
    labels = torch.arange(40) % 4
    logits[torch.arange(40), labels] = 8
    logits[torch.arange(40), labels ^ 1] = 2
    found = class_similarity(logits, labels)
    assert found[0, 1] == found[2, 3] == pytest.approx(1, abs=0.01)
    assert float(found[:2, 2:].max()) < 0


def test_neither_the_order_of_photos_nor_that_of_classes_matters() -> None:
    generator = torch.Generator().manual_seed(3)
    logits, labels = torch.randn(90, 6, generator=generator), torch.arange(90) % 6
    photos, classes = torch.randperm(90, generator=generator), torch.randperm(6, generator=generator)
    found = class_similarity(logits, labels)
    assert torch.allclose(class_similarity(logits[photos], labels[photos]), found)
    renamed = class_similarity(logits[:, classes], classes.argsort()[labels])
    assert torch.allclose(renamed, found[classes][:, classes])


def test_a_classifier_that_tells_nothing_makes_no_class_alike_another() -> None:
    logits, labels = torch.zeros(6, 3), torch.tensor([0, 0, 1, 1, 2, 2])
    logits[torch.arange(6), torch.tensor([0, 1, 2, 0, 1, 2])] = 1
    assert class_similarity(logits, labels).isfinite().all()


def test_a_class_without_photos_is_named_as_the_persons_to_mend() -> None:
    with pytest.raises(UsageError, match="2 of 5 classes have no photos"):
        class_similarity(torch.rand(9, 5), torch.arange(9) % 3)


@pytest.mark.parametrize(
    ("logits", "labels", "said"),
    [
        (torch.rand(4, 3), torch.zeros(3, dtype=torch.int64), "do not fit"),
        (torch.rand(4), torch.zeros(4, dtype=torch.int64), "do not fit"),
        (torch.rand(4, 1), torch.zeros(4, dtype=torch.int64), "do not fit"),
        (torch.rand(2, 2), torch.tensor([0, 2]), "not in"),
        (torch.rand(2, 2), torch.tensor([0, -1]), "not in"),
        (torch.full((2, 2), torch.nan), torch.tensor([0, 1]), "not finite"),
    ],
)
def test_logits_and_labels_that_do_not_fit_are_refused(logits: Tensor, labels: Tensor, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        class_similarity(logits, labels)


def test_a_tree_stands_in_for_a_classifier() -> None:
    found = grown_tree((2, 2))
    assert found.tolist() == [[1, 0, -1, -1], [0, 1, -1, -1], [-1, -1, 1, 0], [-1, -1, 0, 1]]


@pytest.mark.parametrize(
    "distances",
    [
        torch.zeros(2, 3),
        torch.ones(2, 2),
        torch.tensor([[0, 0.1], [0.9, 0]]),
        torch.tensor([[0, 1.1], [1.1, 0]]),
        torch.tensor([[0, torch.nan], [torch.nan, 0]]),
    ],
)
def test_distances_that_are_none_are_refused(distances: Tensor) -> None:
    with pytest.raises(ValueError, match="a similarity"):
        tree_similarity(distances)


def test_hadamard_centres_of_unlike_classes_have_no_similarity_loss() -> None:
    assert similarity_loss(hadamard(32), torch.eye(32)) == 0
    found = semantic_centers(torch.eye(32), 32, seed=0)
    assert similarity_loss(found, torch.eye(32)) == 0
    assert float(found.mean(dim=0).abs().max()) < 1


def test_similarity_loss_is_a_mean_over_all_pairs() -> None:
    centers, similarity = random_centers(5, 16, seed=0), random_similarity(5)
    total = sum(
        (float(similarity[i, j]) - float(centers[i] @ centers[j]) / 16) ** 2
        for i in range(5)
        for j in range(5)
    )
    assert similarity_loss(centers, similarity) == pytest.approx(total / 25, rel=1e-12)


def disturbed_search(classes: int = 9, bits: int = 16) -> CenterSearch:
    """A search in whose state every term of the Lagrangian counts."""
    rng = np.random.default_rng(4)
    limit = bits - 2 * gilbert_varshamov(bits, classes)
    rows = rng.choice([-1.0, 1.0], size=(classes, bits))
    settings = SearchSettings(penalty=0.3)
    search = CenterSearch(random_similarity(classes).numpy(), SeparatedCenters(rows, limit), settings)
    search.coupling_multipliers = rng.normal(size=rows.shape)
    multipliers = rng.normal(size=(classes, classes))
    search.distance_multipliers = multipliers + multipliers.T
    search.update_slack()
    return search


def lagrangian(search: CenterSearch, rows: Tensor, copy: Tensor, slack: Tensor) -> Tensor:
    """The Lagrangian as the paper writes it, centres in columns."""
    h, p, settings = rows.T, copy.T, search.settings
    bits, classes = h.shape
    similarity, alpha = torch.from_numpy(search.similarity), torch.from_numpy(search.distance_multipliers)
    others = 1 - torch.eye(classes, dtype=torch.float64)
    missing = (search.centers.limit - h.T @ h - slack) * others
    value = (similarity - h.T @ p / bits).square().sum()
    value = value + settings.balance * (h.T @ h * others).sum()
    value = value + (torch.from_numpy(search.coupling_multipliers).T * (h - p)).sum()
    value = value + settings.coupling / 2 * (h - p).square().sum()
    return value + (alpha * missing).sum() + settings.penalty / 2 * missing.square().sum()


def lagrangian_inputs(search: CenterSearch) -> tuple[Tensor, Tensor, Tensor]:
    """H, P and Xi as leaves."""
    arrays = (search.centers.rows, search.copy, search.slack)
    rows, copy, slack = (torch.from_numpy(array.copy()).requires_grad_() for array in arrays)
    return rows, copy, slack


def test_the_gradient_in_the_copy_vanishes_after_its_update() -> None:
    search = disturbed_search()
    before = lagrangian_inputs(search)
    (unsolved,) = torch.autograd.grad(lagrangian(search, *before), before[1])
    search.update_copy()
    after = lagrangian_inputs(search)
    (solved,) = torch.autograd.grad(lagrangian(search, *after), after[1])
    assert float(unsolved.abs().max()) > 0.1
    assert float(solved.abs().max()) < 1e-10


def test_the_slack_lowers_the_lagrangian_most() -> None:
    search = disturbed_search()
    rows, copy, slack = lagrangian_inputs(search)
    (gradient,) = torch.autograd.grad(lagrangian(search, rows, copy, slack), slack)
    free = search.slack > 0
    others = ~np.eye(len(search.slack), dtype=bool)
    assert gradient.numpy()[free & others] == pytest.approx(0, abs=1e-10)
    assert (gradient.numpy()[~free & others] >= -1e-10).all()
    assert (~free & others).any() and (free & others).any()


def test_the_gradient_in_each_centre_is_that_of_the_lagrangian() -> None:
    search = disturbed_search()
    search.update_copy()
    rows, copy, slack = lagrangian_inputs(search)
    (expected,) = torch.autograd.grad(lagrangian(search, rows, copy, slack), rows)
    shared = search.fixed_gradient()
    found = np.stack([search.gradient(i, *shared) for i in range(len(rows))])
    assert found == pytest.approx(expected.numpy(), abs=1e-10)


def test_the_multipliers_follow_what_is_violated() -> None:
    search = disturbed_search()
    search.update_copy()
    rows, copy, slack = lagrangian_inputs(search)
    coupling, distance = search.coupling_multipliers.copy(), search.distance_multipliers.copy()
    search.update_multipliers()
    assert search.coupling_multipliers - coupling == pytest.approx(0.2 * (rows - copy).detach().numpy())
    missing = search.centers.limit - rows @ rows.T - slack
    assert search.distance_multipliers - distance == pytest.approx(0.3 * missing.detach().numpy())


def test_an_allowed_step_takes_the_sign_of_the_gradient_step() -> None:
    search = disturbed_search()
    search.centers.limit = 16
    search.update_copy()
    for i in range(9):
        row = search.centers.rows[i]
        row[:] = np.sign(row - search.gradient(i, *search.fixed_gradient()) / search.settings.step)
        search.centers.products[i] = search.centers.products[:, i] = search.centers.rows @ row
    expected = search.centers.rows.copy()
    again = disturbed_search()
    again.centers.limit = 16
    again.slack, again.copy = search.slack, search.copy
    again.update_centers()
    assert np.array_equal(again.centers.rows, expected)


def test_flips_that_bring_centres_too_near_are_left_out() -> None:
    centers = SeparatedCenters(np.array([[1.0, 1, 1, 1], [1, 1, -1, -1], [-1, -1, -1, -1]]), limit=0)
    assert centers.allowed(0, np.array([2, 0, 3, 1])).tolist() == [0, 1]
    centers.flip_allowed(0, np.array([2, 0, 3]))  # bit 3 is only free since bit 0 is flipped
    assert centers.rows[0].tolist() == [-1, 1, 1, -1]
    assert np.array_equal(centers.products, centers.rows @ centers.rows.T)


@pytest.mark.parametrize("bits", [16, 24, 32, 64])
@pytest.mark.parametrize("kind", ["random", "tree"])
def test_centres_keep_their_distance(bits: int, kind: str) -> None:
    similarity = random_similarity(60) if kind == "random" else grown_tree((3, 4, 5))
    found = semantic_centers(similarity, bits, seed=0)
    assert found.shape == (60, bits) and found.dtype == torch.float32
    assert torch.equal(found.abs(), torch.ones_like(found))
    assert least_distance(found) >= gilbert_varshamov(bits, 60)
    assert least_distance(random_centers(60, bits, seed=0)) >= gilbert_varshamov(bits, 60)


@pytest.mark.parametrize("bits", [16, 32, 64])
def test_centres_follow_a_tree_far_better_than_random_ones(bits: int) -> None:
    similarity = grown_tree((2, 2, 3, 4))
    beyond_all = float(torch.linalg.eigvalsh(similarity).clamp_max(0).square().sum() / similarity.numel())
    own = similarity_loss(semantic_centers(similarity, bits, seed=0), similarity)
    published = similarity_loss(semantic_centers(similarity, bits, seed=0, refine=False), similarity)
    by_chance = [similarity_loss(random_centers(48, bits, seed), similarity) for seed in range(5)]
    assert own <= published < min(by_chance)
    assert own < 0.85 * min(by_chance)
    assert own - beyond_all < 0.6 * (min(by_chance) - beyond_all)


def test_classes_near_in_the_tree_have_near_centres() -> None:
    similarity = grown_tree((3, 4, 5))
    found = semantic_centers(similarity, 32, seed=0).double()
    products = found @ found.T / 32
    steps = [
        float(products[similarity == value].mean()) for value in (-1.0, similarity[0, 5], similarity[0, 1])
    ]
    assert steps == sorted(steps)
    assert steps[2] - steps[0] > 0.3


def test_refinement_leaves_no_flip_that_helps() -> None:
    similarity = random_similarity(12)
    limit = 16 - 2 * gilbert_varshamov(16, 12)
    centers = SeparatedCenters(random_centers(12, 16, seed=1).double().numpy(), limit)
    before = centers.loss(similarity.numpy())
    refine_centers(centers, similarity.numpy())
    least = centers.loss(similarity.numpy())
    assert least < before
    rows = torch.from_numpy(centers.rows)
    assert similarity_loss(rows, similarity) == pytest.approx(least, rel=1e-12)
    for i in range(12):
        for k in range(16):
            other = rows.clone()
            other[i, k] *= -1
            if least_distance(other) >= gilbert_varshamov(16, 12):
                assert similarity_loss(other, similarity) >= least - 1e-12


def test_the_seed_decides() -> None:
    similarity = grown_tree((3, 5))
    first, again, other = (semantic_centers(similarity, 24, seed) for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(random_centers(15, 24, 1), random_centers(15, 24, 1))
    assert not torch.equal(random_centers(15, 24, 1), random_centers(15, 24, 2))


def test_two_classes_are_opposites_where_that_is_asked() -> None:
    found = semantic_centers(torch.tensor([[1.0, -1.0], [-1.0, 1.0]]), 16, seed=0)
    assert torch.equal(found[0], -found[1])


def test_the_callers_similarity_is_left_as_it_was() -> None:
    similarity = random_similarity(10)
    before = similarity.clone()
    semantic_centers(similarity, 16, seed=0)
    assert torch.equal(similarity, before)


def test_what_no_centres_can_be_found_for_is_refused() -> None:
    with pytest.raises(UsageError, match="at least two classes"):
        semantic_centers(torch.ones(1, 1), 16, seed=0)
    with pytest.raises(UsageError, match="7 classes found no codes of 3 bits"):
        random_centers(7, 3, seed=0)
    with pytest.raises(ValueError, match="0 bits"):
        gilbert_varshamov(0, 3)
    with pytest.raises(ValueError, match="not square"):
        semantic_centers(torch.ones(2, 3), 16, seed=0)
    with pytest.raises(ValueError, match="diagonal"):
        semantic_centers(torch.zeros(3, 3), 16, seed=0)
