"""Which photos are found, and when they are looked for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton

from desktop_app.translation import tr
from desktop_app.views.settings.patterns_row import PatternsRow
from desktop_app.views.settings.rows import CheckRow, ChoiceRow, NumberRow, Section
from desktop_app.views.settings.state import LibraryState

MOST_MEGAPIXELS = 1_000_000
MOST_MINUTES = 1440
FOLDERS_SHOWN = 4


class PhotosSection(Section):
    """Folders, watching, patterns, when to index, the largest picture.

    Signals:
        addWanted: A folder should be added.
        forgetWanted: The folder that should leave the library.
        patternsEdited: Patterns that are not applied yet.
    """

    addWanted = Signal()
    forgetWanted = Signal(object)
    patternsEdited = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._make_folders()
        self.add(
            CheckRow(
                "watching",
                tr("Watch the folders"),
                tr("New, changed and deleted photos are noticed by themselves while Hammingbird is open."),
            )
        )
        self.add(
            NumberRow(
                "poll_minutes",
                tr("Look at network drives every"),
                tr(
                    "Network drives don't tell of changes, so Hammingbird looks through them this often,"
                    " in minutes."
                ),
                MOST_MINUTES,
                suffix=tr(" min"),
            )
        )
        self._add_when()
        self.patterns = PatternsRow(
            "exclusions",
            tr("Leave out"),
            tr(
                "Photos whose path below a folder fits one of these patterns are not shown and not found."
                " What was written about them is kept, and they come back when the pattern goes."
            ),
        )
        self.patterns.edited.connect(self.patternsEdited)
        self.add(self.patterns)
        self.add(
            NumberRow(
                "max_megapixels",
                tr("Largest picture"),
                tr("Pictures with more megapixels are not read; they are listed under Problems."),
                MOST_MEGAPIXELS,
                suffix=tr(" megapixels"),
                step=50,
            )
        )
        self.finish()

    def _make_folders(self) -> None:
        self.folders = QListWidget()
        self.folders.setAccessibleName(tr("Folders"))
        self.folders.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.folders.setFixedHeight(self.folders.fontMetrics().lineSpacing() * FOLDERS_SHOWN + 36)
        self.folders.itemSelectionChanged.connect(self._choice_changed)
        add = QPushButton(tr("Add folder…"))
        add.setAutoDefault(False)
        add.clicked.connect(self.addWanted)
        self.forget = QPushButton(tr("Forget…"))
        self.forget.setAutoDefault(False)
        self.forget.setEnabled(False)
        self.forget.clicked.connect(self._forget)
        row = QHBoxLayout()
        row.addWidget(add)
        row.addWidget(self.forget)
        row.addStretch(1)
        heading = self.add_block(
            tr("Folders"),
            tr("Photos in these folders are found. They are only read, never moved or changed."),
            self.folders,
            row,
        )
        heading.setBuddy(self.folders)

    def _add_when(self) -> None:
        self.add(
            ChoiceRow(
                "index_when",
                tr("Index"),
                tr(
                    "What was noticed is indexed at once, when the computer has little else to do, or only"
                    " when you ask for it."
                ),
                [
                    ("now", tr("At once")),
                    ("idle", tr("When the computer is idle")),
                    ("paused", tr("Only when I ask for it (F5)")),
                ],
            )
        )

    def show_state(self, state: LibraryState) -> None:
        """Shows the folders."""
        chosen = self._chosen()
        self.folders.clear()
        for root in state.roots:
            away = tr("offline") if not root.online else ""
            item = QListWidgetItem(str(root.path) + (f" · {away}" if away else ""))
            item.setData(Qt.ItemDataRole.UserRole, str(root.path))
            item.setToolTip(str(root.path))
            self.folders.addItem(item)
            if root.path == chosen:
                item.setSelected(True)
        self._choice_changed()

    def _chosen(self) -> Path | None:
        items = self.folders.selectedItems()
        return Path(str(items[0].data(Qt.ItemDataRole.UserRole))) if items else None

    @Slot()
    def _choice_changed(self) -> None:
        self.forget.setEnabled(self._chosen() is not None)

    @Slot()
    def _forget(self) -> None:
        if (folder := self._chosen()) is not None:
            self.forgetWanted.emit(folder)
