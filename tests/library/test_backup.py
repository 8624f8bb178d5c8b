"""Backups: a copy that opens by itself, goes where it was asked, and leads back."""

import os
import shutil
from pathlib import Path

import pytest

from engine.errors import HammingbirdError, LibraryError, UsageError
from engine.library.backup import KEPT_BACKUPS, back_up, back_up_daily, list_backups, restore
from engine.library.captions import add_caption, captions_of
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.preferences import set_preference


def test_a_backup_is_a_library_by_itself(library, run_index, photo_folder, tmp_path: Path) -> None:
    run_index(photo_folder("photos", range(3)))
    made = back_up(library)
    assert made.path.parent == library.dir / "backups" and made.size == made.path.stat().st_size
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(made.path, alone / "library.db")
    copy = Library.open(alone)
    try:
        assert len(visible_ids(copy)) == 3
    finally:
        copy.close()


def test_restoring_takes_everything_back_and_can_itself_be_taken_back(
    library, run_index, photo_folder
) -> None:
    run_index(photo_folder("photos", range(2)))
    photo_id = int(visible_ids(library)[0])
    add_caption(library, [photo_id], "the first", "label")
    made = back_up(library)
    add_caption(library, [photo_id], "the second", "label")
    before = restore(library, made.path)
    assert before.path != made.path, "though both were made in the same second"
    assert [text for _, text in captions_of(library, photo_id)] == ["the first"]
    restore(library, before.path)
    assert [text for _, text in captions_of(library, photo_id)] == ["the first", "the second"]


def test_what_is_no_backup_is_refused_and_changes_nothing(
    library, run_index, photo_folder, tmp_path: Path
) -> None:
    run_index(photo_folder("photos", range(2)))
    (tmp_path / "no.db").write_bytes(b"no database " * 100)
    for file, error in ((tmp_path / "no.db", LibraryError), (tmp_path / "gone.db", UsageError)):
        with pytest.raises(error, match=str(file)):
            restore(library, file)
    assert not (library.dir / "backups").exists(), "nothing was to be backed up"
    assert len(visible_ids(library)) == 2


def test_a_folder_of_ones_own_gets_a_backup_a_day_by_itself(library, tmp_path: Path) -> None:
    assert back_up_daily(library) is None, "nobody chose a folder"
    set_preference(library, "backup_folder", str(tmp_path / "safe"))
    made = back_up_daily(library)
    assert made is not None and made.path.parent == tmp_path / "safe"
    assert back_up_daily(library) is None
    yesterday = made.made_at - 86_401
    os.utime(made.path, (yesterday, yesterday))
    assert back_up_daily(library) is not None


def test_only_the_newest_backups_are_kept_and_other_files_stay(library) -> None:
    folder = library.dir / "backups"
    folder.mkdir()
    for day in range(10, 24):
        (folder / f"{library.dir.name}-202001{day}-000000.db").touch()
    (folder / "another-20200101-000000.db").touch()
    back_up(library)
    assert len(list_backups(library)) == KEPT_BACKUPS
    assert (folder / "another-20200101-000000.db").exists()
    assert not (folder / f"{library.dir.name}-20200110-000000.db").exists()


def test_nothing_is_ever_written_among_photos(library, run_index, photo_folder) -> None:
    folder = photo_folder("photos", [1])
    run_index(folder)
    set_preference(library, "backup_folder", str(folder / "backups"))
    with pytest.raises(UsageError, match="among photos"):
        back_up(library)
    assert [path.name for path in folder.iterdir()] == ["1.jpg"]


def test_a_folder_that_can_not_be_written_says_so(library, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    set_preference(library, "backup_folder", str(tmp_path / "file" / "below"))
    with pytest.raises(HammingbirdError, match="could not be written"):
        back_up(library)
