"""What a file says about its photo: when, with which camera, and in which words."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.photos import tiff_tags
from engine.photos.readings import PhotoMetadata
from engine.photos.tiff_tags import Tags

MAX_CAPTION = 4000

_DESCRIPTION, _MAKE, _MODEL, _ORIENTATION = 270, 271, 272, 274
_TAKEN, _DIGITIZED, _USER_COMMENT = 0x9003, 0x9004, 0x9286
_FIRST_TAGS = frozenset({_DESCRIPTION, _MAKE, _MODEL, _ORIENTATION, tiff_tags.EXIF_IFD, 33723, 700})
_EXIF_TAGS = frozenset({_TAKEN, _DIGITIZED, _USER_COMMENT})

# What cameras and programs write into every file, in small letters.
_BOILERPLATE = frozenset(
    {
        "olympus digital camera",
        "sony dsc",
        "minolta digital camera",
        "konica minolta digital camera",
        "digital camera",
        "digital image",
        "exif_jpeg_picture",
        "exif jpeg",
        "default",
        "dcf 1.0",
        "jfif",
        "lead technologies inc. v1.01",
        "image",
        "screenshot",
        "samsung",
        "kodak digital still camera",
        "pentax digital camera",
        "<ksample>",
        "binary comment",
        "charset=ascii",
        "ascii",
        "(null)",
    }
)
_BOILERPLATE_STARTS = ("file written by adobe", "created with", "kofax pdf filter", '{"shape":', "imagej=")
_COMPANY_WORDS = frozenset(
    {"corporation", "corp", "company", "co", "ltd", "inc", "optical", "techwin", "gmbh", "ag"}
)


@dataclass(frozen=True)
class Exif:
    """The EXIF tags that matter here.

    Attributes:
        first: Tags of the first directory.
        exif: Tags of the EXIF directory.
    """

    first: Tags
    exif: Tags


def read_exif(block: bytes) -> Exif:
    """Reads the tags that matter out of an EXIF block or a whole TIFF file.

    Args:
        block: With or without the leading "Exif" and two NULs; may be empty or damaged.
    """
    first = tiff_tags.read_tags(block, only=_FIRST_TAGS.__contains__)
    pointer = first.numbers(tiff_tags.EXIF_IFD)
    exif = tiff_tags.read_tags(block, pointer[0], only=_EXIF_TAGS.__contains__) if pointer else Tags()
    return Exif(first, exif)


def orientation(exif: Exif, info: Mapping[Any, Any]) -> int:
    """How to turn a picture, 1 to 8 as EXIF numbers the turns; 1 (upright) when nothing sensible says so.

    XMP is asked where EXIF has no such tag: some programs write only there.
    """
    value = next(iter(exif.first.numbers(_ORIENTATION)), None)
    if value is None:
        turn = re.search(r"tiff:Orientation(?:=[\"']|>)([1-8])[\"'<]", _xmp(exif, info))
        value = int(turn.group(1)) if turn else 1
    return value if 1 <= value <= 8 else 1


def photo_metadata(exif: Exif, info: Mapping[Any, Any]) -> PhotoMetadata:
    """Collects what the file says.

    Args:
        exif: The photo's EXIF tags.
        info: What the decoder found beside the pixels (Pillow's `info`): "photoshop" resources, "xmp".

    Returns:
        What makes sense of it; a file with odd metadata is no worse a photo.
    """
    captions = _captions(exif, info)
    return PhotoMetadata(_taken_at(exif), _camera(exif), tuple(captions))


def _taken_at(exif: Exif) -> str | None:
    for tag in (_TAKEN, _DIGITIZED):
        match = re.match(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)", exif.exif.text(tag))
        if match is None:
            continue
        try:
            return datetime(*map(int, match.groups())).isoformat()  # type: ignore[arg-type]
        except ValueError:
            continue
    return None


def _camera(exif: Exif) -> str | None:
    make = " ".join(exif.first.text(_MAKE).split())
    model = " ".join(exif.first.text(_MODEL).split())
    if not make or not model:
        return make or model or None
    maker = [word for word in make.split() if word.casefold().strip(".,") not in _COMPANY_WORDS]
    if model.split()[0].casefold() in (word.casefold() for word in maker):
        return model
    return " ".join([*maker, model])


def _captions(exif: Exif, info: Mapping[Any, Any]) -> list[tuple[str, str]]:
    found = [
        ("exif", exif.first.text(_DESCRIPTION)),
        ("exif", _user_comment(exif)),
        ("iptc", _iptc_caption(exif, info)),
        ("xmp", _xmp_description(_xmp(exif, info))),
    ]
    known = {exif.first.text(_MAKE), exif.first.text(_MODEL)}  # some cameras write their name here too
    captions: list[tuple[str, str]] = []
    for source, text in found:
        plain = _plain(text)
        if plain and plain not in known and plain not in (seen for _, seen in captions):
            captions.append((source, plain))
    return captions


def _plain(text: str) -> str:
    """The text without control characters and surrounding blanks; empty for what is no caption."""
    plain = "".join(c if c.isprintable() or c == "\n" else " " for c in text).strip()[:MAX_CAPTION]
    low = plain.casefold()
    if not any(c.isalnum() for c in plain) or low in _BOILERPLATE or low.startswith(_BOILERPLATE_STARTS):
        return ""
    return plain


def _user_comment(exif: Exif) -> str:
    raw = exif.exif.raw(_USER_COMMENT)
    charset, text = raw[:8], raw[8:]
    if charset.startswith(b"UNICODE"):
        order = "utf-16-le" if exif.exif.order == "<" else "utf-16-be"
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            order = "utf-16"
        return text.decode(order, "ignore").split("\0", 1)[0]
    if charset.startswith(b"ASCII") or charset == bytes(8):
        return _western(text.split(b"\0", 1)[0])
    return ""


def _western(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _iptc_caption(exif: Exif, info: Mapping[Any, Any]) -> str:
    resources = info.get("photoshop")
    block = resources.get(0x0404) if isinstance(resources, dict) else None
    if not isinstance(block, bytes):
        block = exif.first.raw(33723)
    at = block.find(b"\x1c\x02\x78")
    if at < 0 or at + 5 > len(block):
        return ""
    size = int.from_bytes(block[at + 3 : at + 5], "big")
    return _western(block[at + 5 : at + 5 + size])


def _xmp(exif: Exif, info: Mapping[Any, Any]) -> str:
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or exif.first.raw(700)
    if isinstance(packet, bytes):
        packet = packet.decode("utf-8", "replace")
    return packet if isinstance(packet, str) else ""


def _xmp_description(xmp: str) -> str:
    if "dc:description" not in xmp:
        return ""
    block = re.search(r"<dc:description\b[^>]*>(.*?)</dc:description>", xmp, re.DOTALL)
    if block is None:
        attribute = re.search(r"""\bdc:description=("[^"]*"|'[^']*')""", xmp)
        return html.unescape(attribute.group(1)[1:-1]) if attribute else ""
    entry = re.search(r"<rdf:li\b[^>]*>(.*?)</rdf:li>", block.group(1), re.DOTALL)
    return html.unescape(entry.group(1) if entry else re.sub(r"<[^>]*>", "", block.group(1)))
