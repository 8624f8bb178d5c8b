"""The limit of answers is fitted to queries with and without answers."""

import numpy as np
import pytest

from engine.hashing.limit import Calibration
from engine.training.calibration import (
    LEAST_ANSWERED,
    LEAST_FOUND,
    AskedTwice,
    LimitFigures,
    calibrate,
    fit_calibration,
)

N_BITS = 128


@pytest.fixture
def clear() -> AskedTwice:
    """Right photos lie at about 15 bits, the others at about 60: any fair limit tells them apart."""
    rng = np.random.default_rng(0)
    distances = rng.integers(50, 70, (40, 300)).astype(np.int32)
    relevant = np.zeros((40, 300), bool)
    relevant[:, :10] = True
    distances[:, :10] = rng.integers(10, 20, (40, 10))
    return AskedTwice(distances, relevant, N_BITS)


def test_photos_that_lie_apart_are_told_apart(clear) -> None:
    fitted = fit_calibration(clear)
    assert fitted is not None
    calibration, figures = fitted
    assert figures == LimitFigures(1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    limit = calibration.limit(clear.samples[0], N_BITS, clear.samples[0][:0])
    assert 20 <= limit < 50


def test_figures_are_those_of_a_slow_count() -> None:
    rng = np.random.default_rng(1)
    distances = rng.integers(10, N_BITS + 1, (12, 300)).astype(np.int32)
    relevant = rng.random((12, 300)) < 0.3
    relevant[:, 0], relevant[:, 1] = True, False
    asked = AskedTwice(distances, relevant, N_BITS)
    calibration = Calibration(1.0, 0.1, 0.35)
    silent, spared, found, right, fit, answered = [], [], [], [], [], []
    for row, good in zip(distances, relevant, strict=True):
        near = row <= calibration.limit(row[~good], N_BITS, row)
        alone = row[~good] <= calibration.limit(row[~good], N_BITS, row[~good])
        silent.append(not alone.any())
        spared.append(good.sum() / (good.sum() + alone.sum()))
        found.append(near[good].mean())
        if near.any():
            right.append(good[near].mean())
        fit.append(2 * (near & good).sum() / (near.sum() + good.sum()))
        answered.append(near.any())
    every = (silent, spared, found, right, fit, answered)
    expected = LimitFigures(*(float(np.mean(each)) for each in every))
    seen = asked.figures(calibration)
    assert list(vars(seen).values()) == pytest.approx(list(vars(expected).values()))


def test_a_wide_limit_finds_all_and_is_never_silent(clear) -> None:
    figures = clear.figures(Calibration(0.0, 0.9, 0.9))
    assert (figures.found, figures.silent) == (1.0, 0.0)
    assert figures.right == pytest.approx(10 / 300)


def test_a_weak_model_shows_its_nearest_photos_all_the_same() -> None:
    """Showing nothing would disturb no one, and be of no use to anyone."""
    rng = np.random.default_rng(2)
    distances = rng.normal(50, 8, (40, 300)).clip(0, N_BITS).astype(np.int32)
    relevant = np.zeros((40, 300), bool)
    relevant[:, :10] = True
    distances[:, :10] = rng.normal(38, 8, (40, 10)).clip(0, N_BITS).astype(np.int32)
    fitted = fit_calibration(AskedTwice(distances, relevant, N_BITS))
    assert fitted is not None
    assert fitted[1].found >= LEAST_FOUND
    assert fitted[1].silent < 1


def test_nearly_all_questions_are_answered_where_right_photos_of_some_lie_far() -> None:
    """Three tenths of the answers could be found by answering a third of the questions."""
    rng = np.random.default_rng(4)
    distances = rng.normal(56, 7, (40, 300)).clip(0, N_BITS).astype(np.int32)
    relevant = np.zeros((40, 300), bool)
    relevant[:, :10] = True
    distances[:14, :10] = rng.integers(5, 10, (14, 10))
    distances[14:, :10] = rng.normal(46, 3, (26, 10)).clip(0, N_BITS).astype(np.int32)
    fitted = fit_calibration(AskedTwice(distances, relevant, N_BITS))
    assert fitted is not None and fitted[1].answered >= LEAST_ANSWERED


def test_right_and_wrong_photos_that_lie_alike_calibrate_nothing() -> None:
    rng = np.random.default_rng(3)
    relevant = rng.random((40, 300)) < 0.1
    distances = rng.integers(30, 70, (40, 300)).astype(np.int32)
    assert fit_calibration(AskedTwice(distances, relevant, N_BITS)) is None


def test_photos_with_classes_calibrate_a_model() -> None:
    rng = np.random.default_rng(0)
    centres = rng.integers(0, 256, (8, 16), np.uint8)
    labels = np.repeat(np.arange(8), 12)
    flips = (rng.random((96, 128)) < 0.05).astype(np.uint8)
    packed = centres[labels] ^ np.packbits(flips, axis=1, bitorder="little")
    told = calibrate(packed, labels)
    assert told is not None
    assert told["silent"] == told["found"] == told["right"] == 1.0
    limit = Calibration(told["deviations"], told["surely"], told["at_most"])
    row = np.array([15] * 11 + [64] * 85, np.int32)
    assert 15 <= limit.limit(row, 128, row) < 50


def test_photos_that_share_no_class_calibrate_nothing() -> None:
    packed = np.random.default_rng(0).integers(0, 256, (50, 16), np.uint8)
    assert calibrate(packed, np.arange(50)) is None
    assert calibrate(packed[:0], np.arange(0)) is None


def test_two_classes_that_lie_apart_are_told_apart() -> None:
    """Where most photos are right, no limit can be right twice as often as chance."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [60, 40])
    flips = (rng.random((100, 128)) < 0.05).astype(np.uint8)
    packed = rng.integers(0, 256, (2, 16), np.uint8)[labels] ^ np.packbits(flips, axis=1)
    told = calibrate(packed, labels)
    assert told is not None and told["right"] == 1.0
