"""The list of models: which one answers queries, where each came from, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.translation import QT_TR_NOOP, tr
from desktop_app.views.dialogs.add_model_page import AddModelPage
from desktop_app.views.dialogs.models_tree import CANDIDATE, ListedModel, ModelsTree

SIZE = (860, 520)
INTRODUCTION = QT_TR_NOOP(
    "A model says how alike photos are. Codes of each are kept side by side, so that you can go back at any"
    " time. Below a model stand those that were trained from it."
)
FACTS = {
    "network": QT_TR_NOOP("Network"),
    "objective": QT_TR_NOOP("Objective"),
    "licence": QT_TR_NOOP("Licence"),
}


class ModelsPage(QDialog):
    """Stays open while jobs go on in the window behind it.

    Signals:
        useWanted: Digest of the model to switch to.
        acceptWanted: Digest of the candidate to take into use.
        addWanted: Arguments of `hammingbird models add`.
        importWanted: Folder of a model to take in.
        exportWanted: Digest and name of a model to copy into a folder.
        renameWanted: Digest and new name.
        removeWanted: Digest of a model to remove; the person was asked.
        compareWanted: Two digests.
        verdictWanted: Id of the run whose verdict should be shown.
    """

    useWanted = Signal(str)
    acceptWanted = Signal(str)
    addWanted = Signal(object)
    importWanted = Signal(object)
    exportWanted = Signal(str, str)
    renameWanted = Signal(str, str)
    removeWanted = Signal(str)
    compareWanted = Signal(str, str)
    verdictWanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self._busy, self._told = False, ""
        introduction = QLabel(tr(INTRODUCTION))
        introduction.setWordWrap(True)
        self.tree = ModelsTree()
        self.tree.itemSelectionChanged.connect(self._choice_changed)
        self.tree.useWanted.connect(self._use)
        self.facts = QLabel()
        self.facts.setObjectName("faint")
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = QLabel()
        self.state.setObjectName("faint")
        self.state.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(12)
        column.addWidget(introduction)
        column.addWidget(self.tree, 1)
        column.addWidget(self.facts)
        column.addLayout(self._make_deeds())
        column.addLayout(self._make_end())
        self._update()

    def _make_deeds(self) -> QHBoxLayout:
        """The buttons for the chosen model."""
        self.use = _button(tr("&Use this model"), self._use)
        self.verdict = _button(
            tr("&Verdict"), self._show_verdict, tr("What its retraining was found to bring")
        )
        self.compare = _button(
            tr("&Compare"), self._compare, tr("Two chosen models, or this one with that in use")
        )
        self.rename = _button(tr("Re&name…"), self._rename)
        self.export = _button(tr("E&xport…"), self._export, tr("Copy it into a folder"))
        self.remove = _button(tr("&Remove…"), self._remove)
        row = QHBoxLayout()
        for button in (self.use, self.verdict, self.compare, self.rename, self.export, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _make_end(self) -> QHBoxLayout:
        """How other models come in, and the way out."""
        self.add = _button(
            tr("&Add a model…"), self._add, tr("A published network, stronger than the built-in one")
        )
        self.import_ = _button(
            tr("&Import…"), self._import, tr("A model that was exported, or trained elsewhere")
        )
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.import_)
        row.addWidget(self.state, 1)
        row.addWidget(close)
        return row

    # -- what is shown -------------------------------------------------------------------------------------

    def show_models(self, models: Sequence[ListedModel]) -> None:
        """Shows the list; the chosen line stays chosen."""
        self.tree.show_models(models)
        self._update()

    def show_busy(self, busy: bool) -> None:
        """While a job writes to the library, nothing else is started."""
        self._busy = busy
        self._update()

    def show_outcome(self, told: str) -> None:
        """Says what became of a wish, until another line is chosen."""
        self._told = told
        self._update()

    def _one(self) -> ListedModel | None:
        chosen = self.tree.chosen
        return chosen[0] if len(chosen) == 1 else None

    def _pair(self) -> list[str]:
        """The two models to compare: those chosen, or the chosen one with that in use or with its parent."""
        chosen = self.tree.chosen
        one = self._one()
        if one is not None:
            wanted = [m for m in self.tree.listed() if (m.digest == one.parent if one.active else m.active)]
            chosen = [*wanted[:1], one]
        return [model.digest for model in chosen] if len(chosen) == 2 else []

    @Slot()
    def _choice_changed(self) -> None:
        self._told = ""
        self._update()

    def _update(self) -> None:
        one, free = self._one(), not self._busy
        self.use.setText(
            tr("&Accept this model") if one and one.state == CANDIDATE else tr("&Use this model")
        )
        self.use.setEnabled(one is not None and not one.active and free)
        self.verdict.setEnabled(one is not None and bool(one.run_id))
        self.compare.setEnabled(bool(self._pair()))
        self.rename.setEnabled(one is not None)
        self.export.setEnabled(one is not None)
        self.remove.setEnabled(one is not None and not one.active and not one.built_in and free)
        self.add.setEnabled(free)
        self.import_.setEnabled(free)
        self.facts.setText(_facts(one) if one else "")
        self.state.setText(self._told or (tr("A job is running.") if self._busy else ""))

    # -- deeds ---------------------------------------------------------------------------------------------

    @Slot()
    def _use(self) -> None:
        one = self._one()
        if one is not None and self.use.isEnabled():
            (self.acceptWanted if one.state == CANDIDATE else self.useWanted).emit(one.digest)

    @Slot()
    def _show_verdict(self) -> None:
        if one := self._one():
            self.verdictWanted.emit(one.run_id)
            self.accept()

    @Slot()
    def _compare(self) -> None:
        if pair := self._pair():
            self.compareWanted.emit(*pair)

    @Slot()
    def _rename(self) -> None:
        one = self._one()
        if one is None:
            return
        question = QInputDialog(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setWindowTitle(tr("Rename a model"))
        question.setLabelText(tr("Name of {name} from now on:").format(name=one.name))
        question.setTextValue(one.name)
        question.textValueSelected.connect(partial(self.renameWanted.emit, one.digest))
        question.open()

    @Slot()
    def _export(self) -> None:
        if one := self._one():
            self.exportWanted.emit(one.digest, one.name)

    @Slot()
    def _remove(self) -> None:
        one = self._one()
        if one is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Remove a model"))
        box.setText(tr("Remove the model “{name}” for good?").format(name=one.name))
        box.setInformativeText(
            tr(
                "Its codes of %Ln photo(s) go with it, and this can't be undone. Your photos stay untouched."
                " Export it first if you may want it again.",
                None,
                one.codes,
            )
        )
        box.addButton(tr("Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
        box.accepted.connect(partial(self.removeWanted.emit, one.digest))
        box.open()

    @Slot()
    def _add(self) -> None:
        page = AddModelPage(self)
        page.addWanted.connect(self.addWanted)
        page.open()

    @Slot()
    def _import(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder of a model"), str(Path.home()))
        if name:
            self.importWanted.emit(Path(name))


def _button(text: str, slot: object, tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button


def _facts(model: ListedModel) -> str:
    """The card in a few words."""
    training = model.card.get("training")
    learned = training.get("photos") if isinstance(training, dict) else None
    facts = [tr("Digest {digest}").format(digest=model.digest[:12])]
    facts += [f"{tr(title)}: {model.card[key]}" for key, title in FACTS.items() if model.card.get(key)]
    if isinstance(learned, int):
        facts.append(tr("Learned from %Ln photos", None, learned))
    return ". ".join([*facts, tr("Came with Hammingbird") if model.built_in else ""]).strip(". ") + "."
