"""What is to become of a training when the window closes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from desktop_app.translation import tr

GO_ON, FINISH, CANCEL = "go on", "finish", "cancel"


class ClosingQuestion(QMessageBox):
    """Asks once, and is gone then.

    Signals:
        answered: `GO_ON`, `FINISH` or `CANCEL`; not told when the window is to stay open.
    """

    answered = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(tr("A model is learning"))
        self.setText(tr("A model is learning. What is to become of it?"))
        self.setInformativeText(tr("It can go on without the window; the next start finds it again."))
        roles = QMessageBox.ButtonRole
        self.buttons_by_answer = {
            GO_ON: self.addButton(tr("&Let it go on"), roles.AcceptRole),
            FINISH: self.addButton(tr("&Stop, keep the best so far"), roles.AcceptRole),
            CANCEL: self.addButton(tr("&Cancel the training"), roles.DestructiveRole),
        }
        self.setDefaultButton(self.buttons_by_answer[GO_ON])
        self.setEscapeButton(self.addButton(tr("&Don't close"), roles.RejectRole))
        self.buttonClicked.connect(self._pressed)

    @Slot(QAbstractButton)
    def _pressed(self, button: QAbstractButton) -> None:
        for answer, own in self.buttons_by_answer.items():
            if own is button:
                self.answered.emit(answer)
