"""What was dropped or pasted."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop_app.drops import brought, can_bring


def test_folders_are_told_from_files(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.jpg").write_bytes(b"x")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("folder", "a.jpg")])
    what = brought(mime)
    assert what.folders == (tmp_path / "folder",)
    assert what.files == (tmp_path / "a.jpg",)


def test_a_picture_from_a_browser_is_taken_as_it_is(qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    mime.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    assert brought(mime).picture is not None


def test_an_address_on_the_network_is_refused_in_words(qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    assert can_bring(mime)
    assert "save it to a file" in brought(mime).trouble


@pytest.mark.parametrize("form", ["{}", '"{}"', "'{}'", "file://{}", "  {}\n"])
def test_pasted_paths_in_every_form(tmp_path: Path, qtbot: QtBot, form: str) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    mime = QMimeData()
    mime.setText(form.format(path))
    assert brought(mime).files == (path,)


@pytest.mark.parametrize("text", ["", "sunset", "\0", "x" * 5000])
def test_text_that_is_no_path(qtbot: QtBot, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    what = brought(mime)
    assert what.trouble
    assert not what.files
