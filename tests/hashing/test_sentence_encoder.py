"""The text tower of a model: sentences become codes of the model's length."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import ModelError, UsageError
from engine.hashing.codes import code_of_outputs, unpack
from engine.hashing.model_file import ModelFile, built_in_model, words_digest
from engine.hashing.runtime import openvino
from engine.hashing.sentence_encoder import SentenceEncoder
from engine.training.conversion import to_openvino

PIECES = ("[PAD]", "[UNK]", "dog", "##s", "beach")


class SetsTheBitOfEachPiece(torch.nn.Module):
    """Logit k is positive when piece k is in the sentence."""

    def __init__(self, n_bits: int) -> None:
        super().__init__()
        self.n_bits = n_bits

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        there = (tokens[:, :, None] == torch.arange(self.n_bits)).float().amax(dim=1)
        return there * 2 - 1


def model_with_words(folder: Path, n_bits: int = 256) -> Path:
    shutil.copytree(built_in_model().folder, folder)
    converted = to_openvino(SetsTheBitOfEachPiece(n_bits), torch.zeros(2, 6, dtype=torch.int64))
    converted.reshape([1, 6])
    openvino.save_model(converted, folder / "words.xml")
    (folder / "vocabulary.txt").write_text("\n".join(PIECES) + "\n")
    (folder / "words.safetensors").write_bytes(b"what it was made from")
    card = json.loads((folder / "card.json").read_text())
    card["words_digest"] = words_digest(folder)
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def bits_of(model: Path, sentence: str) -> set[int]:
    code = code_of_outputs(SentenceEncoder(ModelFile.load(model)).outputs(sentence))
    return set(np.flatnonzero(unpack(code[None])[0]).tolist()) - {0}


def test_a_sentence_becomes_a_code(tmp_path) -> None:
    model = model_with_words(tmp_path / "model")
    assert ModelFile.load(model).reads_words
    assert bits_of(model, "Dogs on the beach") == {1, 2, 3, 4}
    assert bits_of(model, "dog") == {2}
    assert bits_of(model, "beach " * 5 + "dogs") == {2, 4}  # six pieces are read, and no more


def test_a_sentence_without_a_word_is_refused(tmp_path) -> None:
    encoder = SentenceEncoder(ModelFile.load(model_with_words(tmp_path / "model")))
    with pytest.raises(UsageError, match="no word"):
        encoder.outputs("?!")


def test_words_that_do_not_fit_the_photos_are_refused(tmp_path) -> None:
    model = ModelFile.load(model_with_words(tmp_path / "model", n_bits=64))
    with pytest.raises(ModelError, match="gives 64 bits, its card says 256"):
        SentenceEncoder(model)


@pytest.mark.parametrize("name", ["words.xml", "vocabulary.txt", "words.safetensors"])
def test_damaged_words_are_told(tmp_path, name) -> None:
    model = model_with_words(tmp_path / "model")
    (model / name).write_bytes(b"something else")
    with pytest.raises(ModelError, match="damaged"):
        ModelFile.load(model)
    (model / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}"):
        ModelFile.load(model)


def test_better_words_leave_the_identity_of_the_photos_codes_alone(tmp_path) -> None:
    with_words = ModelFile.load(model_with_words(tmp_path / "model"))
    assert with_words.digest == built_in_model().digest
