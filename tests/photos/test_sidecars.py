"""Files beside photos: which photo they belong to, and what they say."""

import json
from pathlib import Path

import pytest

from engine.errors import UnreadablePhoto
from engine.photos.sidecars import MAX_BYTES, Owners, read_sidecar

LONG = "a-name-of-which-takeout-cuts-off-the-end-as-it-"


@pytest.mark.parametrize(
    ("sidecar", "photos"),
    [
        ("a.jpg.xmp", ["a.jpg"]),
        ("a.xmp", ["a.jpg", "A.CR2"]),
        ("A.JPG.XMP", ["a.jpg"]),
        ("a.txt", ["a.jpg", "A.CR2"]),
        ("a.jpg.json", ["a.jpg"]),
        ("a.jpg.supplemental-metadata.json", ["a.jpg"]),
        ("a.jpg.supplemental-met.json", ["a.jpg"]),
        ("a.jpg.s.json", ["a.jpg"]),
        ("b.jpg(1).json", ["b(1).jpg"]),
        ("b.jpg.supplemental-metadata(1).json", ["b(1).jpg"]),
        ("b.jpg.json", ["b.jpg", "b-edited.jpg"]),
        (f"{LONG}.json", [f"{LONG}pleases.jpg"]),
        ("a-name-that-two-photos-begin-with-and-that-was-cut.json", []),
        ("b.jpg.xmp", ["b.jpg"]),
        ("package.json", []),
        ("notes.txt", []),
        ("c.jpg.xmp", []),
    ],
)
def test_names_say_whose_they_are(sidecar: str, photos: list[str]) -> None:
    owners = Owners(
        [
            "a.jpg",
            "A.CR2",
            "b.jpg",
            "b(1).jpg",
            "b-edited.jpg",
            f"{LONG}pleases.jpg",
            "a-name-that-two-photos-begin-with-and-that-was-cut off 1.jpg",
            "a-name-that-two-photos-begin-with-and-that-was-cut off 2.jpg",
        ]
    )
    assert owners.of(sidecar) == photos


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Zürich am Abend\n".encode(), "Zürich am Abend"),
        ("Zürich am Abend".encode("utf-8-sig"), "Zürich am Abend"),
        ("Zürich am Abend".encode("utf-16"), "Zürich am Abend"),
        ("Zürich am Abend".encode("latin-1"), "Zürich am Abend"),
        (b"\x00\x01\x02", None),
        (b"", None),
        (b"x" * 5000, "x" * 4000),
    ],
)
def test_texts_in_any_encoding(tmp_path: Path, content: bytes, words: str | None) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    assert read_sidecar(str(file)) == ([] if words is None else [("txt", words)])


def test_takeout(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg.json"
    people = [{"name": "Ann"}, {"name": "Bob"}, "nobody", {}]
    file.write_text(json.dumps({"title": "a.jpg", "description": "At the lake", "people": people}))
    assert read_sidecar(str(file)) == [("takeout", "At the lake"), ("takeout-keywords", "Ann, Bob")]


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, '"a"', '{"name": "x"}', '{"title": 3}'])
def test_other_json_says_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(content)
    assert read_sidecar(str(file)) == []


def test_xmp_beside_a_photo(tmp_path: Path) -> None:
    file = tmp_path / "a.XMP"
    file.write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>otter</rdf:li>'
        "</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    assert read_sidecar(str(file)) == [("xmp-keywords", "otter")]


def test_what_cant_be_read_has_a_reason(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePhoto, match="vanished"):
        read_sidecar(str(tmp_path / "a.txt"))
    large = tmp_path / "b.txt"
    large.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(UnreadablePhoto, match="too-large"):
        read_sidecar(str(large))
    (tmp_path / "c.txt").mkdir()
    with pytest.raises(UnreadablePhoto, match="not-a-file"):
        read_sidecar(str(tmp_path / "c.txt"))
