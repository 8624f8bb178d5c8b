"""What is written about the photos of the library, and how more of it comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.caption_sources import source_name
from desktop_app.translation import QT_TR_NOOP, number, tr
from desktop_app.views.dialogs.paste_page import PastePage

if TYPE_CHECKING:
    from engine.library.caption_overview import CaptionOverview

SIZE = (680, 600)
LONGEST_TEXT = 70  # letters that are shown of a text
TABLES = QT_TR_NOOP("Tables of captions (*.csv *.tsv *.json *.txt *.token)")
NOTHING = QT_TR_NOOP(
    "Nothing is written about these photos yet. Choose some and press F2, take in a list or a table below, or"
    " let Hammingbird read what other programs wrote into the files: F5 looks through all folders."
)
IGNORING = QT_TR_NOOP(
    "Cameras and programs write the same words into every file. Mark texts that say nothing about a photo:"
    " they are left out when a model learns."
)


@dataclass(frozen=True)
class CaptionFigures:
    """All that the page shows.

    Attributes:
        overview: Counts.
        languages: Captions of a sample by language.
        ignored: Texts that are marked.
    """

    overview: CaptionOverview
    languages: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


class CaptionsPage(QDialog):
    """Stays open beside the window.

    Attributes:
        texts: The texts that several photos have, with a box each.

    Signals:
        uncaptionedWanted: The photos without a caption should be shown.
        ignoredChanged: All texts that are marked now.
        pasted: Pairs of a photo's name and a caption.
        tableWanted: A file to take in.
    """

    uncaptionedWanted = Signal()
    ignoredChanged = Signal(object)
    pasted = Signal(object)
    tableWanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Captions"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.coverage = _label("", "title")
        self.share = QProgressBar()
        self.share.setTextVisible(False)
        self.share.setFixedHeight(8)
        self.share.setAccessibleName(tr("Share of photos with captions"))
        self.uncaptioned = _button("", self.uncaptionedWanted)
        self.uncaptioned.setAccessibleName(tr("Photos without captions"))
        self.hint = _label(tr(NOTHING))
        self.sources, self.languages, self.words = _label(), _label(), _label()
        self.texts: dict[str, QCheckBox] = {}
        self.told = _label("", "faint")
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Captions"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._make_figures())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(self._make_end())

    def _make_figures(self) -> QWidget:
        figures = QWidget()
        column = QVBoxLayout(figures)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(10)
        column.addWidget(self.coverage)
        line = QHBoxLayout()
        line.setSpacing(14)
        line.addWidget(self.share, 1)
        line.addWidget(self.uncaptioned)
        column.addLayout(line)
        column.addWidget(self.hint)
        self._parts = QWidget()
        form = QFormLayout(self._parts)
        form.setContentsMargins(0, 8, 0, 0)
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(18)
        form.addRow(tr("Photos by source:"), self.sources)
        form.addRow(tr("Languages:"), self.languages)
        form.addRow(tr("Frequent words:"), self.words)
        column.addWidget(self._parts)
        self._repeated = QWidget()
        below = QVBoxLayout(self._repeated)
        below.setContentsMargins(0, 8, 0, 0)
        below.setSpacing(8)
        below.addWidget(_label(tr("Texts that several photos have"), "heading"))
        below.addWidget(_label(tr(IGNORING), "faint"))
        self._texts_column = QVBoxLayout()
        self._texts_column.setSpacing(6)
        below.addLayout(self._texts_column)
        column.addWidget(self._repeated)
        column.addStretch(1)
        return figures

    def _make_end(self) -> QFrame:
        end = QFrame()
        end.setObjectName("endBar")
        self.paste = _button(tr("&Paste a list…"), self._paste)
        self.table = _button(tr("&Import a table…"), self._choose_table)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.paste)
        row.addWidget(self.table)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(end)
        column.setContentsMargins(20, 12, 20, 14)
        column.setSpacing(8)
        column.addWidget(self.told)
        column.addLayout(row)
        self.told.hide()
        return end

    # -- what is shown -------------------------------------------------------------------------------------

    def show_figures(self, figures: CaptionFigures) -> None:
        """Shows other figures."""
        overview = figures.overview
        without = overview.photos - overview.captioned
        self.coverage.setText(
            tr("{captioned} of {photos} photos have captions").format(
                captioned=number(overview.captioned), photos=number(overview.photos)
            )
        )
        self.share.setRange(0, max(overview.photos, 1))
        self.share.setValue(overview.captioned)
        self.uncaptioned.setText(tr("&Show the %Ln without", None, without))
        self.uncaptioned.setEnabled(without > 0)
        self.hint.setVisible(not overview.captioned)
        self._parts.setVisible(bool(overview.captioned))
        self.sources.setText(_counts({source_name(key): n for key, n in overview.sources.items()}))
        self.languages.setText(_shares(figures.languages))
        self.words.setText(_counts(overview.words))
        self._list_texts(overview.repeated, figures.ignored)

    def _list_texts(self, repeated: Mapping[str, int], ignored: Sequence[str]) -> None:
        """Those that several photos have, and those that are marked though few have them."""
        wanted = [*repeated, *(text for text in ignored if text not in repeated)]
        for text in [text for text in self.texts if text not in wanted]:
            gone = self.texts.pop(text)
            gone.hide()
            gone.deleteLater()
        for text in wanted:
            box = self.texts.get(text) or self._add_text(text)
            shown = " ".join(text.split())
            shown = shown if len(shown) <= LONGEST_TEXT else f"{shown[:LONGEST_TEXT]}…"
            count = f" ({tr('%Ln photo(s)', None, repeated[text])})" if text in repeated else ""
            box.setText(shown.replace("&", "&&") + count)
            box.setChecked(text in ignored)
        self._repeated.setVisible(bool(wanted))

    def _add_text(self, text: str) -> QCheckBox:
        box = self.texts[text] = QCheckBox()
        box.setToolTip(text[:1000])
        box.clicked.connect(self._marked)
        self._texts_column.addWidget(box)
        return box

    def show_outcome(self, told: str) -> None:
        """Says what became of a list or table."""
        self.told.setText(told)
        self.told.setVisible(bool(told))

    def show_busy(self, busy: bool) -> None:
        """One list at a time."""
        self.paste.setEnabled(not busy)
        self.table.setEnabled(not busy)

    # -- deeds ---------------------------------------------------------------------------------------------

    @Slot()
    def _marked(self) -> None:
        self.ignoredChanged.emit([text for text, box in self.texts.items() if box.isChecked()])

    @Slot()
    def _paste(self) -> None:
        page = PastePage(self)
        page.pasted.connect(self.pasted)
        page.open()

    @Slot()
    def _choose_table(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("A table of captions"), str(Path.home()), tr(TABLES))
        if name:
            self.tableWanted.emit(Path(name))


def _label(text: str = "", name: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _button(text: str, does: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.clicked.connect(does)
    return button


def _counts(counts: Mapping[str, int]) -> str:
    # No break between a word and its count.
    return ", ".join(f"{what}\N{NO-BREAK SPACE}{number(count)}" for what, count in counts.items())


def _shares(counts: Mapping[str, int]) -> str:
    total = max(sum(counts.values()), 1)
    return ", ".join(f"{what}\N{NO-BREAK SPACE}{count / total:.0%}" for what, count in counts.items())
