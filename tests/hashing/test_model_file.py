"""A model folder is believed only when it is whole."""

import json
import shutil
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import CARD, FILES, ModelFile, built_in_model, compute_digest


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_in_model().folder, tmp_path / "model"))


def change_card(folder: Path, **fields: object) -> None:
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, **fields}))


def test_a_copy_is_the_same_model(copy: Path) -> None:
    assert ModelFile.load(copy).digest == built_in_model().digest


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_noticed(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        ModelFile.load(copy)


@pytest.mark.parametrize("name", [*FILES, CARD])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelError, match=name):
        ModelFile.load(copy)


@pytest.mark.parametrize("field", ["n_bits", "input_side", "resize", "mean", "digest"])
def test_a_changed_card_is_noticed(copy: Path, field: str) -> None:
    change_card(copy, **{field: 64})
    with pytest.raises(ModelError, match="damaged"):
        ModelFile.load(copy)


def test_a_card_that_is_no_json_is_an_error(copy: Path) -> None:
    (copy / CARD).write_text("not json")
    with pytest.raises(ModelError, match="can't be read"):
        ModelFile.load(copy)


def test_bits_that_fill_no_bytes_are_an_error(copy: Path) -> None:
    change_card(copy, n_bits=100)
    change_card(copy, digest=compute_digest(copy, json.loads((copy / CARD).read_text())))
    with pytest.raises(ModelError, match="multiple of 8"):
        ModelFile.load(copy)


def test_a_card_with_other_bits_than_the_network_gives_is_an_error(copy: Path) -> None:
    change_card(copy, n_bits=64)
    change_card(copy, digest=compute_digest(copy, json.loads((copy / CARD).read_text())))
    with pytest.raises(ModelError, match="256 bits, its card says 64"):
        Encoder(ModelFile.load(copy))


def test_words_for_people_may_change_without_another_identity(copy: Path) -> None:
    change_card(copy, name="Another name")
    assert ModelFile.load(copy).digest == built_in_model().digest
