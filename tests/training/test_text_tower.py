"""The text tower and how it is taught: pieces, padding, alignment, imitation."""

import gzip
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from engine.errors import UsageError
from engine.hashing.vocabulary import SPECIAL, UNKNOWN, Vocabulary
from engine.training.bits import bits_of, roundness
from engine.training.conversion import compiled
from engine.training.words.alignment import contrast
from engine.training.words.pieces import choose_pieces
from engine.training.words.sentences import bare, names_as_sentences, read_sentences
from engine.training.words.teaching import TeachingSettings, numbered, teach
from engine.training.words.tower import SentenceTower, TowerShape

SENTENCES = [
    f"{who} {what} {where}"
    for who in ("dogs", "a man", "two girls")
    for what in ("run", "swim", "read")
    for where in ("on a beach", "in snow", "at home", "by the sea")
]
SMALL = TowerShape(pieces=60, n_bits=16, longest=8, embedding=8, width=32, heads=2, layers=1)


@given(st.text(alphabet="abdeghimnorstuwy", min_size=1, max_size=12))
def test_no_word_of_known_letters_is_unknown(word: str) -> None:
    vocabulary = Vocabulary(choose_pieces(SENTENCES, 80))
    assert UNKNOWN not in vocabulary.numbers(word, 20)


def test_frequent_words_are_whole_pieces() -> None:
    pieces = choose_pieces(["the dog"] * 9 + ["the zebra"], 120)
    assert pieces[: len(SPECIAL)] == list(SPECIAL)
    assert {"the", "dog", "zebra"} <= set(pieces)
    assert len(choose_pieces(SENTENCES, 50)) == 50


def test_what_stands_behind_a_sentence_changes_nothing() -> None:
    torch.manual_seed(0)
    tower = SentenceTower(SMALL).eval()
    short = torch.tensor([[5, 6, 7]])
    padded = torch.tensor([[5, 6, 7, 0, 0, 0, 0, 0]])
    torch.testing.assert_close(tower(short), tower(padded))


def test_the_fast_engine_reads_sentences_alike() -> None:
    torch.manual_seed(0)
    tower = SentenceTower(SMALL).eval()
    numbers = torch.tensor([[5, 6, 7, 0, 0, 0, 0, 0], [9, 8, 1, 2, 3, 4, 5, 6], [3, 0, 0, 0, 0, 0, 0, 0]])
    run = compiled(tower, numbers[:2])
    torch.testing.assert_close(run(numbers)[0], tower(numbers), rtol=1e-4, atol=1e-5)


def test_contrast_is_that_of_a_slow_count() -> None:
    torch.manual_seed(0)
    photos, sentences = torch.randn(6, 8), torch.randn(6, 8)
    kinds = torch.tensor([0, 0, 1, 2, 3, 3])
    a = nn.functional.normalize(photos.sign(), dim=1)
    b = nn.functional.normalize(sentences.sign(), dim=1)
    total = 0.0
    for one, other in ((a, b), (b, a)):
        for i in range(6):
            scores = [float(one[i] @ other[j]) / 0.5 for j in range(6)]
            chances = torch.tensor(scores).softmax(dim=0)
            right = [j for j in range(6) if kinds[j] == kinds[i]]
            total -= sum(float(chances[j].log()) for j in right) / len(right) / 6 / 2
    assert float(contrast(photos, sentences, kinds, 0.5)) == pytest.approx(total, abs=1e-5)


def test_bits_are_signs_that_learn_as_tanh_does() -> None:
    logits = torch.tensor([[0.3, -1.2, 2.0]], requires_grad=True)
    bits = bits_of(logits)
    torch.testing.assert_close(bits, torch.tensor([[1.0, -1.0, 1.0]]))
    (gradient,) = torch.autograd.grad(bits.sum(), logits)
    torch.testing.assert_close(gradient, 1 - logits.detach().tanh().square())


def test_logits_of_equal_size_lose_nothing_by_rounding() -> None:
    assert float(roundness(torch.tensor([[2.0, -2.0, 2.0, 2.0]]))) == pytest.approx(0, abs=1e-6)
    assert float(roundness(torch.tensor([[9.0, -0.1, 0.1, 0.1]]))) > 0.4


def test_a_tower_learns_to_say_what_it_is_taught() -> None:
    vocabulary = choose_pieces(SENTENCES, 60)
    numbers = numbered(Vocabulary(vocabulary), SENTENCES, SMALL.longest)
    wanted = torch.randn(len(SENTENCES), 16, generator=torch.Generator().manual_seed(0)) * 3
    torch.manual_seed(0)
    tower = SentenceTower(TowerShape(**{**vars(SMALL), "pieces": len(vocabulary)}))
    settings = TeachingSettings(epochs=150, batch=18, learning_rate=5e-3, dropped=0.0)
    teach(tower, numbers, wanted, settings, lambda *_: None)
    with torch.inference_mode():
        right = (tower(numbers) > 0) == (wanted > 0)
    assert right.float().mean() > 0.95


def test_sentences_are_read_from_texts_and_tables(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A dog.\n\nA dog.\n?!\nA cat.\n")
    with gzip.open(tmp_path / "b.txt.gz", "wt") as packed:
        packed.write("A dog.\n")
    (tmp_path / "c.tsv").write_text("n1\tdog, hound\nn2\tcat\n")
    assert read_sentences(tmp_path / "a.txt") == ["A dog.", "A cat."]
    assert read_sentences(tmp_path / "b.txt.gz") == ["A dog."]
    assert read_sentences(tmp_path / "c.tsv") == ["dog", "hound", "cat"]
    (tmp_path / "empty.txt").write_text("?!\n")
    for bad in ("empty.txt", "none.txt"):
        with pytest.raises(UsageError):
            read_sentences(tmp_path / bad)
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        read_sentences(tmp_path / "bad.txt")


def test_held_out_sentences_are_known_again_however_they_are_written() -> None:
    assert bare("Two DOGS, on a beach .") == bare("two dogs on a beach") == "two dogs on a beach"


def test_names_become_what_people_write() -> None:
    assert names_as_sentences(["owl"]) == ["owl", "an owl", "a photo of an owl"]
