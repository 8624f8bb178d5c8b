"""What trained codes are measured against: float outputs, and codes that take no training.

Each method fits a `Projection` to the features of training photos; other photos' codes are the signs of their
logits. Fits are in float64 and depend on nothing but features and seed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.errors import UsageError
from engine.hashing.codes import Codes, check_bits, pack, unpack

COLUMNS_PER_PRODUCT = 4096
PHOTOS_AT_ONCE = 64
PHASH_SIDE = 32

Matrix = NDArray[np.float64]


def cosine(queries: NDArray[np.float32], database: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 - cosine, float32 (B, N) in [0, 2], of float (B, K) to float (N, K); 1 where a vector is all zeros.

    Products are summed in float64 and rounded to float32, so that equal vectors are at equal distances
    wherever they stand.
    """
    unit = _unit(queries)
    found = np.empty((len(queries), len(database)), np.float32)
    for start in range(0, len(database), COLUMNS_PER_PRODUCT):
        part = _unit(database[start : start + COLUMNS_PER_PRODUCT])
        found[:, start : start + len(part)] = unit @ part.T
    return 1 - np.clip(found, -1, 1)


def _unit(vectors: NDArray[np.float32]) -> Matrix:
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-30)


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / (1 + exp(-v)) in [0, 1], elementwise, without overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * logits)


def sigmoid_l1(queries: NDArray[np.float32], database: NDArray[np.float32]) -> NDArray[np.float32]:
    """L1 distances of sigmoid outputs, float32 (B, N) in [0, K], of logits (B, K) to logits (N, K)."""
    found: NDArray[np.float32] = torch.cdist(
        torch.tensor(sigmoid(queries), dtype=torch.float32),
        torch.tensor(sigmoid(database), dtype=torch.float32),
        p=1,
    ).numpy()
    return found


def squared_l2(queries: NDArray[Any], database: NDArray[Any]) -> Matrix:
    """Squared Euclidean distances, float64 (B, N), of (B, D) to (N, D); exact for whole numbers.

    Other numbers lose digits where the distance is small beside the vectors' lengths.
    """
    wide, others = queries.astype(np.float64), database.astype(np.float64)
    lengths = np.square(wide).sum(axis=1, keepdims=True) + np.square(others).sum(axis=1)
    return np.maximum(lengths - 2 * wide @ others.T, 0)


def asymmetric(queries: NDArray[np.float32], database: Codes) -> NDArray[np.float32]:
    """L1 distances of the queries' sigmoid outputs to packed codes (Hashing-Baseline's asymmetric search).

    Rounded to float32 after sums in float64. With logits so large that the sigmoid is 0 or 1, this is the
    Hamming distance. The scale of logits matters: the smaller they are, the more alike all distances.

    Args:
        queries: float (B, n_bits) logits.
        database: uint8 (N, n_bits / 8).

    Returns:
        float32 (B, N) in [0, n_bits].
    """
    chances = sigmoid(queries).astype(np.float64)
    found = chances.sum(axis=1, keepdims=True) + (1 - 2 * chances) @ unpack(database).T.astype(np.float64)
    return found.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Projection:
    """Features to logits: (features - centre) @ weights.

    Attributes:
        centre: float64 (D,), the mean of the features it was fitted to.
        weights: float64 (D, n_bits).
    """

    centre: Matrix
    weights: Matrix

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits, float32 (N, n_bits), of features, float (N, D)."""
        return ((features - self.centre) @ self.weights).astype(np.float32)

    def encode(self, features: NDArray[np.float32]) -> Codes:
        """Packed codes, uint8 (N, n_bits / 8), of features, float (N, D)."""
        return pack(self.logits(features))


def fit_lsh(features: NDArray[np.float32], n_bits: int, *, seed: int = 0) -> Projection:
    """LSH: each bit is the side of a random hyperplane through the features' mean.

    Args:
        features: float (N, D), finite, N >= 1.
        n_bits: A positive multiple of 8.
        seed: Of the Gaussian normals.

    Raises:
        ValueError: `n_bits` does not fill bytes.
    """
    check_bits(n_bits)
    normals = np.random.default_rng(seed).standard_normal((features.shape[1], n_bits))
    return Projection(features.mean(axis=0, dtype=np.float64), normals)


def fit_rotated_pca(features: NDArray[np.float32], n_bits: int, *, seed: int = 0) -> Projection:
    """Hashing-Baseline (arXiv 2509.14427): PCA to n_bits, a random rotation, signs.

    The paper reports the mean over ten rotations: fit with ten seeds for that. For its asymmetric search,
    rank `logits` of queries against codes by `asymmetric`.

    Args:
        features: float (N, D), finite.
        n_bits: A positive multiple of 8, at most D and less than N.
        seed: Of the rotation.

    Raises:
        UsageError: There are too few dimensions or photos for that many bits.
        ValueError: `n_bits` does not fill bytes.
    """
    centre, axes = _principal_axes(features, n_bits)
    return Projection(centre, axes @ _random_rotation(n_bits, seed))


def fit_itq(features: NDArray[np.float32], n_bits: int, *, rounds: int = 50, seed: int = 0) -> Projection:
    """ITQ (Gong & Lazebnik, CVPR 2011): PCA to n_bits, then the rotation that `itq_rotation` finds.

    Args:
        features: float (N, D), finite.
        n_bits: A positive multiple of 8, at most D and less than N.
        rounds: Alternations, >= 0.
        seed: Of the rotation that it starts from.

    Raises:
        UsageError: There are too few dimensions or photos for that many bits.
        ValueError: `n_bits` does not fill bytes.
    """
    centre, axes = _principal_axes(features, n_bits)
    rotation, _ = itq_rotation((features - centre) @ axes, rounds=rounds, seed=seed)
    return Projection(centre, axes @ rotation)


def itq_rotation(scores: Matrix, *, rounds: int = 50, seed: int = 0) -> tuple[Matrix, list[float]]:
    """Turns PCA scores V towards the corners: min over Q and G of ||G - V Q||^2, G in {-1, 1}, Q orthogonal.

    G is the sign of V Q (+1 only above 0, as codes have it); then Q = T U^T from the SVD G^T V = U S T^T.
    Each step is the best one with the other held, so the loss never rises.

    Args:
        scores: float64 (N, K), centred.
        rounds: Alternations, >= 0.
        seed: Of the random rotation that it starts from.

    Returns:
        The rotation Q, float64 (K, K), and the loss per photo at the start and after each round.
    """
    rotation = _random_rotation(scores.shape[1], seed)
    losses = []
    for _ in range(rounds):
        turned = scores @ rotation
        corners = np.where(turned > 0, 1.0, -1.0)
        losses.append(_quantisation_loss(turned))
        left, _, right = np.linalg.svd(corners.T @ scores)
        rotation = right.T @ left.T
    return rotation, [*losses, _quantisation_loss(scores @ rotation)]


def _quantisation_loss(turned: Matrix) -> float:
    return float(np.square(np.abs(turned) - 1).sum() / len(turned))


def _principal_axes(features: NDArray[np.float32], n_bits: int) -> tuple[Matrix, Matrix]:
    """The mean, (D,), and the n_bits axes of greatest variance, (D, n_bits), greatest first."""
    check_bits(n_bits)
    photos, dimensions = features.shape
    if n_bits > dimensions:
        raise UsageError(
            f"Features of {dimensions} dimensions have no {n_bits} principal axes.",
            f"Take at most {dimensions} bits, or random hyperplanes (LSH).",
        )
    if n_bits >= photos:
        raise UsageError(
            f"{photos} photos vary along fewer than {n_bits} axes.", f"Fit to more than {n_bits} photos."
        )
    centre = features.mean(axis=0, dtype=np.float64)
    centred = features - centre
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :n_bits]
    # An axis has no direction of its own; without this, codes would depend on the library that found it.
    largest = np.abs(axes).argmax(axis=0)
    return centre, axes * np.sign(axes[largest, np.arange(n_bits)])


def _random_rotation(size: int, seed: int) -> Matrix:
    """An orthogonal matrix, float64 (K, K), uniform over all (QR of Gaussians, R's diagonal positive)."""
    gaussian = np.random.default_rng(seed).standard_normal((size, size))
    q, r = np.linalg.qr(gaussian)
    return q * np.sign(np.diag(r))


def phash(photos: NDArray[np.uint8]) -> Codes:
    """pHash: which of a photo's 8 x 8 lowest DCT coefficients lie above their median; 64 bits, row by row.

    As `imagehash.phash` does it: grey by ITU-R 601, Lanczos to 32 x 32, unnormalised DCT-II both ways, the
    constant coefficient takes part. Coefficients are rounded to 1e-6, which gives flat photos one code.

    Args:
        photos: uint8 (N, H, W, 3) sRGB.

    Returns:
        uint8 (N, 8).
    """
    found = [np.empty((0, 8), np.uint8)]
    for start in range(0, len(photos), PHOTOS_AT_ONCE):
        small = _shrink(_grey(photos[start : start + PHOTOS_AT_ONCE]))
        waves = _dct_rows()
        low = np.round(waves @ small @ waves.T, 6).reshape(-1, 64)
        found.append(pack((low - np.median(low, axis=1, keepdims=True)).astype(np.float32)))
    return np.concatenate(found)


def mean_colours(photos: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean colours of 8 x 8 fields, row by row, uint8 (N, 192), of uint8 (N, H, W, 3) sRGB photos."""
    small = [Image.fromarray(photo).resize((8, 8), Image.Resampling.BOX) for photo in photos]
    return np.array([np.asarray(photo).ravel() for photo in small], np.uint8).reshape(-1, 192)


def _grey(photos: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pillow's integer luma, (N, H, W, 3) to (N, H, W)."""
    red, green, blue = np.moveaxis(photos.astype(np.uint32), -1, 0)
    return ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16).astype(np.uint8)


def _shrink(grey: NDArray[np.uint8]) -> Matrix:
    """(N, H, W) to whole numbers, float64 (N, 32, 32), rounded after each direction as Pillow does."""
    wide = np.clip(np.floor(grey @ _lanczos(grey.shape[2]).T + 0.5), 0, 255)
    return np.clip(np.floor(_lanczos(grey.shape[1]) @ wide + 0.5), 0, 255)


def _lanczos(size: int) -> Matrix:
    """Lanczos-3 weights, float64 (32, size), widened where it shrinks so that every pixel counts."""
    ratio = size / PHASH_SIDE
    centres = (np.arange(PHASH_SIDE)[:, None] + 0.5) * ratio
    x = (np.arange(size) + 0.5 - centres) / max(ratio, 1)
    weights = np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)
    return weights / weights.sum(axis=1, keepdims=True)


def _dct_rows() -> Matrix:
    """The 8 lowest rows of the unnormalised DCT-II, float64 (8, 32)."""
    angles = np.arange(8)[:, None] * (2 * np.arange(PHASH_SIDE) + 1) * np.pi / (2 * PHASH_SIDE)
    return 2 * np.cos(angles)
