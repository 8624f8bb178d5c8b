"""How near is near enough: by the model's calibration and by the distances of the very query."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.hashing.limit import PHOTO, UNCALIBRATED, WORDS, Calibration, calibration
from engine.search.hamming_index import HammingIndex
from engine.search.query import Match, Query, answer

SHARE = st.floats(0, 1)
FAR = np.full(20, 100, np.int32)


def test_the_limit_lies_below_what_is_usual_in_this_library() -> None:
    sample = np.array([50, 60, 70], np.int32)  # mean 60, standard deviation 8.16
    assert Calibration(2.0, 0.0, 1.0).limit(sample, 100, FAR[:0]) == 43


def test_the_limit_keeps_between_its_bounds() -> None:
    alike, unlike = np.full(9, 5, np.int32), np.full(9, 95, np.int32)
    calibrated = Calibration(1.0, 0.1, 0.3)
    assert calibrated.limit(alike, 100, alike) == 10  # a library of one beach: its photos are near
    assert (
        calibrated.limit(unlike, 100, unlike) == 30
    )  # nothing like it here: what is a bit nearer is not near
    assert calibrated.limit(FAR[:0], 100, FAR[:0]) == 30


def test_the_dozen_that_is_nearest_is_shown_unless_it_is_near_in_no_library() -> None:
    sample = np.array([50, 60, 70], np.int32)
    nearest = np.array([*range(25, 40), 90], np.int32)
    assert Calibration(4.0, 0.02, 0.5).limit(sample, 100, nearest) == 36  # of the twelfth
    assert Calibration(4.0, 0.02, 0.3).limit(sample, 100, nearest) == 30
    assert Calibration(2.0, 0.02, 0.5).limit(sample, 100, nearest) == 43  # more than a dozen lie below
    assert Calibration(4.0, 0.02, 0.5).limit(sample, 100, nearest[:2]) == 27


@given(st.lists(st.integers(0, 128), max_size=20), st.floats(0, 5), SHARE, SHARE)
def test_the_limit_is_a_distance(sample, deviations, one, other) -> None:
    low, high = sorted((one, other))
    limit = Calibration(deviations, low, high).limit(
        np.array(sample, np.int32), 128, np.array(sample, np.int32)
    )
    assert int(128 * low) <= limit <= int(128 * high)


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"limit": None},
        {"limit": {"photo": {}}},
        {"limit": {"photo": {"deviations": "x", "surely": 0}}},
    ],
)
def test_a_card_that_says_nothing(card) -> None:
    assert calibration(card, PHOTO) == calibration(card, WORDS) == UNCALIBRATED


def test_a_card_tells_photos_and_words_apart() -> None:
    told = {"deviations": 3, "surely": 0.1, "at_most": 0.3}
    card = {"limit": {"photo": told, "words": {**told, "deviations": 2}}}
    assert calibration(card, PHOTO) == Calibration(3.0, 0.1, 0.3)
    assert calibration(card, WORDS) == Calibration(2.0, 0.1, 0.3)


def test_an_answer_tells_its_limit_and_is_cut_by_it_only_when_asked(library, writer) -> None:
    writer.add({1: b"\x01\0", 2: b"\x0f\0", 3: b"\xff\xff"})
    library.execute("INSERT INTO captions (photo_id, source, text) VALUES (3, 'typed', 'beach')")
    index = HammingIndex(library)
    whole = answer(library, index, Query(codes=(b"\0\0",)))
    assert (whole.limit, whole.ids.tolist()) == (4, [1, 2, 3])  # 0.3 of 16 bits
    assert whole.near(whole.limit).ids.tolist() == [1, 2]
    worded = answer(library, index, Query(codes=(b"\0\0",), words="beach")).near(4)
    assert worded.ids.tolist() == [3, 1, 2] and worded.matches[0] == Match.CAPTION
