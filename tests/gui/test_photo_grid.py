"""The list of photos and the grid that shows it, without a library."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.models.photo_list import DISTANCE_ROLE, PAGE, PhotoList
from desktop_app.views.photo_delegate import room_for_marks
from desktop_app.views.photo_grid import PhotoGrid
from engine.library.photos import PhotoRow


def photo_row(photo_id: int) -> PhotoRow:
    return PhotoRow(
        id=photo_id,
        path=Path(f"/photos/{photo_id}.jpg"),
        rel_path=f"{photo_id}.jpg",
        root_id=1,
        width=400,
        height=300,
        size=1000,
        taken_at="2024-05-01T12:30:00",
        camera="Canon EOS 5D",
        online=True,
        captions=("a pier",),
        typed=(),
        copies=2,
        format="JPEG",
    )


@pytest.fixture
def photos(qtbot: QtBot) -> PhotoList:
    return PhotoList()


@pytest.fixture
def grid(qtbot: QtBot, photos: PhotoList) -> PhotoGrid:
    view = PhotoGrid()
    qtbot.addWidget(view)
    view.setModel(photos)
    view.set_side(100)
    view.resize(480, 400)
    view.show()
    QTest.qWait(20)
    return view


class TestPhotoList:
    def test_keeps_qts_rules_for_models(self, photos: PhotoList, qtmodeltester: ModelTester):
        photos.set_photos(np.arange(5, 300), np.arange(295, dtype=np.int32))
        qtmodeltester.check(photos, force_py=True)
        photos.take_rows(0, range(5, 5 + PAGE), {i: photo_row(i) for i in range(5, 60)})
        photos.set_photos(np.arange(5, 310), np.arange(305, dtype=np.int32))
        photos.set_photos(np.arange(50))
        qtmodeltester.check(photos, force_py=True)

    def test_asks_once_for_the_pages_that_are_looked_at(self, photos: PhotoList):
        photos.set_photos(np.arange(1000) + 7)
        asked: list[tuple[int, list[int]]] = []
        photos.rowsWanted.connect(lambda page, ids: asked.append((page, ids)))
        photos.want_rows(PAGE - 2, PAGE + 3)
        photos.want_rows(PAGE, PAGE + 9)
        assert [page for page, _ in asked] == [0, 1]
        assert asked[1][1] == list(range(PAGE + 7, 2 * PAGE + 7))

    def test_more_at_the_end_are_inserted(self, photos: PhotoList, qtbot: QtBot):
        photos.set_photos(np.array([9, 4]))
        with qtbot.waitSignal(photos.rowsInserted), qtbot.assertNotEmitted(photos.modelReset):
            assert photos.set_photos(np.array([9, 4, 7]))
        with qtbot.waitSignal(photos.modelReset):
            assert not photos.set_photos(np.array([4, 9, 7]))

    def test_a_photo_that_is_gone_is_a_disabled_row(self, photos: PhotoList):
        photos.set_photos(np.array([9, 4]))
        photos.take_rows(0, [9, 4], {9: photo_row(9)})
        assert photos.index(0).flags() & Qt.ItemFlag.ItemIsEnabled
        assert not photos.index(1).flags() & Qt.ItemFlag.ItemIsEnabled

    def test_says_what_a_screen_reader_needs(self, photos: PhotoList):
        photos.set_photos(np.array([9]), np.array([1], np.int32))
        photos.take_rows(0, [9], {9: photo_row(9)})
        said = photos.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
        for part in ("9.jpg", "a pier", "2 copies", "1 bit away"):
            assert part in said
        assert photos.index(0).data(DISTANCE_ROLE) == 1

    def test_drags_out_files(self, photos: PhotoList):
        photos.set_photos(np.array([9, 4]))
        photos.take_rows(0, [9, 4], {9: photo_row(9), 4: photo_row(4)})
        mime = photos.mimeData([photos.index(0), photos.index(1)])
        assert [url.toLocalFile() for url in mime.urls()] == ["/photos/9.jpg", "/photos/4.jpg"]


class TestPhotoGrid:
    def test_each_photo_is_found_where_it_is_shown(self, grid: PhotoGrid, photos: PhotoList):
        photos.set_photos(np.arange(100_000))
        for row in (0, 3, 4, 50_001, 99_999):
            grid.scrollTo(photos.index(row))
            place = grid.visualRect(photos.index(row))
            assert grid.viewport().rect().contains(place.center())
            assert grid.indexAt(place.center()).row() == row

    def test_a_million_photos_lay_out_and_widen_within_a_frame(self, grid: PhotoGrid, photos: PhotoList):
        started = perf_counter()
        photos.set_photos(np.arange(1_000_000))
        grid.doItemsLayout()
        for width in range(480, 580, 10):
            grid.resize(width, 400)
            QTest.qWait(0)
        assert (perf_counter() - started) / 11 < 0.05

    def test_layout_asks_nothing_of_the_rows(self, grid: PhotoGrid, qtbot: QtBot):
        asked: set[int] = set()

        class Counting(PhotoList):
            def data(self, index, role=Qt.ItemDataRole.DisplayRole):
                asked.add(index.row())
                return super().data(index, role)

        counting = Counting()
        counting.set_photos(np.arange(100_000))
        grid.setModel(counting)
        grid.resize(700, 500)
        QTest.qWait(50)
        assert len(asked) <= len(range(*grid.visible_rows())) + 1
        grid.setModel(None)

    @pytest.mark.parametrize(
        ("start", "key", "end"),
        [
            (0, Qt.Key.Key_Right, 1),
            (0, Qt.Key.Key_Left, 0),
            (0, Qt.Key.Key_Up, 0),
            (1, Qt.Key.Key_Down, 5),
            (3, Qt.Key.Key_Right, 4),
            (19, Qt.Key.Key_Down, 21),
            (20, Qt.Key.Key_Down, 20),
            (21, Qt.Key.Key_Home, 0),
            (3, Qt.Key.Key_End, 21),
        ],
    )
    def test_keys_lead_where_one_expects(
        self, grid: PhotoGrid, photos: PhotoList, start: int, key: Qt.Key, end: int
    ):
        photos.set_photos(np.arange(22))
        assert grid.columns() == 4
        grid.setFocus()
        grid.setCurrentIndex(photos.index(start))
        QTest.keyClick(grid, key)
        assert grid.currentIndex().row() == end

    def test_shift_chooses_in_reading_order(self, grid: PhotoGrid, photos: PhotoList):
        photos.set_photos(np.arange(100))
        first, second = (grid.visualRect(photos.index(row)).center() for row in (2, 9))
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=first)
        shift = Qt.KeyboardModifier.ShiftModifier
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, shift, second)
        assert grid.selected_rows() == list(range(2, 10))
        QTest.keyClick(grid, Qt.Key.Key_Down, shift)
        assert grid.selected_rows() == list(range(2, 14))

    def test_a_dragged_rectangle_chooses_what_it_touches(self, grid: PhotoGrid, photos: PhotoList):
        photos.set_photos(np.arange(6))  # the second line is half empty
        start, end = QPoint(470, 340), grid.visualRect(photos.index(1)).center()
        viewport = grid.viewport()
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(viewport, (start + end) / 2)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
        assert grid.selected_rows() == [1, 2, 3, 5]

    def test_all_of_many_are_chosen_at_once(self, grid: PhotoGrid, photos: PhotoList):
        photos.set_photos(np.arange(1_000_000))
        started = perf_counter()
        grid.selectAll()
        assert grid.selected_count() == 1_000_000
        assert grid.selected_rows(limit=3) == [0, 1, 2]
        assert perf_counter() - started < 0.5

    def test_larger_thumbnails_keep_the_place(self, grid: PhotoGrid, photos: PhotoList):
        photos.set_photos(np.arange(1000))
        grid.show_at_top(400)
        grid.set_side(150)
        assert grid.columns() < 4
        assert grid.top_row() <= 400 < grid.top_row() + grid.columns()

    def test_tells_what_is_visible_once(self, grid: PhotoGrid, photos: PhotoList, qtbot: QtBot):
        photos.set_photos(np.arange(1000))
        QTest.qWait(20)
        told: list[tuple[int, int]] = []
        grid.visibleChanged.connect(lambda first, last: told.append((first, last)))
        for value in (100, 900, 5000):
            grid.verticalScrollBar().setValue(value)
        qtbot.waitUntil(lambda: len(told) == 1)
        QTest.qWait(20)
        assert told == [grid.visible_rows()]

    def test_nothing_is_chosen_by_a_click_beside_the_photos(self, grid: PhotoGrid, photos: PhotoList):
        photos.set_photos(np.arange(2))
        grid.selectionModel().select(photos.index(0), QItemSelectionModel.SelectionFlag.Select)
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(400, 350))
        assert grid.selected_rows() == []


def test_marks_of_a_tiny_photo_do_not_lie_on_one_another() -> None:
    cell = QRect(10, 10, 176, 176)
    tiny, wide = QRect(88, 88, 20, 20), QRect(10, 60, 176, 70)
    assert room_for_marks(wide, cell) == wide
    room = room_for_marks(tiny, cell)
    assert room.contains(tiny) and cell.contains(room)
    assert room.width() >= 100 and room.height() >= 60
