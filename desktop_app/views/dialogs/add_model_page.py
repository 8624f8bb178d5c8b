"""Where a stronger model is asked for: which network, and where its weights come from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from desktop_app.translation import tr


class AddModelPage(QDialog):
    """Which tower, and where its weights come from.

    Signals:
        addWanted: Arguments of `hammingbird models add`.
    """

    addWanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Add a model"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self.name = QLineEdit()
        self.name.setPlaceholderText("open_clip:MobileCLIP2-S0")
        self.name.setToolTip(tr("Any network that torchvision, open_clip or timm offer"))
        self.file = QLineEdit()
        self.file.setAccessibleName(tr("Weights"))
        self.file.setPlaceholderText("weights.safetensors")
        browse = QPushButton(tr("&Browse…"))
        browse.clicked.connect(self._browse)
        self.from_file = QRadioButton(tr("From a &file that is here:"))
        self.from_network = QRadioButton(tr("&Download them: the one time that Hammingbird uses the network"))
        self.from_file.setChecked(True)
        line = QHBoxLayout()
        line.addWidget(self.file, 1)
        line.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(20, 18, 20, 14)
        form.setVerticalSpacing(12)
        form.addRow(tr("&Network:"), self.name)
        form.addRow(tr("Its weights:"), self.from_file)
        form.addRow("", line)
        form.addRow("", self.from_network)
        note = QLabel(tr("Its codes are then fitted to your photos, without any labels; that takes a while."))
        note.setWordWrap(True)
        note.setObjectName("faint")
        form.addRow(note)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = self.buttons.addButton(tr("Add"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        form.addRow(self.buttons)
        for field in (self.name, self.file):
            field.textChanged.connect(self._update)
        self.from_file.toggled.connect(self._update)
        self._update()

    @Slot()
    def _update(self) -> None:
        here = self.from_file.isChecked()
        self.file.setEnabled(here)
        complete = bool(self.name.text().strip()) and (not here or bool(self.file.text().strip()))
        self.accept_button.setEnabled(complete)

    @Slot()
    def _browse(self) -> None:
        kinds = tr("Weights (*.safetensors *.pt *.pth *.bin)")
        name, _ = QFileDialog.getOpenFileName(self, tr("Weights"), str(Path.home()), kinds)
        if name:
            self.from_file.setChecked(True)
            self.file.setText(name)

    @Slot()
    def _accepted(self) -> None:
        chosen = ["--weights", self.file.text().strip()] if self.from_file.isChecked() else ["--yes"]
        self.addWanted.emit([self.name.text().strip(), *chosen])
        self.accept()
