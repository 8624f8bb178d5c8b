"""The list of models in the window: switching by a real job and going back, and what adding asks for."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.views.dialogs.models_page import AddModelPage, ModelsPage
from desktop_app.views.main_window import MainWindow
from engine.hashing.model_file import built_in_model
from engine.library.database import Library
from engine.library.model_choice import keep_model
from engine.training.export import export_model
from engine.training.networks import HashNetwork

PATIENCE_MS = 60_000
Opened = tuple[MainWindow, Conductor]


@pytest.fixture
def library_dir(library_dir: Path, tmp_path: Path) -> Path:
    """The built library, which also knows a model of 64 bits with random weights."""
    network = HashNetwork("shufflenet_v2_x0_5", 64)
    card = {"name": "Shorter", "licence": "none"}
    model = export_model(network, tmp_path / "shorter", input_side=64, card=card)
    library = Library.open(library_dir)
    keep_model(library, model)
    library.close()
    return library_dir


@pytest.fixture
def page(filled: Opened, qtbot: QtBot) -> ModelsPage:
    window, _ = filled
    window.actions_.models.trigger()
    found = window.findChild(ModelsPage)
    assert found is not None
    qtbot.waitUntil(lambda: found.table.rowCount() == 2, timeout=PATIENCE_MS)
    return found


def listed(page: ModelsPage) -> dict[str, tuple[str, ...]]:
    rows = [
        [page.table.item(row, column).text() for column in range(4)] for row in range(page.table.rowCount())
    ]
    return {row[0]: tuple(row[1:]) for row in rows}


def choose(page: ModelsPage, name: str) -> None:
    row = next(r for r in range(page.table.rowCount()) if page.table.item(r, 0).text() == name)
    page.table.selectRow(row)


def test_the_list_says_which_model_is_in_use(page: ModelsPage) -> None:
    name, bits = built_in_model().name, str(built_in_model().n_bits)
    assert listed(page) == {name: (bits, "24", "in use"), "Shorter": ("64", "0", "")}
    assert not page.use.isEnabled()
    choose(page, "Shorter")
    assert page.use.isEnabled()


def test_a_switch_encodes_answers_otherwise_and_goes_back(
    filled: Opened, page: ModelsPage, qtbot: QtBot
) -> None:
    window, conductor = filled
    name = built_in_model().name

    def use(model: str) -> None:
        choose(page, model)
        qtbot.waitUntil(page.use.isEnabled, timeout=PATIENCE_MS)
        QTest.mouseClick(page.use, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: listed(page)[model][2] == "in use", timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)

    window.grid.setCurrentIndex(window.photos.index(0, 0))
    window.actions_.similar.trigger()
    qtbot.waitUntil(lambda: conductor.navigator.listing is not None, timeout=PATIENCE_MS)
    before = conductor.navigator.listing
    use("Shorter")
    qtbot.waitUntil(lambda: conductor.navigator.listing.n_bits == 64, timeout=PATIENCE_MS)
    assert listed(page)["Shorter"] == ("64", "24", "in use")
    use(name)
    qtbot.waitUntil(lambda: conductor.navigator.listing.n_bits == before.n_bits, timeout=PATIENCE_MS)
    after = conductor.navigator.listing
    assert after.ids.tolist() == before.ids.tolist()
    assert after.distances.tolist() == before.distances.tolist()


def test_adding_asks_for_a_network_and_for_where_its_weights_are(page: ModelsPage, qtbot: QtBot) -> None:
    asked: list[list[str]] = []
    page.addWanted.disconnect()
    page.addWanted.connect(asked.append)
    QTest.mouseClick(page.add, Qt.MouseButton.LeftButton)
    adding = page.findChild(AddModelPage)
    assert adding is not None and not adding.accept_button.isEnabled()
    QTest.keyClicks(adding.name, "torchvision:resnet18")
    assert not adding.accept_button.isEnabled()
    QTest.keyClicks(adding.file, "/weights/resnet18.pt")
    QTest.mouseClick(adding.accept_button, Qt.MouseButton.LeftButton)
    assert asked == [["torchvision:resnet18", "--weights", "/weights/resnet18.pt"]]

    QTest.mouseClick(page.add, Qt.MouseButton.LeftButton)
    adding = page.findChildren(AddModelPage)[-1]
    QTest.keyClicks(adding.name, "open_clip:ViT-B-32")
    adding.from_network.setChecked(True)
    QTest.mouseClick(adding.accept_button, Qt.MouseButton.LeftButton)
    assert asked[1] == ["open_clip:ViT-B-32", "--yes"]


def test_what_can_not_be_added_is_told_in_the_job_bar(filled: Opened, page: ModelsPage, qtbot: QtBot) -> None:
    window, conductor = filled
    page.addWanted.emit(["torchvision:nonsense", "--weights", "/nowhere.pt"])
    qtbot.waitUntil(lambda: "no classification network" in window.job_bar.text, timeout=PATIENCE_MS)
    assert not conductor.jobs.running
    assert len(listed(page)) == 2
