"""German, complete: every text of the sources has its translation, and the window shows it."""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from gui_pictures import draw_photo
from PySide6.QtCore import QLocale, QSize
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.models.photo_list import bits
from desktop_app.places import PhotosPlace, ProblemsPlace, TeachPlace
from desktop_app.settings import WindowSettings
from desktop_app.translation import figure, install, language_of, number, tr
from desktop_app.views.dialogs.help_pages import KeysPage
from desktop_app.views.elided_label import ElidedLabel

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "resources" / "translations"
PATIENCE_MS = 30_000
SMALLEST = QSize(900, 560)


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    install(qapp, "de")
    yield
    install(qapp, "en")


def messages(file: Path) -> dict[tuple[str, str], list[str]]:
    """Translations by context and source, one a plural form; an empty one where something is missing."""
    found = {}
    for context in ElementTree.parse(file).iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            if translation.get("type") == "unfinished":
                forms = [""]
            found[context.findtext("name") or "", message.findtext("source")] = forms
    return found


def test_every_text_of_the_sources_is_translated(tmp_path: Path):
    lupdate = shutil.which("pyside6-lupdate", path=Path(sys.executable).parent)
    if lupdate is None:
        pytest.skip("needs pyside6-lupdate")
    fresh = tmp_path / "fresh.ts"
    sources = sorted(map(str, (ROOT / "desktop_app").rglob("*.py")))
    subprocess.run([lupdate, *sources, "-ts", str(fresh)], check=True, capture_output=True, timeout=60)
    wanted = messages(fresh).keys()
    german = messages(TRANSLATIONS / "hammingbird_de.ts")
    assert len(wanted) > 500
    assert sorted(wanted - german.keys()) == [], "run: make translations, and translate what is new"
    assert sorted(german.keys() - wanted) == [], "run: make translations"
    for translated in (german, messages(TRANSLATIONS / "hammingbird_en.ts")):
        assert [source for source, forms in translated.items() if not all(forms)] == []


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{[^}]*\}|%L?n", text))


@pytest.mark.parametrize("language", ["de", "en"])
def test_placeholders_are_the_same(language: str):
    """What `str.format` and Qt fill in; the singular may leave out what is clear then."""
    for (_, source), forms in messages(TRANSLATIONS / f"hammingbird_{language}.ts").items():
        wanted = placeholders(source)
        singular = forms[0] if len(forms) > 1 else None
        for form in forms:
            assert placeholders(form) <= wanted, source
            assert form is singular or placeholders(form) == wanted, source
            assert form.count("&") == source.count("&"), source


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_ships_is_what_is_written(language: str, tmp_path: Path):
    lrelease = shutil.which("pyside6-lrelease", path=Path(sys.executable).parent)
    if lrelease is None:
        pytest.skip("needs pyside6-lrelease")
    fresh, source = tmp_path / "fresh.qm", TRANSLATIONS / f"hammingbird_{language}.ts"
    subprocess.run([lrelease, str(source), "-qm", str(fresh)], check=True, capture_output=True, timeout=60)
    assert fresh.read_bytes() == source.with_suffix(".qm").read_bytes(), "run: make translations"


def test_one_and_many():
    assert (bits(1), bits(12), bits(1200)) == ("1 bit", "12 bits", "1,200 bits")
    assert tr("%Ln photo(s)", None, 1) == "1 photo"
    assert number(12000) == "12,000"


def test_german_numbers_and_plurals(german):
    assert tr("%Ln photo(s)", None, 1) == "1 Foto"
    assert tr("%Ln photo(s)", None, 12000) == "12.000 Fotos"
    assert number(12000) == "12.000"
    assert (figure(-7.25, "+.1f"), figure(0.412, ".1%")) == ("-7,2", "41,2%")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [(["de-CH", "fr"], "de"), (["fr-FR", "de"], "de"), (["fr"], "en"), (["en_GB"], "en"), ([], "en")],
)
def test_the_language_of_the_desktop(monkeypatch, wanted: list[str], language: str):
    monkeypatch.setattr(QLocale, "uiLanguages", lambda self: wanted)
    assert language_of("system") == language
    assert language_of("de") == "de"


def shown_texts(top: QWidget) -> str:
    return "\n".join(w.text() for w in top.findChildren(QWidget) if isinstance(w, QLabel | QAbstractButton))


def clipped(top: QWidget) -> list[str]:
    """Texts with less room than they need."""
    found = []
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel):
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            short = widget.height() < widget.heightForWidth(widget.width())
        elif isinstance(widget, QLabel | QAbstractButton) and widget.text():
            short = widget.width() < widget.sizeHint().width()
        else:
            continue
        if short:
            found.append(f"{widget.text()} ({widget.size().toTuple()} of {widget.sizeHint().toTuple()})")
    return found


@pytest.fixture
def german_window(qapp: QApplication, open_window, library_dir: Path, qtbot: QtBot):
    """As someone opens it who has chosen German; small."""
    settings = WindowSettings(library_dir)
    settings.language = "de"
    settings.save()
    window, conductor = open_window(library_dir)
    qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
    window.resize(SMALLEST)
    yield window, conductor
    install(qapp, "en")


def test_the_window_speaks_german_and_clips_nothing(german_window, qtbot: QtBot, tmp_path: Path):
    window, conductor = german_window
    assert window.menuBar().actions()[0].text() == "&Datei"
    assert window.figures.text() == "24 Fotos"
    assert clipped(window) == []
    conductor.navigator.go(ProblemsPlace())
    qtbot.waitUntil(lambda: "2 Dateien waren nicht lesbar" in shown_texts(window), timeout=PATIENCE_MS)
    assert window.windowTitle().startswith("Probleme")
    assert clipped(window) == []
    conductor.navigator.go(TeachPlace())
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.retraining_page, timeout=PATIENCE_MS)
    assert "Anlernen, was ähnlich heißt" in shown_texts(window)
    qtbot.waitUntil(lambda: clipped(window) == [], timeout=PATIENCE_MS)
    conductor.navigator.go(PhotosPlace())
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.grid, timeout=PATIENCE_MS)
    window.actions_.keys.trigger()
    keys = window.findChild(KeysPage)
    assert "Vollbild" in shown_texts(keys)
    assert clipped(keys) == []
    keys.close()


def test_german_neighbours(german_window, qtbot: QtBot, tmp_path: Path):
    window, conductor = german_window
    draw_photo(40, tmp_path / "fremd.jpg")
    conductor.take([], [tmp_path / "fremd.jpg"])
    qtbot.waitUntil(lambda: window.query_bar.asked == "Fotos wie fremd.jpg", timeout=PATIENCE_MS)
    window.query_bar.set_within(256)
    qtbot.waitUntil(lambda: window.figures.text() == "24 Nachbarn bis 256 Bit entfernt", timeout=PATIENCE_MS)
    assert clipped(window) == []


def test_another_language_makes_the_window_anew(tmp_path: Path):
    program = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QTimer\n"
        "from desktop_app.app import Application, Program\n"
        "from desktop_app.translation import install\n"
        "from desktop_app.views.settings.settings_page import SettingsPage\n"
        "app = Application([]); program = Program(app, Path(sys.argv[1])); first = program.start.window\n"
        "def choose():\n"
        "    first.actions_.settings.trigger()\n"
        "    program.start._settings.language = 'de'; install(app, 'de')\n"
        "def look():\n"
        "    window = program.start.window; settings = window.findChild(SettingsPage)\n"
        "    if window is not first and settings is not None:\n"
        "        timer.stop(); print(window.notice.title, settings.windowTitle(), sep='|'); window.leave()\n"
        "first.visible.connect(choose)\n"
        "timer = QTimer(); timer.timeout.connect(look); timer.start(20)\n"
        "code = app.exec(); program.close(); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "library")], capture_output=True, text=True, timeout=90
    )
    assert done.stdout.strip() == "Fotos nach Ähnlichkeit finden|Einstellungen", done.stderr
    assert done.returncode == 0
