"""Settings that belong to a library, not to a window: text by name."""

import json
from collections.abc import Iterable

from engine.library.database import Library
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS

MOST_MEGAPIXELS = 1_000_000  # no format holds as many; larger numbers overflow elsewhere

IGNORED_CAPTIONS = "ignored_captions"


def get_setting(lib: Library, key: str) -> str | None:
    """The value, None when it was never set."""
    value = lib.value("SELECT value FROM settings WHERE key = ?", (key,))
    return None if value is None else str(value)


def set_setting(lib: Library, key: str, value: str | None) -> None:
    """Sets a value, or removes it with None."""
    with lib.transaction():
        put_setting(lib, key, value)


def put_setting(lib: Library, key: str, value: str | None) -> None:
    """As `set_setting`, inside a transaction that is open already."""
    if value is None:
        lib.execute("DELETE FROM settings WHERE key = ?", (key,))
    else:
        lib.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, value))


def max_megapixels(lib: Library) -> float:
    """The library's limit for the size of photos; the default when none that makes sense was set."""
    try:
        limit = float(get_setting(lib, "max_megapixels") or DEFAULT_MAX_MEGAPIXELS)
    except ValueError:
        return DEFAULT_MAX_MEGAPIXELS
    return limit if 1 <= limit <= MOST_MEGAPIXELS else DEFAULT_MAX_MEGAPIXELS


def ignored_captions(lib: Library) -> tuple[str, ...]:
    """Texts that say nothing about the photos which have them, as the person has marked them."""
    try:
        texts = json.loads(get_setting(lib, IGNORED_CAPTIONS) or "[]")
    except ValueError:
        return ()
    return tuple(text for text in texts if isinstance(text, str)) if isinstance(texts, list) else ()


def ignore_captions(lib: Library, texts: Iterable[str]) -> None:
    """Marks these texts, and no others any more."""
    marked = list(dict.fromkeys(texts))
    set_setting(lib, IGNORED_CAPTIONS, json.dumps(marked, ensure_ascii=False) if marked else None)
