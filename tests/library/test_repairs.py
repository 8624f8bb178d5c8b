"""What an index run and its helpers make of a library whose parts are lost: thumbnails, folders, models."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from engine.errors import LibraryError, ModelError, UsageError
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.codes import uncoded_ids
from engine.library.database import Library
from engine.library.indexer import IndexOptions, index
from engine.library.lost_thumbnails import lost_ids
from engine.library.model_choice import find_model, keep_model, model_folder
from engine.library.models_table import active_model
from engine.library.photos import visible_ids
from engine.library.roots import add_root, list_roots
from engine.library.thumbnails import read_thumbnail


def lose_thumbnails(library: Library, where: str = "") -> None:
    library.thumbnails.conn.execute(f"DELETE FROM thumbnails {where}")


def test_a_deleted_thumbnail_file_is_made_again(
    library, encoder, run_index, photo_folder, control, tmp_path
) -> None:
    run_index(photo_folder("photos", range(4)))
    library.close()
    for path in library.dir.glob("thumbnails.db*"):
        path.unlink()
    reopened = Library.open(library.dir)
    figures = index(reopened, [], encoder, control, IndexOptions(workers=1))
    assert (figures.read, figures.known, figures.added, figures.encoded) == (4, 4, 0, 0)
    assert all(read_thumbnail(reopened, photo_id) for photo_id in visible_ids(reopened))
    assert "4 photos are lost" in control.warnings[0].message
    assert index(reopened, [], encoder, control, IndexOptions(workers=1)).read == 0
    reopened.close()


def test_one_lost_thumbnail_among_left_over_ones_is_found(library, run_index, photo_folder) -> None:
    run_index(photo_folder("photos", range(4)))
    lose_thumbnails(library, "WHERE photo_id = 2")
    library.thumbnails.conn.execute("INSERT INTO thumbnails VALUES (99, x'00')")
    assert lost_ids(library).tolist() == [2]
    assert run_index().read == 1
    assert read_thumbnail(library, 2) is not None


def test_another_model_finds_lost_thumbnails_repaired_in_every_folder(
    library, other_encoder, run_index, photo_folder
) -> None:
    one, other = photo_folder("one", range(2)), photo_folder("other", range(2, 5))
    run_index(one, other)
    lose_thumbnails(library)
    figures = run_index(one, by=other_encoder)
    assert (figures.read, figures.encoded) == (5, 5)
    assert active_model(library).digest == other_encoder.digest
    assert len(uncoded_ids(library, 2)) == 0


def test_another_model_takes_over_though_a_photo_is_lost_with_its_thumbnail(
    library, other_encoder, run_index, photo_folder, control
) -> None:
    there, away = photo_folder("there", range(2)), photo_folder("away", range(2, 4))
    run_index(there, away)
    lose_thumbnails(library)
    away.rename(away.parent / "unplugged")
    run_index(by=other_encoder)
    assert active_model(library).digest == other_encoder.digest
    assert len(uncoded_ids(library, 2)) == 2
    (away.parent / "unplugged").rename(away)
    run_index(by=other_encoder)
    assert len(uncoded_ids(library, 2)) == len(lost_ids(library)) == 0


def test_the_list_of_thumbnails_reads_no_picture(library) -> None:
    plan = library.thumbnails.conn.execute("EXPLAIN QUERY PLAN SELECT photo_id FROM thumbnails").fetchall()
    assert "COVERING INDEX" in plan[0][3]


def test_a_deleted_folder_is_believed_gone(library, run_index, photo_folder) -> None:
    folder, other = photo_folder("photos", range(3)), photo_folder("other", [7])
    run_index(folder, other)
    shutil.rmtree(folder)
    assert run_index().offline == 1
    figures = run_index(believe_missing=True)
    assert (figures.vanished, figures.offline) == (3, 0)
    assert len(visible_ids(library)) == 1
    assert [(root.online, root.photos) for root in list_roots(library)] == [(False, 0), (True, 1)]


def test_a_renamed_folder_keeps_its_photos(library, encoder, run_index, photo_folder) -> None:
    folder = photo_folder("photos", range(3))
    run_index(folder)
    renamed = folder.rename(folder.parent / "renamed")
    add_root(library, renamed)
    figures = run_index(believe_missing=True)
    assert (figures.known, figures.vanished, figures.added, encoder.encoded) == (3, 3, 0, 3)
    assert len(visible_ids(library, renamed)) == 3


def test_an_unplugged_disk_is_never_emptied(library, run_index, photo_folder) -> None:
    folder = photo_folder("disk/photos", range(3))
    run_index(folder)
    folder.rename(folder.parent / "elsewhere")
    library.execute("UPDATE roots SET volume = ?", (str(folder.parent),))  # no mount point any more
    assert run_index(believe_missing=True).offline == 1
    library.execute("UPDATE roots SET volume = NULL")
    folder.parent.rename(folder.parent.with_name("unplugged"))
    assert run_index(believe_missing=True).offline == 1
    assert len(visible_ids(library)) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8")
@pytest.mark.parametrize("name", [b"disk", b"d\xefsk"])
def test_an_unplugged_disk_is_known_by_any_name(
    library, run_index, photo_folder, tmp_path, monkeypatch, name
) -> None:
    disk = tmp_path / os.fsdecode(name)
    mounted = {os.fsencode(disk), b"/"}
    monkeypatch.setattr(os.path, "ismount", lambda path: os.fsencode(path) in mounted)
    disk.mkdir()
    photo_folder("photos", range(3)).rename(disk / "photos")
    assert run_index(disk / "photos").added == 3
    assert run_index().read == 0
    mounted.discard(os.fsencode(disk))
    for path in (disk / "photos").iterdir():
        path.unlink()
    (disk / "photos" / "letter.txt").write_text("the folder under the mount point is not empty")
    assert (run_index().doubtful, len(visible_ids(library))) == (3, 3)
    shutil.rmtree(disk / "photos")
    assert run_index(believe_missing=True).offline == 1
    assert len(visible_ids(library)) == 3


def test_a_link_that_leads_nowhere_is_no_deleted_folder(library, run_index, photo_folder, tmp_path) -> None:
    folder = photo_folder("photos", range(2))
    link = tmp_path / "link"
    link.symlink_to(folder)
    run_index(link)
    folder.rename(tmp_path / "unplugged")
    assert run_index(believe_missing=True).offline == 1
    assert len(visible_ids(library)) == 2


def test_the_library_itself_is_no_folder_of_photos(library, tmp_path) -> None:
    with pytest.raises(UsageError, match="library's own folder") as caught:
        add_root(library, library.dir)
    assert caught.value.remedy
    Library.open(tmp_path / "second", create=True).close()
    with pytest.raises(UsageError, match="library's own folder"):
        add_root(library, tmp_path / "second")
    add_root(library, tmp_path)
    with pytest.raises(UsageError, match="library's own folder"):
        add_root(library, library.dir)


def test_a_reader_says_that_the_thumbnails_are_missing(library) -> None:
    library.close()
    for path in library.dir.glob("thumbnails.db*"):
        path.unlink()
    with pytest.raises(LibraryError) as caught:
        Library.open_reading(library.dir)
    assert caught.value.what == f"thumbnails.db is missing from the library {library.dir}."
    assert "makes the thumbnails again" in caught.value.remedy


@pytest.mark.parametrize("junk", [b"x", b"no database, but long enough " * 99])
@pytest.mark.parametrize(
    ("name", "advice"), [("library.db", "--library"), ("thumbnails.db", "thumbnails again")]
)
def test_the_file_that_is_no_database_is_named(library, name, advice, junk) -> None:
    library.close()
    (library.dir / name).write_bytes(junk)
    for opener in (Library.open, Library.open_reading):
        with pytest.raises(LibraryError, match=f"The file {name} in") as caught:
            opener(library.dir)
        assert advice in caught.value.remedy


@pytest.fixture
def damaged_copy(library) -> Path:
    """The library's copy of the built-in model, damaged."""
    model = built_in_model()
    keep_model(library, model)
    folder = model_folder(library.dir, model.digest)
    (folder / "engine.bin").write_bytes(b"nonsense")
    return folder


def test_a_damaged_copy_gives_way_to_the_built_in_model(library, damaged_copy) -> None:
    model = built_in_model()
    assert find_model(library.dir, model.digest) == model
    keep_model(library, model)
    assert ModelFile.load(damaged_copy).digest == model.digest


def test_a_damaged_model_that_is_not_built_in_says_so(library, damaged_copy) -> None:
    other = damaged_copy.rename(damaged_copy.with_name("c" * 64))
    with pytest.raises(ModelError, match="damaged"):
        find_model(library.dir, other.name)


def test_a_model_that_can_not_be_copied_says_why_in_short(library, monkeypatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise shutil.Error([(str(source), str(target), "No space left on device")] * 3)

    monkeypatch.setattr("engine.library.model_choice.shutil.copytree", refuse)
    with pytest.raises(ModelError) as caught:
        keep_model(library, built_in_model())
    assert caught.value.what.endswith(": the disk is full or not writable.")
