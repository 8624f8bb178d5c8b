"""A removed model takes its codes, row and folder along, and nothing of any other model."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import JobCancelled, LibraryError, UsageError
from engine.hashing.model_file import built_in_model
from engine.library import remove_model as removal
from engine.library.codes import put_codes
from engine.library.database import Library
from engine.library.model_choice import model_folder
from engine.library.models_table import ModelRow, list_models, register_model
from engine.library.remove_model import remove_model

OLD, OTHER, CHILD = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def old(library: Library, photo_folder: Callable[..., Path], run_index: Callable[..., object]) -> ModelRow:
    """A model with codes of three photos and a folder, beside the active one; a third was trained from it."""
    run_index(photo_folder("photos", range(3)))
    old = register_model(library, OTHER, "Old", 16, {})
    register_model(library, CHILD, "Child", 16, {"training": {"parent": OTHER}}, candidate=True)
    with library.transaction():
        put_codes(library, old.id, [(photo_id, b"\1\2") for photo_id in (1, 2, 3)])
        library.execute(
            "INSERT INTO training_runs (parent_model_id, model_id, started_at, state, settings)"
            " VALUES (?, 3, '', 'ended', '{}')",
            (old.id,),
        )
    folder = model_folder(library.dir, OTHER)
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    return old


def left(library: Library) -> list[tuple[str, int]]:
    return [(row.digest, row.codes) for row in list_models(library)]


def test_a_model_goes_with_all_that_is_its_own(library, old: ModelRow, control) -> None:
    assert remove_model(library, OTHER, control) == 3
    assert left(library) == [(OLD, 3), (CHILD, 0)]
    assert library.rows("SELECT parent_model_id, model_id FROM training_runs") == [(None, 3)]
    assert library.rows("PRAGMA foreign_key_check") == []
    assert not model_folder(library.dir, OTHER).exists()
    assert (control.progress[-1].phase, control.progress[-1].done) == ("removing", 3)
    child = list_models(library)[-1]
    assert child.parent == OTHER


def test_a_removal_that_is_cancelled_goes_on_later(
    library, old: ModelRow, make_control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "CODES_AT_ONCE", 1)
    with pytest.raises(JobCancelled):
        remove_model(library, OTHER, make_control(cancel_at=2))
    assert left(library) == [(OLD, 3), (OTHER, 1), (CHILD, 0)]
    assert model_folder(library.dir, OTHER).exists()
    assert remove_model(library, OTHER, make_control()) == 1
    assert left(library) == [(OLD, 3), (CHILD, 0)]


def test_a_model_without_its_folder_can_go_too(library, old: ModelRow, control) -> None:
    assert remove_model(library, CHILD, control) == 0
    assert left(library) == [(OLD, 3), (OTHER, 3)]


def test_what_the_library_needs_stays(library, old: ModelRow, control) -> None:
    built_in = built_in_model()
    register_model(library, built_in.digest, built_in.name, built_in.n_bits, built_in.card)
    before = left(library)
    for digest, kind, words in (
        (OLD, UsageError, "answers queries"),
        (built_in.digest, UsageError, "built-in"),
        ("d" * 64, LibraryError, "does not know"),
    ):
        with pytest.raises(kind, match=words):
            remove_model(library, digest, control)
    assert left(library) == before


def test_others_may_write_while_codes_are_removed(
    library, old: ModelRow, control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "CODES_AT_ONCE", 1)
    other = Library.open(library.dir)
    other.execute("PRAGMA busy_timeout = 0")

    def write() -> bool:
        other.execute("INSERT OR REPLACE INTO settings (key, value) VALUES ('colour', 'blue')")
        return False

    control.checkpoint = write
    assert remove_model(library, OTHER, control) == 3
    other.close()
