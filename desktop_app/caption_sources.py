"""Where captions come from, in words for people."""

from desktop_app.translation import QT_TR_NOOP, tr

NAMES = {
    "typed": QT_TR_NOOP("Typed here"),
    "table": QT_TR_NOOP("Tables"),
    "xmp": QT_TR_NOOP("Descriptions in XMP"),
    "xmp-title": QT_TR_NOOP("Titles in XMP"),
    "xmp-keywords": QT_TR_NOOP("Keywords in XMP"),
    "iptc": QT_TR_NOOP("Captions in IPTC"),
    "iptc-keywords": QT_TR_NOOP("Keywords in IPTC"),
    "exif": QT_TR_NOOP("Descriptions in EXIF"),
    "exif-keywords": QT_TR_NOOP("Keywords in EXIF"),
    "txt": QT_TR_NOOP("Text files beside photos"),
    "takeout": QT_TR_NOOP("Google Takeout"),
    "folders": QT_TR_NOOP("Names of folders"),
}


def source_name(source: str) -> str:
    """What to call a source of captions; one that is not known keeps its name."""
    return tr(NAMES.get(source, source))
