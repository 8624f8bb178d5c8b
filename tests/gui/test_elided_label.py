"""A label with too little room."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.views.elided_label import ElidedLabel

NAME = "a very long name of a photo that somebody thought of.jpg"


def test_it_shortens_and_keeps_the_whole_text(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText(NAME)
    label.resize(120, 20)
    assert "…" in label.shown
    assert label.shown.endswith(".jpg")  # shortened in the middle
    assert (label.text(), label.toolTip()) == (NAME, NAME)
    label.resize(2000, 20)
    assert label.shown == NAME


def test_it_never_asks_for_room(qtbot: QtBot) -> None:
    label = ElidedLabel(Qt.TextElideMode.ElideRight)
    qtbot.addWidget(label)
    label.setText(NAME * 10)
    assert label.minimumSizeHint().width() == 0
    label.resize(120, 20)
    assert label.shown.startswith("a very")
    assert label.shown.endswith("…")
