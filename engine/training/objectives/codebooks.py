r"""Fixed codebooks: one target code a class, drawn once and never trained.

After Hoe et al. 2021, "One Loss for All: Deep Hashing with a Single Cosine Similarity based Learning
Objective" (OrthoHash), arXiv 2109.14449. A codebook is O in {-1, +1}^(C x K), one row a class:

    bernoulli  every entry is +1 or -1 with probability 1/2 (the paper's default)
    gaussian   the signs of standard normal entries: the same distribution by another draw
    hadamard   rows of the K x K Hadamard matrix of Sylvester, so that different rows are orthogonal
    maxhd      random codes that keep away from each other: a code is accepted if its Hamming distance to all
               earlier ones is at least t K; t starts at 0.61 and falls by 0.01 after every 10,000 refused
               codes; below 0.2 there is no codebook

Read in the paper's text or its authors' code: the three random kinds and the numbers of maxhd, where refused
codes are counted through acceptances, and the rows are shuffled in the end.

Deviations and what we are not sure of: a threshold is kept in whole hundredths, so that no rounding moves it.
How the paper picks rows for Hadamard was not read; ours are drawn without replacement from H for C <= K and
from H and -H together (as in Yuan et al. 2020) for C <= 2K. There, two rows are orthogonal or opposite.

Known limits: bernoulli and gaussian rows may be equal, which two classes notice only in short codes (one pair
of 100 classes at 16 bits in one codebook of 13). A Hadamard matrix has one constant column, so with C <= K
one bit says nothing.
"""

import torch
from torch import Tensor

from engine.errors import UsageError

FIRST_PERCENT = 61
LAST_PERCENT = 20
REFUSED_PER_PERCENT = 10_000
DRAWN_AT_ONCE = 500


def make_codebook(kind: str, n_classes: int, n_bits: int, generator: torch.Generator) -> Tensor:
    """Draws a codebook; see the text of this file for the kinds.

    Args:
        kind: "bernoulli", "gaussian", "hadamard" or "maxhd".
        n_classes: C >= 2.
        n_bits: K >= 1.
        generator: On the CPU; the same state gives the same codebook.

    Returns:
        float32 (C, K), each -1 or 1, on the CPU.

    Raises:
        UsageError: There is no such kind, or it has no codebook of this size.
    """
    if n_classes < 2 or n_bits < 1:
        raise UsageError(
            f"A codebook for {n_classes} classes and {n_bits} bits is too small.",
            "Train with two classes or more, and one bit or more.",
        )
    if kind == "bernoulli":
        return _random_codes(n_classes, n_bits, generator)
    if kind == "gaussian":
        normal = torch.randn(n_classes, n_bits, generator=generator)
        return torch.where(normal > 0, 1.0, -1.0)
    if kind == "hadamard":
        return _hadamard_rows(n_classes, n_bits, generator)
    if kind == "maxhd":
        return _distant_codes(n_classes, n_bits, generator)
    raise UsageError(f"There is no codebook {kind!r}.", "Choose bernoulli, gaussian, hadamard or maxhd.")


def hadamard_matrix(size: int) -> Tensor:
    """The Hadamard matrix of Sylvester.

    Args:
        size: A power of two.

    Returns:
        float32 (size, size), each -1 or 1, symmetric, with orthogonal rows; the first is all ones.

    Raises:
        ValueError: The size is no power of two.
    """
    if size < 1 or size & (size - 1):
        raise ValueError(f"{size} is no power of two")
    matrix = torch.ones(1, 1)
    while len(matrix) < size:
        matrix = torch.cat([torch.cat([matrix, matrix], dim=1), torch.cat([matrix, -matrix], dim=1)])
    return matrix


def _random_codes(count: int, n_bits: int, generator: torch.Generator) -> Tensor:
    return 2.0 * torch.randint(0, 2, (count, n_bits), generator=generator).float() - 1.0


def _hadamard_rows(n_classes: int, n_bits: int, generator: torch.Generator) -> Tensor:
    if n_bits & (n_bits - 1):
        raise UsageError(
            f"There is no Hadamard codebook of {n_bits} bits: that is no power of two.",
            "Choose 16, 32, 64, 128 or 256 bits, or another codebook.",
        )
    if n_classes > 2 * n_bits:
        raise UsageError(
            f"A Hadamard codebook of {n_bits} bits has {2 * n_bits} codes, too few for {n_classes} classes.",
            "Choose more bits or another codebook.",
        )
    rows = hadamard_matrix(n_bits)
    if n_classes > n_bits:
        rows = torch.cat([rows, -rows])
    return rows[torch.randperm(len(rows), generator=generator)[:n_classes]]


def _distant_codes(n_classes: int, n_bits: int, generator: torch.Generator) -> Tensor:
    accepted = waiting = torch.empty(0, n_bits)
    percent, refused = FIRST_PERCENT, 0
    while len(accepted) < n_classes:
        if not len(waiting):
            waiting = _random_codes(min(DRAWN_AT_ONCE, REFUSED_PER_PERCENT - refused), n_bits, generator)
        distances = (n_bits - waiting @ accepted.T) / 2  # whole numbers, exact in float32
        far = (100 * distances >= percent * n_bits).all(dim=1).nonzero()
        first = int(far[0]) if len(far) else len(waiting)
        accepted = torch.cat([accepted, waiting[first : first + 1]])
        waiting = waiting[first + 1 :]
        refused += first
        if refused == REFUSED_PER_PERCENT:
            percent, refused = percent - 1, 0
        if percent < LAST_PERCENT:
            raise UsageError(
                f"No {n_classes} codes of {n_bits} bits that keep away from each other were found.",
                "Choose more bits or another codebook.",
            )
    return accepted[torch.randperm(n_classes, generator=generator)]
