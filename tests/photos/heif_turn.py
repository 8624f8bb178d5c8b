"""Puts a turn into a HEIF file, as phones write it: the `irot` property of the primary picture."""

import struct


def add_turn(data: bytes, quarters: int) -> bytes:
    """The file with its primary picture turned.

    Args:
        data: A HEIF file without a turn whose `meta` box comes before its pixels and whose `iloc` box has
            base offsets of four bytes.
        quarters: Quarter turns against the clock.
    """
    meta, ipco, ipma, iloc = (data.index(name) - 4 for name in (b"meta", b"ipco", b"ipma", b"iloc"))
    primary = data[data.index(b"pitm") + 8 : data.index(b"pitm") + 10]
    turn = struct.pack(">I4sB", 9, b"irot", quarters)
    position = _count_boxes(data, ipco) + 1
    entry = data.index(primary, ipma + 16)
    grown = bytearray(data)
    _move_pixels(grown, iloc, 10)
    for box, more in ((meta, 10), (data.index(b"iprp") - 4, 10), (ipco, 9), (ipma, 1)):
        struct.pack_into(">I", grown, box, struct.unpack_from(">I", data, box)[0] + more)
    grown[entry + 2] += 1
    # at the end of the entry: properties are applied in this order
    end = entry + 3 + data[entry + 2]
    grown[end:end] = bytes([0x80 | position])
    after_ipco = ipco + struct.unpack_from(">I", data, ipco)[0]
    grown[after_ipco:after_ipco] = turn
    return bytes(grown)


def _count_boxes(data: bytes, parent: int) -> int:
    at, end, count = parent + 8, parent + struct.unpack_from(">I", data, parent)[0], 0
    while at < end:
        at += struct.unpack_from(">I", data, at)[0]
        count += 1
    return count


def _move_pixels(data: bytearray, iloc: int, by: int) -> None:
    version = data[iloc + 8]
    at = iloc + 16
    for _ in range(struct.unpack_from(">H", data, iloc + 14)[0]):
        method = 0
        if version:
            method = struct.unpack_from(">H", data, at + 2)[0]
            at += 2
        base = struct.unpack_from(">I", data, at + 4)[0]
        if method == 0:
            struct.pack_into(">I", data, at + 4, base + by)
        at += 10 + 8 * struct.unpack_from(">H", data, at + 8)[0]
