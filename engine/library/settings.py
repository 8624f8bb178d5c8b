"""Settings that belong to a library, not to a window: text by name."""

from engine.library.database import Library


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
