"""Messages that don't stand in the way: a line above the photos, with a button at most."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.icons import icon
from desktop_app.translation import tr

SHORT_MS = 8_000
KEPT_LINES = 4


@dataclass(frozen=True)
class Deed:
    """A button in a message.

    Attributes:
        text: On the button.
        do: What it does; called on the window's thread.
    """

    text: str
    do: Callable[[], None]


class _Line(QFrame):
    """One message."""

    def __init__(self, text: str, deeds: tuple[Deed, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.text = text
        self._deeds = deeds
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 8, 7)
        row.addWidget(label, 1)
        for number, deed in enumerate(deeds):
            button = QPushButton(deed.text)
            button.setProperty("deed", number)
            button.clicked.connect(self._do)
            row.addWidget(button)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(tr("Put this message away"))
        close.setAccessibleName(tr("Put this message away"))
        close.clicked.connect(self.go)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.go)

    def stay(self, milliseconds: int) -> None:
        self._timer.start(milliseconds)

    @Slot()
    def _do(self) -> None:
        deed = self._deeds[int(self.sender().property("deed"))]
        self.go()
        deed.do()

    @Slot()
    def go(self) -> None:
        self._timer.stop()
        self.hide()
        self.deleteLater()


class MessageBar(QWidget):
    """Shows the newest few messages, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def tell(self, text: str, *deeds: Deed, brief: bool = False) -> None:
        """Shows a message, in place of one that says the same: the buttons of the newer one count.

        Args:
            text: What to say.
            deeds: Buttons.
            brief: Goes away by itself; for what needs no answer.
        """
        lines = self._lines()
        for same in [line for line in lines if line.text == text]:
            lines.remove(same)
            same.go()
        for old in lines[: max(len(lines) - KEPT_LINES + 1, 0)]:
            old.go()
        line = _Line(text, deeds, self)
        self._column.addWidget(line)
        line.show()
        if brief:
            line.stay(SHORT_MS)

    def clear(self) -> None:
        """Puts all messages away."""
        for line in self._lines():
            line.go()

    def texts(self) -> list[str]:
        """What is shown, the oldest first."""
        return [line.text for line in self._lines()]

    def press(self, text: str) -> bool:
        """Presses the button with this text; False when there is none."""
        for line in self._lines():
            for button in line.findChildren(QPushButton):
                if button.text() == text:
                    button.click()
                    return True
        return False

    def _lines(self) -> list[_Line]:
        lines = self.findChildren(_Line, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [line for line in lines if not line.isHidden()]
