"""Codes without training and float distances, against loops, imagehash and what theory says."""

import imagehash
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from drawn_photos import draw_photo
from engine.errors import UsageError
from engine.hashing.codes import distances, pack, unpack
from engine.training.baselines import (
    Projection,
    asymmetric,
    cosine,
    fit_itq,
    fit_lsh,
    fit_rotated_pca,
    itq_rotation,
    mean_colours,
    phash,
    sigmoid,
    sigmoid_l1,
    squared_l2,
)
from engine.training.metrics import bit_balance, precision_at
from engine.training.ranking import Comparison, hamming


@pytest.fixture(scope="module")
def features() -> NDArray[np.float32]:
    """600 photos of 6 classes, 40 dimensions of very unlike variance, far from the origin."""
    random = np.random.default_rng(0)
    spread = np.geomspace(3, 0.1, 40)
    centres = random.standard_normal((6, 40)) * spread
    found = centres[np.arange(600) % 6] + 0.4 * spread * random.standard_normal((600, 40)) + 5
    return found.astype(np.float32)


# Distances of floats


def test_cosine_by_hand() -> None:
    vectors = np.array([[3, 0], [0, 0.1], [-2, 0], [0, 0]], np.float32)
    assert cosine(vectors[:1], vectors)[0].tolist() == [0, 1, 2, 1]


def test_cosine_of_many_columns_is_put_together_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(1).standard_normal((23, 5), dtype=np.float32)
    whole = cosine(vectors, vectors)
    monkeypatch.setattr("engine.training.baselines.COLUMNS_PER_PRODUCT", 4)
    np.testing.assert_array_equal(cosine(vectors, vectors), whole)
    assert np.abs(whole.diagonal()).max() < 1e-6


def test_sigmoid_does_not_overflow() -> None:
    found = sigmoid(np.array([-1e4, -1, 0, 1, 1e4], np.float32))
    assert found == pytest.approx([0, 1 / (1 + np.e), 0.5, np.e / (1 + np.e), 1])


def test_sigmoid_l1_is_hamming_at_the_corners() -> None:
    logits = np.random.default_rng(2).choice([-1000, 1000], (30, 16)).astype(np.float32)
    codes = pack(logits)
    np.testing.assert_array_equal(sigmoid_l1(logits[:5], logits), hamming(codes[:5], codes))


def test_asymmetric_is_hamming_for_certain_queries() -> None:
    random = np.random.default_rng(3)
    codes = random.integers(0, 256, (50, 3), dtype=np.uint8)
    certain = 1000 * (2.0 * unpack(codes[:7]) - 1)
    found = asymmetric(certain.astype(np.float32), codes)
    np.testing.assert_array_equal(found, [distances(code, codes) for code in codes[:7]])


def test_asymmetric_against_a_loop_and_in_a_comparison() -> None:
    random = np.random.default_rng(4)
    codes = random.integers(0, 256, (20, 1), dtype=np.uint8)
    logits = random.standard_normal((3, 8), dtype=np.float32)
    found = asymmetric(logits, codes)
    for q, n in np.ndindex(3, 20):
        bits = [int(codes[n, 0]) >> k & 1 for k in range(8)]
        slow = sum(abs(1 / (1 + np.exp(-v)) - bit) for v, bit in zip(logits[q], bits, strict=True))
        assert found[q, n] == pytest.approx(slow, abs=1e-5)
    ranked, _ = Comparison(logits, codes, asymmetric, np.array([4, 5, 6])).rank(np.arange(3))
    assert ranked.shape == (3, 19) and ranked.dtype == np.float32


# Projections


@pytest.mark.parametrize("fit", [fit_lsh, fit_rotated_pca, fit_itq])
def test_a_fit_is_seeded_and_keeps_neighbours(fit, features: NDArray[np.float32]) -> None:
    train, other = features[:300], features[300:]
    model = fit(train, 32, seed=1)
    codes = model.encode(other)
    assert codes.shape == (300, 4) and codes.dtype == np.uint8
    np.testing.assert_array_equal(codes, fit(train, 32, seed=1).encode(other))
    assert (codes != fit(train, 32, seed=2).encode(other)).any()
    np.testing.assert_array_equal(codes, pack(model.logits(other)))
    assert bit_balance(codes) < 0.2  # five away from the origin, so this fails without centring
    assert precision_at(codes, np.arange(300) % 6, np.arange(300), 10) > 0.9


def test_lsh_distances_grow_with_the_angle() -> None:
    """The chance that a bit differs is angle / pi (Charikar 2002)."""
    angles = np.linspace(0, np.pi, 7)
    circle = np.zeros((7, 10), np.float32)
    circle[:, 0], circle[:, 1] = np.cos(angles), np.sin(angles)
    normals = fit_lsh(np.concatenate([circle, -circle]), 4096).encode(circle)
    assert distances(normals[0], normals) / 4096 == pytest.approx(angles / np.pi, abs=0.03)


def test_the_rotation_of_pca_keeps_distances_in_the_plane_of_greatest_variance(
    features: NDArray[np.float32],
) -> None:
    model = fit_rotated_pca(features, 8, seed=3)
    np.testing.assert_allclose(model.weights.T @ model.weights, np.eye(8), atol=1e-9)
    centred = features - features.mean(axis=0, dtype=np.float64)
    kept = np.square(np.linalg.svd(centred, compute_uv=False)[:8]).sum()
    assert np.square(centred @ model.weights).sum() == pytest.approx(kept)


def test_the_loss_of_itq_never_rises_and_its_rotation_is_orthogonal(features: NDArray[np.float32]) -> None:
    plane = fit_rotated_pca(features, 16)
    scores = (features - plane.centre) @ plane.weights
    rotation, losses = itq_rotation(scores, rounds=50, seed=2)
    assert len(losses) == 51
    assert (np.diff(losses) <= 1e-9).all()
    assert losses[-1] < 0.98 * losses[0]
    np.testing.assert_allclose(rotation.T @ rotation, np.eye(16), atol=1e-9)
    turned = scores @ rotation
    slow = np.square(np.where(turned > 0, 1, -1) - turned).sum() / len(scores)
    assert losses[-1] == pytest.approx(slow)


def test_itq_finds_the_corners_of_a_turned_cube() -> None:
    random = np.random.default_rng(5)
    corners = random.choice([-1.0, 1.0], (500, 8))
    turn = np.linalg.qr(random.standard_normal((8, 8)))[0]
    losses = [itq_rotation(corners @ turn, seed=seed)[1][-1] for seed in range(5)]
    assert min(losses) == pytest.approx(0, abs=1e-9)


def test_codes_do_not_depend_on_the_direction_in_which_axes_are_found(
    features: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fit_rotated_pca(features, 8).weights
    eigh = np.linalg.eigh

    def mirrored(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        values, axes = eigh(matrix)
        return values, axes * np.where(np.arange(axes.shape[1]) % 2, -1, 1)

    monkeypatch.setattr(np.linalg, "eigh", mirrored)
    np.testing.assert_array_equal(fit_rotated_pca(features, 8).weights, found)


def test_random_rotations_favour_no_direction() -> None:
    """The trace of a rotation drawn uniformly has mean 0 and variance 1."""
    traces = [np.trace(itq_rotation(np.eye(8), rounds=0, seed=seed)[0]) for seed in range(400)]
    assert np.mean(traces) == pytest.approx(0, abs=0.2)
    assert np.var(traces) == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("fit", [fit_rotated_pca, fit_itq])
def test_more_bits_than_axes_are_refused(fit, features: NDArray[np.float32]) -> None:
    with pytest.raises(UsageError, match=r"40 dimensions have no 48 principal axes.*at most 40 bits"):
        fit(features, 48)
    with pytest.raises(UsageError, match=r"16 photos vary.*more than 16"):
        fit(features[:16], 16)
    assert fit(features[:17], 16).encode(features).shape == (600, 2)
    assert fit(features, 40).encode(features[:3]).shape == (3, 5)


@pytest.mark.parametrize("fit", [fit_lsh, fit_rotated_pca, fit_itq])
def test_bits_that_fill_no_bytes_are_refused(fit, features: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="multiple of 8"):
        fit(features, 12)


def test_a_projection_by_hand() -> None:
    model = Projection(np.array([1.0, 2.0]), np.array([[1.0] + [0.0] * 7, [0.0, -1.0] + [0.0] * 6]))
    found = model.logits(np.array([[3, 5]], np.float32))
    assert found.dtype == np.float32 and found[0, :2].tolist() == [2, -3]
    assert model.encode(np.array([[3, 5]], np.float32)).tolist() == [[1]]


# pHash


def reference(photo: Image.Image) -> NDArray[np.uint8]:
    return np.packbits(imagehash.phash(photo).hash.ravel(), bitorder="little")


@pytest.mark.parametrize("size", [(224, 224), (320, 240), (50, 33), (32, 32), (20, 24)])
def test_phash_agrees_with_imagehash(size: tuple[int, int]) -> None:
    photos = [draw_photo(seed, size) for seed in range(12)]
    found = phash(np.stack([np.asarray(photo) for photo in photos]))
    wrong = [int(np.bitwise_count(a ^ reference(p)).sum()) for a, p in zip(found, photos, strict=True)]
    # Pillow weighs with 22 bits, so that a grey value on the border may be rounded the other way.
    assert max(wrong) <= 2 and sum(wrong) <= 3, wrong


def test_phash_of_many_photos_is_put_together_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    photos = np.stack([np.asarray(draw_photo(seed, (40, 40))) for seed in range(7)])
    whole = phash(photos)
    assert whole.shape == (7, 8) and whole.dtype == np.uint8
    monkeypatch.setattr("engine.training.baselines.PHOTOS_AT_ONCE", 3)
    np.testing.assert_array_equal(phash(photos), whole)
    assert phash(photos[:0]).shape == (0, 8)


def test_flat_photos_have_one_code() -> None:
    flat = np.stack([np.full((37, 41, 3), grey, np.uint8) for grey in (1, 90, 200, 255)])
    assert phash(flat).tolist() == [[1, 0, 0, 0, 0, 0, 0, 0]] * 4


def test_phash_outlives_a_change_of_size() -> None:
    large, small = draw_photo(1, (400, 300)), draw_photo(1, (400, 300)).resize((120, 90))
    other = draw_photo(2, (400, 300))
    codes = np.concatenate([phash(np.asarray(photo)[None]) for photo in (large, small, other)])
    near, far = distances(codes[0], codes[1:])
    assert near <= 4 < 12 < far


# 8 x 8 colours


def test_mean_colours_are_means_of_fields() -> None:
    random = np.random.default_rng(6)
    photos = random.integers(0, 256, (3, 16, 24, 3), dtype=np.uint8)
    fields = photos.reshape(3, 8, 2, 8, 3, 3).mean(axis=(2, 4)).reshape(3, 192)
    found = mean_colours(photos)
    assert found.shape == (3, 192) and found.dtype == np.uint8
    assert np.abs(found - fields).max() <= 1
    assert mean_colours(photos[:0]).shape == (0, 192)


def test_squared_l2_is_exact_for_whole_numbers() -> None:
    points = np.random.default_rng(7).integers(0, 256, (20, 192), dtype=np.uint8)
    slow = [[sum((int(x) - int(y)) ** 2 for x, y in zip(a, b, strict=True)) for b in points] for a in points]
    np.testing.assert_array_equal(squared_l2(points, points), slow)
