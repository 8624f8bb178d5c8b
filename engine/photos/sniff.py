"""Recognises a file by its content; its ending only says whether a person takes it for a photo."""

import os
import struct

from engine.photos import tiff_tags

HEAD_BYTES = 64 * 1024

# fmt: off
PHOTO_ENDINGS = frozenset({
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "gif", "bmp", "dib", "heic", "heif", "hif",
    "avif", "jp2", "j2k", "jpf", "jpx", "jpc", "j2c", "mpo",
    # kinds of photo that are not read: said aloud rather than left out in silence
    "jxl", "jxr", "wdp", "hdp",
})
# Without those that other programs use for other things, such as .raw and .cap.
RAW_ENDINGS = frozenset({
    "3fr", "ari", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "gpr", "iiq", "kdc", "mef", "mrw", "nef",
    "nrw", "orf", "pef", "raf", "rw2", "rwl", "sr2", "srf", "srw", "x3f",
})
# fmt: on

_JPEG2000_BOX = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JPEG2000_STREAM = b"\xff\x4f\xff\x51"
_RAW_STARTS = (
    b"FUJIFILMCCD-RAW",
    b"FOVb",
    b"\x00MRM",
    b"IIU\x00",
    b"IIRO",
    b"IIRS",
    b"MMOR",
    b"II\x1a\x00\x00\x00HEAPCCDR",
)
_TIFF_STARTS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1"}
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})

# What else lies in folders under the ending of a photo, so that a problem can say what it is.
_OTHER_STARTS = {
    b"8BPS": "a Photoshop document",
    b"%!PS": "PostScript",
    b"\xc5\xd0\xd3\xc6": "PostScript",
    b"%PDF": "a PDF document",
    b"\xff\x0a": "JPEG XL",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"II\xbc\x01": "JPEG XR",
    b"\x00\x00\x01\x00": "an icon",
    b"DDS ": "a DirectDraw surface",
    b"\xd7\xcd\xc6\x9a": "a Windows metafile",
    b"\xd0\xcf\x11\xe0": "an OLE document",
    b"RIFF": "sound or film",
    b"\x1a\x45\xdf\xa3": "a film",
    b"PK\x03\x04": "an archive",
    b"<svg": "a drawing (SVG)",
    b"\x01\xda": "an SGI picture",
    b"gimp xcf": "a GIMP document",
    b"\x76\x2f\x31\x01": "OpenEXR",
    b"#?RADIANCE": "Radiance HDR",
    b"qoif": "a QOI picture",
}

_CFA, _LINEAR_RAW = 32803, 34892
_PHOTOMETRIC, _DNG_VERSION = 262, 50706


def ending(path: str | bytes) -> str:
    """The path's ending in small letters without the dot, empty when there is none."""
    return os.path.splitext(os.fsdecode(path))[1][1:].lower()  # noqa: PTH122


def claims_photo(path: str | bytes) -> bool:
    """True when a person would take a file of this name for a photo."""
    return ending(path) in PHOTO_ENDINGS or ending(path) in RAW_ENDINGS


def recognise(head: bytes) -> str | None:
    """Says what kind of photo a file holds.

    Args:
        head: The first `HEAD_BYTES` of the file, or all of it.

    Returns:
        "JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "HEIF", "AVIF", "JPEG2000", "RAW", or None for
        everything else.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[4:8] == b"ftyp":
        return _recognise_boxes(head)
    if head.startswith((_JPEG2000_BOX, _JPEG2000_STREAM)):
        return "JPEG2000"
    if head.startswith(_RAW_STARTS):
        return "RAW"
    if head.startswith(_TIFF_STARTS):
        return "RAW" if _is_raw_tiff(head) else "TIFF"
    if head[:2] == b"BM" and len(head) >= 18 and struct.unpack_from("<I", head, 14)[0] in _BMP_HEADER_SIZES:
        return "BMP"
    return None


def other_kind(head: bytes) -> str:
    """What a file that is no photo seems to hold, in words; empty when unknown."""
    if head[4:8] == b"ftyp":
        return "a film"
    return next((words for start, words in _OTHER_STARTS.items() if head.startswith(start)), "")


def is_cut_short(data: bytes, kind: str) -> bool:
    """True when the file's own structure says that its end is missing.

    Only for kinds whose decoders fill the gap in silence or give a misleading error.
    """
    if kind in ("HEIF", "AVIF"):
        return _boxes_cut_short(data)
    if kind == "WEBP":
        return len(data) < 12 or struct.unpack_from("<I", data, 4)[0] + 8 > len(data) + 1
    return False


def _recognise_boxes(head: bytes) -> str | None:
    size = min(struct.unpack_from(">I", head)[0], len(head), 256)
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if major == b"crx ":
        return "RAW"
    if major in _AVIF_BRANDS or (major in _HEIF_BRANDS and brands & _AVIF_BRANDS and b"heic" not in brands):
        return "AVIF"
    if major in _HEIF_BRANDS:
        return "HEIF"
    if major == b"jp2 ":
        return "JPEG2000"
    return None


def _is_raw_tiff(head: bytes) -> bool:
    """True for DNG, NEF, ARW, CR2, PEF and their like, which are TIFF on the outside."""
    if head[8:10] == b"CR":
        return True
    tags = tiff_tags.read_tags(head)
    if tags.raw(_DNG_VERSION):
        return True
    directories = [tags, *tiff_tags.sub_directories(head, tags, tiff_tags.SUB_IFDS)]
    return any(set(d.numbers(_PHOTOMETRIC)) & {_CFA, _LINEAR_RAW} for d in directories)


def _boxes_cut_short(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size: int = struct.unpack_from(">I", data, at)[0]
        if size == 1 and at + 16 <= len(data):
            size = struct.unpack_from(">Q", data, at + 8)[0]
        if size == 0:
            return False
        if size < 8:
            return False
        at += size
    return at > len(data)
