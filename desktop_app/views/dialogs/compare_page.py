"""Two models side by side, as `hammingbird models compare --json` tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.translation import QT_TR_NOOP, number, tr
from desktop_app.views.dialogs.models_tree import SI, STATES
from desktop_app.views.retraining import verdict_words

SIZE = (760, 560)
ROW_HEIGHT = 26
KEPT = QT_TR_NOOP("kept")
NOTE = QT_TR_NOOP(
    "Figures of the cards were measured on the photos that were held out of each training: they say nothing"
    " of which model is better where these differ."
)
VERDICT_NOTE = QT_TR_NOOP(
    "Below them stands what both were measured to do on the same held-out photos of this library."
)


class ComparePage(QDialog):
    """A table with a column a model.

    Signals:
        verdictWanted: Id of the run whose verdict compares these two.
    """

    verdictWanted = Signal(str)

    def __init__(self, told: Mapping[str, Any], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Two models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._run_id = str(told.get("run") or "")
        rows = [*_card_rows(told["models"]), *_verdict_rows(told)]
        note = QLabel(f"{tr(NOTE)} {tr(VERDICT_NOTE)}" if self._run_id else tr(NOTE))
        note.setWordWrap(True)
        note.setObjectName("faint")
        self.table = QTableWidget(len(rows), 3)
        self.table.setHorizontalHeaderLabels(["", *(str(model["name"]) for model in told["models"])])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setAccessibleName(tr("Two models side by side"))
        for row, texts in enumerate(rows):
            for place, text in enumerate(texts):
                self.table.setItem(row, place, QTableWidgetItem(text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if self._run_id:
            verdict = buttons.addButton(tr("&Verdict"), QDialogButtonBox.ButtonRole.ActionRole)
            verdict.clicked.connect(self._show_verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(12)
        column.addWidget(self.table, 1)
        column.addWidget(note)
        column.addWidget(buttons)

    @Slot()
    def _show_verdict(self) -> None:
        self.verdictWanted.emit(self._run_id)
        self.accept()


def _card_rows(models: list[Mapping[str, Any]]) -> list[list[str]]:
    rows = [
        [tr("State"), *(tr(STATES[model["state"]] or KEPT) for model in models)],
        [tr("Bits"), *(str(model["bits"]) for model in models)],
        [tr("Photos with codes"), *(number(model["codes"]) for model in models)],
        [
            tr("Size"),
            *(
                QLocale().formattedDataSize(model["bytes"], 1, SI) if model["bytes"] else ""
                for model in models
            ),
        ],
        [tr("Network"), *(str(model["network"] or "") for model in models)],
        [tr("Objective"), *(str(model["objective"] or "") for model in models)],
        [tr("Trained from"), *(str(model["parent_name"] or "") for model in models)],
    ]
    for name in dict.fromkeys(name for model in models for name in model["figures"]):
        found = (model["figures"].get(name) for model in models)
        rows.append([name, *("" if value is None else f"{value:.3f}" for value in found)])
    return [row for row in rows if any(row[1:])]


def _verdict_rows(told: Mapping[str, Any]) -> list[list[str]]:
    """Both figures of each measure, in the order of the columns."""
    verdict = told.get("verdict")
    if not verdict:
        return []
    by_digest = {verdict[side]["digest"]: side for side in ("before", "after")}
    sides = [by_digest[model["digest"]] for model in told["models"]]
    return [
        [
            f"{measure['title']}: {tr(verdict_words.judged(measure))}",
            *(
                verdict_words.amount(measure[side]["mean"], measure) if measure.get(side) else ""
                for side in sides
            ),
        ]
        for measure in verdict["measures"]
    ]
