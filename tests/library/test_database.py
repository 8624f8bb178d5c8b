"""Opening what is no library, what is too new, what can't be written; and the tables themselves."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from engine.errors import LibraryError, UsageError
from engine.library.database import Library
from engine.library.settings import get_setting, set_setting
from engine.library.thumbnails import read_thumbnail, read_thumbnails, store_thumbnails


def contents(folder: Path) -> dict[str, bytes]:
    """All files but those that SQLite puts beside a database while it is open."""
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))
    }


@pytest.fixture(params=["open", "create", "read"])
def opener(request: pytest.FixtureRequest):
    return {
        "open": Library.open,
        "create": lambda folder: Library.open(folder, create=True),
        "read": Library.open_reading,
    }[request.param]


def refused(opener, folder: Path, kind: type[Exception] = LibraryError) -> str:
    """Opens what can't be opened, checks that nothing changed, gives the message."""
    before = contents(folder) if folder.is_dir() else None
    with pytest.raises(kind) as caught:
        opener(folder)
    assert caught.value.what.endswith(".") and caught.value.remedy.endswith(".")
    assert (contents(folder) if folder.is_dir() else None) == before
    return caught.value.what


@pytest.mark.parametrize("junk", [b"This is no database, but a long enough text. " * 50, b"\0" * 5000, b"x"])
@pytest.mark.parametrize("name", ["library.db", "thumbnails.db"])
def test_a_file_that_is_no_database(opener, tmp_path, name, junk) -> None:
    Library.open(tmp_path, create=True).close()
    (tmp_path / name).write_bytes(junk)
    assert "is not a library" in refused(opener, tmp_path)


def test_a_database_of_another_program(opener, tmp_path) -> None:
    Library.open(tmp_path, create=True).close()
    (tmp_path / "library.db").unlink()
    other = sqlite3.connect(tmp_path / "library.db")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    assert "another program" in refused(opener, tmp_path)


def test_a_library_made_by_a_newer_version(opener, tmp_path) -> None:
    Library.open(tmp_path, create=True).close()
    newer = sqlite3.connect(tmp_path / "library.db")
    with newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('hammingbird', '99-holograms')"
        )
    newer.close()
    assert "newer version" in refused(opener, tmp_path)


def test_a_file_in_place_of_the_folder(opener, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    assert "is a file" in refused(opener, tmp_path / "file", UsageError)


@pytest.mark.parametrize("opener", [Library.open, Library.open_reading])
def test_no_library_and_none_wanted(opener, tmp_path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert "no library" in refused(opener, folder)
    assert not (tmp_path / "nowhere").exists()


def test_an_older_library_is_brought_up_to_date_by_writers_only(tmp_path) -> None:
    Library.open(tmp_path, create=True).close()
    (tmp_path / "thumbnails.db").unlink()
    sqlite3.connect(tmp_path / "thumbnails.db").execute("PRAGMA user_version = 1").connection.close()
    assert "older version" in refused(Library.open_reading, tmp_path)
    Library.open(tmp_path).close()
    Library.open_reading(tmp_path).close()


@pytest.mark.skipif(os.name == "nt", reason="needs users")
def test_a_disk_that_can_only_be_read(read_only, tmp_path) -> None:
    made = Library.open(tmp_path / "made", create=True)
    set_setting(made, "colour", "blue")
    made.close()
    shutil.copytree(tmp_path / "made", read_only / "library")
    with read_only_user():
        assert "can't be made" in refused(lambda f: Library.open(f, create=True), read_only / "fresh")
        assert "can't be written" in refused(Library.open, read_only / "library")
        seen = Library.open_reading(read_only / "library")
        assert get_setting(seen, "colour") == "blue"
        with pytest.raises(LibraryError, match="can't be written"):
            set_setting(seen, "colour", "red")
        seen.close()


class read_only_user:  # noqa: N801 - reads as a phrase
    """Root may write anywhere, so the test becomes nobody for a while."""

    def __enter__(self) -> None:
        self._root = os.geteuid() == 0
        if self._root:
            os.seteuid(65534)

    def __exit__(self, *_: object) -> None:
        if self._root:
            os.seteuid(0)


@pytest.fixture
def read_only(tmp_path_factory):
    """A folder that anybody may enter and nobody but root may change."""
    import tempfile

    folder = Path(tempfile.mkdtemp())
    yield_folder = folder / "disk"
    yield_folder.mkdir()
    folder.chmod(0o755)
    if os.geteuid() != 0:
        yield_folder.chmod(0o555)
    yield yield_folder
    yield_folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_full_disk_takes_nothing_and_says_so(library) -> None:
    pages = library.value("PRAGMA page_count")
    library.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="full"):
        set_setting(library, "long", "x" * 100_000)
    assert get_setting(library, "long") is None
    library.execute("PRAGMA max_page_count = 1000000")
    set_setting(library, "long", "x" * 100_000)


def test_a_damaged_library_is_named_as_such(tmp_path) -> None:
    made = Library.open(tmp_path, create=True)
    set_setting(made, "long", "x" * 100_000)
    made.close()
    data = bytearray((tmp_path / "library.db").read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    (tmp_path / "library.db").write_bytes(data)
    with pytest.raises(LibraryError, match="damaged"):
        opened = Library.open_reading(tmp_path)
        get_setting(opened, "long")


def test_a_busy_library_says_so(library, monkeypatch) -> None:
    library.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(library.dir / "library.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match="busy"):
        set_setting(library, "a", "b")
    other.execute("ROLLBACK")
    other.close()
    set_setting(library, "a", "b")


def test_a_transaction_is_all_or_nothing(library) -> None:
    with pytest.raises(ZeroDivisionError), library.transaction():
        library.execute("INSERT INTO settings VALUES ('a', 'b')")
        raise ZeroDivisionError
    assert get_setting(library, "a") is None


def test_reading_sees_one_moment(library) -> None:
    reader = Library.open_reading(library.dir)
    with reader.reading():
        assert get_setting(reader, "a") is None
        set_setting(library, "a", "b")
        assert get_setting(reader, "a") is None
    assert get_setting(reader, "a") == "b"
    reader.close()


def test_settings_and_their_tables_are_as_documented(library) -> None:
    assert library.value("PRAGMA journal_mode") == "wal"
    assert library.value("PRAGMA foreign_keys") == 1
    assert library.value("PRAGMA synchronous") == 1
    assert library.thumbnails.conn.execute("PRAGMA synchronous").fetchone() == (2,)


def test_ctrl_c_in_a_transaction_leaves_nothing_behind(library) -> None:
    with pytest.raises(KeyboardInterrupt), library.transaction():
        library.execute("INSERT INTO settings (key, value) VALUES ('colour', 'blue')")
        raise KeyboardInterrupt
    assert get_setting(library, "colour") is None
    other = Library.open(library.dir)
    set_setting(other, "colour", "red")
    other.close()
    assert get_setting(library, "colour") == "red"


def test_every_table_is_documented(library) -> None:
    text = (Path(__file__).parents[2] / "docs" / "library-format.md").read_text()
    for name, sql in library.rows("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')"):
        if name.startswith(("captions_fts_", "names_fts_", "sqlite_")):
            continue
        assert f"`{name}`" in text, name
        if sql.startswith("CREATE TABLE"):
            for column in library.rows("SELECT name FROM pragma_table_xinfo(?)", (name,)):
                assert f"`{column[0]}`" in text, f"{name}.{column[0]}"


def test_foreign_keys_hold_after_everything(library) -> None:
    assert library.rows("PRAGMA foreign_key_check") == []
    assert library.value("PRAGMA integrity_check") == "ok"


def test_thumbnails_are_stored_replaced_and_read(library) -> None:
    store_thumbnails(library, [(1, b"one"), (2, b"two")])
    store_thumbnails(library, [(2, b"zwei")])
    assert read_thumbnail(library, 2) == b"zwei"
    assert read_thumbnail(library, 3) is None
    assert read_thumbnails(library, [3, 2, 1]) == {1: b"one", 2: b"zwei"}


HOT_QUERIES = {
    "codes": (
        "SELECT photo_id, code FROM codes WHERE model_id = 1 AND photo_id >= 1 AND photo_id < 9",
        "codes",
    ),
    "changes": ("SELECT DISTINCT photo_id, kind FROM changes WHERE seq > 5", "changes"),
    "a path": ("SELECT photo_id FROM files WHERE root_id = 1 AND rel_path = 'a' AND raw_path = x''", "files"),
    "a folder": (
        "SELECT photo_id FROM files WHERE root_id = 1 AND rel_path > 'a/' AND rel_path < 'a0'",
        "files",
    ),
    "moved": ("SELECT id FROM files WHERE size = 1 AND mtime_ns = 2 AND photo_id IS NOT NULL", "files"),
    "a photo": ("SELECT id FROM photos WHERE pixel_hash = x''", "photos"),
    "captions": ("SELECT text FROM captions WHERE photo_id IN (1, 2)", "captions"),
}


@pytest.mark.parametrize("name", HOT_QUERIES)
def test_what_is_looked_up_has_an_index(library, name) -> None:
    sql, table = HOT_QUERIES[name]
    plan = [row[3] for row in library.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(step.startswith(f"SEARCH {table}") for step in plan), plan


def test_visible_photos_and_folder_counts_come_from_indexes(library) -> None:
    for sql, name in (
        ("SELECT DISTINCT photo_id FROM visible_files ORDER BY photo_id", "COVERING INDEX files_by_photo"),
        (
            "SELECT root_id, rel_dir, count(DISTINCT photo_id) FROM visible_files GROUP BY root_id, rel_dir",
            "INDEX files_by_folder",
        ),
    ):
        plan = [row[3] for row in library.rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert any(f"files USING {name}" in step for step in plan), plan
        assert not any("TEMP B-TREE FOR GROUP" in step or "FOR ORDER" in step for step in plan), plan
