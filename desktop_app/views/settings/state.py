"""What the page of settings shows of a library."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

if TYPE_CHECKING:
    from engine.library.roots import Root


@dataclass(frozen=True)
class LibraryState:
    """A library at one moment.

    Attributes:
        values: Of its settings, by name.
        roots: Its folders.
        thumbnails: How many there are.
        thumbnail_bytes: What they take on the disk.
        backup_folder: Where backups go.
        last_backup: The newest, None before the first.
    """

    values: dict[str, str]
    roots: list[Root] = field(default_factory=list)
    thumbnails: int = 0
    thumbnail_bytes: int = 0
    backup_folder: Path = Path()
    last_backup: Path | None = None


def data_size(size: int) -> str:
    """Bytes as one writes them in the language that is installed: "34.5 MB"."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
