"""Clearing thumbnails: what can be made again goes, what nothing could make again stays."""

import shutil

import pytest

from engine.errors import JobCancelled
from engine.library.clear_thumbnails import clear_thumbnails, store_bytes
from engine.library.codes import read_codes
from engine.library.thumbnails import read_thumbnail, thumbnail_ids


def test_thumbnails_are_cleared_and_made_again(library, encoder, run_index, control, photo_folder) -> None:
    run_index(photo_folder("photos", range(5), (640, 480)))
    ids, codes = read_codes(library, 1, 64)
    before = {photo_id: read_thumbnail(library, photo_id) for photo_id in ids}
    figures = clear_thumbnails(library, control)
    assert (figures.cleared, figures.kept) == (5, 0) and figures.freed > 0
    assert len(thumbnail_ids(library)) == 0
    run_index()
    assert {photo_id: read_thumbnail(library, photo_id) for photo_id in ids} == before
    assert (read_codes(library, 1, 64)[1] == codes).all() and encoder.encoded == 5


@pytest.mark.parametrize("how", ["gone", "empty", "found gone by an index run"])
def test_those_of_an_offline_folder_stay(library, run_index, control, photo_folder, tmp_path, how) -> None:
    run_index(photo_folder("photos", range(3)), photo_folder("disk", range(3, 7)))
    shutil.move(tmp_path / "disk", tmp_path / "unplugged")
    if how == "empty":
        (tmp_path / "disk").mkdir()
    if how == "found gone by an index run":
        run_index()
    figures = clear_thumbnails(library, control)
    assert (figures.cleared, figures.kept) == (3, 4)


def test_a_photo_with_a_copy_that_is_there_is_cleared(
    library, run_index, control, photo_folder, tmp_path
) -> None:
    run_index(photo_folder("photos", range(2)), photo_folder("disk", range(2)))
    shutil.move(tmp_path / "disk", tmp_path / "unplugged")
    assert clear_thumbnails(library, control).cleared == 2


def test_leftovers_of_photos_that_are_gone_go_too(library, run_index, control, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    (folder / "0.jpg").unlink()
    run_index()
    size = store_bytes(library.dir)
    assert clear_thumbnails(library, control).cleared == 3
    assert store_bytes(library.dir) < size


def test_a_cancelled_clearing_is_made_up_for(library, run_index, make_control, photo_folder) -> None:
    run_index(photo_folder("photos", range(3)))
    with pytest.raises(JobCancelled):
        clear_thumbnails(library, make_control(cancel_at=1))
    run_index()
    assert len(thumbnail_ids(library)) == 3
