"""Where captions come from, in words for people."""

NAMES = {
    "typed": "Typed here",
    "table": "Tables",
    "xmp": "Descriptions in XMP",
    "xmp-title": "Titles in XMP",
    "xmp-keywords": "Keywords in XMP",
    "iptc": "Captions in IPTC",
    "iptc-keywords": "Keywords in IPTC",
    "exif": "Descriptions in EXIF",
    "exif-keywords": "Keywords in EXIF",
    "txt": "Text files beside photos",
    "takeout": "Google Takeout",
    "folders": "Names of folders",
}


def source_name(source: str) -> str:
    """What to call a source of captions; one that is not known keeps its name."""
    return NAMES.get(source, source)
