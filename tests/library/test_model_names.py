"""Names of models are for people: one each, short, and nothing but a name changes with them."""

import shutil
from pathlib import Path

import pytest

from engine.errors import LibraryError, ModelError, UsageError
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.model_choice import copy_model, keep_model, known_models, named_model
from engine.library.model_names import check_name, rename_model
from engine.library.models_table import active_model, list_models, register_model

FIRST, SECOND = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def two_models(library) -> None:
    register_model(library, FIRST, "First", 16, {})
    register_model(library, SECOND, "Second", 16, {})


def names(library) -> list[str]:
    return [row.name for row in list_models(library)]


def test_a_model_is_renamed_and_stays_what_it_is(library) -> None:
    before = active_model(library)
    assert rename_model(library, FIRST, "  Päonien\n  und Rosen ") == "Päonien und Rosen"
    assert names(library) == ["Päonien und Rosen", "Second"]
    after = active_model(library)
    assert (after.digest, after.codes, after.state) == (before.digest, before.codes, before.state)


@pytest.mark.parametrize("name", ["", " \n", "x" * 81, "second", "HAMMINGBIRD"])
def test_a_name_that_is_no_name_or_anothers_changes_nothing(library, name: str) -> None:
    with pytest.raises(UsageError):
        rename_model(library, FIRST, name)
    assert names(library) == ["First", "Second"]


def test_a_model_may_keep_its_own_name_in_other_letters(library) -> None:
    assert rename_model(library, FIRST, "FIRST") == "FIRST"
    assert check_name(library, "x" * 80) == "x" * 80


def test_a_model_that_the_library_does_not_know_has_no_name_there(library) -> None:
    with pytest.raises(LibraryError, match="does not know"):
        rename_model(library, built_in_model().digest, "Mine")


def test_a_new_card_leaves_the_name_as_the_person_chose_it(library) -> None:
    model = built_in_model()
    keep_model(library, model)
    rename_model(library, model.digest, "Mine")
    keep_model(library, model)
    assert names(library)[-1] == "Mine"
    assert named_model(library, "mine").name == "Mine"
    assert [row.name for row in known_models(library)].count("Mine") == 1


def test_the_built_in_model_is_known_before_it_is_used(library) -> None:
    last = known_models(library)[-1]
    assert (last.digest, last.state, last.codes) == (built_in_model().digest, "kept", 0)


def test_a_copy_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = built_in_model().called("Mine")
    copy_model(model, tmp_path / "copies" / "one")
    found = ModelFile.load(tmp_path / "copies" / "one")
    assert (found.name, found.digest) == ("Mine", model.digest)

    def refuse(source: Path, target: Path) -> None:
        target.mkdir()
        raise shutil.Error([(str(source), str(target), "No space left on device")])

    monkeypatch.setattr("engine.library.model_choice.shutil.copytree", refuse)
    with pytest.raises(ModelError, match="the disk is full or not writable"):
        copy_model(model, tmp_path / "copies" / "two")
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["one"]
