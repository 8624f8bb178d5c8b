"""Sentences become numbers: the longest known pieces, whatever somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ModelError
from engine.hashing.vocabulary import SPECIAL, UNKNOWN, Vocabulary

PIECES = (*SPECIAL, "dog", "##s", "do", "##g", "beach", "a", "##a", "s")


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(PIECES)


def read(vocabulary: Vocabulary, sentence: str, most: int = 20) -> list[str]:
    return [PIECES[number] for number in vocabulary.numbers(sentence, most)]


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("Dogs!", ["dog", "##s"]),
        ("a dog on-a_beach", ["a", "dog", "[UNK]", "a", "beach"]),
        ("dôgs", ["dog", "##s"]),
        ("\uff24\uff2f\uff27", ["dog"]),
        ("dogx", ["[UNK]"]),
        ("", []),
        ("…?!", []),
        ("\ud800", []),
        ("犬", ["[UNK]"]),
    ],
)
def test_pieces(vocabulary, sentence, pieces) -> None:
    assert read(vocabulary, sentence) == pieces


def test_a_long_sentence_is_cut(vocabulary) -> None:
    assert read(vocabulary, "dogs " * 1000, 3) == ["dog", "##s", "dog"]
    assert vocabulary.numbers("x" * 1_000_000, 5) == [UNKNOWN]


@given(st.text())
def test_any_text_gives_known_numbers(sentence) -> None:
    numbers = Vocabulary(PIECES).numbers(sentence, 8)
    assert len(numbers) <= 8 and all(0 < number < len(PIECES) for number in numbers)


def test_a_vocabulary_is_read_from_its_file(tmp_path, vocabulary) -> None:
    file = tmp_path / "vocabulary.txt"
    file.write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    assert Vocabulary.load(file).numbers("dogs", 9) == vocabulary.numbers("dogs", 9)


@pytest.mark.parametrize("content", [b"dog\n", b"[PAD]\n[UNK]\na\na\n", b"\xff\xfe", b""])
def test_a_file_that_is_no_vocabulary(tmp_path, content) -> None:
    file = tmp_path / "vocabulary.txt"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="can't be read"):
        Vocabulary.load(file)
    with pytest.raises(ModelError, match="can't be read"):
        Vocabulary.load(tmp_path / "none.txt")
