"""The list of models: which one answers queries, switching to another, adding a stronger one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

COLUMNS = ("Model", "Bits", "Photos with codes", "")
DIGEST_ROLE = int(Qt.ItemDataRole.UserRole)
SIZE = (620, 380)
INTRODUCTION = (
    "A model says how alike photos are. Codes of each are kept side by side, so that you can go back at any"
    " time."
)


@dataclass(frozen=True)
class ListedModel:
    """A model as the list shows it.

    Attributes:
        digest: Identity.
        name: For people.
        n_bits: Length of its codes.
        codes: Photos that have one.
        active: Whether it answers queries.
    """

    digest: str
    name: str
    n_bits: int
    codes: int
    active: bool


class ModelsPage(QDialog):
    """Stays open while jobs go on in the window behind it.

    Signals:
        useWanted: Digest of the model to switch to.
        addWanted: Arguments of `hammingbird models add`.
    """

    useWanted = Signal(str)
    addWanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Models")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._busy = False
        introduction = QLabel(INTRODUCTION)
        introduction.setWordWrap(True)
        self.table = self._make_table()
        self.use = QPushButton("&Use this model")
        self.use.clicked.connect(self._use)
        self.add = QPushButton("&Add a model…")
        self.add.clicked.connect(self._add)
        self.state = QLabel()
        self.state.setObjectName("faint")
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        buttons = QHBoxLayout()
        for widget in (self.use, self.add, self.state):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(12)
        column.addWidget(introduction)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self._update()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setHorizontalHeaderLabels(list(COLUMNS))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.setAccessibleName("Models")
        table.itemSelectionChanged.connect(self._update)
        table.itemActivated.connect(self._use)
        return table

    def show_models(self, models: Sequence[ListedModel]) -> None:
        """Shows the list; the chosen row stays chosen."""
        chosen = self._chosen()
        self.table.setRowCount(len(models))
        for row, model in enumerate(models):
            texts = (model.name, str(model.n_bits), f"{model.codes:,}", "in use" if model.active else "")
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setData(DIGEST_ROLE, model.digest)
                item.setToolTip(model.digest)
                if place in (1, 2):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, place, item)
            if model.digest == chosen or (not chosen and model.active):
                self.table.selectRow(row)
        self._update()

    def show_busy(self, busy: bool) -> None:
        """While a job writes to the library, nothing else is started."""
        self._busy = busy
        self._update()

    def _chosen(self) -> str:
        items = self.table.selectedItems()
        return str(items[0].data(DIGEST_ROLE)) if items else ""

    def _chosen_is_active(self) -> bool:
        items = self.table.selectedItems()
        return bool(items) and items[-1].text() == "in use"

    @Slot()
    def _update(self) -> None:
        self.use.setEnabled(bool(self._chosen()) and not self._chosen_is_active() and not self._busy)
        self.add.setEnabled(not self._busy)
        self.state.setText("A job is running." if self._busy else "")

    @Slot()
    def _use(self) -> None:
        if self.use.isEnabled():
            self.useWanted.emit(self._chosen())

    @Slot()
    def _add(self) -> None:
        page = AddModelPage(self)
        page.addWanted.connect(self.addWanted)
        page.open()


class AddModelPage(QDialog):
    """Which tower, and where its weights come from.

    Signals:
        addWanted: Arguments of `hammingbird models add`.
    """

    addWanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add a model")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self.name = QLineEdit()
        self.name.setPlaceholderText("open_clip:MobileCLIP2-S0")
        self.name.setToolTip("Any network that torchvision, open_clip or timm offer")
        self.file = QLineEdit()
        self.file.setPlaceholderText("weights.safetensors")
        browse = QPushButton("&Browse…")
        browse.clicked.connect(self._browse)
        self.from_file = QRadioButton("From a &file that is here:")
        self.from_network = QRadioButton("&Download them: the one time that Hammingbird uses the network")
        self.from_file.setChecked(True)
        line = QHBoxLayout()
        line.addWidget(self.file, 1)
        line.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(20, 18, 20, 14)
        form.setVerticalSpacing(12)
        form.addRow("&Network:", self.name)
        form.addRow("Its weights:", self.from_file)
        form.addRow("", line)
        form.addRow("", self.from_network)
        note = QLabel("Its codes are then fitted to your photos, without any labels; that takes a while.")
        note.setWordWrap(True)
        note.setObjectName("faint")
        form.addRow(note)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = self.buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
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
        kinds = "Weights (*.safetensors *.pt *.pth *.bin)"
        name, _ = QFileDialog.getOpenFileName(self, "Weights", str(Path.home()), kinds)
        if name:
            self.from_file.setChecked(True)
            self.file.setText(name)

    @Slot()
    def _accepted(self) -> None:
        chosen = ["--weights", self.file.text().strip()] if self.from_file.isChecked() else ["--yes"]
        self.addWanted.emit([self.name.text().strip(), *chosen])
        self.accept()
