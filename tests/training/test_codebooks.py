"""Codebooks: what each kind promises, the seed, and the sizes that do not exist."""

import pytest
import torch

from engine.errors import UsageError
from engine.training.objectives.codebooks import hadamard_matrix, make_codebook

KINDS = ["bernoulli", "gaussian", "hadamard", "maxhd"]


def codebook(kind: str, n_classes: int, n_bits: int, seed: int = 0) -> torch.Tensor:
    return make_codebook(kind, n_classes, n_bits, torch.Generator().manual_seed(seed))


def smallest_distance(codes: torch.Tensor) -> int:
    """The smallest Hamming distance of two rows, counted bit by bit."""
    rows = codes.tolist()
    pairs = [(a, b) for i, a in enumerate(rows) for b in rows[:i]]
    return min(sum(x != y for x, y in zip(a, b, strict=True)) for a, b in pairs)


@pytest.mark.parametrize("kind", KINDS)
def test_entries_are_signs_and_the_seed_decides_them(kind: str) -> None:
    codes = codebook(kind, 12, 16)
    assert codes.shape == (12, 16)
    assert codes.dtype == torch.float32
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    assert torch.equal(codes, codebook(kind, 12, 16))
    assert not torch.equal(codes, codebook(kind, 12, 16, seed=1))


@pytest.mark.parametrize("kind", KINDS)
def test_drawing_leaves_other_random_numbers_alone(kind: str) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    codebook(kind, 12, 16)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("kind", ["bernoulli", "gaussian"])
def test_random_codes_are_balanced_and_half_the_bits_apart(kind: str) -> None:
    codes = codebook(kind, 500, 64)
    assert abs(float(codes.mean())) < 0.02
    inner = codes @ codes.T
    off_diagonal = inner[~torch.eye(500, dtype=torch.bool)]
    assert abs(float(off_diagonal.mean())) < 1
    assert float(off_diagonal.std()) == pytest.approx(8, abs=0.3)  # sqrt(K)


@pytest.mark.parametrize("size", [1, 2, 4, 64])
def test_hadamard_rows_are_orthogonal(size: int) -> None:
    matrix = hadamard_matrix(size)
    assert torch.equal(matrix @ matrix.T, size * torch.eye(size))
    assert torch.equal(matrix, matrix.T)


@pytest.mark.parametrize("size", [0, 3, 48])
def test_hadamard_matrices_of_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        hadamard_matrix(size)


@pytest.mark.parametrize("n_classes", [2, 40, 64])
def test_hadamard_codes_are_orthogonal(n_classes: int) -> None:
    codes = codebook("hadamard", n_classes, 64)
    assert torch.equal(codes @ codes.T, 64 * torch.eye(n_classes))


@pytest.mark.parametrize("n_classes", [65, 100, 128])
def test_hadamard_codes_with_their_negatives_are_orthogonal_or_opposite(n_classes: int) -> None:
    codes = codebook("hadamard", n_classes, 64)
    inner = codes @ codes.T
    assert set(inner[~torch.eye(n_classes, dtype=torch.bool)].tolist()) <= {0.0, -64.0}
    assert len(codes.unique(dim=0)) == n_classes


@pytest.mark.parametrize(("n_classes", "n_bits", "reason"), [(10, 48, "power of two"), (129, 64, "too few")])
def test_hadamard_codes_that_do_not_exist_are_refused(n_classes: int, n_bits: int, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        codebook("hadamard", n_classes, n_bits)


def test_few_distant_codes_keep_the_first_distance() -> None:
    assert smallest_distance(codebook("maxhd", 2, 64)) >= 0.61 * 64


def test_distant_codes_are_farther_apart_than_random_ones() -> None:
    distant = smallest_distance(codebook("maxhd", 20, 16))
    assert distant >= 4
    assert distant > smallest_distance(codebook("bernoulli", 20, 16))


def test_distant_codes_are_those_of_a_search_one_by_one() -> None:
    stream = torch.randint(0, 2, (300_000, 8), generator=torch.Generator().manual_seed(3))
    candidates = iter((stream * 2 ** torch.arange(8)).sum(dim=1).tolist())
    accepted: list[int] = []
    hundredths, refused = 61, 0
    while len(accepted) < 7:
        code = next(candidates)
        if all((code ^ other).bit_count() / 8 >= hundredths / 100 for other in accepted):
            accepted.append(code)
            continue
        refused += 1
        if refused == 10_000:
            hundredths, refused = hundredths - 1, 0
    found = codebook("maxhd", 7, 8, seed=3)
    assert hundredths < 55
    assert sorted(((found > 0) * 2 ** torch.arange(8)).sum(dim=1).tolist()) == sorted(accepted)


def test_distant_codes_may_be_as_near_as_the_last_threshold() -> None:
    assert smallest_distance(codebook("maxhd", 32, 5)) == 1  # 0.2 of 5 bits


def test_distant_codes_that_do_not_exist_are_refused() -> None:
    # Above distance 0.2 of 4 bits there are at most 16 codes.
    assert smallest_distance(codebook("maxhd", 8, 4)) >= 1
    with pytest.raises(UsageError, match="keep away"):
        codebook("maxhd", 17, 4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n_classes", "n_bits"), [(1, 8), (0, 8), (2, 0)])
def test_sizes_that_say_nothing_are_refused(kind: str, n_classes: int, n_bits: int) -> None:
    with pytest.raises(UsageError, match="too small"):
        codebook(kind, n_classes, n_bits)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="no codebook 'random'"):
        codebook("random", 10, 16)
