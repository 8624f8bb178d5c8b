"""Captions as vectors: one a photo, sets of them, their distances, and the cache of all that."""

import itertools
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.progress import Event, Progress
from engine.training.captions import (
    cached_caption_features,
    caption_features,
    caption_set_distances,
    caption_sets,
)

PLACES = {"east": (1, 0, 0), "west": (-1, 0, 0), "north": (0, 1, 0), "up": (0, 0, 1), "noise": (0, 0, 0)}


class Compass:
    """Knows five words; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, captions: Sequence[str]) -> NDArray[np.float32]:
        self.asked += captions
        return np.array([PLACES[caption] for caption in captions], np.float32)


def test_a_photo_lies_in_the_middle_of_its_captions() -> None:
    features, known = caption_features([("east", "north"), ("up",), ("up", "up", "east")], Compass())
    half, fifth = 0.5**0.5, 0.2**0.5
    assert features.tolist() == [
        pytest.approx([half, half, 0]),
        pytest.approx([0, 0, 1]),
        pytest.approx([fifth, 0, 2 * fifth]),
    ]
    assert features.dtype == torch.float32
    assert known.tolist() == [True, True, True]


def test_photos_whose_captions_say_nothing_are_not_known() -> None:
    captions = [(), ("", " \n"), ("noise",), ("east", "west"), ("noise", "east", "")]
    features, known = caption_features(captions, Compass())
    assert known.tolist() == [False, False, False, False, True]
    assert features.tolist() == [[0, 0, 0]] * 4 + [[1, 0, 0]]


def test_every_caption_is_encoded_once_and_empty_ones_never() -> None:
    encoder = Compass()
    caption_features([("east", "east"), (" east ", "up"), ("", "up")], encoder)
    assert encoder.asked == ["east", "up"]


def test_one_photo_is_enough() -> None:
    assert caption_features([("up",)], Compass())[0].tolist() == [[0, 0, 1]]


@pytest.mark.parametrize("captions", [[], [()], [("", " ")]])
def test_no_captions_at_all_are_an_error(captions: list[tuple[str, ...]]) -> None:
    for call in (caption_features, lambda c, e: caption_sets(c, e, most=2)):
        with pytest.raises(UsageError, match="No photo has a caption"):
            call(captions, Compass())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n: np.full((n, 3), np.nan), "no number"),
        (lambda n: np.full((n, 3), np.inf), "no number"),
        (lambda n: np.full((n, 3), "east"), "no number"),
        (lambda n: np.ones((n + 1, 3)), r"\(3, 3\) instead of \(2, D\)"),
        (lambda n: np.ones(n), r"\(2,\) instead of"),
        (lambda n: np.ones((n, 0)), r"\(2, 0\) instead of"),
        (lambda n: None, r"\(\) instead of"),
    ],
)
def test_an_encoder_that_returns_no_vectors_is_refused(answer: Callable[[int], object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        caption_features([("east", "up")], lambda captions: answer(len(captions)))  # type: ignore[arg-type,return-value]


def test_an_encoder_that_fails_is_named() -> None:
    def broken(texts: Sequence[str]) -> object:
        raise OSError("no such model")

    with pytest.raises(UsageError, match="encoder failed: OSError: no such model"):
        caption_features([("a dog",)], broken)


def test_vectors_of_any_length_and_kind_are_brought_to_unit_length() -> None:
    features, known = caption_features([("a",), ("b",)], lambda c: np.array([[3, 4], [0, 7]])[: len(c)])  # type: ignore[arg-type,return-value]
    assert features.tolist() == [pytest.approx([0.6, 0.8]), [0, 1]]
    assert known.all()


def test_many_captions_come_in_parts_with_reports() -> None:
    heard: list[Event] = []
    sizes: list[int] = []

    def encode(captions: Sequence[str]) -> NDArray[np.float32]:
        sizes.append(len(captions))
        return np.array([(float(caption), 1) for caption in captions], np.float32)

    features, _ = caption_features([(str(n),) for n in range(1200)], encode, heard.append)
    assert sum(sizes) == 1200 and max(sizes) < 1200
    assert [e.done for e in heard if isinstance(e, Progress)][-1] == 1200
    assert torch.allclose(features[:, 0] / features[:, 1], torch.arange(1200.0), rtol=1e-4)


def test_a_width_that_changes_between_parts_is_refused() -> None:
    widths = itertools.count(2)
    with pytest.raises(UsageError, match="instead of"):
        caption_features([(str(n),) for n in range(1200)], lambda c: np.ones((len(c), next(widths))))  # type: ignore[arg-type,return-value]


def test_sets_hold_the_first_captions_of_each_photo() -> None:
    captions = [("east", "north", "up"), (), ("up",), ("noise", "west")]
    sets, present = caption_sets(captions, Compass(), most=2)
    assert sets.shape == (4, 2, 3)
    assert present.tolist() == [[True, True], [False, False], [True, False], [True, False]]
    assert sets[0].tolist() == [[1, 0, 0], [0, 1, 0]]
    assert sets[3].tolist() == [[-1, 0, 0], [0, 0, 0]]
    with pytest.raises(UsageError, match="not 0"):
        caption_sets(captions, Compass(), most=0)


def test_sets_are_near_that_share_one_subject() -> None:
    sets, present = caption_sets([("east", "up"), ("north", "up"), ("west",), ()], Compass(), most=5)
    table = caption_set_distances(sets, present)
    # The last has no captions: as far as from captions that have nothing in common.
    expected = [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]]
    assert table.tolist() == [pytest.approx(row) for row in expected]
    opposite, both = caption_sets([("east",), ("west",)], Compass(), most=5)
    assert caption_set_distances(opposite, both).tolist() == [[0, 2], [2, 0]]


@given(seed=st.integers(0, 10_000), photos=st.integers(1, 7), most=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_set_distances_are_those_of_a_plain_loop(seed: int, photos: int, most: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    sets = torch.nn.functional.normalize(torch.randn(photos, most, 5, generator=generator), dim=2)
    present = torch.rand(photos, most, generator=generator) < 0.7
    table = caption_set_distances(sets * present[:, :, None], present)
    for m, n in itertools.product(range(photos), repeat=2):
        pairs = [float(a @ b) for a in sets[m][present[m]] for b in sets[n][present[n]]]
        expected = 0.0 if m == n else 1 - max(pairs) if pairs else 1.0
        assert float(table[m, n]) == pytest.approx(expected, abs=1e-5)


ENCODER = """
import pathlib, numpy
def load_caption_encoder():
    def encode(captions):
        log = pathlib.Path(__file__).with_suffix(".log")
        log.write_text((log.read_text() if log.exists() else "") + "x")
        return numpy.array([[len(caption), 1.0] for caption in captions])
    return encode
"""


def test_the_cache_holds_while_captions_and_encoder_stay(tmp_path: Path) -> None:
    file, cache = tmp_path / "encoder.py", tmp_path / "new" / "captions.safetensors"
    file.write_text(ENCODER)

    def features(captions: list[tuple[str, ...]], spec: Path = file) -> tuple[torch.Tensor, int]:
        found, known = cached_caption_features(cache, str(spec), captions, lambda event: None)
        fresh, fresh_known = caption_features(captions, lambda c: np.array([[len(x), 1.0] for x in c]))  # type: ignore[arg-type,return-value]
        assert torch.equal(found, fresh) and torch.equal(known, fresh_known)
        return found, len(spec.with_suffix(".log").read_text())

    captions: list[tuple[str, ...]] = [("a dog", "the dog"), (), ("cats",)]
    assert features(captions)[1] == 1
    assert features(captions)[1] == 1
    assert features(captions[::-1])[1] == 2
    assert features([("a dog",), ("the dog",), ("cats",)])[1] == 3
    os.utime(file, (1, 1))
    assert features([("a dog",), ("the dog",), ("cats",)])[1] == 4
    cache.write_bytes(b"\x07" * 50)
    assert features([("a dog",), ("the dog",), ("cats",)])[1] == 5
    assert [file.name for file in cache.parent.iterdir()] == ["captions.safetensors"]


def test_words_learn_from_the_captions_of_the_photos(tmp_path: Path) -> None:
    captions = [("a dog runs", "dogs run"), ("a dog sits",), ("the red car",), ("a car on a road",)]
    features, known = cached_caption_features(
        tmp_path / "c.safetensors", "words", captions, lambda event: None
    )
    table = features @ features.T
    assert known.all()
    assert table[0, 1] > table[0, 2] and table[2, 3] > table[1, 2]
