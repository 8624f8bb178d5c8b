"""Words in XMP: descriptions, titles and keywords, inside a photo or in a file beside it."""

import codecs
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from engine.photos.readings import LONGEST_CAPTION

MOST_ENTRIES = 1000  # of a list
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DESCRIPTION, _TITLE, _SUBJECT = f"{_DC}description", f"{_DC}title", f"{_DC}subject"
# Keywords with the ones above them, and what stands between two levels.
_HIERARCHIES = {
    "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject": "|",
    "{http://www.digikam.org/ns/1.0/}TagsList": "/",
    "{http://ns.microsoft.com/photo/1.0/}LastKeywordXMP": "/",
}


def read_xmp(packet: str | bytes) -> tuple[list[str], list[str], list[str]]:
    """Reads a packet of XMP (ISO 16684-1).

    Args:
        packet: With or without its wrapper; bytes are in the encoding that they state, UTF-8 without one.

    Returns:
        Descriptions and titles, one a language, and keywords, those above them included; each once. Nothing
        of a packet that is no XML, or that defines entities, which XMP never does and bombs do.
    """
    text = packet if isinstance(packet, str) else _decoded(packet)
    if re.search("<!(?:DOCTYPE|ENTITY)", text):
        return [], [], []
    try:
        # without the line that names an encoding, since it is no bytes any more
        text = re.sub(r"^\s*<\?xml\b[^>]*\?>", "", text.strip("\ufeff\0 \r\n\t"))
        root = ElementTree.fromstring(text)  # noqa: S314 - entities were refused
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError):
        return [], [], []
    found: dict[str, list[str]] = {}
    for described in root.iter(f"{_RDF}Description"):
        for name, text in _properties(described):
            found.setdefault(name, []).append(text)
    keywords = found.get(_SUBJECT, [])
    for name, between in _HIERARCHIES.items():
        keywords += [level for path in found.get(name, []) for level in path.split(between)]
    return tuple(_once(words) for words in (found.get(_DESCRIPTION, []), found.get(_TITLE, []), keywords))  # type: ignore[return-value]


def _decoded(packet: bytes) -> str:
    """UTF-8, UTF-16 or UTF-32 by their marks, or by where the zeros stand around the first sign."""
    for mark, encoding in _MARKS:
        if packet.startswith(mark):
            return packet.decode(encoding, "replace")
    start = packet.lstrip()[:4]
    for zeros, encoding in (
        (r"[^\0]\0\0\0", "utf-32-le"),
        (r"\0\0\0[^\0]", "utf-32-be"),
        (r"[^\0]\0", "utf-16-le"),
        (r"\0[^\0]", "utf-16-be"),
    ):
        if re.match(zeros.encode(), start):
            return packet.decode(encoding, "replace")
    return packet.decode("utf-8", "replace")


def _properties(described: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Names and texts of what is said of one thing: attributes, elements, and entries of their lists."""
    yield from described.attrib.items()
    for told in described:
        entries = [entry for kind in told for entry in kind if entry.tag == f"{_RDF}li"]
        if not entries:
            yield told.tag, _text(told)
        for entry in entries[:MOST_ENTRIES]:
            yield told.tag, _text(entry)


def _text(element: ElementTree.Element) -> str:
    """The start of an element's own text, that of elements in it left out."""
    return (element.text or "")[:LONGEST_CAPTION]


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(plain for word in words if (plain := word.strip())))
