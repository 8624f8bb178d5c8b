"""A head that is tuned to a teacher tells that teacher's neighbours of photos that it did not see."""

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.training.head_fit import fit_head
from engine.training.neighbour_head import TEACHER_TEMPERATURE, TEMPERATURE, keep_neighbours, lost_neighbours
from engine.training.networks import HashNetwork

BITS = 32


@pytest.fixture(scope="module")
def seen() -> tuple[Tensor, Tensor]:
    """Features and teacher's features of 900 photos; in the former, what the teacher sees is faint."""
    random = torch.Generator().manual_seed(0)
    meant = torch.randn(900, 8, generator=random)
    chance = torch.randn(900, 40, generator=random)
    mixed = torch.linalg.qr(torch.randn(1024, 48, generator=random))[0]
    features = torch.cat([meant * 0.6, chance], dim=1) @ mixed.T + 0.4
    return features, meant @ torch.randn(8, 64, generator=random)


def shared(codes: Tensor, teacher: Tensor) -> float:
    """Share of the teacher's ten nearest among ours."""
    nearest = []
    for side in (codes, torch.nn.functional.normalize(teacher - teacher.mean(0), dim=1)):
        nearest.append((side @ side.T).fill_diagonal_(-1e9).topk(10).indices)
    return float((nearest[0][:, :, None] == nearest[1][:, None]).any(2).float().mean())


def bits(network: HashNetwork, features: Tensor) -> Tensor:
    with torch.inference_mode():
        return network.eval().logits(features).sign()


def test_it_keeps_more_of_the_neighbours_than_the_head_it_starts_from(seen: tuple[Tensor, Tensor]) -> None:
    features, teacher = seen
    network = HashNetwork("shufflenet_v2_x0_5", BITS)
    fit_head(network, features[:600].numpy())
    before = shared(bits(network, features[600:]), teacher[600:])
    keep_neighbours(network, features[:600], teacher[:600])
    after = shared(bits(network, features[600:]), teacher[600:])
    assert after > before + 0.03
    assert bits(network, features[:600]).mean(0).abs().max() < 0.35  # no bit says the same of all


def test_the_same_photos_give_the_same_head(seen: tuple[Tensor, Tensor]) -> None:
    features, teacher = seen
    weights = []
    for _ in range(2):
        network = HashNetwork("shufflenet_v2_x0_5", BITS)
        fit_head(network, features.numpy())
        keep_neighbours(network, features, teacher, seed=3)
        weights.append(network.head.weight.detach().clone())
    assert weights[0].equal(weights[1])


def test_the_loss_is_that_of_a_slow_count() -> None:
    random = np.random.default_rng(0)
    logits, teacher = random.standard_normal((5, 16)), random.standard_normal((5, 7))
    teacher /= np.linalg.norm(teacher, axis=1, keepdims=True)
    codes = np.sign(logits)
    total = 0.0
    for i in range(5):
        others = [j for j in range(5) if j != i]
        theirs = np.exp([teacher[i] @ teacher[j] / TEACHER_TEMPERATURE for j in others])
        ours = np.exp([codes[i] @ codes[j] / (16 * TEMPERATURE) for j in others])
        theirs, ours = theirs / theirs.sum(), ours / ours.sum()
        total += float((theirs * np.log(theirs / ours)).sum())
    found = lost_neighbours(torch.tensor(logits).float(), torch.tensor(teacher).float())
    assert float(found) == pytest.approx(total / 5, rel=1e-4)
