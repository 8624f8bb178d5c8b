"""Words in captions and names: which photos hold them all, and in which order an answer shows them."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.hashing.codes import OUTPUTS
from engine.library.database import Library
from engine.search.hamming_index import HammingIndex
from engine.search.query import NO_DISTANCE, Match, Query, answer
from engine.search.words import word_hits


def caption(library: Library, photo_id: int, text: str) -> None:
    library.execute("INSERT INTO captions (photo_id, source, text) VALUES (?, 'typed', ?)", (photo_id, text))


def hits(library: Library, text: str) -> dict[int, str]:
    found = word_hits(library, text)
    return {i: "caption" if c else "name" for i, c in zip(found.ids.tolist(), found.in_captions, strict=True)}


def test_words_stand_in_captions_in_names_or_in_both(library, writer) -> None:
    writer.add({1: b"\0\0", 2: b"\0\0"}, "Beach 2019")
    writer.add({3: b"\0\0"}, "town")
    caption(library, 1, "Two dogs run.")
    caption(library, 3, "A dog on the beach")
    assert hits(library, "beach") == {1: "name", 2: "name", 3: "caption"}
    assert hits(library, "a dog on a beach") == {1: "name", 3: "caption"}
    assert hits(library, "the cat") == {}
    assert hits(library, "2019") == {1: "name", 2: "name"}


def test_the_name_of_an_added_folder_counts_too(library, writer) -> None:
    writer.add({1: b"\0\0"})
    assert hits(library, "photos").keys() == hits(library, "photo 1").keys() == {1}
    assert not hits(library, "photography")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café", {1}),
        ("cafe", {1}),
        ("CAFÉ!", {1}),
        ("caf", {1}),
        ("ca", set()),  # two letters begin too much
        ('"cafe', {1}),
        ("cafe OR town NOT NEAR(", set()),
        ("col:cafe*", set()),
        ("", set()),
        ("?!", set()),
        ("on the", {2}),
        ("\0", set()),
        ("\ud800", set()),
        ("x" * 100_000, set()),
    ],
)
def test_any_text_can_be_asked(library, writer, text, found) -> None:
    writer.add({1: b"\0\0", 2: b"\0\0"})
    caption(library, 1, "Café")
    caption(library, 2, "on the road")
    assert hits(library, text).keys() == found


def test_only_what_is_visible_is_found(library, writer) -> None:
    writer.add({1: b"\0\0", 2: b"\0\0"}, "beach")
    caption(library, 1, "sand")
    writer.set_missing([1], "2026-01-01")
    assert hits(library, "beach").keys() == {2}
    assert not hits(library, "sand")


def test_a_file_that_moves_is_found_by_its_new_name(library, writer) -> None:
    writer.add({1: b"\0\0"}, "beach")
    with library.transaction():
        library.execute("UPDATE files SET rel_path = 'town/1.jpg'")
    assert not hits(library, "beach")
    assert hits(library, "town").keys() == {1}
    with library.transaction():
        library.execute("DELETE FROM files")
    assert not hits(library, "town")


TEXTS = st.lists(st.sampled_from(["red", "reds", "blue", "sea", "at"]), max_size=4).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), TEXTS)
def test_hits_are_those_of_a_slow_search(library, writer, photos, query) -> None:
    with library.transaction():
        for table in ("captions", "files", "photos"):
            library.execute(f"DELETE FROM {table}")
    for number, (written, folder) in enumerate(photos, start=1):
        writer.add({number: b"\0\0"}, folder or "x")
        caption(library, number, written)

    def holds(text: str, word: str) -> bool:
        every = re.findall(r"\w+", text)
        return any(w == word or (len(word) >= 3 and w.startswith(word)) for w in every)

    words = [w for w in query.split() if w != "at"] or query.split()
    expected = {}
    for number, (written, folder) in enumerate(photos, start=1):
        if words and all(holds(written, w) for w in words):
            expected[number] = "caption"
        elif words and all(holds(written, w) or holds(folder or "x", w) for w in words):
            expected[number] = "name"
    assert hits(library, query) == expected


@pytest.fixture
def beaches(library, writer) -> HammingIndex:
    """Four photos at 1, 2, 8 and 16 bits; the third is captioned, the last has the word in its name."""
    writer.add({1: b"\x01\0", 2: b"\x03\0", 3: b"\xff\0"})
    writer.add({4: b"\xff\xff"}, "beach")
    caption(library, 3, "beach")
    return HammingIndex(library)


def told(found) -> list[tuple[int, int, Match]]:
    return list(zip(found.ids.tolist(), found.distances.tolist(), map(Match, found.matches), strict=True))


def test_photos_with_the_words_come_first_each_group_by_likeness(library, beaches) -> None:
    found = answer(library, beaches, Query(codes=(b"\0\0",), words="beach"))
    assert told(found) == [(3, 8, Match.CAPTION), (4, 16, Match.NAME), (1, 1, Match.NONE), (2, 2, Match.NONE)]
    assert told(answer(library, beaches, Query(codes=(b"\0\0",), words="beach", top=3))) == told(found)[:3]


def test_words_alone_have_no_distance(library, beaches) -> None:
    found = answer(library, beaches, Query(words="beach"))
    assert told(found) == [(3, NO_DISTANCE, Match.CAPTION), (4, NO_DISTANCE, Match.NAME)]


def test_a_limit_of_distance_leaves_words_alone(library, beaches) -> None:
    found = answer(library, beaches, Query(codes=(b"\0\0",), words="beach", within=1))
    assert found.ids.tolist() == [3, 4, 1]


def test_words_are_looked_for_in_the_folder(library, beaches, tmp_path) -> None:
    inside = Query(codes=(b"\0\0",), words="beach", under=tmp_path / "photos" / "beach")
    assert answer(library, beaches, inside).ids.tolist() == [4]


def test_the_query_photo_is_left_out_though_it_has_the_words(library, beaches) -> None:
    found = answer(library, beaches, Query(photo_ids=(3,), words="beach"))
    assert found.ids.tolist() == [4, 2, 1]


def test_a_photo_without_a_code_is_found_by_words(library, writer, beaches) -> None:
    with library.transaction():
        library.execute("DELETE FROM codes WHERE photo_id = 4")
    found = answer(library, HammingIndex(library), Query(codes=(b"\0\0",), words="beach", top=2))
    assert told(found) == [(3, 8, Match.CAPTION), (4, NO_DISTANCE, Match.NAME)]


def sentence_of(*outputs: float) -> bytes:
    return np.array([*outputs, *[-1.0] * (16 - len(outputs))], OUTPUTS).tobytes()


def test_a_sentence_orders_photos_by_what_it_is_sure_of(library, writer) -> None:
    # All three differ from the sentence in one bit: the first bit is sure, the second hardly, the third less.
    writer.add({1: b"\x06\0", 2: b"\x05\0", 3: b"\x03\0"})
    sentence = sentence_of(9.0, 0.1, 0.5)
    found = answer(library, HammingIndex(library), Query(sentence=sentence))
    assert told(found) == [(2, 1, Match.NONE), (3, 1, Match.NONE), (1, 1, Match.NONE)]
    near = answer(library, HammingIndex(library), Query(sentence=sentence, within=0))
    assert not len(near)


def test_the_first_photo_for_a_sentence_need_not_be_the_nearest(library, writer) -> None:
    writer.add({1: b"\x06\0", 2: b"\x01\0"})  # one sure bit differs, or two that are hardly sure
    found = answer(library, HammingIndex(library), Query(sentence=sentence_of(9.0, 0.1, 0.5)))
    assert told(found) == [(2, 2, Match.NONE), (1, 1, Match.NONE)]
    assert found.near(1).ids.tolist() == [1]


def test_the_weighted_order_is_that_of_a_slow_sum(library, writer) -> None:
    random = np.random.default_rng(4)
    codes = random.integers(0, 256, (60, 2), np.uint8)
    writer.add({number + 1: code.tobytes() for number, code in enumerate(codes)})
    outputs = random.normal(size=16).astype(OUTPUTS)
    other = random.integers(0, 256, 2, np.uint8)
    index = HammingIndex(library)
    found = answer(library, index, Query(codes=(other.tobytes(),), sentence=outputs.tobytes(), top=60))
    weights = np.abs(outputs.astype(float)) / np.abs(outputs.astype(float)).mean()
    expected = {}
    for number, code in enumerate(codes, start=1):
        bits = [code[k // 8] >> (k % 8) & 1 for k in range(16)]
        theirs = [other[k // 8] >> (k % 8) & 1 for k in range(16)]
        differ = sum(w for w, bit, out in zip(weights, bits, outputs, strict=True) if bit != (out > 0))
        expected[number] = differ + sum(a != b for a, b in zip(bits, theirs, strict=True))
    sums = [expected[number] for number in found.ids.tolist()]
    assert len(sums) == 60 and all(a <= b + 1e-4 for a, b in itertools.pairwise(sums))


@pytest.mark.parametrize("sentence", [b"\0" * 16, b"\0" * 15, b"\0" * 6])
def test_a_sentence_of_another_model_is_refused(library, beaches, sentence) -> None:
    with pytest.raises(UsageError, match="compared"):
        answer(library, beaches, Query(sentence=sentence))


def test_nothing_asked(library, beaches) -> None:
    with pytest.raises(UsageError, match="no photo and no words"):
        answer(library, beaches, Query(words="?!"))
