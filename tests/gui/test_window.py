"""What a person does in the window, on a real library, with the real service and real jobs."""

import os
import shutil
from pathlib import Path

import pytest
from gui_pictures import draw_photo, urls
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.conductor import Conductor
from desktop_app.places import NeighboursPlace, PhotosPlace, ProblemsPlace
from desktop_app.views.main_window import MainWindow

PATIENCE_MS = 30_000
Opened = tuple[MainWindow, Conductor]


def paths_shown(window: MainWindow) -> list[str]:
    rows = [window.photos.row(window.photos.photo_id(i)) for i in range(window.photos.rowCount())]
    return [row.path.name if row else "" for row in rows]


def find_similar_to(filled: Opened, qtbot: QtBot, row: int = 0) -> None:
    window, _ = filled
    window.grid.setCurrentIndex(window.photos.index(row, 0))
    QTest.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)


class TestFirstStart:
    def test_invites_and_indexes_what_is_added(
        self, open_window, qtbot: QtBot, photos_dir: Path, tmp_path: Path
    ):
        window, conductor = open_window(tmp_path / "new library")
        assert window.stack.currentWidget() is window.notice
        assert window.notice.title == "Find photos by likeness"

        conductor.add_folders([photos_dir])
        assert window.job_bar.isVisible()
        qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: "24 new photos" in window.job_bar.text, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: window.tree.index_of(PhotosPlace(photos_dir)).isValid(), timeout=PATIENCE_MS)
        assert window.stack.currentWidget() is window.grid

    def test_a_dropped_folder_is_added(
        self, open_window, qtbot: QtBot, photos_dir: Path, tmp_path: Path, drop
    ):
        window, _ = open_window(tmp_path / "new library")
        drop(window, urls(photos_dir))
        qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)

    def test_a_folder_around_the_library_is_refused(self, open_window, qtbot: QtBot, tmp_path: Path):
        (tmp_path / "Pictures").mkdir()
        draw_photo(1, tmp_path / "Pictures" / "one.jpg", (64, 64))
        window, conductor = open_window(tmp_path / "Pictures" / "library")
        conductor.add_folders([tmp_path / "Pictures"])
        assert "among photos" in window.messages.texts()[0]
        assert not conductor.jobs.running
        window.close()
        assert [path.name for path in (tmp_path / "Pictures").iterdir()] == ["one.jpg"]

    def test_a_file_that_is_no_library_is_told(self, open_window, qtbot: QtBot, tmp_path: Path):
        (tmp_path / "library").mkdir()
        (tmp_path / "library" / "library.db").write_bytes(b"this is a letter to my aunt, not a library" * 50)
        window, _ = open_window(tmp_path / "library")
        qtbot.waitUntil(lambda: window.notice.title == "This library can't be opened", timeout=PATIENCE_MS)
        assert "not a library" in window.notice.text
        window.close()
        assert [path.name for path in (tmp_path / "library").iterdir()] == ["library.db"]


class TestNeighbours:
    def test_nearest_first_and_without_the_query(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        asked = window.photos.photo_id(3)
        find_similar_to(filled, qtbot, 3)
        window.query_bar.set_within(128)
        assert window.photos.rowCount() == 23
        distances = [window.photos.distance(row) for row in range(23)]
        assert distances == sorted(distances)
        assert window.photos.find(asked) is None

    def test_slider_cuts_without_asking_again(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        find_similar_to(filled, qtbot)
        window.query_bar.set_within(128)
        listing = conductor.navigator.listing
        middle = window.photos.distance(11)
        window.query_bar.set_within(middle)
        expected = sum(int(d) <= middle for d in listing.distances)
        assert window.photos.rowCount() == expected
        assert conductor.navigator.listing is listing

    def test_says_how_many_are_near_enough(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        assert window.figures.text() == "24 photos"
        find_similar_to(filled, qtbot)
        window.query_bar.set_within(128)
        qtbot.waitUntil(
            lambda: window.figures.text() == "23 neighbours up to 128 bits away", timeout=PATIENCE_MS
        )
        assert not window.order_box.isVisible()
        conductor.navigator.back()
        qtbot.waitUntil(lambda: window.figures.text() == "24 photos", timeout=PATIENCE_MS)
        assert window.order_box.isVisible()

    def test_nothing_within_says_how_far_the_nearest_is(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        find_similar_to(filled, qtbot)
        nearest = int(conductor.navigator.listing.distances[0])
        assert nearest > 0, "the test needs photos that differ"
        window.query_bar.set_within(nearest - 1)
        assert window.stack.currentWidget() is window.notice
        assert window.notice.title.startswith("Nothing like this within")
        window.notice.press()
        assert window.stack.currentWidget() is window.grid
        assert window.photos.distance(0) == nearest

    def test_double_click_asks(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        asked = window.photos.photo_id(2)
        place = window.grid.visualRect(window.photos.index(2, 0)).center()
        QTest.mouseClick(window.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(window.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.waitUntil(lambda: conductor.navigator.place == NeighboursPlace((asked,)), timeout=PATIENCE_MS)

    def test_several_chosen_photos_ask_together(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        for row in (1, 4, 6):
            place = window.grid.visualRect(window.photos.index(row, 0)).center()
            QTest.mouseClick(
                window.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place
            )
        ids = tuple(window.photos.photo_id(row) for row in (1, 4, 6))
        QTest.keyClick(window, Qt.Key.Key_S)
        assert conductor.navigator.place == NeighboursPlace(ids)
        qtbot.waitUntil(lambda: "these 3" in window.query_bar.asked, timeout=PATIENCE_MS)

    def test_in_this_folder_only(self, filled: Opened, qtbot: QtBot, photos_dir: Path):
        window, conductor = filled
        conductor.navigator.go(PhotosPlace(photos_dir / "Mountains"))
        qtbot.waitUntil(lambda: window.photos.rowCount() == 11, timeout=PATIENCE_MS)
        window.grid.setCurrentIndex(window.photos.index(0, 0))
        window.actions_.similar_here.trigger()
        qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)
        window.query_bar.set_within(128)
        assert window.photos.rowCount() == 10
        window.query_bar.anywhereWanted.emit()
        qtbot.waitUntil(lambda: window.photos.rowCount() == 23, timeout=PATIENCE_MS)

    def test_back_and_forward_return_to_the_same_spot(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        window.resize(560, 420)
        window.side_slider.setValue(160)
        QTest.qWait(50)
        window.grid.setCurrentIndex(window.photos.index(20, 0))
        window.grid.scrollTo(window.photos.index(20, 0))
        scrolled = window.grid.verticalOffset()
        assert scrolled > 0, "the test needs a grid that is scrolled"
        QTest.keyClick(window, Qt.Key.Key_S)
        qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)
        window.actions_.back.trigger()
        qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
        assert window.grid.verticalOffset() == scrolled
        assert window.grid.currentIndex().row() == 20
        assert not window.query_bar.isVisible()
        QTest.mouseClick(window, Qt.MouseButton.ForwardButton, pos=QPoint(5, 5))
        qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert conductor.navigator.place == PhotosPlace()


class TestFromOutside:
    def test_a_dropped_photo_of_the_library_finds_itself_left_out(
        self, filled: Opened, qtbot: QtBot, photos_dir: Path, drop
    ):
        window, conductor = filled
        drop(window, urls(photos_dir / "Harbour" / "photo 05.jpg"))
        qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)
        assert len(conductor.navigator.place.photo_ids) == 1
        qtbot.waitUntil(lambda: window.query_bar.asked == "Photos like photo 05.jpg", timeout=PATIENCE_MS)

    def test_a_dropped_stranger_ranks_its_like_first(
        self, filled: Opened, qtbot: QtBot, tmp_path: Path, drop
    ):
        window, conductor = filled
        draw_photo(7, tmp_path / "smaller.png", (600, 450))
        drop(window, urls(tmp_path / "smaller.png"))
        qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)
        assert conductor.navigator.place.outside[0].name == "smaller.png"
        qtbot.waitUntil(lambda: window.photos.rowCount() > 0, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: paths_shown(window)[0] == "photo 07.jpg", timeout=PATIENCE_MS)

    @pytest.mark.parametrize(
        ("name", "content"), [("report.pdf", b"%PDF-1.7 not a photo"), ("torn.jpg", b"\xff\xd8\xff\xe0 torn")]
    )
    def test_what_is_no_photo_is_told_by_name(
        self, filled: Opened, qtbot: QtBot, tmp_path: Path, drop, name: str, content: bytes
    ):
        window, conductor = filled
        (tmp_path / name).write_bytes(content)
        drop(window, urls(tmp_path / name))
        qtbot.waitUntil(lambda: any(name in text for text in window.messages.texts()), timeout=PATIENCE_MS)
        assert conductor.navigator.place == PhotosPlace()
        assert window.photos.rowCount() == 24

    def test_a_pasted_picture_leaves_no_file_behind(self, filled: Opened, qtbot: QtBot, library_dir: Path):
        window, conductor = filled
        draw_photo(9, library_dir.parent / "nine.png", (640, 480))
        QGuiApplication.clipboard().setImage(QImage(str(library_dir.parent / "nine.png")))
        window.actions_.paste.trigger()
        qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: window.query_bar.isVisible(), timeout=PATIENCE_MS)
        window.close()
        assert list(library_dir.rglob("*.png")) == []

    def test_a_pasted_path_asks(self, filled: Opened, qtbot: QtBot, photos_dir: Path):
        window, conductor = filled
        QGuiApplication.clipboard().setText(f'"{photos_dir / "Harbour" / "photo 02.jpg"}"')
        window.actions_.paste.trigger()
        qtbot.waitUntil(lambda: isinstance(conductor.navigator.place, NeighboursPlace), timeout=PATIENCE_MS)

    def test_a_pasted_word_is_answered(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        QGuiApplication.clipboard().setText("sunset")
        window.actions_.paste.trigger()
        assert window.messages.texts() == ["There is no file called “sunset”."]


class TestViewer:
    def test_space_opens_and_escape_returns(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        window.grid.setCurrentIndex(window.photos.index(2, 0))
        QTest.keyClick(window.grid, Qt.Key.Key_Space)
        assert conductor.pages.viewing
        viewer = window.viewer
        qtbot.waitUntil(lambda: viewer.canvas.picture.width() == 640, timeout=PATIENCE_MS)
        assert viewer.facts.shown["Size"].startswith("640 × 480")  # noqa: RUF001
        QTest.keyClick(viewer, Qt.Key.Key_Right)
        assert viewer.photo_id == window.photos.photo_id(3)
        QTest.keyClick(viewer, Qt.Key.Key_Escape)
        assert not conductor.pages.viewing
        assert window.grid.currentIndex().row() == 3

    def test_buttons_walk_and_facts_tell_the_distance(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        find_similar_to(filled, qtbot)
        window.query_bar.set_within(128)
        qtbot.waitUntil(lambda: window.photos.rowCount() == 23, timeout=PATIENCE_MS)
        window.grid.opened.emit(0)
        buttons = {button.accessibleName(): button for button in window.viewer.findChildren(QToolButton)}
        buttons["Next photo"].click()
        assert window.viewer.row == 1
        buttons["Previous photo"].click()
        assert window.viewer.row == 0
        qtbot.waitUntil(lambda: "Format" in window.viewer.facts.shown, timeout=PATIENCE_MS)
        assert window.viewer.facts.shown["Format"] == "JPEG"
        assert window.viewer.facts.shown["Distance from the query"].endswith(("bit", "bits"))

    def test_a_late_preview_of_another_photo_is_thrown_away(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        window.grid.setCurrentIndex(window.photos.index(0, 0))
        QTest.keyClick(window.grid, Qt.Key.Key_Space)
        first = window.viewer.photo_id
        QTest.keyClick(window.viewer, Qt.Key.Key_Right)
        red = QImage(900, 675, QImage.Format.Format_RGB32)
        red.fill(Qt.GlobalColor.red)
        window.viewer.take_preview(first, red, red.size())
        assert window.viewer.canvas.picture.width() != 900

    def test_copies_are_counted(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        conductor_rows = {name: i for i, name in enumerate(paths_shown(window))}
        window.grid.setCurrentIndex(window.photos.index(conductor_rows["photo 00.jpg"], 0))
        QTest.keyClick(window.grid, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "Copies" in window.viewer.facts.shown, timeout=PATIENCE_MS)

    def test_copy_takes_file_path_and_picture(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        window.grid.setCurrentIndex(window.photos.index(1, 0))
        QTest.keyClick(window.grid, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: window.viewer.canvas.picture.width() == 640, timeout=PATIENCE_MS)
        path = window.viewer.path
        QGuiApplication.clipboard().setText("something else")
        window.actions_.copy.trigger()
        mime = QGuiApplication.clipboard().mimeData
        qtbot.waitUntil(lambda: mime().hasUrls(), timeout=PATIENCE_MS)
        assert mime().urls()[0].toLocalFile() == str(path)
        assert mime().text() == str(path)
        assert mime().imageData().width() == 640

    def test_a_photo_that_vanished_says_so_and_shows_its_thumbnail(
        self, open_window, qtbot: QtBot, library_dir: Path, photos_dir: Path, tmp_path: Path
    ):
        mine = tmp_path / "Mine"
        shutil.copytree(photos_dir / "Harbour", mine)
        window, conductor = open_window(tmp_path / "fresh", [mine])
        qtbot.waitUntil(lambda: window.photos.rowCount() == 14, timeout=PATIENCE_MS)
        shutil.rmtree(mine)
        window.grid.setCurrentIndex(window.photos.index(0, 0))
        conductor.pages.open_viewer(0)
        qtbot.waitUntil(lambda: window.viewer.trouble != "", timeout=PATIENCE_MS)
        assert not window.viewer.canvas.picture.isNull()


class TestProblems:
    def test_each_file_with_its_reason(self, filled: Opened, qtbot: QtBot):
        window, conductor = filled
        conductor.navigator.go(ProblemsPlace())
        qtbot.waitUntil(lambda: window.problem_list.rowCount() == 2, timeout=PATIENCE_MS)
        names = {window.problem_list.index(row, 0).data() for row in range(2)}
        assert names == {"cut short.jpg", "empty.jpg"}
        assert all(len(window.problem_list.index(row, 1).data()) > 3 for row in range(2))

    def test_try_again_after_mending(self, open_window, qtbot: QtBot, photos_dir: Path, tmp_path: Path):
        mine = tmp_path / "Mine"
        mine.mkdir()
        draw_photo(1, mine / "good.jpg")
        stat = (mine / "good.jpg").stat()
        (mine / "bad.jpg").write_bytes(b"\0" * stat.st_size)
        os.utime(mine / "bad.jpg", ns=(stat.st_mtime_ns, stat.st_mtime_ns))
        window, conductor = open_window(tmp_path / "fresh", [mine])
        qtbot.waitUntil(lambda: window.problem_list.rowCount() == 1, timeout=PATIENCE_MS)
        conductor.navigator.go(ProblemsPlace())

        draw_photo(2, mine / "bad.jpg")
        qtbot.waitUntil(lambda: not conductor.jobs.running, timeout=PATIENCE_MS)
        window.problem_page.retryWanted.emit(None)
        qtbot.waitUntil(lambda: window.problem_list.rowCount() == 0, timeout=PATIENCE_MS)
        conductor.navigator.go(PhotosPlace())
        qtbot.waitUntil(lambda: window.photos.rowCount() == 2, timeout=PATIENCE_MS)


class TestFolders:
    def test_counts_and_going_there(self, filled: Opened, qtbot: QtBot, photos_dir: Path):
        window, conductor = filled
        qtbot.waitUntil(lambda: window.tree.index_of(PhotosPlace(photos_dir)).isValid(), timeout=PATIENCE_MS)
        index = window.tree.index_of(PhotosPlace(photos_dir / "Harbour"))
        assert window.tree.data(index, Qt.ItemDataRole.AccessibleTextRole) == "Harbour, 14"
        window.panel.setCurrentIndex(index)
        assert conductor.navigator.place == PhotosPlace(photos_dir / "Harbour")
        qtbot.waitUntil(lambda: window.photos.rowCount() == 14, timeout=PATIENCE_MS)

    def test_forget_and_undo(self, filled: Opened, qtbot: QtBot, photos_dir: Path):
        window, conductor = filled
        qtbot.waitUntil(lambda: window.tree.index_of(PhotosPlace(photos_dir)).isValid(), timeout=PATIENCE_MS)
        window.panel.forgetWanted.emit(photos_dir)
        box = window.findChild(QMessageBox, "forget")
        assert "24 photos" in box.informativeText()
        box.accept()
        qtbot.waitUntil(lambda: window.photos.rowCount() == 0, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: window.notice.title == "Find photos by likeness", timeout=PATIENCE_MS)
        assert isinstance(conductor.navigator.place, PhotosPlace)
        assert window.messages.press("Undo")
        qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
        assert (photos_dir / "Harbour" / "photo 01.jpg").exists()

    def test_undo_by_key_after_a_forget_from_the_problems(
        self, filled: Opened, qtbot: QtBot, photos_dir: Path
    ):
        window, conductor = filled
        assert not window.actions_.undo.isEnabled()
        qtbot.waitUntil(lambda: window.tree.index_of(PhotosPlace(photos_dir)).isValid(), timeout=PATIENCE_MS)
        conductor.navigator.go(PhotosPlace(photos_dir))
        window.panel.forgetWanted.emit(photos_dir)
        window.findChild(QMessageBox, "forget").accept()
        qtbot.waitUntil(lambda: window.notice.title == "Find photos by likeness", timeout=PATIENCE_MS)
        assert conductor.navigator.place == PhotosPlace()
        assert window.actions_.undo.text() == f"&Undo: forget {photos_dir.name}"
        window.actions_.undo.trigger()
        qtbot.waitUntil(lambda: window.photos.rowCount() == 24, timeout=PATIENCE_MS)
        assert not window.actions_.undo.isEnabled()

    def test_sorted_by_name(self, filled: Opened, qtbot: QtBot):
        window, _ = filled
        window.actions_.orders.actions()[2].trigger()
        qtbot.waitUntil(lambda: paths_shown(window) == sorted(paths_shown(window)), timeout=PATIENCE_MS)
        assert window.order_box.currentText() == "Name"
