"""When, with which camera, and in which words: out of EXIF, IPTC and XMP, however odd."""

import struct
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.Image import Image

from engine.photos.decode import read_photo
from engine.photos.metadata import orientation, photo_metadata, read_exif
from engine.photos.readings import PhotoMetadata

Save = Callable[..., Path]
EXIF_IFD = 0x8769


def exif_block(tags: dict[int, object], more: dict[int, object] | None = None) -> bytes:
    exif = PIL.Image.Exif()
    exif.update(tags)
    if more:
        exif.get_ifd(EXIF_IFD).update(more)
    return exif.tobytes()


def metadata_of(path: Path) -> PhotoMetadata:
    photo = read_photo(str(path), input_size=32, max_megapixels=100).photo
    assert photo is not None
    return photo.metadata


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "MPO"])
def test_every_format_tells(kind: str, picture: Image, save: Save) -> None:
    exif = PIL.Image.Exif()
    exif.update({271: "Canon", 272: "Canon EOS 5D", 270: "Two otters"})
    exif.get_ifd(EXIF_IFD)[0x9003] = "2024:05:01 12:30:00"
    path = save(picture, "told.bin", kind, exif=exif.tobytes())
    assert metadata_of(path) == PhotoMetadata(
        "2024-05-01T12:30:00", "Canon EOS 5D", (("exif", "Two otters"),)
    )


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("EASTMAN KODAK COMPANY", "KODAK CX7530", "KODAK CX7530"),
        ("OLYMPUS CORPORATION", "C8080WZ", "OLYMPUS C8080WZ"),
        ("Apple", "iPhone 14", "Apple iPhone 14"),
        ("SONY  \0junk", "", "SONY"),
        ("", "X100", "X100"),
        ("", "", None),
    ],
)
def test_cameras(make: str, model: str, camera: str | None) -> None:
    assert photo_metadata(read_exif(exif_block({271: make, 272: model})), {}).camera == camera


@pytest.mark.parametrize(
    ("written", "taken_at"),
    [
        ("2024:05:01 12:30:00", "2024-05-01T12:30:00"),
        ("2024-05-01T12:30:00", "2024-05-01T12:30:00"),
        ("0000:00:00 00:00:00", None),
        ("2024:02:31 12:30:00", None),
        ("    :  :     :  :  ", None),
        ("yesterday", None),
    ],
)
def test_dates(written: str, taken_at: str | None) -> None:
    exif = read_exif(exif_block({271: "x"}, {0x9003: written}))
    assert photo_metadata(exif, {}).taken_at == taken_at


def captions_of(block: bytes = b"", **info: object) -> tuple[tuple[str, str], ...]:
    return photo_metadata(read_exif(block), info).captions


@pytest.mark.parametrize(
    ("comment", "caption"),
    [
        (b"ASCII\0\0\0at the lake\0\0\0", "at the lake"),
        (b"\0\0\0\0\0\0\0\0at the lake", "at the lake"),
        (b"UNICODE\0" + "am Üetliberg".encode("utf-16-le"), "am Üetliberg"),
        (b"UNICODE\0" + "am Üetliberg".encode("utf-16"), "am Üetliberg"),
        (b"ASCII\0\0\0" + "Zürich".encode("latin-1"), "Zürich"),
        (b"ASCII\0\0\0          ", None),
        (b"", None),
    ],
)
def test_user_comments(comment: bytes, caption: str | None) -> None:
    assert captions_of(_little_endian(comment)) == (() if caption is None else (("exif", caption),))


def _little_endian(comment: bytes) -> bytes:
    """An EXIF block of the order "II" with nothing but a comment."""
    first = struct.pack("<HHHIII", 1, EXIF_IFD, 4, 1, 26, 0)
    second = struct.pack("<HHHIII", 1, 0x9286, 7, len(comment), 44, 0)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second + comment


@pytest.mark.parametrize(
    "words", ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "   ", "---", "Created with GIMP"]
)
def test_what_programs_write_into_every_file_is_no_caption(words: str) -> None:
    assert captions_of(exif_block({270: words})) == ()


def test_a_camera_that_writes_its_name_everywhere_says_nothing() -> None:
    assert captions_of(exif_block({270: "ION230", 272: "ION230"})) == ()


def iptc(caption: bytes, *keywords: bytes) -> bytes:
    records = [(80, b"me"), *((25, keyword) for keyword in keywords), (120, caption)]
    return b"".join(
        bytes((0x1C, 2, number)) + struct.pack(">H", len(text)) + text for number, text in records
    )


def xmp(inside: str, attributes: str = "") -> bytes:
    spaces = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "dc": "http://purl.org/dc/elements/1.1/",
        "lr": "http://ns.adobe.com/lightroom/1.0/",
        "digiKam": "http://www.digikam.org/ns/1.0/",
    }
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f"<rdf:RDF {declared}>"
        f'<rdf:Description rdf:about="" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
        f'{" " * 200}<?xpacket end="w"?>'
    ).encode()


def listed(name: str, kind: str, *entries: str) -> str:
    return (
        f"<{name}><rdf:{kind}>"
        + "".join(f"<rdf:li>{e}</rdf:li>" for e in entries)
        + f"</rdf:{kind}></{name}>"
    )


def test_iptc_and_xmp_of_a_jpeg(picture: Image, save: Save) -> None:
    block = iptc("Ein Fuß".encode())
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + block + b"\0" * (len(block) % 2)
    content = b"Photoshop 3.0\0" + resource
    segment = b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
    packet = xmp(listed("dc:description", "Alt", "Fish &amp; chips"))
    whole = save(picture, "a.jpg", xmp=packet).read_bytes()
    path = save(whole[:2] + segment + whole[2:], "b.jpg")
    assert metadata_of(path).captions == (("iptc", "Ein Fuß"), ("xmp", "Fish & chips"))


def test_the_same_words_count_once() -> None:
    assert captions_of(exif_block({270: "Two otters"}), photoshop={0x0404: iptc(b"Two otters ")}) == (
        ("exif", "Two otters"),
    )


def test_xmp_as_an_attribute() -> None:
    assert captions_of(xmp=xmp("", "dc:description='Two otters'")) == (("xmp", "Two otters"),)


def test_keywords_with_those_above_them() -> None:
    packet = xmp(
        listed("dc:subject", "Bag", "Rome", "summer")
        + listed("lr:hierarchicalSubject", "Bag", "places|Italy|Rome")
        + listed("digiKam:TagsList", "Seq", "people/Ann &amp; Bob")
        + listed("dc:title", "Alt", "Forum")
    )
    assert captions_of(xmp=packet) == (
        ("xmp-title", "Forum"),
        ("xmp-keywords", "Rome, summer, places, Italy, people, Ann & Bob"),
    )


def test_a_description_in_several_languages_is_several_captions() -> None:
    packet = xmp(
        '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Otters</rdf:li>'
        '<rdf:li xml:lang="de">Fischotter</rdf:li></rdf:Alt></dc:description>'
    )
    assert captions_of(xmp=packet) == (("xmp", "Otters"), ("xmp", "Fischotter"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_xmp_in_any_of_its_encodings(encoding: str) -> None:
    packet = xmp(listed("dc:description", "Alt", "Zwei Fischotter im Fluß")).decode().encode(encoding)
    assert captions_of(xmp=packet) == (("xmp", "Zwei Fischotter im Fluß"),)


def test_lists_within_lists_are_not_followed() -> None:
    """Each level's whole text would take memory that grows with the square of the depth."""
    nested = "<rdf:li>x" * 2000 + "</rdf:li>" * 2000
    packet = xmp(f"<dc:subject><rdf:Bag>{nested}</rdf:Bag></dc:subject>")
    assert captions_of(xmp=packet) == (("xmp-keywords", "x"),)


def test_keywords_of_iptc() -> None:
    block = iptc(b"Two otters", b"otter", "Fluß".encode(), b"otter")
    assert captions_of(photoshop={0x0404: block}) == (
        ("iptc", "Two otters"),
        ("iptc-keywords", "otter, Fluß"),
    )


def test_what_windows_writes() -> None:
    tags = {0x9C9C: "An evening by the sea", 0x9C9E: "sea;evening"}
    block = exif_block({number: (text + "\0").encode("utf-16-le") for number, text in tags.items()})
    assert captions_of(block) == (("exif", "An evening by the sea"), ("exif-keywords", "sea, evening"))


@pytest.mark.parametrize(
    "packet",
    [
        b"<rdf:Description dc:description='no declared names'/>",
        b"<x",
        b"\xff\xfe<",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "bbbb">]>' + xmp(listed("dc:description", "Alt", "&b;")),
    ],
)
def test_xmp_that_makes_no_sense_says_nothing(packet: bytes) -> None:
    assert captions_of(xmp=packet) == ()


@given(st.binary(max_size=400), st.integers(0, 200))
def test_damaged_blocks_never_raise(noise: bytes, at: int) -> None:
    block = exif_block({271: "Canon", 270: "Two otters", 274: 6}, {0x9003: "2024:05:01 12:30:00"})
    damaged = block[:at] + noise + block[at + len(noise) :]
    for data in (noise, damaged, block[:at], b"Exif\0\0II*\0" + noise):
        exif = read_exif(data)
        metadata = photo_metadata(exif, {"photoshop": {0x0404: noise}, "xmp": noise})
        assert isinstance(metadata, PhotoMetadata)
        assert 1 <= orientation(exif, {}) <= 8


def test_odd_metadata_does_not_lose_a_photo(picture: Image, save: Save) -> None:
    metadata = metadata_of(save(picture, "odd.jpg", exif=b"Exif\0\0MM\0*" + b"\xff" * 300))
    assert metadata == PhotoMetadata()
