"""Words that people and programs wrote into a photo's file: captions, titles, keywords."""

from collections.abc import Iterable, Iterator

from engine.photos import tiff_tags
from engine.photos.readings import LONGEST_CAPTION
from engine.photos.tiff_tags import Tags
from engine.photos.xmp import read_xmp

# Sources of a caption; a title and a list of keywords are captions of a kind.
EXIF, IPTC, XMP, XMP_TITLE, TEXT, TAKEOUT = "exif", "iptc", "xmp", "xmp-title", "txt", "takeout"
EXIF_KEYWORDS, IPTC_KEYWORDS, XMP_KEYWORDS = "exif-keywords", "iptc-keywords", "xmp-keywords"
TAKEOUT_KEYWORDS = "takeout-keywords"

_DESCRIPTION, USER_COMMENT = 270, 0x9286
# What Windows writes, in UTF-16.
_WINDOWS_TITLE, _WINDOWS_COMMENT, _WINDOWS_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E
WORD_TAGS = frozenset({_DESCRIPTION, _WINDOWS_TITLE, _WINDOWS_COMMENT, _WINDOWS_KEYWORDS, tiff_tags.IPTC})
_IPTC_CAPTION, _IPTC_KEYWORD = 120, 25

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


def words_of(first: Tags, exif: Tags, iptc: bytes, xmp: str | bytes) -> list[tuple[str, str]]:
    """All that a file says.

    Args:
        first: EXIF's first directory, with `WORD_TAGS`.
        exif: The EXIF directory, with `USER_COMMENT`.
        iptc: Records of IPTC; may be empty or damaged.
        xmp: A packet; may be empty or damaged.

    Returns:
        (source, text) without what cameras and programs write into every file, each text once; keywords of
        one source are one text with ", " between them.
    """
    return plain_words(_found(first, exif, iptc, xmp))


def plain_words(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Captions as they are kept: printable, at most 4,000 characters, no boilerplate, each text once."""
    words: dict[str, str] = {}
    for source, text in found:
        if plain := _plain(text):
            words.setdefault(plain, source)
    return [(source, text) for text, source in words.items()]


def clean(text: str) -> str:
    """A text without surrounding blanks and without signs that can't be shown or stored."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text).strip()


def xmp_words(packet: str | bytes) -> Iterator[tuple[str, str]]:
    """(source, text) of a packet of XMP, as it is written."""
    descriptions, titles, keywords = read_xmp(packet)
    yield from ((XMP, text) for text in descriptions)
    yield from ((XMP_TITLE, text) for text in titles)
    yield XMP_KEYWORDS, ", ".join(keywords)


def _found(first: Tags, exif: Tags, iptc: bytes, xmp: str | bytes) -> Iterator[tuple[str, str]]:
    yield EXIF, first.text(_DESCRIPTION)
    yield EXIF, _user_comment(exif)
    yield EXIF, _utf16(first.raw(_WINDOWS_COMMENT))
    yield EXIF, _utf16(first.raw(_WINDOWS_TITLE))
    yield EXIF_KEYWORDS, ", ".join(_utf16(first.raw(_WINDOWS_KEYWORDS)).split(";"))
    yield from ((IPTC, text) for text in _records(iptc, _IPTC_CAPTION))
    yield IPTC_KEYWORDS, ", ".join(dict.fromkeys(_records(iptc, _IPTC_KEYWORD)))
    yield from xmp_words(xmp)


def _plain(text: str) -> str:
    """The text without control characters and surrounding blanks; empty for what is no caption."""
    plain = clean(text)[:LONGEST_CAPTION]
    low = plain.casefold()
    if not any(c.isalnum() for c in plain) or low in _BOILERPLATE or low.startswith(_BOILERPLATE_STARTS):
        return ""
    return plain


def _utf16(raw: bytes) -> str:
    return raw.decode("utf-16-le", "ignore").split("\0", 1)[0]


def _user_comment(exif: Tags) -> str:
    raw = exif.raw(USER_COMMENT)
    charset, text = raw[:8], raw[8:]
    if charset.startswith(b"UNICODE"):
        order = "utf-16-le" if exif.order == "<" else "utf-16-be"
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            order = "utf-16"
        return text.decode(order, "ignore").split("\0", 1)[0]
    if charset.startswith(b"ASCII") or charset == bytes(8):
        return western(text.split(b"\0", 1)[0])
    return ""


def western(raw: bytes) -> str:
    """UTF-8 or else Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _records(block: bytes, wanted: int) -> list[str]:
    """Texts of the records of IPTC's second part (IPTC-IIM 4.2) with one number, as far as they are whole."""
    texts, at = [], 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        if block[at + 1 : at + 3] == bytes((2, wanted)):
            texts.append(western(block[at + 5 : at + 5 + size]))
        at += 5 + size
    return texts
