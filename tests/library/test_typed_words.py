"""Captions that are typed, and pairs that are told alike or not; both can be taken back."""

import pytest

from engine.errors import UsageError
from engine.library.caption_overview import caption_overview
from engine.library.captions import add_caption, captions_of, own_captions, set_captions
from engine.library.changes import changes_since, last_seq
from engine.library.edits import undo
from engine.library.pairs import all_pairs, tell_pairs
from engine.library.photos import visible_ids
from engine.library.undo import list_undo


@pytest.fixture
def photos(library, run_index, photo_folder) -> list[int]:
    run_index(photo_folder("photos", range(4)))
    return visible_ids(library).tolist()


def test_typed_captions_replace_each_other_and_nothing_else(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(1))
    (folder / "0.txt").write_text("by the lake")
    run_index(folder)
    (photo,) = visible_ids(library).tolist()
    seq = last_seq(library)
    first = set_captions(library, {photo: ["  a heron ", "", "a heron", "grey"]}, "Caption")
    assert captions_of(library, photo) == [("txt", "by the lake"), ("typed", "a heron"), ("typed", "grey")]
    assert changes_since(library, seq).photo_ids == (photo,)
    second = set_captions(library, {photo: []}, "Caption")
    assert captions_of(library, photo) == [("txt", "by the lake")]
    undo(library, second)
    assert own_captions(library, [photo]) == {photo: ["a heron", "grey"]}
    undo(library, first)
    assert captions_of(library, photo) == [("txt", "by the lake")]


def test_a_caption_for_several_photos(library, photos) -> None:
    set_captions(library, {photos[0]: ["a heron"]}, "Caption")
    record = add_caption(library, photos[:3], "evening", "Caption of 3 photos")
    assert list(own_captions(library, photos).values()) == [
        ["a heron", "evening"],
        ["evening"],
        ["evening"],
        [],
    ]
    assert list_undo(library)[0].label == "Caption of 3 photos"
    undo(library, record)
    assert list(own_captions(library, photos).values()) == [["a heron"], [], [], []]


def test_undoing_leaves_what_was_written_since(library, photos) -> None:
    a, b = photos[:2]
    set_captions(library, {b: ["first"]}, "Caption")
    shared = add_caption(library, [a, b], "sea", "Caption of 2 photos")
    set_captions(library, {b: ["first", "sea", "a long story"]}, "Caption")
    undo(library, shared)
    assert own_captions(library, [a, b]) == {a: [], b: ["first", "a long story"]}
    told = tell_pairs(library, [a], [b], alike=True)
    library.execute("UPDATE pairs SET made_at = 'later', alike = 0")
    undo(library, told)
    assert all_pairs(library) == {(a, b): False}


def test_they_survive_a_new_reading_of_the_file(library, run_index, photos) -> None:
    set_captions(library, {photos[0]: ["a heron"]}, "Caption")
    run_index()
    assert own_captions(library, photos[:1]) == {photos[0]: ["a heron"]}


@pytest.mark.parametrize("texts", [{99: ["a heron"]}, {1: ["x" * 4001]}])
def test_what_cant_be_a_caption_changes_nothing(library, photos, texts: dict[int, list[str]]) -> None:
    with pytest.raises(UsageError):
        set_captions(library, {photos[0]: ["a heron"]} | texts, "Caption")
    assert own_captions(library, photos[:1]) == {photos[0]: []}
    assert [record.label for record in list_undo(library) if record.label == "Caption"] == []


def test_more_and_less_like_this(library, photos) -> None:
    a, b, c, d = photos
    first = tell_pairs(library, [b], [a, c], alike=True)
    assert all_pairs(library) == {(a, b): True, (b, c): True}
    second = tell_pairs(library, [a], [b, d], alike=False)
    assert all_pairs(library) == {(a, b): False, (a, d): False, (b, c): True}
    undo(library, second)
    assert all_pairs(library) == {(a, b): True, (b, c): True}
    undo(library, first)
    assert all_pairs(library) == {}


def test_a_photo_makes_no_pair_with_itself(library, photos) -> None:
    tell_pairs(library, photos[:2], photos[:2], alike=True)
    assert all_pairs(library) == {(photos[0], photos[1]): True}
    for told in (photos[:1], [99]):
        with pytest.raises(UsageError):
            tell_pairs(library, photos[:1], told, alike=True)


def test_the_overview_counts_photos_sources_and_words(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(8))
    (folder / "0.txt").write_text("a heron by the lake")
    run_index(folder)
    photos = visible_ids(library).tolist()
    set_captions(library, {photos[1]: ["a heron"], photos[2]: ["a wren", "a heron"]}, "Caption")
    add_caption(library, photos[2:7], "Lake Constance", "Caption")
    told = caption_overview(library)
    assert (told.photos, told.captioned) == (8, 7)
    assert told.sources == {"typed": 6, "txt": 1}
    assert list(told.words.items())[:3] == [("lake", 6), ("constance", 5), ("heron", 3)]
    assert told.repeated == {"Lake Constance": 5}
