"""What `load_photos` makes of each kind of source: small real files, written here."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from drawn_photos import draw_photo
from engine.errors import UsageError
from engine.training.photo_set import join
from engine.training.sources import BLOCK, UNDERSTOOD, load_photos

PACK_HEADER = ["shard", "offset", "size", "member", "width", "height"]


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    """Draws a photo at a path below the test's folder."""

    def draw(where: str, seed: int = 0) -> Path:
        file = tmp_path / where
        file.parent.mkdir(parents=True, exist_ok=True)
        draw_photo(seed, (48, 40)).save(file)
        return file

    return draw


def write_rows(file: Path, *rows: list[object]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(rows)
    return file


def write_pack(folder: Path, name: str, rows: list[list[object]], columns: list[str]) -> Path:
    """A pack of 32 x 24 photos; each row: its member, then what stands in the further columns."""
    content, table = b"", []
    for seed, (member, *further) in enumerate(rows):
        buffer = io.BytesIO()
        draw_photo(seed, (32, 24)).save(buffer, "WEBP")
        table.append(
            [f"{name}-00.bin", len(content), len(buffer.getvalue()), member, 32, 24, *further],
        )
        content += buffer.getvalue()
    (folder / f"{name}-00.bin").write_bytes(content)
    return write_rows(folder / f"{name}.csv", [*PACK_HEADER, *columns], *table)


# -- packs


def test_a_pack_knows_labels_captions_and_parts(tmp_path: Path) -> None:
    pack = write_pack(
        tmp_path, "a", [["x/1.webp", "n1", "train"], ["x/2.webp", "", "val"]], ["wnid", "split"]
    )
    write_rows(
        tmp_path / "a-captions.csv",
        ["member", "caption"],
        ["x/2.webp", "a cat"],
        ["x/2.webp", " "],
        ["x/2.webp", "one cat"],
    )
    found = load_photos(pack, 16)
    assert found.names == ["a/x/1.webp", "a/x/2.webp"]
    assert found.labels == [("n1",), ()]
    assert found.captions == [(), ("a cat", "one cat")]
    assert found.parts == ["train", "val"]
    assert found.photos.shape == (2, 16, 16, 3) and found.photos.dtype == torch.uint8
    whole = draw_photo(1, (32, 24)).resize((16, 16), Image.Resampling.BILINEAR)
    assert np.abs(found.photos[1].numpy().astype(int) - np.asarray(whole).astype(int)).mean() < 8


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["a-00.bin", "x", 5, "m", 1, 1]], "not the table of a pack"),
        ([["a-00.bin", -1, 5, "m", 1, 1]], "not the table of a pack"),
        ([["a-00.bin", 0, 10**15, "m", 1, 1]], "a part of it"),
        ([["b-00.bin", 0, 5, "m", 1, 1]], "lacks its shard b-00.bin"),
    ],
)
def test_a_pack_that_is_damaged_says_so(tmp_path: Path, rows: list[list[object]], words: str) -> None:
    (tmp_path / "a-00.bin").write_bytes(b"12345")
    with pytest.raises(UsageError, match=words):
        load_photos(write_rows(tmp_path / "a.csv", PACK_HEADER, *rows), 16)


def test_two_photos_of_one_name_are_refused(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, "a", [["1.webp"], ["1.webp"]], [])
    with pytest.raises(UsageError, match=r"Two photos are called a/1\.webp"):
        load_photos(pack, 16)
    one = load_photos(write_pack(tmp_path, "b", [["1.webp"]], []), 16)
    (tmp_path / "elsewhere").mkdir()
    other = load_photos(write_pack(tmp_path / "elsewhere", "b", [["1.webp"]], []), 16)
    with pytest.raises(UsageError, match=r"Two photos are called b/1\.webp"):
        join([one, other])
    assert join([one]) is one


# -- tables


def test_rows_of_a_table_add_up(tmp_path: Path, photo: Callable[..., Path]) -> None:
    photo("in/1.png"), photo("in/2.png", 1)
    table = write_rows(
        tmp_path / "t.csv",
        ["Photo", "caption", "labels", "split"],
        ["in/1.png", "a cat", "cat; pet", ""],
        ["./in/1.png", "a cat", "cat;tail", "valid"],
        ["in/1.png", "it sleeps", "", "val"],
        ["in/2.png", "  "],
        ["in/gone.png", "nothing", "", ""],
        ["", "nowhere", "", ""],
    )
    found = load_photos(table, 16)
    assert found.names == ["t/in/1.png", "t/in/2.png"]
    assert found.captions == [("a cat", "it sleeps"), ()]
    assert found.labels == [("cat", "pet", "tail"), ()]
    assert found.parts == ["val", ""]
    assert found.skipped == 2


@pytest.mark.parametrize("column", ["photo", "image", "file", "path", "filename"])
def test_the_column_of_photos_has_several_names(
    tmp_path: Path, photo: Callable[..., Path], column: str
) -> None:
    table = write_rows(tmp_path / "t.csv", ["\ufeff" + column, "label"], [photo("1.png").name, "a;b"])
    assert load_photos(table, 16).labels == [("a;b",)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"columns \(none\)"),
        (b"photo,size\n1.png,3\n", "columns photo, size"),
        (b"photo;label\n1.png;a\n", "commas between"),
        (b"photo,label,split\n1.png,a,sometimes\n", "part 'sometimes'"),
        (b"photo,label,split\n1.png,a,train\n1.png,b,test\n", "into train and into test"),
        (b"photo,label\n1.png,\xff\xfe\n", "UTF-8"),
        (b"photo,label\ngone.png,a\n", "1 are missing or damaged"),
    ],
)
def test_a_table_that_can_not_be_used_says_why(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        load_photos(tmp_path / "t.csv", 16)


def test_a_caption_as_long_as_a_book_is_read(tmp_path: Path, photo: Callable[..., Path]) -> None:
    book = "word " * 40_000
    table = write_rows(tmp_path / "t.csv", ["photo", "caption"], [photo("1.png").name, book])
    assert load_photos(table, 16).captions == [(book.strip(),)]


# -- folders


def test_folders_of_parts_hold_folders_of_classes(tmp_path: Path, photo: Callable[..., Path]) -> None:
    for where in ("train/cat/1.png", "train/dog/deep/2.png", "Validation/cat/3.png", "test/dog/4.png"):
        photo(f"set/{where}")
    photo("set/train/loose.png"), photo("set/loose.png")
    found = load_photos(tmp_path / "set", 16)
    assert dict(zip(found.names, zip(found.parts, found.labels, strict=True), strict=True)) == {
        "set/train/cat/1.png": ("train", ("cat",)),
        "set/train/dog/deep/2.png": ("train", ("dog",)),
        "set/Validation/cat/3.png": ("val", ("cat",)),
        "set/test/dog/4.png": ("test", ("dog",)),
    }


def test_folders_that_are_not_all_parts_are_classes(
    tmp_path: Path, photo: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("set/train/1.png"), photo("set/val/2.png"), photo("set/tram/3.png")
    (tmp_path / "set" / "tram" / "broken.jpg").write_bytes(b"no photo")
    monkeypatch.chdir(tmp_path / "set")
    found = load_photos(Path(), 16)
    assert found.names == ["set/train/1.png", "set/tram/3.png", "set/val/2.png"]
    assert found.labels == [("train",), ("tram",), ("val",)]
    assert (found.parts, found.skipped) == ([""] * 3, 1)
    assert load_photos(".", 16, leave_out=frozenset(["tram", "val"])).labels == [("train",)]


def test_a_name_that_is_no_text_can_still_be_written(tmp_path: Path, photo: Callable[..., Path]) -> None:
    odd = photo("set/cat/1.png").with_name("\udcff.png")
    (tmp_path / "set/cat/1.png").rename(odd)
    assert load_photos(tmp_path / "set", 16).names == ["set/cat/\ufffd.png"]


def test_more_photos_than_one_block_stay_in_order(tmp_path: Path) -> None:
    (tmp_path / "set" / "grey").mkdir(parents=True)
    count = 2 * BLOCK + 3
    for number in range(count):
        level = (number % 250, number // 250, 0)
        Image.new("RGB", (8, 8), level).save(tmp_path / "set" / "grey" / f"{number:04d}.webp", lossless=True)
    found = load_photos(tmp_path / "set", 8)
    assert len(found) == count == len(found.photos)
    reds = found.photos.float().mean((1, 2))[:, 0]
    assert (reds - torch.arange(count) % 250).abs().max() < 4


# -- Conceptual Captions


def test_captions_find_their_photos_by_number(tmp_path: Path, photo: Callable[..., Path]) -> None:
    (tmp_path / "cc.tsv").write_text('a "cat"\thttp://a\nno address\na dog\thttp://b\n\thttp://c\n')
    photo("cc/0.png"), photo("cc/00/0000002.png"), photo("cc/3.png"), photo("cc/77.png"), photo("cc/x.png")
    (tmp_path / "cc" / "1.txt").write_text("not a photo")
    found = load_photos(tmp_path / "cc.tsv", 16)
    assert dict(zip(found.names, found.captions, strict=True)) == {
        "cc/0.png": ('a "cat"',),
        "cc/00/0000002.png": ("a dog",),
        "cc/3.png": (),
    }
    assert found.skipped == 1


def test_captions_find_their_photos_by_address(tmp_path: Path, photo: Callable[..., Path]) -> None:
    (tmp_path / "cc.tsv").write_text("one\thttp://a\ntwo\thttp://b\nthree\thttp://a\n")
    for stem, beside in {
        "000": '{"url": "http://b"}',
        "001": '{"url": "http://a"}',
        "002": "broken",
        "3": "[]",
    }.items():
        photo(f"cc/00000/{stem}.jpg").with_suffix(".json").write_text(beside)
    found = load_photos(tmp_path / "cc.tsv", 16)
    assert found.captions == [("two",), ("one", "three")]
    assert found.skipped == 0


@pytest.mark.parametrize(("content", "words"), [("a\tb\n", "are not there"), ("a b\n", "no line")])
def test_captions_without_photos_say_so(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "cc.tsv").write_text(content)
    with pytest.raises(UsageError, match=words):
        load_photos(tmp_path / "cc.tsv", 16)


# -- COCO


@pytest.fixture
def coco(tmp_path: Path, photo: Callable[..., Path]) -> Path:
    """Two annotation files with three photos, one of which is not there."""
    photo("val2017/1.png"), photo("val2017/2.png", 1)
    images = [{"id": number, "file_name": f"{number}.png"} for number in (1, 2, 3)]
    seen = [(1, 18), (1, 1), (1, 18)]
    instances = {
        "images": images,
        "categories": [{"id": 1, "name": "person"}, {"id": 18, "name": "dog"}],
        "annotations": [{"image_id": image, "category_id": kind} for image, kind in seen],
    }
    said = [(2, "a street "), (2, "a road"), (1, " ")]
    captions = {
        "images": images,
        "annotations": [{"image_id": image, "caption": text} for image, text in said],
    }
    (tmp_path / "instances_val2017.json").write_text(json.dumps(instances))
    (tmp_path / "captions_val2017.json").write_text(json.dumps(captions))
    return tmp_path


@pytest.mark.parametrize("named", ["instances", "captions"])
def test_coco_has_categories_and_captions(coco: Path, named: str) -> None:
    found = load_photos(f"coco:{coco}/{named}_val2017.json:{coco}/val2017", 16)
    assert found.names == ["val2017/1.png", "val2017/2.png"]
    assert found.labels == [("dog", "person"), ()]
    assert found.captions == [(), ("a street", "a road")]
    assert (found.parts, found.skipped) == (["val", "val"], 1)
    kept = load_photos(f"coco:{coco}/{named}_val2017.json:{coco}/val2017", 16, leave_out=frozenset(["dog"]))
    assert kept.names == ["val2017/2.png"]


@pytest.mark.parametrize("content", ["", "[]", '{"images": [1]}', '{"images": [], "annotations": [{}]}'])
def test_annotations_that_are_damaged_say_so(coco: Path, content: str) -> None:
    (coco / "instances_val2017.json").write_text(content)
    with pytest.raises(UsageError, match=r"instances_val2017\.json"):
        load_photos(f"coco:{coco}/captions_val2017.json:{coco}/val2017", 16)


# -- anything else


@pytest.mark.parametrize(
    "source",
    ["nothing", "nothing.csv", "cifar10:", "cifar7:x", "coco:x", "coco:x.json:", "coco:x.json:nothing", ""],
)
def test_what_is_no_source_is_told_what_is(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageError) as told:
        load_photos(tmp_path / source if source.startswith("nothing") else source or tmp_path, 16)
    assert "coco:ANNOTATIONS.json:PHOTO_FOLDER" in told.value.remedy
    if not source.startswith("coco"):
        assert all(form in told.value.remedy for form in UNDERSTOOD)
