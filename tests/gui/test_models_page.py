"""The list of models in the window: what it says, and what is done with models by real jobs and commands."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QMessageBox,
    QPushButton,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
)
from pytestqt.qtbot import QtBot
from stub_run import verdict, write_run

from desktop_app.conductor import Conductor
from desktop_app.views.dialogs.add_model_page import AddModelPage
from desktop_app.views.dialogs.compare_page import ComparePage
from desktop_app.views.dialogs.models_page import ModelsPage
from desktop_app.views.main_window import MainWindow
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.database import Library
from engine.library.model_choice import keep_model
from engine.library.photos import visible_ids
from engine.training.export import export_model
from engine.training.networks import HashNetwork

PATIENCE_MS = 60_000
Opened = tuple[MainWindow, Conductor]


SHORTER, GARDEN = "Shorter", "Garden"


@pytest.fixture(scope="session")
def shorter_model(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """Another model of 64 bits with random weights."""
    card = {"name": SHORTER, "licence": "none"}
    network = HashNetwork("shufflenet_v2_x0_5", 64)
    return export_model(network, tmp_path_factory.mktemp("models") / "shorter", input_side=64, card=card)


@pytest.fixture
def library_dir(library_dir: Path, garden_model: ModelFile, shorter_model: ModelFile) -> Path:
    """The built library with two more models: a candidate with its verdict, and one that came otherwise."""
    library = Library.open(library_dir)
    keep_model(library, garden_model, candidate=True)
    keep_model(library, shorter_model)
    ids = visible_ids(library).tolist()
    library.close()
    write_run(library_dir, ids, verdict(ids, built_in_model().digest, garden_model.digest))
    return library_dir


@pytest.fixture
def page(filled: Opened, qtbot: QtBot) -> ModelsPage:
    """The list of models."""
    window, _ = filled
    window.actions_.models.trigger()
    found = window.findChild(ModelsPage)
    assert found is not None
    qtbot.waitUntil(lambda: len(found.tree.listed()) == 3, timeout=PATIENCE_MS)
    return found


def items(page: ModelsPage) -> dict[str, QTreeWidgetItem]:
    walk = QTreeWidgetItemIterator(page.tree)
    found = {}
    while walk.value() is not None:
        found[walk.value().text(0)] = walk.value()
        walk += 1
    return found


def listed(page: ModelsPage) -> dict[str, tuple[str, ...]]:
    return {name: tuple(item.text(column) for column in (1, 2, 3)) for name, item in items(page).items()}


def choose(page: ModelsPage, *names: str) -> None:
    page.tree.clearSelection()
    for name in names:
        items(page)[name].setSelected(True)


def test_the_list_is_a_family_tree_and_says_which_model_is_in_use(page: ModelsPage) -> None:
    name, bits = built_in_model().name, str(built_in_model().n_bits)
    assert listed(page) == {
        name: ("in use", bits, "24"),
        GARDEN: ("to be accepted", "64", "0"),
        SHORTER: ("", "64", "0"),
    }
    assert items(page)[GARDEN].parent() is items(page)[name]
    assert items(page)[GARDEN].text(4) == "6.1 → 7.4 of 10" and items(page)[GARDEN].text(5).endswith("MB")
    assert not page.use.isEnabled() and not page.remove.isEnabled()
    choose(page, SHORTER)
    assert page.use.isEnabled() and page.use.text() == "&Use this model"
    assert page.remove.isEnabled() and not page.verdict.isEnabled()
    choose(page, GARDEN)
    assert page.use.text() == "&Accept this model" and page.verdict.isEnabled()
    assert "Learned from 640 photos" in page.facts.text()
    choose(page, GARDEN, SHORTER)
    assert page.compare.isEnabled() and not page.use.isEnabled() and not page.rename.isEnabled()


def test_a_switch_encodes_answers_otherwise_and_goes_back(
    filled: Opened, page: ModelsPage, qtbot: QtBot
) -> None:
    window, conductor = filled
    name = built_in_model().name

    def use(model: str) -> None:
        choose(page, model)
        qtbot.waitUntil(page.use.isEnabled, timeout=PATIENCE_MS)
        QTest.mouseClick(page.use, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: listed(page)[model][0] == "in use", timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)

    window.grid.setCurrentIndex(window.photos.index(0, 0))
    window.actions_.similar.trigger()
    qtbot.waitUntil(lambda: conductor.navigator.listing is not None, timeout=PATIENCE_MS)
    before = conductor.navigator.listing
    use(GARDEN)
    qtbot.waitUntil(lambda: conductor.navigator.listing.n_bits == 64, timeout=PATIENCE_MS)
    assert listed(page)[GARDEN] == ("in use", "64", "24")
    use(name)
    qtbot.waitUntil(lambda: conductor.navigator.listing.n_bits == before.n_bits, timeout=PATIENCE_MS)
    after = conductor.navigator.listing
    assert after.ids.tolist() == before.ids.tolist()
    assert after.distances.tolist() == before.distances.tolist()


def test_a_model_is_renamed_and_a_name_that_is_taken_is_refused(page: ModelsPage, qtbot: QtBot) -> None:
    choose(page, SHORTER)
    QTest.mouseClick(page.rename, Qt.MouseButton.LeftButton)
    question = page.findChild(QInputDialog)
    question.setTextValue("Beaches")
    question.accept()
    qtbot.waitUntil(lambda: "Beaches" in listed(page), timeout=PATIENCE_MS)
    page.renameWanted.emit(page.tree.listed()[0].digest, "Beaches")
    qtbot.waitUntil(lambda: "Beaches" in page.state.text(), timeout=PATIENCE_MS)
    choose(page, GARDEN)
    assert page.state.text() == ""


def test_two_models_are_compared_and_their_verdict_is_opened(
    filled: Opened, page: ModelsPage, qtbot: QtBot
) -> None:
    window, _ = filled
    choose(page, GARDEN)
    QTest.mouseClick(page.compare, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.findChild(ComparePage) is not None, timeout=PATIENCE_MS)
    compared = page.findChild(ComparePage)
    table = compared.table
    assert [table.horizontalHeaderItem(column).text() for column in (1, 2)] == [built_in_model().name, GARDEN]
    rows = {table.item(row, 0).text(): row for row in range(table.rowCount())}
    row = rows["Neighbours of 10 that fit: better"]
    assert [table.item(row, column).text() for column in (1, 2)] == ["6.1", "7.4"]
    button = next(b for b in compared.findChildren(QPushButton) if "Verdict" in b.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.retraining_page
    qtbot.waitUntil(lambda: window.findChild(ModelsPage) is None, timeout=PATIENCE_MS)


def test_a_model_goes_to_a_folder_is_removed_and_comes_back(
    filled: Opened, page: ModelsPage, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, conductor = filled
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(elsewhere))
    choose(page, SHORTER)
    QTest.mouseClick(page.export, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "lies in" in page.state.text(), timeout=PATIENCE_MS)
    (folder,) = elsewhere.iterdir()
    assert folder.name.startswith("Shorter-") and (folder / "card.json").is_file()

    QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    box = page.findChild(QMessageBox)
    assert "for good" in box.text()
    QTest.mouseClick(box.buttons()[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: SHORTER not in listed(page), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    qtbot.waitUntil(page.import_.isEnabled, timeout=PATIENCE_MS)
    QTest.mouseClick(page.import_, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: SHORTER in listed(page), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)


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
    assert len(listed(page)) == 3
