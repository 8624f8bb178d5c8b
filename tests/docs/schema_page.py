"""docs/database.md: tables, indexes, views and triggers, as the migrations of a library make them."""

import re
from pathlib import Path

from sqlite_utils import Database, Migrations

from engine.library.migrations import LIBRARY_STEPS, THUMBNAIL_STEPS

PAGE = Path(__file__).parents[2] / "docs" / "database.md"
_TOP = """# The database, as the migrations make it

`make docs` writes this page from the steps in `engine/library/migrations.py`. What tables and columns mean,
and how to read them from outside, stands in [library-format.md](library-format.md).
"""
# FTS5 keeps its own tables beside each of ours, and SQLite those that count ids.
_NOT_OURS = re.compile(r"_fts_(data|idx|docsize|config|content)$|^sqlite_")


def schema_page() -> str:
    """The page as it should be."""
    return "\n".join([_TOP, _file("library.db", LIBRARY_STEPS), _file("thumbnails.db", THUMBNAIL_STEPS)])


def _file(name: str, steps: Migrations) -> str:
    """Every table or view of one file, with the indexes and triggers that belong to it."""
    db = Database(memory=True)
    try:
        steps.apply(db)
        taken = ", ".join(f"`{step.name}`" for step in steps.applied(db))
        found = db.conn.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        ).fetchall()
    finally:
        db.close()
    sections = []
    for kind, table, _, sql in found:
        if kind in ("table", "view") and not _NOT_OURS.search(table):
            belonging = [row[3] for row in found if row[0] in ("index", "trigger") and row[2] == table]
            statements = "\n".join(f"{statement.strip()};" for statement in (sql, *belonging))
            sections.append(f"### `{table}`\n\n```sql\n{statements}\n```\n")
    return "\n".join([f"## {name}\n\nSteps: {taken}.\n", *sections])
