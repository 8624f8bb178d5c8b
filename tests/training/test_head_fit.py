"""A head that was fitted without training gives the bits that ITQ's projection gives."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.hashing.codes import pack, unpack
from engine.training.baselines import fit_itq
from engine.training.head_fit import check_enough, fewest_photos, fit_head
from engine.training.network_weights import round_weights
from engine.training.networks import HashNetwork

BITS = 32


@pytest.fixture(scope="module")
def features() -> NDArray[np.float32]:
    """400 photos as towers see them: not negative, far from 0, and most alike along most axes."""
    random = np.random.default_rng(0)
    mixed = random.standard_normal((400, 60)) @ random.standard_normal((60, 1024)) * 0.05
    return np.maximum(mixed + 0.4, 0).astype(np.float32)


def logits_of(network: HashNetwork, features: NDArray[np.float32]) -> NDArray[np.float32]:
    with torch.inference_mode():
        return network.eval().logits(torch.from_numpy(features)).numpy()


@pytest.mark.parametrize("scale", [1.0, 1e-5, 300.0])
def test_logits_are_the_projection_by_one_number(features: NDArray[np.float32], scale: float) -> None:
    scaled = (features * scale).astype(np.float32)
    network = HashNetwork("shufflenet_v2_x0_5", BITS)
    fit_head(network, scaled, seed=3)
    round_weights(network)  # as the export does
    found = logits_of(network, scaled)
    wanted = fit_itq(scaled, BITS, seed=3).logits(scaled)
    factor = wanted.std()
    assert found.std() == pytest.approx(1, abs=0.01)
    assert np.abs(found - wanted / factor).max() < 0.01
    sure = np.abs(found) > 0.01
    assert sure.mean() > 0.98
    assert (unpack(pack(found)) == unpack(pack(wanted)))[sure].all()


def test_bits_are_balanced_and_the_tower_stays(features: NDArray[np.float32]) -> None:
    network = HashNetwork("shufflenet_v2_x0_5", BITS)
    before = {name: weight.clone() for name, weight in network.backbone.state_dict().items()}
    fit_head(network, features)
    assert np.abs(logits_of(network, features).mean(axis=0)).max() < 0.01
    assert all(torch.equal(before[name], weight) for name, weight in network.backbone.state_dict().items())


def test_a_head_that_was_trained_before_leaves_no_trace(features: NDArray[np.float32]) -> None:
    fresh, used = (HashNetwork("shufflenet_v2_x0_5", BITS) for _ in range(2))
    with torch.no_grad():
        for weight in (used.norm.weight, used.norm.bias, used.norm.running_var, used.head.weight):
            weight.fill_(7)
    for network in (fresh, used):
        fit_head(network, features)
    assert np.array_equal(logits_of(fresh, features), logits_of(used, features))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: np.where(f > 0.5, np.nan, f), "no numbers"),
        (lambda f: np.zeros_like(f) + 0.25, "does not tell these photos apart"),
        (lambda f: f[: fewest_photos(BITS) - 1], "too few"),
    ],
)
def test_features_that_say_nothing_are_refused(spoil, words: str, features: NDArray[np.float32]) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        fit_head(HashNetwork("shufflenet_v2_x0_5", BITS), spoil(features))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("photos", "bits", "remedy"),
    [(511, 128, "--bits 120,"), (100, 128, "--bits 24,"), (63, 128, "Index more"), (0, 16, "Index more")],
)
def test_too_few_photos_are_told_a_way_out(photos: int, bits: int, remedy: str) -> None:
    with pytest.raises(UsageError, match="too few") as caught:
        check_enough(photos, bits)
    assert remedy in caught.value.remedy


def test_four_photos_a_bit_are_enough() -> None:
    check_enough(512, 128)
    check_enough(64, 16)
