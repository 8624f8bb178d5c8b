"""What is known about a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.models.photo_list import bits
from desktop_app.translation import figure, tr

if TYPE_CHECKING:
    from engine.library.photos import PhotoRow

WIDTH = 264


def readable_date(taken_at: str) -> str:
    """A date such as 2024-05-01T12:30:00 as a person reads it; what is no date stays as it is."""
    return taken_at.replace("T", "  ")[:17] if len(taken_at) >= 16 else taken_at


def facts(row: PhotoRow, distance: int | None = None) -> list[tuple[str, str]]:
    """Names and values, in the order of interest; what is not known is left out.

    Args:
        row: The photo.
        distance: How far it is from the query, in bits; None where nothing is asked.
    """
    megapixels = row.width * row.height / 1e6
    extent = (
        " " + tr("({count} megapixels)").format(count=figure(megapixels, ".1f")) if megapixels >= 0.1 else ""
    )
    listed = [
        (tr("Distance from the query"), "" if distance is None else bits(distance)),
        (tr("File"), row.path.name),
        (tr("Folder"), str(row.path.parent)),
        (tr("Size"), f"{row.width} × {row.height}{extent}"),  # noqa: RUF001
        (tr("Format"), row.format),
        (tr("On disk"), QLocale().formattedDataSize(row.size)),
        (tr("Taken"), readable_date(row.taken_at) if row.taken_at else ""),
        (tr("Camera"), row.camera or ""),
        (tr("Caption"), "\n".join(row.captions)),
        (tr("Copies"), tr("%Ln files hold this photo", None, row.copies) if row.copies > 1 else ""),
        (tr("Disk"), "" if row.online else tr("offline: connect it to see the photo in full")),
    ]
    return [(name, value) for name, value in listed if value]


class FactsPanel(QScrollArea):
    """A column of facts; the text can be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("factsPanel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFixedWidth(WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Facts about the photo"))
        self._shown: list[tuple[str, str]] = []

    @property
    def shown(self) -> dict[str, str]:
        """The facts shown, by name."""
        return dict(self._shown)

    def show_row(self, row: PhotoRow | None, distance: int | None = None) -> None:
        """Shows the facts about a photo, see `facts`; nothing where nothing is known yet."""
        self._shown = facts(row, distance) if row else []
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(2)
        for name, value in self._shown:
            label = QLabel(name)
            label.setObjectName("faint")
            text = QLabel(_breakable(value))
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setAccessibleName(f"{name}: {value}")
            column.addWidget(label)
            column.addWidget(text)
            column.addSpacing(8)
        column.addStretch(1)
        self.setWidget(page)


def _breakable(text: str) -> str:
    """Lets long paths and names break after their separators (U+200B is a place to break, not a sign)."""
    for sign in ("/", "\\", "_", "-", "."):
        text = text.replace(sign, sign + "\u200b")
    return text
