"""Which model new photos are encoded with: a newer built-in one, unless the person chose otherwise."""

import json
import shutil
from pathlib import Path

import pytest

from engine.hashing.model_file import CARD, ModelFile, built_in_model, compute_digest
from engine.library.model_choice import keep_model, model_to_index, remember_choice
from engine.library.models_table import activate_model, active_model, register_model


@pytest.fixture
def older(tmp_path: Path) -> ModelFile:
    """A built-in model of an earlier version of the program."""
    folder = Path(shutil.copytree(built_in_model().folder, tmp_path / "older"))
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["mean"] = [value + 1 for value in card["mean"]]
    card["digest"] = compute_digest(folder, card)
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return ModelFile.load(folder)


def test_a_newer_built_in_model_replaces_an_older(library, older: ModelFile) -> None:
    assert model_to_index(library).digest == built_in_model().digest
    keep_model(library, older)
    assert model_to_index(library).digest == built_in_model().digest


def test_an_older_one_that_was_chosen_stays_until_the_newer_is_chosen(library, older: ModelFile) -> None:
    for model in (older, built_in_model()):
        keep_model(library, model)
    for model in (older, built_in_model(), older):
        remember_choice(library, model.digest)
        activate_model(library, model.digest)
        assert model_to_index(library).digest == model.digest


def test_a_model_that_learned_words_is_known_with_its_new_card(library) -> None:
    model = built_in_model()
    old = {name: value for name, value in model.card.items() if name != "limit"}
    for card in (old, model.card):
        register_model(library, model.digest, model.name, model.n_bits, card)
    assert active_model(library).card["limit"] == model.card["limit"]


def test_a_choice_says_nothing_of_another_model(library, older: ModelFile) -> None:
    keep_model(library, older)
    remember_choice(library, "0" * 64)
    assert model_to_index(library).digest == built_in_model().digest
