"""Writes a minimal DNG: a camera RAW file with an embedded JPEG preview."""

import struct
from dataclasses import dataclass

SHORT, LONG, ASCII, BYTE, RATIONAL, SIGNED_RATIONAL = 3, 4, 2, 1, 5, 10


@dataclass
class Tag:
    """One entry of a directory: number, TIFF type, count of values, bytes of the values."""

    number: int
    kind: int
    count: int
    data: bytes


def short(number: int, *values: int) -> Tag:
    return Tag(number, SHORT, len(values), struct.pack(f"<{len(values)}H", *values))


def long(number: int, *values: int) -> Tag:
    return Tag(number, LONG, len(values), struct.pack(f"<{len(values)}I", *values))


def text(number: int, value: str) -> Tag:
    data = value.encode() + b"\0"
    return Tag(number, ASCII, len(data), data)


def directory(tags: list[Tag], offset: int) -> bytes:
    """The directory and its values, to be placed at `offset`."""
    tags = sorted(tags, key=lambda tag: tag.number)
    values_at = offset + 2 + 12 * len(tags) + 4
    entries, values = b"", b""
    for tag in tags:
        if len(tag.data) <= 4:
            where = tag.data.ljust(4, b"\0")
        else:
            where = struct.pack("<I", values_at + len(values))
            values += tag.data + b"\0" * (len(tag.data) % 2)
        entries += struct.pack("<HHI", tag.number, tag.kind, tag.count) + where
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0) + values


def write_dng(
    preview: bytes | None, width: int = 96, height: int = 64, orientation: int = 1, level: int = 30000
) -> bytes:
    """A DNG of a grey wall, with a preview of something else.

    Args:
        preview: JPEG bytes, None for a DNG without a preview.
        width: Of the raw strip, in pixels.
        height: Likewise.
        orientation: As EXIF numbers them, for the whole file.
        level: Of every raw value, of 65535.
    """
    raw = struct.pack("<H", level) * (width * height)
    identity = struct.pack("<18i", *(n for k in range(9) for n in (int(k % 4 == 0), 1)))
    common = [
        text(271, "Maker"),
        text(272, "Model 1"),
        short(274, orientation),
        Tag(50706, BYTE, 4, bytes((1, 4, 0, 0))),
        text(50708, "Maker Model 1"),
        Tag(50721, SIGNED_RATIONAL, 9, identity),
        Tag(50728, RATIONAL, 3, struct.pack("<6I", 1, 1, 1, 1, 1, 1)),
        short(50778, 21),
    ]

    def raw_tags(strip_at: int) -> list[Tag]:
        return [
            long(254, 0),
            long(256, width),
            long(257, height),
            short(258, 16),
            short(259, 1),
            short(262, 32803),
            long(273, strip_at),
            short(277, 1),
            long(278, height),
            long(279, len(raw)),
            short(284, 1),
            short(33421, 2, 2),
            Tag(33422, BYTE, 4, bytes((0, 1, 1, 2))),
            long(50717, 65535),
        ]

    if preview is None:
        size = len(directory(common + raw_tags(0), 8))
        return b"II*\0" + struct.pack("<I", 8) + directory(common + raw_tags(8 + size), 8) + raw

    def first(preview_at: int, sub_at: int) -> list[Tag]:
        return [
            *common,
            long(254, 1),
            short(259, 7),
            short(262, 6),
            short(258, 8, 8, 8),
            long(256, 96),
            long(257, 64),
            short(277, 3),
            long(273, preview_at),
            long(278, 64),
            long(279, len(preview)),
            long(330, sub_at),
        ]

    sub_at = 8 + len(directory(first(0, 0), 8))
    raw_at = sub_at + len(directory(raw_tags(0), sub_at))
    head = directory(first(raw_at + len(raw), sub_at), 8) + directory(raw_tags(raw_at), sub_at)
    return b"II*\0" + struct.pack("<I", 8) + head + raw + preview
