"""The tables of a library, as append-only steps. docs/library-format.md describes them for outsiders.

A step that was released is never changed: a new one is added at the end.
"""

import sqlite3

from sqlite_utils import Database, Migrations

LIBRARY_STEPS = Migrations("hammingbird")
THUMBNAIL_STEPS = Migrations("hammingbird-thumbnails")

_FIRST_TABLES = """
CREATE TABLE roots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    raw_path BLOB NOT NULL DEFAULT x'',
    volume TEXT,
    online INTEGER NOT NULL DEFAULT 1,
    last_seen TEXT,
    forgotten_at TEXT,
    UNIQUE (path, raw_path)
);

CREATE TABLE photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pixel_hash BLOB NOT NULL UNIQUE,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format TEXT NOT NULL,
    taken_at TEXT,
    camera TEXT,
    added_at TEXT NOT NULL
);
CREATE INDEX photos_by_date ON photos (taken_at, id);

CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root_id INTEGER NOT NULL REFERENCES roots (id),
    rel_path TEXT NOT NULL,
    raw_path BLOB NOT NULL DEFAULT x'',
    rel_dir TEXT GENERATED ALWAYS AS (rtrim(rtrim(rel_path, replace(rel_path, '/', '')), '/')) VIRTUAL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER,
    content_hash BLOB,
    photo_id INTEGER REFERENCES photos (id),
    missing_since TEXT,
    UNIQUE (root_id, rel_path, raw_path)
);
-- missing_since is always NULL in these two, but without it SQLite would look into the table for each row.
CREATE INDEX files_by_photo ON files (photo_id, root_id, missing_since)
    WHERE photo_id IS NOT NULL AND missing_since IS NULL;
CREATE INDEX files_by_folder ON files (root_id, rel_dir, photo_id, missing_since)
    WHERE photo_id IS NOT NULL AND missing_since IS NULL;
CREATE INDEX files_by_any_photo ON files (photo_id);
CREATE INDEX files_by_stat ON files (size, mtime_ns);
CREATE INDEX files_missing ON files (missing_since) WHERE missing_since IS NOT NULL;

-- A photo is visible while one of these files leads to it. (The plus keeps SQLite from looking up each root
-- by itself: nearly all files are visible, so it does better to walk along files_by_photo, in order.)
CREATE VIEW visible_files AS
    SELECT id, root_id, rel_path, raw_path, rel_dir, size, mtime_ns, photo_id FROM files
    WHERE photo_id IS NOT NULL AND missing_since IS NULL
    AND +root_id IN (SELECT id FROM roots WHERE forgotten_at IS NULL);

CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    n_bits INTEGER NOT NULL CHECK (n_bits > 0 AND n_bits % 8 = 0),
    card TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'kept')),
    added_at TEXT NOT NULL
);
CREATE UNIQUE INDEX models_active ON models (state) WHERE state = 'active';

CREATE TABLE codes (
    model_id INTEGER NOT NULL REFERENCES models (id),
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    code BLOB NOT NULL,
    PRIMARY KEY (model_id, photo_id)
) WITHOUT ROWID;
CREATE INDEX codes_by_photo ON codes (photo_id);

CREATE TABLE captions (
    id INTEGER PRIMARY KEY,
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    file_id INTEGER REFERENCES files (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX captions_by_photo ON captions (photo_id);
CREATE INDEX captions_by_file ON captions (file_id) WHERE file_id IS NOT NULL;
CREATE VIRTUAL TABLE captions_fts USING fts5 (
    text, content = 'captions', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER captions_added AFTER INSERT ON captions BEGIN
    INSERT INTO captions_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER captions_removed AFTER DELETE ON captions BEGIN
    INSERT INTO captions_fts (captions_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER captions_changed AFTER UPDATE OF text ON captions BEGIN
    INSERT INTO captions_fts (captions_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO captions_fts (rowid, text) VALUES (new.id, new.text);
END;

CREATE TABLE pairs (
    photo_a INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    photo_b INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    alike INTEGER NOT NULL CHECK (alike IN (0, 1)),
    made_at TEXT NOT NULL,
    PRIMARY KEY (photo_a, photo_b),
    CHECK (photo_a < photo_b)
);
CREATE INDEX pairs_by_second ON pairs (photo_b);

CREATE TABLE problems (
    file_id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    since TEXT NOT NULL
);

CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    photo_id INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'removed', 'code', 'caption', 'reload'))
);

CREATE TABLE training_runs (
    id INTEGER PRIMARY KEY,
    parent_model_id INTEGER REFERENCES models (id),
    model_id INTEGER REFERENCES models (id),
    started_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL,
    settings TEXT NOT NULL,
    figures TEXT
);

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE undo (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    made_at TEXT NOT NULL,
    label TEXT NOT NULL,
    payload TEXT NOT NULL,
    undone_at TEXT
);
"""

# Words of folders and files, for searching by name.
_NAMES = """
CREATE VIRTUAL TABLE names_fts USING fts5 (
    rel_path, content = 'files', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO names_fts (names_fts) VALUES ('rebuild');
CREATE TRIGGER names_added AFTER INSERT ON files BEGIN
    INSERT INTO names_fts (rowid, rel_path) VALUES (new.id, new.rel_path);
END;
CREATE TRIGGER names_removed AFTER DELETE ON files BEGIN
    INSERT INTO names_fts (names_fts, rowid, rel_path) VALUES ('delete', old.id, old.rel_path);
END;
CREATE TRIGGER names_changed AFTER UPDATE OF rel_path ON files BEGIN
    INSERT INTO names_fts (names_fts, rowid, rel_path) VALUES ('delete', old.id, old.rel_path);
    INSERT INTO names_fts (rowid, rel_path) VALUES (new.id, new.rel_path);
END;
"""

# What files beside photos said when they were last read, and which files of a folder may be such.
_SIDECARS = """
CREATE TABLE sidecars (
    file_id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX other_files ON files (root_id, rel_dir) WHERE photo_id IS NULL AND missing_since IS NULL;
INSERT OR IGNORE INTO settings (key, value) SELECT 'sidecars:' || id, '1' FROM roots;
"""

# A third state of models. The table is made anew under its own name, so that what refers to it refers to it
# still; whether every code has its model is looked at when the transaction ends.
_CANDIDATES = """
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE models_before AS SELECT id, digest, name, n_bits, card, state, added_at FROM models;
DROP TABLE models;
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    n_bits INTEGER NOT NULL CHECK (n_bits > 0 AND n_bits % 8 = 0),
    card TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'kept', 'candidate')),
    added_at TEXT NOT NULL
);
CREATE UNIQUE INDEX models_active ON models (state) WHERE state = 'active';
INSERT INTO models (id, digest, name, n_bits, card, state, added_at)
    SELECT id, digest, name, n_bits, card, state, added_at FROM temp.models_before;
DROP TABLE temp.models_before;
"""

_FIRST_THUMBNAILS = """
CREATE TABLE thumbnails (photo_id INTEGER PRIMARY KEY, webp BLOB NOT NULL);
"""

# Which thumbnails there are is asked at each index run; without this, a million pictures would be walked.
_THUMBNAILS_BY_PHOTO = """
CREATE INDEX thumbnails_by_photo ON thumbnails (photo_id);
"""


def _run(db: Database, script: str) -> None:
    """Runs statements one by one: sqlite3's own executescript would end the transaction of the step."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


@LIBRARY_STEPS(name="1-first-tables")
def _first_tables(db: Database) -> None:
    _run(db, _FIRST_TABLES)


@LIBRARY_STEPS(name="2-names")
def _names(db: Database) -> None:
    _run(db, _NAMES)


@LIBRARY_STEPS(name="3-sidecars")
def _sidecars(db: Database) -> None:
    _run(db, _SIDECARS)


@LIBRARY_STEPS(name="4-candidates")
def _candidates(db: Database) -> None:
    _run(db, _CANDIDATES)


@THUMBNAIL_STEPS(name="1-thumbnails")
def _first_thumbnails(db: Database) -> None:
    _run(db, _FIRST_THUMBNAILS)


@THUMBNAIL_STEPS(name="2-thumbnails-by-photo")
def _thumbnails_by_photo(db: Database) -> None:
    _run(db, _THUMBNAILS_BY_PHOTO)
