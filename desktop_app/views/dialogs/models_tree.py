"""Models as a family tree: what was learned from what, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from desktop_app.translation import QT_TR_NOOP, number, tr

COLUMNS = (
    QT_TR_NOOP("Model"),
    QT_TR_NOOP("State"),
    QT_TR_NOOP("Bits"),
    QT_TR_NOOP("Photos with codes"),
    QT_TR_NOOP("Measured"),
    QT_TR_NOOP("Size"),
)
NUMBERS = (2, 3, 4, 5)  # columns of which the right ends stand below each other
ROW_HEIGHT, AIR = 28, 24
SI = QLocale.DataSizeFormat.DataSizeSIFormat
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
DIGEST_ROLE = int(Qt.ItemDataRole.UserRole)
ACTIVE, CANDIDATE, KEPT = "active", "candidate", "kept"
STATES = {ACTIVE: QT_TR_NOOP("in use"), CANDIDATE: QT_TR_NOOP("to be accepted"), KEPT: ""}


@dataclass(frozen=True)
class ListedModel:
    """A model as the list shows it.

    Attributes:
        digest: Identity.
        name: For people.
        n_bits: Length of its codes.
        codes: Photos that have one.
        state: `ACTIVE`, `CANDIDATE` or `KEPT`.
        parent: Digest of the model that it was trained from; empty where there is none.
        built_in: It came with the program.
        size: Of its folder in the library, in bytes; 0 where it has none there.
        measured: A figure in a few words; empty where none is known.
        run_id: Of the retraining that made it, empty where its verdict is not known.
        card: What is written about it.
    """

    digest: str
    name: str
    n_bits: int
    codes: int
    state: str
    parent: str = ""
    built_in: bool = False
    size: int = 0
    measured: str = ""
    run_id: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Its codes answer queries."""
        return self.state == ACTIVE


class ModelsTree(QTreeWidget):
    """A line a model, below the one that it was trained from.

    Signals:
        useWanted: A line was activated.
    """

    useWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: dict[str, ListedModel] = {}
        self.setColumnCount(len(COLUMNS))
        self.setHeaderLabels([tr(title) for title in COLUMNS])
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setItemsExpandable(False)
        self.setAccessibleName(tr("Models"))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(60)
        for column in NUMBERS:
            self.headerItem().setTextAlignment(column, RIGHT)
        self.itemActivated.connect(self.useWanted)

    @property
    def chosen(self) -> list[ListedModel]:
        """The models of the chosen lines, from top to bottom."""
        items = sorted(self.selectedItems(), key=lambda item: self.visualItemRect(item).y())
        return [self._models[item.data(0, DIGEST_ROLE)] for item in items]

    def listed(self) -> list[ListedModel]:
        """All models, in the order in which they came."""
        return list(self._models.values())

    def show_models(self, models: Sequence[ListedModel]) -> None:
        """Shows other models, or other figures of the same; chosen lines stay chosen."""
        before = {model.digest for model in self.chosen}
        wanted = before & {model.digest for model in models} or {m.digest for m in models if m.active}
        self._models = {model.digest: model for model in models}
        self.blockSignals(True)
        self.clear()
        items = {model.digest: self._item(model) for model in models}
        for model in models:
            above = items.get(model.parent) if model.parent != model.digest else None
            if above is None:
                self.addTopLevelItem(items[model.digest])
            else:
                above.addChild(items[model.digest])
        self.expandAll()
        for digest, item in items.items():
            item.setSelected(digest in wanted)
            if digest in wanted and self.currentItem() is None:
                self.setCurrentItem(item)
        self.blockSignals(False)
        if wanted != before:
            self.itemSelectionChanged.emit()

    def _item(self, model: ListedModel) -> QTreeWidgetItem:
        size = QLocale().formattedDataSize(model.size, 1, SI) if model.size else ""
        texts = (
            model.name,
            tr(STATES[model.state]),
            str(model.n_bits),
            number(model.codes),
            model.measured,
            size,
        )
        item = QTreeWidgetItem(list(texts))
        item.setData(0, DIGEST_ROLE, model.digest)
        item.setToolTip(0, f"{model.name}\n{model.digest}")
        for column, text in enumerate(texts):
            item.setSizeHint(column, QSize(self.fontMetrics().horizontalAdvance(text) + AIR, ROW_HEIGHT))
        for column in NUMBERS:
            item.setTextAlignment(column, RIGHT)
        return item
