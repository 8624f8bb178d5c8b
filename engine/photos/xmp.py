"""Words in XMP: descriptions, titles and keywords, inside a photo or in a file beside it."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

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
    whole = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", whole.replace(b"\0", b"")):
        return [], [], []
    try:
        root = ElementTree.fromstring(whole.strip(b"\0 \r\n\t"))  # noqa: S314 - entities were refused
    except (ElementTree.ParseError, ValueError, LookupError):
        return [], [], []
    found: dict[str, list[str]] = {}
    for described in root.iter(f"{_RDF}Description"):
        for name, text in _properties(described):
            found.setdefault(name, []).append(text)
    keywords = found.get(_SUBJECT, [])
    for name, between in _HIERARCHIES.items():
        keywords += [level for path in found.get(name, []) for level in path.split(between)]
    return tuple(_once(words) for words in (found.get(_DESCRIPTION, []), found.get(_TITLE, []), keywords))  # type: ignore[return-value]


def _properties(described: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Names and texts of what is said of one thing: attributes, elements, and entries of lists."""
    yield from described.attrib.items()
    for told in described:
        entries = list(told.iter(f"{_RDF}li"))
        for entry in entries or [told]:
            yield told.tag, "".join(entry.itertext())


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(plain for word in words if (plain := word.strip())))
