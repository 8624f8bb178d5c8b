r"""Semantic hash centres: one binary code for each class, near for classes that look alike.

Our implementation of the second stage of Chen et al. 2025, "Deep Hashing with Semantic Hash Centers for
Image Retrieval", arXiv 2507.08404 (SHC); the first is `class_similarity`, the third
`objectives.semantic_centers`. S (C, C) says how alike classes are, H (K, C) has a centre in each column,
delta is the Gilbert-Varshamov distance:

    min over H  ||S - H'H / K||_F^2 + mu * sum_{i != j} h_i'h_j   with  h_i'h_j <= K - 2 delta  for i != j

`CenterSearch` has the steps that solve it. The code has centres in rows, (C, K), where the paper has columns.

Deviations and what we are not sure of:

- Equation 35 misprints the multiplier and penalty terms of the gradient; ours is derived again, and a test
  holds it against automatic differentiation of the Lagrangian.
- The paper starts from the minimal-distance-separated centres (MDS) of Wang et al. 2023, found by an ADMM a
  class. We start from what that method itself starts from: rows of a Hadamard matrix and their opposites
  where they suffice, random centres that are delta apart elsewhere.
- The published penalty (1e-6) does not keep centres apart, and the authors' program refuses a whole new
  centre that comes too near another one. We go through the bits that the step would flip, the strongest wish
  first, and leave out only those that would bring two centres nearer than delta. The start has that distance
  and no flip loses it, so the result has it too and nothing is left to repair.
- sign(0) keeps the bit. The authors' program divides mu and all that concerns distances by 10,000; we do not,
  as the paper does not.
- `refine` is ours: single flips that lower the similarity loss and keep the distance, until there is none.
  In our trials with a sharp S (classes alike to few others, made by chance) and 32 bits or more, mu
  outweighed S in the published steps, which did not improve on their start; all of the gain came from
  `refine`.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import UsageError
from engine.training.class_similarity import check_similarity


def gilbert_varshamov(n_bits: int, n_classes: int) -> int:
    """The distance asked of centres: the least delta with sum_{i < delta} (n_bits choose i) >= 2^n_bits / C.

    Args:
        n_bits: Bits of a code, >= 1.
        n_classes: C, >= 2.

    Returns:
        Bits, in [1, n_bits].

    Raises:
        UsageError: There are fewer than two classes.
        ValueError: There are no bits.
    """
    if n_classes < 2:
        raise UsageError("Centres of classes need at least two classes.", "Name photos of more classes.")
    if n_bits < 1:
        raise ValueError(f"a code of {n_bits} bits")
    words, distance = 0, 0
    while words * n_classes < 2**n_bits:
        words += math.comb(n_bits, distance)
        distance += 1
    return distance


def similarity_loss(centers: Tensor, similarity: Tensor) -> float:
    """How far centres are from what they should say: the mean of (S - H'H / K)^2 over its C^2 entries.

    Args:
        centers: (C, K), each -1 or 1.
        similarity: (C, C), each in [-1, 1].

    Returns:
        At least 0; the unit of the paper's tables, which call it a sum.
    """
    found = centers.double() @ centers.double().T / centers.shape[1]
    return float((similarity.double() - found).square().mean())


def random_centers(n_classes: int, n_bits: int, seed: int) -> Tensor:
    """Centres that know nothing of similarity: fair coins, each centre delta or more from all before it.

    Args:
        n_classes: C, >= 2.
        n_bits: K, >= 1.
        seed: The same seed gives the same centres.

    Returns:
        float32 (C, K), each -1 or 1.

    Raises:
        UsageError: There are fewer than two classes, or 20,000 codes in a row were too near another one,
            which happens below 16 bits.
    """
    return torch.from_numpy(_random_rows(n_classes, n_bits, np.random.default_rng(seed))).float()


def _random_rows(n_classes: int, n_bits: int, rng: np.random.Generator) -> NDArray[np.float64]:
    limit = n_bits - 2 * gilbert_varshamov(n_bits, n_classes)
    rows = np.empty((n_classes, n_bits))
    for count in range(n_classes):
        for _ in range(20_000):
            rows[count] = rng.choice([-1.0, 1.0], size=n_bits)
            if (rows[:count] @ rows[count] <= limit).all():
                break
        else:
            raise UsageError(
                f"{n_classes} classes found no codes of {n_bits} bits that are far enough apart.",
                "Take more bits.",
            )
    return rows


def _hadamard_rows(n_classes: int, n_bits: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Shuffled rows of a Hadamard matrix with random signs, then their opposites; n_bits a power of two.

    The signs keep the bit that is the same in all rows of the matrix from being the same in all classes.
    """
    matrix = np.ones((1, 1))
    while len(matrix) < n_bits:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    rows = matrix[rng.permutation(n_bits)] * rng.choice([-1.0, 1.0], size=(n_bits, 1))
    return np.concatenate([rows, -rows])[:n_classes]


def _start_rows(n_classes: int, n_bits: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Centres that are delta apart: Hadamard's where they suffice, random ones elsewhere."""
    enough = n_bits.bit_count() == 1 and n_classes <= 2 * n_bits
    if enough and gilbert_varshamov(n_bits, n_classes) <= n_bits // 2:
        return _hadamard_rows(n_classes, n_bits, rng)
    return _random_rows(n_classes, n_bits, rng)


class SeparatedCenters:
    """Centres whose bits can be flipped as long as no two centres come too near.

    Attributes:
        rows: float64 (C, K), each -1 or 1; changed in place.
        products: float64 (C, C), inner products of the rows.
        limit: The largest product of two different rows, K - 2 delta.
    """

    def __init__(self, rows: NDArray[np.float64], limit: int) -> None:
        self.rows = rows
        self.products = rows @ rows.T
        self.limit = limit

    def allowed(self, i: int, bits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of these bits of centre i that differ in no other centre that is at the limit, in order."""
        found = self.products[i] >= self.limit - 1  # a flip changes a product by 2
        found[i] = False
        near = self.rows[np.flatnonzero(found)][:, bits]
        return bits[(near * self.rows[i, bits] > 0).all(axis=0)]

    def flip(self, i: int, bit: np.int64) -> None:
        """Flips a bit of centre i."""
        changed = self.products[i] - 2 * self.rows[i, bit] * self.rows[:, bit]
        changed[i] = self.rows.shape[1]
        self.rows[i, bit] *= -1
        self.products[i] = self.products[:, i] = changed

    def flip_allowed(self, i: int, bits: NDArray[np.int64]) -> None:
        """Flips these bits of centre i, one after the other, each if it is allowed when its turn comes."""
        while len(bits):
            free = self.allowed(i, bits)
            if not len(free):
                return
            self.flip(i, free[0])
            bits = bits[np.flatnonzero(bits == free[0])[0] + 1 :]

    def loss(self, similarity: NDArray[np.float64]) -> float:
        """The similarity loss, as `similarity_loss` has it."""
        return float(np.square(similarity - self.products / self.rows.shape[1]).mean())


@dataclass(frozen=True)
class SearchSettings:
    """How centres are searched; what the paper says unless a person wants otherwise.

    Attributes:
        outer: Rounds in which the copy, the slack, all centres and the multipliers are renewed once.
        inner: Passes over all centres in a round.
        balance: mu, how much a bit that is the same in most classes costs.
        coupling: rho, how strongly centres and their copy are held together.
        step: eta; a bit is flipped where the gradient is larger than this, against its sign.
        penalty: beta, what centres that are too near cost; the same for all pairs.
        multiplier: The first value of each entry of Lambda.
    """

    outer: int = 20
    inner: int = 3
    balance: float = 0.625
    coupling: float = 0.2
    step: float = 0.5
    penalty: float = 1e-6
    multiplier: float = 0.1


class CenterSearch:
    """The augmented Lagrangian of stage 2 and the steps that lower it.

    With the copy P, slack Xi, multipliers Lambda and alpha, c = K - 2 delta and r_ij = c - h_i'h_j - xi_ij:

        ||S - H'P / K||_F^2 + mu sum_{i != j} h_i'h_j + <Lambda, H - P> + rho / 2 ||H - P||_F^2
            + sum_{i != j} (alpha_ij r_ij + beta / 2 r_ij^2)

    Attributes:
        centers: H, its centres in rows.
        copy, coupling_multipliers: P and Lambda, float64 (C, K).
        slack, distance_multipliers: Xi and alpha, float64 (C, C), symmetric; the diagonal is not used.
    """

    def __init__(
        self, similarity: NDArray[np.float64], centers: SeparatedCenters, settings: SearchSettings
    ) -> None:
        self.similarity = similarity
        self.centers = centers
        self.settings = settings
        self.copy = centers.rows.copy()
        self.coupling_multipliers = np.full_like(centers.rows, settings.multiplier)
        self.slack = np.zeros_like(similarity)
        self.distance_multipliers = np.zeros_like(similarity)

    def update_copy(self) -> None:
        """P = (2/K^2 HH' + rho I)^-1 (2/K HS + Lambda + rho H), where the gradient in P vanishes."""
        rows, rho = self.centers.rows, self.settings.coupling
        bits = rows.shape[1]
        left = 2 / bits**2 * rows.T @ rows + rho * np.eye(bits)
        right = 2 / bits * rows.T @ self.similarity + self.coupling_multipliers.T + rho * rows.T
        self.copy = np.linalg.solve(left, right).T

    def update_slack(self) -> None:
        """Xi = max(K - 2 delta - H'H + alpha / beta, 0)."""
        wanted = self.centers.limit - self.centers.products
        self.slack = np.maximum(wanted + self.distance_multipliers / self.settings.penalty, 0)

    def fixed_gradient(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the gradients of all centres share as long as the copy and the multipliers stay.

        Returns:
            float64 (K, K) and (C, K): times h_i and added for i, the terms without other centres.
        """
        bits, rho = self.copy.shape[1], self.settings.coupling
        linear = self.coupling_multipliers - rho * self.copy - 2 / bits * self.similarity @ self.copy
        return 2 / bits**2 * self.copy.T @ self.copy + rho * np.eye(bits), linear

    def gradient(
        self, i: int, quadratic: NDArray[np.float64], linear: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """g_i, the gradient of the Lagrangian in h_i, float64 (K,), from what `fixed_gradient` returned."""
        beta, centers = self.settings.penalty, self.centers
        weights = self.settings.balance - self.distance_multipliers[i]
        weights = weights + beta * (centers.products[i] - centers.limit + self.slack[i])
        weights[i] = 0
        return quadratic @ centers.rows[i] + linear[i] + 2 * weights @ centers.rows

    def update_centers(self) -> None:
        """h_i <- sign(h_i - g_i / eta), class by class, but for flips that bring two centres too near."""
        quadratic, linear = self.fixed_gradient()
        for i in range(len(self.similarity)):
            gradient, row = self.gradient(i, quadratic, linear), self.centers.rows[i]
            wish = gradient * row - self.settings.step
            bits = np.flatnonzero(wish > 0)
            self.centers.flip_allowed(i, bits[np.argsort(-wish[bits], kind="stable")])

    def update_multipliers(self) -> None:
        """Lambda += rho (H - P), alpha += beta (K - 2 delta - H'H - Xi)."""
        self.coupling_multipliers += self.settings.coupling * (self.centers.rows - self.copy)
        missing = self.centers.limit - self.centers.products - self.slack
        self.distance_multipliers += self.settings.penalty * missing

    def round(self) -> None:
        """One outer step."""
        self.update_copy()
        self.update_slack()
        for _ in range(self.settings.inner):
            self.update_centers()
        self.update_multipliers()


def refine_centers(centers: SeparatedCenters, similarity: NDArray[np.float64]) -> None:
    """Flips bits that lower the similarity loss and keep the distance, until there are none; ours.

    Flipping bit k of h_i changes the sum of squares by 2 times
    4/K h_ik sum_{j != i} h_jk (s_ij - h_i'h_j / K) + 4 (C - 1) / K^2. One bit is flipped at a time, the best
    one that is allowed.
    """
    classes, bits = centers.rows.shape
    moved = True
    while moved:
        moved = False
        for i in range(classes):
            while True:
                gap = similarity[i] - centers.products[i] / bits
                gap[i] = 0
                change = 4 / bits * centers.rows[i] * (gap @ centers.rows) + 4 * (classes - 1) / bits**2
                order = np.argsort(change, kind="stable")
                helpful = centers.allowed(i, order[change[order] < -1e-12])
                if not len(helpful):
                    break
                centers.flip(i, helpful[0])
                moved = True


def semantic_centers(
    similarity: Tensor,
    n_bits: int,
    seed: int,
    *,
    settings: SearchSettings | None = None,
    refine: bool = True,
) -> Tensor:
    """Centres whose inner products follow the similarity of classes (stage 2); see the text of this file.

    The centres of the round with the least similarity loss are kept, the start included. Measured on two busy
    cores: 1 s for 100 classes and 64 bits, 34 s for 1,000 classes and 256 bits.

    Args:
        similarity: float (C, C), symmetric, in [-1, 1], with a diagonal of 1, C >= 2.
        n_bits: K, >= 1.
        seed: The same seed gives the same centres on the same machine.
        settings: Those of the paper if None.
        refine: Whether single flips follow that lower the similarity loss; False for the published steps.

    Returns:
        float32 (C, K), each -1 or 1, any two rows at least `gilbert_varshamov(K, C)` apart.

    Raises:
        UsageError: There are fewer than two classes, or fewer than 16 bits are too few for them.
        ValueError: The similarity is not like that.
    """
    settings = settings or SearchSettings()
    similarity = similarity.detach().double().cpu()
    check_similarity(similarity)
    wanted = similarity.numpy()
    limit = n_bits - 2 * gilbert_varshamov(n_bits, len(wanted))
    rows = _start_rows(len(wanted), n_bits, np.random.default_rng(seed))
    search = CenterSearch(wanted, SeparatedCenters(rows, limit), settings)
    best, best_loss = rows.copy(), search.centers.loss(wanted)
    for _ in range(settings.outer):
        search.round()
        if (loss := search.centers.loss(wanted)) < best_loss:
            best, best_loss = search.centers.rows.copy(), loss
    if refine:
        refine_centers(SeparatedCenters(best, limit), wanted)
    return torch.from_numpy(best).float()
