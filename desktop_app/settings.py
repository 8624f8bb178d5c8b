"""What a window remembers, in `DIR/window.ini` of its own library so that two libraries don't mix."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from desktop_app.places import Place, from_text, to_text

THEMES = ("system", "light", "dark")
LANGUAGES = ("system", "en", "de")
ORDERS = ("taken", "added", "name")
SMALLEST_THUMBNAIL, LARGEST_THUMBNAIL = 80, 320


class WindowSettings:
    """Typed access to the remembered state; what is missing or makes no sense reads as its default."""

    def __init__(self, library_dir: Path) -> None:
        self._ini = QSettings(str(library_dir / "window.ini"), QSettings.Format.IniFormat)

    def _text(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = str(self._ini.value(key, default))
        return value if value in allowed else default

    def _number(self, key: str, default: int, low: int, high: int) -> int:
        try:
            return min(max(int(str(self._ini.value(key, default))), low), high)
        except ValueError:
            return default

    def _bytes(self, key: str) -> QByteArray:
        value = self._ini.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    @property
    def theme(self) -> str:
        """One of THEMES."""
        return self._text("view/theme", "system", THEMES)

    @theme.setter
    def theme(self, value: str) -> None:
        self._ini.setValue("view/theme", value)

    @property
    def language(self) -> str:
        """One of LANGUAGES."""
        return self._text("view/language", "system", LANGUAGES)

    @language.setter
    def language(self, value: str) -> None:
        self._ini.setValue("view/language", value)

    @property
    def order(self) -> str:
        """One of ORDERS."""
        return self._text("view/order", "taken", ORDERS)

    @order.setter
    def order(self, value: str) -> None:
        self._ini.setValue("view/order", value)

    @property
    def thumbnail_side(self) -> int:
        """Side of the square that a thumbnail is shown in, in logical pixels."""
        return self._number("view/thumbnail_side", 176, SMALLEST_THUMBNAIL, LARGEST_THUMBNAIL)

    @thumbnail_side.setter
    def thumbnail_side(self, value: int) -> None:
        self._ini.setValue("view/thumbnail_side", value)

    @property
    def facts_shown(self) -> bool:
        """True when the viewer shows the facts beside the photo."""
        return str(self._ini.value("view/facts", "true")) == "true"

    @facts_shown.setter
    def facts_shown(self, value: bool) -> None:
        self._ini.setValue("view/facts", "true" if value else "false")

    @property
    def pause_on_battery(self) -> bool:
        """True when a job should pause while the computer runs on its battery."""
        return str(self._ini.value("jobs/pause_on_battery", "false")) == "true"

    @pause_on_battery.setter
    def pause_on_battery(self, value: bool) -> None:
        self._ini.setValue("jobs/pause_on_battery", "true" if value else "false")

    @property
    def geometry(self) -> QByteArray:
        """Of the window; empty at first."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._ini.setValue("window/geometry", value)

    @property
    def splitter(self) -> QByteArray:
        """Widths of the left side and the rest; empty at first."""
        return self._bytes("window/splitter")

    @splitter.setter
    def splitter(self, value: QByteArray) -> None:
        self._ini.setValue("window/splitter", value)

    @property
    def place(self) -> Place | None:
        """Where the window was when it closed."""
        return from_text(str(self._ini.value("view/place", "")))

    @place.setter
    def place(self, value: Place) -> None:
        self._ini.setValue("view/place", to_text(value))

    @property
    def top_photo(self) -> int | None:
        """The photo that was at the upper left of the grid."""
        value = self._number("view/top_photo", -1, -1, 2**62)
        return None if value < 0 else value

    @top_photo.setter
    def top_photo(self, value: int | None) -> None:
        self._ini.setValue("view/top_photo", -1 if value is None else value)

    @property
    def seen_job(self) -> str:
        """The last job whose end this library's windows have shown and somebody has put away."""
        return str(self._ini.value("jobs/seen", ""))

    @seen_job.setter
    def seen_job(self, value: str) -> None:
        self._ini.setValue("jobs/seen", value)

    @property
    def seen_verdict(self) -> str:
        """The last retraining whose verdict this library's windows have shown."""
        return str(self._ini.value("retraining/seen", ""))

    @seen_verdict.setter
    def seen_verdict(self, value: str) -> None:
        self._ini.setValue("retraining/seen", value)

    def save(self) -> None:
        """Writes what changed to the disk; a disk that takes nothing loses the window's state, no more."""
        self._ini.sync()
