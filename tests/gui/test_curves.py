"""The curves of a training: which there are, what they say, and where the best was."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.theme import DARK, LIGHT, apply_theme
from desktop_app.views.retraining.curves import Curves


@pytest.fixture
def curves(qtbot: QtBot) -> Curves:
    made = Curves()
    qtbot.addWidget(made)
    made.add([{"seconds": 1.0, "step": 10, "loss": {"kl": 0.5, "margin_term": 2.0, "total": 1.25}}])
    made.add(
        [
            {"seconds": 2.0, "step": 20, "held_out": {"fitting": 6.1, "words": None}, "best": True},
            {"seconds": 4.0, "step": 40, "held_out": {"fitting": 5.9, "words": None}, "best": False},
        ]
    )
    return made


def test_each_part_of_the_loss_and_each_measure_has_its_own_curve(curves: Curves) -> None:
    assert set(curves.curves) == {"loss kl", "loss margin_term", "loss total", "held_out fitting"}
    assert curves.curves["held_out fitting"].values == (6.1, 5.9)
    assert curves.curves["held_out fitting"].figure.text() == "5.9"
    assert curves.curves["loss margin_term"].plot.accessibleName() == "Margin term: 2.000"


def test_the_best_so_far_is_marked(curves: Curves) -> None:
    assert curves.curves["held_out fitting"].mark == (2.0, 6.1)
    assert curves.curves["loss kl"].mark is None


def test_another_training_starts_with_no_curves(curves: Curves) -> None:
    curves.clear()
    assert not curves.curves
    curves.add([{"seconds": 1.0, "step": 1, "loss": {"kl": 0.1}}])
    assert curves.curves["loss kl"].values == (0.1,)


def test_curves_follow_the_theme(curves: Curves, qapp: QApplication) -> None:
    for theme, colours in (("dark", DARK), ("light", LIGHT)):
        apply_theme(qapp, theme)
        ground = curves.curves["loss kl"].plot.backgroundBrush().color()
        assert ground.name() == QColor(colours.window).name()
