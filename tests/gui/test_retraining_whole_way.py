"""The whole way with the real window and real children: captions, a new model, search by it, and back."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from gui_pictures import draw_photo
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.places import NeighboursPlace
from desktop_app.views.main_window import MainWindow
from desktop_app.views.retraining.steps import JUDGE, WATCH
from engine.library.retraining import runs

PATIENCE_MS = 240_000
PHOTOS = 130
Opened = tuple[MainWindow, Conductor]
SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>
<rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.fixture
def captioned(tmp_path: Path) -> Path:
    """A library of photos that are told apart by what stands in the XMP beside them."""
    folder = tmp_path / "Pictures"
    folder.mkdir()
    for seed in range(PHOTOS):
        photo = draw_photo(seed, folder / f"photo {seed:03}.jpg", (320, 240))
        caption = ("a boat at sea", "snow on a mountain", "a dog in the garden")[seed % 3]
        photo.with_suffix(".xmp").write_text(SIDECAR.format(caption))
    library_dir = tmp_path / "library"
    program = [sys.executable, "-m", "desktop_app", "--library", str(library_dir)]
    subprocess.run([*program, "index", str(folder), "--progress", "none"], check=True, capture_output=True)
    return library_dir


def answer(conductor: Conductor, among: set[int]) -> list[int]:
    """The ten nearest of these photos in the answer that is shown; empty while there is none."""
    listing = conductor.navigator.listing
    if listing is None or not isinstance(listing.place, NeighboursPlace):
        return []
    return [int(photo) for photo in listing.ids if int(photo) in among][:10]


def teach(window: MainWindow, qtbot: QtBot) -> None:
    """From the page to the verdict."""
    window.actions_.teach.trigger()
    page = window.retraining_page
    page.setup.choices.minutes.setCurrentIndex(page.setup.choices.minutes.findData(1))
    qtbot.waitUntil(page.setup.start.isEnabled, timeout=PATIENCE_MS)
    assert f"{PHOTOS} of {PHOTOS} photos have captions" in page.setup.found.text
    QTest.mouseClick(page.setup.start, Qt.MouseButton.LeftButton)
    assert page.step == WATCH
    qtbot.waitUntil(lambda: "held_out fitting" in page.watch.curves.curves, timeout=PATIENCE_MS)
    assert "loss similarity" in page.watch.curves.curves
    qtbot.waitUntil(lambda: bool(page.watch.samples), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.step == JUDGE, timeout=PATIENCE_MS)


@pytest.mark.timeout(900)
def test_a_model_learns_is_accepted_answers_as_predicted_and_is_left_again(
    open_window: Callable[..., Opened], captioned: Path, qtbot: QtBot
) -> None:
    window, conductor = open_window(captioned)
    qtbot.waitUntil(lambda: window.photos.rowCount() == PHOTOS, timeout=PATIENCE_MS)
    teach(window, qtbot)
    judge = window.retraining_page.judge
    pool = runs(captioned)[0].pool()
    assert pool is not None
    query, tried = int(pool.ids[0]), set(pool.ids.tolist())
    judge.trial.trialWanted.emit(query)
    qtbot.waitUntil(lambda: judge.trial.view is not None, timeout=PATIENCE_MS)
    before, after = (
        [neighbour.photo for neighbour in side]
        for side in (judge.trial.view.query.before, judge.trial.view.query.after)
    )
    assert before != after

    conductor.navigator.go(NeighboursPlace((query,)))
    qtbot.waitUntil(lambda: answer(conductor, tried) == before, timeout=PATIENCE_MS)
    for button, expected in ((judge.decision.accept, after), (judge.decision.keep, before)):
        qtbot.waitUntil(button.isEnabled, timeout=PATIENCE_MS)
        button.click()
        qtbot.waitUntil(lambda told=expected: answer(conductor, tried) == told, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)
