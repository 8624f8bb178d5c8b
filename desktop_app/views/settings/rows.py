"""One setting as a person sees it: its title, something to change it with, what it does, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

CONTROL_HEIGHT = 26
SETTLE_MS = 600  # a number that is being stepped through is not set at each step


class SettingRow(QWidget):
    """The frame of all rows.

    Signals:
        changed: The setting's name, and what the person chose, as text.
    """

    changed = Signal(str, str)

    def __init__(self, name: str, title: str, explanation: str) -> None:
        super().__init__()
        self.name = name
        self.title = QLabel(title)
        self.title.setObjectName("heading")
        self.title.setWordWrap(True)
        self.explanation = _wrapped(explanation, "faint")
        self.trouble = _wrapped("", "worse")
        self.trouble.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self.title)
        self._column.addWidget(self.explanation)
        self._column.addWidget(self.trouble)

    def put(self, control: QWidget, *others: QWidget) -> None:
        """Sets what changes the setting, between title and explanation."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (control, *others):
            row.addWidget(widget)
        row.addStretch(1)
        self._column.insertLayout(1, row)
        control.setMinimumHeight(CONTROL_HEIGHT)
        self.title.setBuddy(control)
        control.setAccessibleName(self.title.text())
        control.setAccessibleDescription(self.explanation.text())

    def insert(self, place: int, widget: QWidget) -> None:
        """Puts something else at a place of the column."""
        self._column.insertWidget(place, widget)

    def show_value(self, value: str) -> None:
        """Shows what holds now, without telling that it changed."""
        raise NotImplementedError

    def show_trouble(self, text: str) -> None:
        """Says why a choice could not be taken; nothing when the text is empty."""
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))


class CheckRow(SettingRow):
    """Yes or no; the box itself bears the title."""

    def __init__(self, name: str, title: str, explanation: str) -> None:
        super().__init__(name, title, explanation)
        self.box = QCheckBox(title)
        self.put(self.box)
        self.title.hide()
        self.box.toggled.connect(self._toggled)

    def show_value(self, value: str) -> None:
        """Shows "yes" or "no" as the box."""
        with QSignalBlocker(self.box):
            self.box.setChecked(value == "yes")

    @Slot(bool)
    def _toggled(self, checked: bool) -> None:
        self.changed.emit(self.name, "yes" if checked else "no")


class _Choice(QComboBox):
    """Is not changed by a wheel that scrolls the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceRow(SettingRow):
    """One of a few."""

    def __init__(self, name: str, title: str, explanation: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(name, title, explanation)
        self.box = _Choice()
        for value, shown in choices:
            self.box.addItem(shown, value)
        self.put(self.box)
        self.box.activated.connect(self._activated)

    def show_value(self, value: str) -> None:
        """One of the choices."""
        self.box.setCurrentIndex(max(self.box.findData(value), 0))

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.changed.emit(self.name, str(self.box.itemData(index)))


class _Number(QSpinBox):
    """Is not changed by a wheel that scrolls the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class NumberRow(SettingRow):
    """A whole number.

    Args:
        name: Of the setting.
        title: For people.
        explanation: What it does.
        most: The largest.
        suffix: Behind the number.
        at_zero: What 0 means; without it the smallest is 1.
        step: What an arrow adds.
    """

    def __init__(
        self,
        name: str,
        title: str,
        explanation: str,
        most: int,
        *,
        suffix: str = "",
        at_zero: str = "",
        step: int = 1,
    ) -> None:
        super().__init__(name, title, explanation)
        self.box = _Number()
        self.box.setRange(0 if at_zero else 1, most)
        self.box.setSpecialValueText(at_zero)
        self.box.setSuffix(suffix)
        self.box.setSingleStep(step)
        self.box.setGroupSeparatorShown(True)
        self.box.setKeyboardTracking(False)
        self.put(self.box)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._tell)
        self.box.valueChanged.connect(self._settled.start)

    def show_value(self, value: str) -> None:
        """A number as text; what the person is about to set stays."""
        if not self._settled.isActive():
            with QSignalBlocker(self.box):
                self.box.setValue(round(float(value)))

    def hideEvent(self, event: QHideEvent) -> None:
        """What was chosen a moment ago counts."""
        super().hideEvent(event)
        if self._settled.isActive():
            self._settled.stop()
            self._tell()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.name, str(self.box.value()))


class Section(QWidget):
    """Rows below each other.

    Signals:
        changed: As that of the rows.
    """

    changed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, SettingRow] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(20)

    def add(self, row: SettingRow) -> SettingRow:
        """Adds a row that changes a setting."""
        self.rows[row.name] = row
        row.changed.connect(self.changed)
        self.column.addWidget(row)
        return row

    def add_block(self, title: str, explanation: str, *parts: QWidget | QBoxLayout) -> QLabel:
        """Adds something that is no setting, in the same dress; returns its title."""
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        heading = QLabel(title)
        heading.setObjectName("heading")
        column.addWidget(heading)
        for part in parts:
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)
        column.addWidget(_wrapped(explanation, "faint"))
        self.column.addWidget(block)
        return heading

    def finish(self) -> None:
        """Keeps the rows at the top."""
        self.column.addStretch(1)


def _wrapped(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
