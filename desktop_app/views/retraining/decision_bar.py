"""The buttons under a verdict: take the new model, keep the old one, or hand it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from desktop_app.translation import QT_TR_NOOP, tr

CANDIDATE, ACTIVE, KEPT, GONE = "candidate", "active", "kept", ""
WORDS = {
    CANDIDATE: QT_TR_NOOP(
        "Accepting it makes codes of all photos in the background. The old ones stay: you can go back"
        " at any time."
    ),
    ACTIVE: QT_TR_NOOP("The new model is in use."),
    KEPT: QT_TR_NOOP("The new model is kept, and another one is in use."),
    GONE: QT_TR_NOOP("The new model is not in the library any more."),
}


class DecisionBar(QFrame):
    """What can be done depends on what the new model is in the library now.

    Signals:
        acceptWanted: Digest of the new model, which should be used from now on.
        keepWanted: The old model stays.
        goBackWanted: Digest of the old model, which should be used again.
        exportWanted: Digest and name of the new model.
    """

    acceptWanted = Signal(str)
    keepWanted = Signal()
    goBackWanted = Signal(str)
    exportWanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("endBar")
        self._before: Mapping[str, Any] = {}
        self._after: Mapping[str, Any] = {}
        self._state, self._busy, self._recommended = CANDIDATE, False, False
        self.state = QLabel()
        self.state.setObjectName("faint")
        self.state.setWordWrap(True)
        self.state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.export = QPushButton(tr("E&xport…"))
        self.export.setToolTip(tr("Copy the new model into a folder, for another library or computer"))
        self.keep = QPushButton(tr("&Keep the old model"))
        self.accept = QPushButton(tr("&Accept the new model"))
        self.export.clicked.connect(self._export)
        self.keep.clicked.connect(self._keep)
        self.accept.clicked.connect(self._accept)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 12, 20, 12)
        row.setSpacing(10)
        row.addWidget(self.state, 1)
        for button in (self.export, self.keep, self.accept):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._update()

    @property
    def digest(self) -> str:
        """Of the new model; empty before the first verdict."""
        return str(self._after.get("digest", ""))

    def show_models(self, before: Mapping[str, Any], after: Mapping[str, Any], *, recommended: bool) -> None:
        """Takes "digest" and "name" of both models, and whether the new one is recommended."""
        self._before, self._after, self._recommended = before, after, recommended
        self._update()

    def show_state(self, state: str) -> None:
        """Says what the new model is: `CANDIDATE`, `ACTIVE`, `KEPT` or `GONE`."""
        self._state = state
        self._update()

    def show_busy(self, busy: bool) -> None:
        """While a job writes to the library, nothing is decided."""
        self._busy = busy
        self._update()

    def _update(self) -> None:
        active, gone = self._state == ACTIVE, self._state == GONE
        self.state.setText(tr("A job is running.") if self._busy else tr(WORDS[self._state]))
        self.accept.setVisible(not active and not gone)
        self.accept.setText(
            tr("&Accept the new model") if self._state == CANDIDATE else tr("&Use the new model")
        )
        self.accept.setEnabled(not self._busy)
        self.keep.setVisible(self._state in (CANDIDATE, ACTIVE))
        self.keep.setText(tr("&Go back to the old model") if active else tr("&Keep the old model"))
        self.keep.setEnabled(not active or not self._busy)
        self.export.setEnabled(not gone)
        # What is recommended looks like the button to press.
        self.accept.setDefault(self._recommended)
        self.keep.setDefault(not self._recommended)

    @Slot()
    def _accept(self) -> None:
        self.acceptWanted.emit(self.digest)

    @Slot()
    def _keep(self) -> None:
        if self._state == ACTIVE:
            self.goBackWanted.emit(str(self._before["digest"]))
        else:
            self.keepWanted.emit()

    @Slot()
    def _export(self) -> None:
        self.exportWanted.emit(self.digest, str(self._after["name"]))
