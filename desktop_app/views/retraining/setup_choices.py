"""What can be chosen before a retraining: the few things that matter, and behind a fold the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.caption_sources import source_name
from desktop_app.models.photo_list import bits
from desktop_app.retraining_request import (
    BUILT_IN,
    DEFAULT_MINUTES,
    FOLDERS,
    MINUTES,
    OBJECTIVES,
    TRAINED,
    WORDS,
    RetrainingRequest,
)
from desktop_app.translation import QT_TR_NOOP, number, tr

SOURCE_COLUMNS = 2
LONGEST_NAME = 80
OTHER = ""  # a caption encoder that has to be named
TRAINED_NAMES = {
    "head": QT_TR_NOOP("The hash head: quick, forgets least"),
    "stage": QT_TR_NOOP("The network's last stage too"),
    "all": QT_TR_NOOP("The whole network: slow"),
}
OBJECTIVE_NAMES = {
    "semantic-kl": QT_TR_NOOP("Semantic similarity and empirical KL (2020)"),
    "shrewd": QT_TR_NOOP("SHREWD (2019)"),
    "orthohash": QT_TR_NOOP("OrthoHash, for captions that are classes"),
    "semantic-centers": QT_TR_NOOP("Semantic centres, for captions that are classes"),
    "dual-hinge": QT_TR_NOOP("Dual hinge, for captions that are classes"),
    "hashnet": QT_TR_NOOP("HashNet, for captions that are classes"),
}
ENCODER_NAMES = {
    BUILT_IN: QT_TR_NOOP("The model's own text tower"),
    WORDS: QT_TR_NOOP("Words in common, without a network"),
    OTHER: QT_TR_NOOP("Another one…"),
}
BITS = (0, 64, 128, 256, 512)


class SetupChoices(QWidget):
    """A form that answers with a `RetrainingRequest`.

    Signals:
        changed: Something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ignored: tuple[str, ...] = ()
        self._counts: dict[str, int] = {}
        self.photos = self._box(tr("Photos to learn from"))
        self.sources: dict[str, QCheckBox] = {}
        self._source_grid = QGridLayout()
        self._source_grid.setContentsMargins(0, 3, 0, 3)
        self._source_grid.setHorizontalSpacing(24)
        self.ignored = QLabel()
        self.ignored.setObjectName("faint")
        self.ignored.hide()
        self.minutes = self._box(tr("Time to learn in"))
        for minutes in MINUTES:
            told = tr("Up to %Ln minute(s)", None, minutes) if minutes < 60 else tr("Up to 1 hour")
            self.minutes.addItem(told, minutes)
        self.minutes.setCurrentIndex(MINUTES.index(DEFAULT_MINUTES))
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(tr("named after the model before and the date"))
        self.more = QToolButton()
        self._rest = self._make_rest()
        self._lay_out()
        self.offer_photos(0, None, ())
        self.offer_sources({})

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setMinimumContentsLength(24)
        box.currentIndexChanged.connect(self._tell)
        return box

    def _make_rest(self) -> QWidget:
        """What only the curious change."""
        self.train = self._box(tr("What is trained"))
        self.objective = self._box(tr("Objective"))
        self.bits = self._box(tr("Length of the codes"))
        self.encoder = self._box(tr("Caption encoder"))
        for box, names in (
            (self.train, [(tr(TRAINED_NAMES[value]), value) for value in TRAINED]),
            (self.objective, [(tr(OBJECTIVE_NAMES[value]), value) for value in OBJECTIVES]),
            (self.bits, [(bits(value) if value else tr("As many bits as now"), value) for value in BITS]),
            (self.encoder, [(tr(name), value) for value, name in ENCODER_NAMES.items()]),
        ):
            for name, value in names:
                box.addItem(name, value)
        self.other = QLineEdit()
        self.other.setPlaceholderText(tr("open_clip:NAME:FILE, or a folder of sentence-transformers"))
        self.other.setAccessibleName(tr("Another caption encoder"))
        self.other.editingFinished.connect(self._tell)
        self._browse = QPushButton(tr("&Browse…"))
        self._browse.clicked.connect(self._choose_folder)
        line = QHBoxLayout()
        line.addWidget(self.other, 1)
        line.addWidget(self._browse)
        rest = QWidget()
        form = _form(rest)
        form.addRow(tr("&What is trained:"), self.train)
        form.addRow(tr("&Objective:"), self.objective)
        form.addRow(tr("&Codes:"), self.bits)
        form.addRow(tr("Captions are r&ead by:"), self.encoder)
        form.addRow("", line)
        self.encoder.currentIndexChanged.connect(self._show_other)
        self._show_other()
        rest.hide()
        return rest

    def _lay_out(self) -> None:
        upper = QWidget()
        form = _form(upper)
        form.addRow(tr("&Photos:"), self.photos)
        captions = QVBoxLayout()
        captions.addLayout(self._source_grid)
        captions.addWidget(self.ignored)
        form.addRow(tr("Captions:"), captions)
        form.addRow(tr("&Time:"), self.minutes)
        form.addRow(tr("&Name:"), self.name)
        self.more.setText(tr("More choices"))
        self.more.setCheckable(True)
        self.more.setAutoRaise(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.toggled.connect(self._unfold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(upper)
        column.addWidget(self.more)
        column.addWidget(self._rest)

    # -- what is offered -----------------------------------------------------------------------------------

    def offer_photos(self, total: int, folder: Path | None, chosen: Sequence[int]) -> None:
        """Offers the library, the folder that was shown before, and the photos chosen there.

        Args:
            total: Photos in the library.
            folder: None where none was shown.
            chosen: Photo ids; empty where none are chosen.
        """
        scopes: list[tuple[str, tuple[Path | None, tuple[int, ...]]]] = [
            (tr("All photos") + (f" ({number(total)})" if total else ""), (None, ()))
        ]
        if folder is not None:
            scopes.append((tr("The folder {folder}").format(folder=folder.name or folder), (folder, ())))
        if chosen:
            scopes.append((tr("The %Ln chosen photos", None, len(chosen)), (None, tuple(chosen))))
        before = self.photos.currentData()
        self.photos.blockSignals(True)
        self.photos.clear()
        for text, scope in scopes:
            self.photos.addItem(text, scope)
        kept = next((row for row, (_, scope) in enumerate(scopes) if scope == before), 0)
        self.photos.setCurrentIndex(kept)
        self.photos.blockSignals(False)

    def offer_sources(self, counts: Mapping[str, int], ignored: Sequence[str] = ()) -> None:
        """Offers sources of captions; those that were offered before stay as they are chosen.

        Args:
            counts: Photos with captions by source, of the whole library.
            ignored: Captions that are known to say nothing.
        """
        self._ignored, self._counts = tuple(ignored), dict(counts)
        self.ignored.setText(tr("%Ln text(s) that say nothing are left out.", None, len(ignored)))
        self.ignored.setVisible(bool(ignored))
        for source in [source for source in self.sources if source not in counts and source != FOLDERS]:
            gone = self.sources.pop(source)
            gone.hide()
            gone.deleteLater()
        for source in [*counts, FOLDERS]:
            if source not in self.sources:
                box = self.sources[source] = QCheckBox()
                box.setChecked(source != FOLDERS)
                box.toggled.connect(self._tell)
        self.sources[FOLDERS].setToolTip(tr("A weak hint, for photos without any better words"))
        for place, source in enumerate([*counts, FOLDERS]):
            count = f" ({number(counts[source])})" if source in counts else ""
            self.sources[source].setText(source_name(source) + count)
            self._source_grid.addWidget(self.sources[source], place // SOURCE_COLUMNS, place % SOURCE_COLUMNS)

    # -- what is chosen ------------------------------------------------------------------------------------

    @property
    def nothing_to_read(self) -> bool:
        """True when there are captions, and none of them are to be learned from."""
        return bool(self._counts) and not self._chosen_sources()

    def request(self) -> RetrainingRequest:
        """What is chosen now."""
        folder, photos = self.photos.currentData()
        chosen = self._chosen_sources()
        usual = chosen == tuple(self._counts)
        return RetrainingRequest(
            folder=folder,
            photos=photos,
            sources=() if usual else chosen,
            ignored=self._ignored,
            encoder=self.encoder.currentData() or self.other.text().strip() or BUILT_IN,
            objective=self.objective.currentData(),
            n_bits=self.bits.currentData(),
            train=self.train.currentData(),
            minutes=self.minutes.currentData(),
            name=self.name.text().strip(),
        )

    def _chosen_sources(self) -> tuple[str, ...]:
        return tuple(s for s in [*self._counts, FOLDERS] if self.sources[s].isChecked())

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()

    @Slot(bool)
    def _unfold(self, shown: bool) -> None:
        self._rest.setVisible(shown)
        self.more.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)

    @Slot()
    def _show_other(self) -> None:
        for widget in (self.other, self._browse):
            widget.setVisible(self.encoder.currentData() == OTHER)

    @Slot()
    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self, tr("A folder of sentence-transformers"), str(Path.home())
        )
        if name:
            self.other.setText(name)
            self.changed.emit()


def _form(widget: QWidget) -> QFormLayout:
    form = QFormLayout(widget)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(12)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    return form
