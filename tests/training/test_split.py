"""What a split promises: copies stay together, and what is held out stays held out."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.training.photo_set import PhotoSet
from engine.training.split import PARTS, Split, draw_split
from smooth_photos import copy_of, photo_set, smooth_photo

# (which photo, which copy of it, published part)
Drawn = tuple[int, int, str]
drawn_photos = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 3), st.sampled_from(["", "", "train", "val", "test"])),
    min_size=1,
    max_size=20,
    unique_by=lambda photo: photo[:2],
)
shares = st.sampled_from([(0.3, 0.3), (0.5, 0.0), (0.0, 0.5), (0.0, 0.0)])
tables = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(PARTS), max_size=8
)


def make(drawn: list[Drawn]) -> PhotoSet:
    """Copies of one photo come from two sources and have other file names."""
    photos = [copy_of(smooth_photo(seed), copy) for seed, copy, _ in drawn]
    names = [f"{'ab'[copy % 2]}/{copy}/{seed}-{copy}.jpg" for seed, copy, _ in drawn]
    return photo_set(photos, names, [part for _, _, part in drawn])


def part_of(found: Split, photos: PhotoSet) -> list[str]:
    return [found.parts[name] for name in photos.names]


@settings(deadline=None)
@given(drawn_photos, shares)
def test_copies_share_a_part_and_published_tests_stay_out(
    drawn: list[Drawn], share: tuple[float, float]
) -> None:
    photos = make(drawn)
    parts = part_of(draw_split(photos, *share), photos)
    for seed in {seed for seed, _, _ in drawn}:
        places = [place for place, photo in enumerate(drawn) if photo[0] == seed]
        assert len({parts[place] for place in places}) == 1
        if any(drawn[place][2] in ("val", "test") for place in places):
            assert parts[places[0]] == "test"


@settings(deadline=None)
@given(drawn_photos, shares, st.integers(0, 11), st.randoms(use_true_random=False))
def test_what_else_is_there_does_not_matter(
    drawn: list[Drawn], share: tuple[float, float], border: int, random
) -> None:
    whole = draw_split(make(drawn), *share)
    random.shuffle(drawn)
    assert draw_split(make(drawn), *share).digest == whole.digest
    some = [photo for photo in drawn if photo[0] <= border]
    if some:
        for name, part in draw_split(make(some), *share).parts.items():
            assert whole.parts[name] == part


@settings(deadline=None)
@given(drawn_photos, drawn_photos, shares, shares)
def test_an_earlier_split_goes_on(
    first: list[Drawn], second: list[Drawn], share: tuple[float, float], later: tuple[float, float]
) -> None:
    known = draw_split(make(first), *share)
    photos = make(second)
    found = draw_split(photos, *later, known=known)
    assert set(found.parts) == {*known.parts, *photos.names}
    assert all(PARTS.index(found.parts[name]) >= PARTS.index(part) for name, part in known.parts.items())
    assert draw_split(photos, *share, known=found).parts == found.parts
    tested = {seed for seed, _, part in second if part in ("val", "test")}
    for (seed, _, _), name in zip(second, photos.names, strict=True):
        before = {
            known.parts[other] for other in make(first).names if other.split("/")[2].startswith(f"{seed}-")
        }
        present = {other for other in photos.names if other.split("/")[2].startswith(f"{seed}-")}
        if seed not in tested and before and present & known.parts.keys():
            assert {found.parts[name]} == before


@settings(deadline=None)
@given(tables)
def test_what_is_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, parts: dict[str, str]) -> None:
    made = Split(parts, "mine")
    file = tmp_path_factory.mktemp("split") / "mine.csv"
    made.save(file)
    found = Split.load(file)
    assert found == made
    assert found.digest == made.digest
    assert file.read_text("utf-8").startswith("photo,part")


@settings(deadline=None)
@given(tables, tables)
def test_the_digest_tells_splits_apart(one: dict[str, str], other: dict[str, str]) -> None:
    shuffled = Split(dict(reversed(one.items())), "shuffled")
    assert Split(one, "one").digest == shuffled.digest
    assert (Split(one, "one").digest == Split(other, "other").digest) == (one == other)


def test_the_draw_is_that_of_earlier_models() -> None:
    names = [f"pack/{number}.webp" for number in range(200)]
    photos = photo_set([smooth_photo(seed) for seed in range(200)], names)
    found = draw_split(photos, 0.2, 0.1)
    held_out = found.positions(photos, "validation")
    assert torch.equal(held_out, draw_split(photos, 0.2).positions(photos, "validation"))
    assert 20 < len(held_out) < 60
    assert 5 < len(found.positions(photos, "test")) < 40
    # Written down, so that another version can't draw otherwise unnoticed.
    assert [names[place] for place in held_out[:4].tolist()] == [f"pack/{n}.webp" for n in (2, 6, 17, 18)]


@pytest.mark.parametrize("smallest", ["train", "validation"])
def test_copies_go_by_the_smallest_name(smallest: str) -> None:
    same = smooth_photo(0)

    def name_in(source: str, part: str) -> str:
        names = (f"{source}/{number}.jpg" for number in range(100))
        return next(n for n in names if draw_split(photo_set([same], [n]), 0.5).parts[n] == part)

    other = "validation" if smallest == "train" else "train"
    names = [name_in("b", other), name_in("a", smallest), name_in("c", other)]
    together = draw_split(photo_set([same] * 3, names), 0.5)
    assert together.parts == dict.fromkeys(names, smallest)


@pytest.mark.parametrize(
    ("before", "published", "after"),
    [
        (("train", "validation"), "", "validation"),
        (("train", "test"), "", "test"),
        (("validation", "test"), "", "test"),
        (("train", "train"), "", "train"),
        (("train", "train"), "test", "test"),
        (("validation", "validation"), "val", "test"),
        (("train", "train"), "train", "train"),
    ],
)
def test_a_copy_between_two_parts_brings_both_to_the_stricter(
    before: tuple[str, str], published: str, after: str
) -> None:
    names = ["a/1", "b/2", "c/3"]
    known = Split(dict(zip(names[:2], before, strict=True)) | {"offline/4": "train"}, "known")
    found = draw_split(photo_set([smooth_photo(0)] * 3, names, ["", "", published]), 0.5, known=known)
    assert found.parts == {**dict.fromkeys(names, after), "offline/4": "train"}


def test_positions_are_those_of_the_photos_at_hand() -> None:
    photos = photo_set([smooth_photo(seed) for seed in range(3)], ["a/1", "a/2", "a/3"])
    made = Split({"a/1": "test", "a/2": "train", "a/3": "test", "gone/1": "test"}, "mine")
    assert made.positions(photos, "test").tolist() == [0, 2]
    none = made.positions(photos, "validation")
    assert (none.dtype, len(none)) == (torch.int64, 0)
    with pytest.raises(ValueError, match="part is one of"):
        made.positions(photos, "val")
    with pytest.raises(UsageError, match=r"mine does not know the photo a/2"):
        Split({"a/1": "test"}, "mine").positions(photos, "train")


@pytest.mark.parametrize(("validation", "test"), [(-0.1, 0), (0.2, -0.1), (0.5, 0.5), (float("nan"), 0)])
def test_shares_that_can_not_be_are_refused(validation: float, test: float) -> None:
    with pytest.raises(UsageError, match="can't be held out"):
        draw_split(photo_set([smooth_photo(0)], ["a/1"]), validation, test)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is no split"),
        ("photo,part,why\na,train,so\n", "is no split"),
        ("photo,part\na,val\n", "wrong row: 'a', 'val'"),
        ("photo,part\na\n", "wrong row: 'a', ''"),
        ("photo,part\na,train\na,train\n", "wrong row"),
    ],
)
def test_a_split_that_is_none_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "s.csv").write_text(content)
    with pytest.raises(UsageError, match=words):
        Split.load(tmp_path / "s.csv")


def test_a_split_that_can_not_be_read_or_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        Split.load(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="can't be written"):
        Split({}, "mine").save(tmp_path / "no folder" / "s.csv")
