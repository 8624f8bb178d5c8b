"""A library on disk: two SQLite files in one folder, opened, checked and brought up to date here.

`library.db` is the truth; `thumbnails.db` holds the pictures, apart, so that the file with the codes stays
small enough to be read at once and to be copied as a backup.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

from engine.errors import LibraryError, UsageError
from engine.library.migrations import LIBRARY_STEPS, THUMBNAIL_STEPS
from engine.paths import LIBRARY_FILE

THUMBNAIL_FILE = "thumbnails.db"
BUSY_S = 5.0
SMALLEST_DATABASE = 512

Row = tuple[Any, ...]


def utc_now() -> str:
    """This moment as it stands in the tables: "2026-11-21T08:30:00+00:00"."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Library:
    """An open library. SQLite connections belong to one thread, so each thread opens its own.

    Attributes:
        dir: The folder.
        db: library.db.
        thumbnails: thumbnails.db.
    """

    def __init__(self, folder: Path, db: Database, thumbnails: Database) -> None:
        self.dir = folder
        self.db = db
        self.thumbnails = thumbnails

    @classmethod
    def open(cls, folder: Path, *, create: bool = False) -> "Library":
        """Opens a library for reading and writing, and brings an older one up to date.

        Args:
            folder: The library's folder.
            create: Make the folder and an empty library when there is none.

        Raises:
            UsageError: `folder` is a file.
            LibraryError: There is none, it is no library, a newer version made it, or it can't be written.
        """
        folder = Path(folder)
        if folder.exists() and not folder.is_dir():
            raise UsageError(
                f"{folder} is a file, not the folder of a library.", "Name a folder with --library."
            )
        if not create and not (folder / LIBRARY_FILE).is_file():
            raise _no_library(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The folder {folder} can't be made: {error.strerror}.",
                "Choose another folder with --library.",
            ) from error
        with _closed_on_error() as opened, translated(folder):
            for name in (LIBRARY_FILE, THUMBNAIL_FILE):
                opened.append(_connect(folder / name, "rwc"))
            for db, steps in zip(opened, (LIBRARY_STEPS, THUMBNAIL_STEPS), strict=True):
                _check(db, steps, folder)
            for db, steps in zip(opened, (LIBRARY_STEPS, THUMBNAIL_STEPS), strict=True):
                _prepare(db, steps, folder)
            # A power cut must not leave codes whose thumbnails are lost: this file reaches the disk first.
            opened[1].execute("PRAGMA synchronous = FULL")
        return cls(folder, *opened)

    @classmethod
    def open_reading(cls, folder: Path) -> "Library":
        """Opens a library that can't be changed through this object.

        Raises:
            UsageError: `folder` is a file.
            LibraryError: There is none, it is no library, or another version made it.
        """
        folder = Path(folder)
        if folder.exists() and not folder.is_dir():
            raise UsageError(
                f"{folder} is a file, not the folder of a library.", "Name a folder with --library."
            )
        if not (folder / LIBRARY_FILE).is_file():
            raise _no_library(folder)
        with _closed_on_error() as opened, translated(folder):
            for name, steps in ((LIBRARY_FILE, LIBRARY_STEPS), (THUMBNAIL_FILE, THUMBNAIL_STEPS)):
                if not (folder / name).is_file():
                    raise LibraryError(
                        f"{name} is missing from the library {folder}.",
                        "Run `hammingbird index`; it makes the thumbnails again.",
                    )
                db = _connect_reading(folder / name)
                opened.append(db)
                _check(db, steps, folder)
                if steps.pending(db):
                    raise LibraryError(
                        f"The library {folder} was made by an older version of Hammingbird.",
                        "Run `hammingbird index` once, which brings it up to date.",
                    )
        return cls(folder, *opened)

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Runs one statement on library.db.

        Raises:
            LibraryError: The disk is full, the file damaged or busy, and the like.
        """
        with translated(self.dir):
            return self.db.conn.execute(sql, parameters)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs one statement for many rows on library.db; raises as `execute`."""
        with translated(self.dir):
            self.db.conn.executemany(sql, rows)

    def execute_script(self, script: str) -> None:
        """Runs several statements on library.db, outside of any transaction; raises as `execute`."""
        with translated(self.dir):
            self.db.conn.executescript(script)

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """All rows of a query on library.db; raises as `execute`."""
        with translated(self.dir):
            return self.db.conn.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """First column of the first row, None when there is no row; raises as `execute`."""
        with translated(self.dir):
            row = self.db.conn.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing on library.db, and alone among writers from the first statement on.

        Raises:
            LibraryError: Another program keeps the library busy, the disk is full, and the like.
        """
        with translated(self.dir), _transaction(self.db, "IMMEDIATE"):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several queries that see the library at one moment, whatever is written meanwhile."""
        if self.db.conn.in_transaction:
            yield
            return
        with translated(self.dir), _transaction(self.db, "DEFERRED"):
            yield

    @contextmanager
    def thumbnail_transaction(self) -> Iterator[None]:
        """All or nothing on thumbnails.db; raises as `transaction`."""
        with translated(self.dir), _transaction(self.thumbnails, "IMMEDIATE"):
            yield

    def close(self) -> None:
        """Ends both connections."""
        self.db.close()
        self.thumbnails.close()


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns what SQLite says about the world into one sentence and a remedy; bugs pass through.

    Raises:
        LibraryError: The file, the disk or another program is at fault.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        told = _explain(folder, error)
        if told is None:
            raise
        raise told from error


def _explain(folder: Path, error: sqlite3.DatabaseError) -> LibraryError | None:
    """None for errors that only a bug can cause."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LibraryError(
            f"The library {folder} is damaged.",
            "Move library.db and thumbnails.db away and index again; your photos are untouched.",
        )
    if code == sqlite3.SQLITE_FULL:
        return LibraryError(f"The disk of the library {folder} is full.", "Make room, then start again.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryError(f"Another program keeps the library {folder} busy.", "Close it, then try again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LibraryError(
            f"The library {folder} can't be written.",
            "Allow writing to that folder, or choose another with --library.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return LibraryError(
            f"The disk gave an error while the library {folder} was used.",
            "Check the disk, then start again.",
        )
    return None


def _not_a_database(path: Path) -> LibraryError:
    remedy = "Choose another folder with --library, or move that file away."
    if path.name == THUMBNAIL_FILE:
        remedy = "Move it away: nothing is lost, since `hammingbird index` makes the thumbnails again."
    return LibraryError(f"The file {path.name} in {path.parent} is not a library's database.", remedy)


def _no_library(folder: Path) -> LibraryError:
    return LibraryError(f"There is no library in {folder}.", "Make one with `hammingbird index FOLDER`.")


@contextmanager
def _closed_on_error() -> Iterator[list[Database]]:
    opened: list[Database] = []
    try:
        yield opened
    except BaseException:  # Ctrl-C too: nobody else knows these connections, so nobody could close them
        for db in opened:
            db.close()
        raise


@contextmanager
def _transaction(db: Database, kind: str) -> Iterator[None]:
    db.conn.execute(f"BEGIN {kind}")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        # Ctrl-C and a dropped generator too: a transaction that stays open would keep every other writer out.
        # SQLite itself has rolled back after a full disk and the like; a second time would hide the error.
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def _connect(path: Path, mode: str, *, immutable: bool = False) -> Database:
    if path.exists() and 0 < path.stat().st_size < SMALLEST_DATABASE:  # SQLite would take it for an empty one
        raise _not_a_database(path)
    address = f"{path.absolute().as_uri()}?mode={mode}" + ("&immutable=1" if immutable else "")
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # the first look at the file itself
        return Database(connection, execute_plugins=False)
    except BaseException as error:  # Ctrl-C too, see `_closed_on_error`
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB:
            raise _not_a_database(path) from error
        raise


def _connect_reading(path: Path) -> Database:
    try:
        return _connect(path, "ro")
    except sqlite3.OperationalError as error:
        # On a read-only disk SQLite can't make its helper files. Nobody can write there either, so the file
        # may be taken as it is, unless a log lies beside it that would have to be played back.
        log = path.with_name(path.name + "-wal")
        refused = getattr(error, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
        )
        if not refused or not path.is_file() or (log.exists() and log.stat().st_size):
            raise
        return _connect(path, "ro", immutable=True)


def _check(db: Database, steps: Migrations, folder: Path) -> None:
    """Refuses files that are not ours or that a newer version wrote, before anything is changed."""
    applied = {step.name for step in steps.applied(db)}
    known = {step.name for step in steps._migrations}
    if applied - known:
        raise LibraryError(
            f"The library {folder} was made by a newer version of Hammingbird.",
            "Install that version, or choose another folder with --library.",
        )
    if not applied and db.table_names():
        raise LibraryError(
            f"The database in {folder} belongs to another program.", "Choose another folder with --library."
        )


def _prepare(db: Database, steps: Migrations, folder: Path) -> None:
    """Makes the missing tables, as one transaction, and finds out whether the file can be written."""
    if steps.pending(db):
        db.conn.execute("PRAGMA journal_mode = WAL")
    with _transaction(db, "IMMEDIATE"):
        _check(db, steps, folder)  # another process may have been faster
        if steps.pending(db):
            steps.apply(db)
