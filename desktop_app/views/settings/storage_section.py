"""What the library takes on the disk, and its backups."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton

from desktop_app.translation import number, tr
from desktop_app.views.settings.rows import Section, SettingRow
from desktop_app.views.settings.state import LibraryState, data_size


class FolderRow(SettingRow):
    """A folder to choose or to type; empty for the usual one."""

    def __init__(self, name: str, title: str, explanation: str) -> None:
        super().__init__(name, title, explanation)
        self.field = QLineEdit()
        self.field.setMinimumWidth(280)
        self.field.setClearButtonEnabled(True)
        self.field.editingFinished.connect(self._edited)
        self._held = ""
        choose = QPushButton(tr("Choose…"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        self.put(self.field, choose)

    def show_value(self, value: str) -> None:
        """The folder, empty for the usual one."""
        self._held = value
        self.field.setText(value)

    @Slot()
    def _edited(self) -> None:
        if self.field.text() != self._held:
            self.changed.emit(self.name, self.field.text())

    @Slot()
    def _choose(self) -> None:
        start = self.field.text() or str(Path.home())
        if name := QFileDialog.getExistingDirectory(self, self.title.text(), start):
            self.changed.emit(self.name, name)


class StorageSection(Section):
    """Thumbnails, backups, the library's folder.

    Signals:
        clearWanted: The thumbnails should be cleared; the person was not asked yet.
        backUpWanted: A backup should be made now.
        showWanted: A folder to show in the file manager.
    """

    clearWanted = Signal()
    backUpWanted = Signal()
    showWanted = Signal(object)

    def __init__(self, library_dir: Path) -> None:
        super().__init__()
        self._library_dir, self._backups = library_dir, library_dir / "backups"
        self.figures = QLabel()
        self.clear = _button(tr("Clear…"), self.clearWanted)
        self.add_block(
            tr("Thumbnails"),
            tr(
                "Small copies of your photos, which the window shows and the model reads. Cleared ones are"
                " made again from the photos; those of folders that are offline are kept."
            ),
            _beside(self.figures, self.clear),
        )
        self.folder = FolderRow(
            "backup_folder",
            tr("Backups go to"),
            tr(
                "A backup holds your folders, captions, pairs and codes, but no photos. Without a folder of"
                " your own choice it lies in the library's."
            ),
        )
        self.add(self.folder)
        self.back_up = _button(tr("Back up now"), self.backUpWanted)
        self.show_backups = _button(tr("Show the backups"), self._show_backups)
        self.told = _selectable("")
        self.add_block(
            tr("Backup"),
            tr(
                "With a folder of your own choice, indexing makes a backup by itself, once a day at most."
                " The last ten are kept. To go back to one: hammingbird backup --restore FILE"
            ),
            _beside(self.back_up, self.show_backups),
            self.told,
        )
        show = _button(tr("Show in file manager"), self._show_library)
        self.add_block(
            tr("Library"),
            tr("All that Hammingbird knows lies here, and nowhere among your photos."),
            _selectable(str(library_dir)),
            _beside(show),
        )
        self.finish()

    def show_state(self, state: LibraryState) -> None:
        """Shows sizes and the last backup."""
        size = data_size(state.thumbnail_bytes)
        told = tr("{size} on the disk, photos: {count}")
        self.figures.setText(told.format(size=size, count=number(state.thumbnails)))
        self.clear.setEnabled(state.thumbnails > 0)
        self._backups = state.backup_folder
        self.folder.field.setPlaceholderText(str(self._library_dir / "backups"))
        if state.last_backup is not None:
            self.told.setText(tr("The last backup: {path}").format(path=state.last_backup))
        else:
            self.told.setText(tr("There is no backup yet."))
        self.show_backups.setEnabled(state.last_backup is not None)

    def show_backing_up(self, busy: bool, told: str = "") -> None:
        """While a backup is made, and what became of it."""
        self.back_up.setEnabled(not busy)
        if busy:
            self.told.setText(tr("Backing up…"))
        elif told:
            self.told.setText(told)

    @Slot()
    def _show_backups(self) -> None:
        self.showWanted.emit(self._backups)

    @Slot()
    def _show_library(self) -> None:
        self.showWanted.emit(self._library_dir)


def _button(text: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button


def _beside(*widgets: QLabel | QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _selectable(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
