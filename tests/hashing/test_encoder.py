"""The same photo has the same code: in any batch, with any threads, and nearly so in plain torch."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from numpy.typing import NDArray

from drawn_photos import draw_photo
from engine.cli.evaluate import evaluate
from engine.hashing.codes import pack, unpack
from engine.hashing.encoder import BATCH, Encoder
from engine.hashing.model_file import built_in_model
from engine.photos.network_pixels import network_input
from engine.training.network_weights import load_network
from engine.training.networks import PhotoToLogits
from engine.training.settings import Settings


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(built_in_model())


@pytest.fixture(scope="module")
def pixels(encoder: Encoder) -> NDArray[np.uint8]:
    found = []
    for seed in range(3 * BATCH + 5):
        file = io.BytesIO()
        draw_photo(seed, (256, 192)).save(file, "WEBP")
        found.append(network_input(file.getvalue(), encoder.input_side))
    side = encoder.input_side
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, side, side, 3)


def test_a_code_does_not_depend_on_its_batch(encoder: Encoder, pixels: NDArray[np.uint8]) -> None:
    together = encoder.encode(pixels)
    assert together.shape == (len(pixels), encoder.n_bits // 8)
    order = np.random.default_rng(0).permutation(len(pixels))
    assert (encoder.encode(pixels[order]) == together[order]).all()
    for place in (0, 7, len(pixels) - 1):
        assert (encoder.encode(pixels[place : place + 1])[0] == together[place]).all()


def test_a_code_does_not_depend_on_threads_or_on_the_run(encoder: Encoder, pixels: NDArray[np.uint8]) -> None:
    assert (Encoder(built_in_model(), threads=1).encode(pixels) == encoder.encode(pixels)).all()


def test_no_photos_give_no_codes(encoder: Encoder, pixels: NDArray[np.uint8]) -> None:
    assert encoder.encode(pixels[:0]).shape == (0, encoder.n_bits // 8)


def test_the_fast_engine_flips_at_most_half_a_percent_of_bits(
    encoder: Encoder, pixels: NDArray[np.uint8]
) -> None:
    card = built_in_model().card
    settings = Settings(backbone=card["network"], n_bits=card["n_bits"])
    network = PhotoToLogits(load_network(built_in_model().folder / "weights.safetensors", settings)).eval()
    with torch.inference_mode():
        slow = pack(network(torch.from_numpy(pixels.copy())).numpy())
    assert (unpack(slow) != unpack(encoder.encode(pixels))).mean() <= 0.005


def test_photos_of_the_wrong_shape_are_refused(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="the model reads"):
        encoder.encode(np.zeros((1, 8, 8, 3), np.uint8))


@pytest.fixture(scope="module")
def precision(shared: Path) -> float:
    """P@10 of the shipped network on eval/caltech101, 1,000 queries."""
    done = CliRunner().invoke(evaluate, [str(shared / "data/eval/caltech101.csv"), "--json"])
    assert done.exit_code == 0, done.output
    return float(json.loads(done.stdout)["P@10"])


@pytest.mark.shared
def test_the_shipped_network_ranks_far_better_than_perceptual_hashing(precision: float) -> None:
    assert precision >= 3 * 0.067  # pHash, docs/results/network.md


@pytest.mark.shared
def test_the_shipped_network_reaches_its_floor(precision: float) -> None:
    assert precision >= 0.25
