"""A page with a sentence and perhaps a button, for where there is nothing else to show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.icons import icon
from desktop_app.translation import QT_TR_NOOP, tr

FEAR = QT_TR_NOOP("Your photos stay where they are: Hammingbird never moves, changes or uploads them.")


class NoticePage(QWidget):
    """A title, a few words below it, and a button.

    Signals:
        pressed: The button was pressed.
    """

    pressed = Signal()

    def __init__(
        self,
        title: str = "",
        text: str = "",
        button: str = "",
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = QLabel(objectName="title")  # type: ignore[call-overload]
        self._text = QLabel(objectName="faint")  # type: ignore[call-overload]
        self._button = QPushButton()
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._button.setMinimumHeight(36)
        self._button.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 24, 48, 24)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.tell(title, text, button, icon_name)

    def tell(self, title: str, text: str = "", button: str = "", icon_name: str = "") -> None:
        """Shows other words; no button where `button` is empty."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setText(button)
        self._button.setVisible(bool(button))
        if icon_name:
            self._button.setIcon(icon(icon_name))

    def invite(self) -> None:
        """The invitation of the first start."""
        self.tell(
            tr("Find photos by likeness"),
            tr("Add a folder with photos, or drag one in here.") + f"\n{tr(FEAR)}",
            tr("Add folder…"),
            "add-folder",
        )

    @property
    def title(self) -> str:
        """What the page says in large letters."""
        return self._title.text()

    @property
    def text(self) -> str:
        """What it says below."""
        return self._text.text()

    def press(self) -> None:
        """Presses the button."""
        self._button.click()
