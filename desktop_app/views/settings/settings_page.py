"""The page of settings: sections at the left, the chosen one at the right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.translation import tr
from desktop_app.views.settings.general_section import GeneralSection
from desktop_app.views.settings.performance_section import PerformanceSection
from desktop_app.views.settings.photos_section import PhotosSection
from desktop_app.views.settings.rows import Section, SettingRow
from desktop_app.views.settings.state import LibraryState
from desktop_app.views.settings.storage_section import StorageSection

SIZE = (780, 600)
SMALLEST = (600, 420)
LIST_MARGIN = 40
ROW_HEIGHT = 30


class SettingsPage(QDialog):
    """Stays open beside the window; each change counts at once.

    Signals:
        changed: The name of a setting, and what the person chose, as text.
    """

    changed = Signal(str, str)

    def __init__(self, library_dir: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self.general, self.photos = GeneralSection(), PhotosSection()
        self.performance, self.storage = PerformanceSection(), StorageSection(library_dir)
        self.list = QListWidget()
        self.list.setObjectName("libraryPanel")
        self.list.setAccessibleName(tr("Sections"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.stack = QStackedWidget()
        names = [tr("General"), tr("Photos"), tr("Performance"), tr("Storage")]
        for name, section in zip(names, self._sections(), strict=True):
            self._add(name, section)
        self.list.setFixedWidth(
            max(self.list.fontMetrics().horizontalAdvance(name) for name in names) + LIST_MARGIN
        )
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.list.setCurrentRow(0)
        self._lay_out()

    def _sections(self) -> list[Section]:
        return [self.general, self.photos, self.performance, self.storage]

    def _add(self, name: str, section: Section) -> None:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(section)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = QListWidgetItem(name, self.list)
        item.setSizeHint(QSize(0, ROW_HEIGHT))
        self.stack.addWidget(area)
        section.changed.connect(self.changed)

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(0)
        beside = QVBoxLayout()
        beside.setContentsMargins(10, 16, 0, 10)
        beside.addWidget(self.list)
        upper.addLayout(beside)
        upper.addWidget(self.stack, 1)
        note = QLabel(tr("Changes count at once; Ctrl+Z in the window takes the last one back."))
        note.setObjectName("faint")
        note.setWordWrap(True)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        lower = QHBoxLayout()
        lower.setContentsMargins(20, 10, 20, 14)
        lower.addWidget(note, 1)
        lower.addWidget(close)
        end = QFrame()
        end.setObjectName("endBar")
        end.setLayout(lower)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(end)

    def rows(self) -> dict[str, SettingRow]:
        """All rows that change something, by the setting's name."""
        return {name: row for section in self._sections() for name, row in section.rows.items()}

    def show_window(self, values: dict[str, str]) -> None:
        """Shows what the window itself remembers."""
        for name, value in values.items():
            self.rows()[name].show_value(value)

    def show_state(self, state: LibraryState) -> None:
        """Shows what holds for the library."""
        rows = self.rows()
        for name, value in state.values.items():
            rows[name].show_value(value)
        self.photos.show_state(state)
        self.storage.show_state(state)

    def show_trouble(self, name: str, text: str) -> None:
        """Says beside a setting why it could not be changed; nothing when the text is empty."""
        self.rows()[name].show_trouble(text)
