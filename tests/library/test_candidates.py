"""Candidates: models of retrainings, which answer no query and get no codes before they are accepted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import LibraryError
from engine.library.codes import put_codes, read_codes
from engine.library.database import Library, Row
from engine.library.migrations import LIBRARY_STEPS
from engine.library.models_table import activate_model, active_model, list_models, register_model

STEP = "4-candidates"
SPEAK_OF_MODELS = ("models", "codes", "training_runs")


def rows_of(library: Library) -> dict[str, list[Row]]:
    return {table: library.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in SPEAK_OF_MODELS}


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, dict[str, list[Row]]]:
    """A library as it was before candidates, with two models, codes of both and a run, and its rows."""
    apply = LIBRARY_STEPS.apply
    with monkeypatch.context() as before:
        before.setattr(LIBRARY_STEPS, "apply", lambda db: apply(db, stop_before=STEP))
        library = Library.open(tmp_path / "older", create=True)
    with library.transaction():
        library.execute_many(
            "INSERT INTO photos (id, pixel_hash, width, height, format, added_at)"
            " VALUES (?, ?, 1, 1, 'JPEG', '')",
            [(photo_id, bytes([photo_id])) for photo_id in (1, 2, 3)],
        )
        library.execute_many(
            "INSERT INTO models (id, digest, name, n_bits, card, state, added_at)"
            " VALUES (?, ?, ?, 8, '{}', ?, '')",
            [(3, "a" * 64, "First", "kept"), (7, "b" * 64, "Second", "active")],
        )
        put_codes(library, 3, [(1, b"\1"), (2, b"\2")])
        put_codes(library, 7, [(1, b"\3"), (3, b"\4")])
        library.execute(
            "INSERT INTO training_runs (parent_model_id, model_id, started_at, state, settings)"
            " VALUES (3, 7, '', 'ended', '{}')"
        )
    rows = rows_of(library)
    library.close()
    return tmp_path / "older", rows


def test_an_older_library_learns_of_candidates_and_loses_nothing(
    older: tuple[Path, dict[str, list[Row]]],
) -> None:
    folder, rows = older
    library = Library.open(folder)
    assert rows_of(library) == rows
    assert library.rows("PRAGMA foreign_key_check") == []
    assert library.value("PRAGMA integrity_check") == "ok"
    candidate = register_model(library, "c" * 64, "Third", 8, {}, candidate=True)
    assert candidate.state == "candidate"
    with library.transaction():
        put_codes(library, candidate.id, [(2, b"\5")])
    with pytest.raises(Exception, match="FOREIGN KEY"):
        library.execute("DELETE FROM models WHERE id = 3")
    with pytest.raises(Exception, match="CHECK"):
        library.execute("UPDATE models SET state = 'party' WHERE id = 3")
    with pytest.raises(Exception, match="UNIQUE"):
        library.execute("UPDATE models SET state = 'active' WHERE id = 3")
    library.close()


def test_an_older_library_stays_whole_where_it_can_not_be_brought_up_to_date(
    older: tuple[Path, dict[str, list[Row]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rows = older
    with monkeypatch.context() as broken:
        broken.setattr(LIBRARY_STEPS, "_record_applied", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Library.open(folder)
    with pytest.raises(LibraryError, match="older version"):
        Library.open_reading(folder)
    library = Library.open(folder)
    assert rows_of(library) == rows
    library.close()


def test_a_candidate_answers_no_query_even_where_it_is_the_first(library: Library) -> None:
    assert register_model(library, "c" * 64, "New", 8, {}, candidate=True).state == "candidate"
    assert active_model(library) is None
    assert register_model(library, "a" * 64, "Old", 8, {}).active


def test_index_gives_a_candidate_no_codes(
    library: Library, run_index: Callable[..., object], photo_folder: Callable[..., Path]
) -> None:
    run_index(photo_folder("one", range(2)))
    candidate = register_model(library, "c" * 64, "New", 64, {}, candidate=True)
    run_index(photo_folder("two", range(2, 5)))
    assert [(model.state, model.codes) for model in list_models(library)] == [("active", 5), ("candidate", 0)]
    assert len(read_codes(library, candidate.id, 64)[0]) == 0


def test_an_accepted_candidate_is_kept_when_another_takes_over_and_never_a_candidate_again(
    library: Library,
) -> None:
    register_model(library, "a" * 64, "Old", 8, {})
    register_model(library, "c" * 64, "New", 8, {}, candidate=True)
    activate_model(library, "c" * 64)
    assert [model.state for model in list_models(library)] == ["kept", "active"]
    activate_model(library, "a" * 64)
    assert register_model(library, "c" * 64, "New", 8, {}, candidate=True).state == "kept"


@pytest.mark.parametrize(
    ("card", "parent"),
    [
        ({"training": {"parent": "a" * 64}}, "a" * 64),
        ({"training": {"parent": None}}, None),
        ({"training": {"parent": 7}}, None),
        ({"training": "by hand"}, None),
        ({}, None),
    ],
)
def test_the_card_says_which_model_it_came_from(library: Library, card: dict, parent: str | None) -> None:
    assert register_model(library, "b" * 64, "Child", 8, card).parent == parent
