"""What a file says about its photo: when, with which camera, how it lies, and in which words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.photos import tiff_tags
from engine.photos.readings import PhotoMetadata
from engine.photos.tiff_tags import Tags
from engine.photos.written_words import USER_COMMENT, WORD_TAGS, words_of

_MAKE, _MODEL, _ORIENTATION = 271, 272, 274
_TAKEN, _DIGITIZED = 0x9003, 0x9004
_FIRST_TAGS = frozenset({_MAKE, _MODEL, _ORIENTATION, tiff_tags.EXIF_IFD, tiff_tags.XMP, *WORD_TAGS})
_EXIF_TAGS = frozenset({_TAKEN, _DIGITIZED, USER_COMMENT})

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
        packet = _xmp(exif, info)
        text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else packet
        turn = re.search(r"tiff:Orientation(?:=[\"']|>)([1-8])[\"'<]", text)
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
    # some cameras write their own name where a caption belongs
    names = {exif.first.text(_MAKE), exif.first.text(_MODEL)}
    words = words_of(exif.first, exif.exif, _iptc(exif, info), _xmp(exif, info))
    return PhotoMetadata(
        _taken_at(exif), _camera(exif), tuple((source, text) for source, text in words if text not in names)
    )


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


def _iptc(exif: Exif, info: Mapping[Any, Any]) -> bytes:
    """The block of IPTC records, from Photoshop's resources or from a tag of TIFF."""
    resources = info.get("photoshop")
    block = resources.get(0x0404) if isinstance(resources, dict) else None
    return block if isinstance(block, bytes) else exif.first.raw(tiff_tags.IPTC)


def _xmp(exif: Exif, info: Mapping[Any, Any]) -> str | bytes:
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or exif.first.raw(tiff_tags.XMP)
    return packet if isinstance(packet, str | bytes) else b""
