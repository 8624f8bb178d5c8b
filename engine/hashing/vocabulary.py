"""From sentences to the numbers that a text tower reads: words, or the longest pieces of them that it knows.

After WordPiece (Wu et al. 2016, as BERT uses it): lower case, without accents; a piece that does not begin a
word starts with "##". Greedy: the longest piece first.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from engine.errors import ModelError

FILLING, UNKNOWN = 0, 1
SPECIAL = ("[PAD]", "[UNK]")
LONGEST_WORD = 60  # characters; what is longer is no word
INSIDE = "##"


class Vocabulary:
    """The pieces that a text tower knows, by number."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """Takes the pieces in the order of their numbers, `SPECIAL` first.

        Raises:
            ValueError: They do not begin with `SPECIAL`, or one stands there twice.
        """
        if tuple(pieces[: len(SPECIAL)]) != SPECIAL:
            raise ValueError(f"a vocabulary begins with {', '.join(SPECIAL)}")
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        if len(self._numbers) != len(pieces):
            raise ValueError("a piece stands there twice")
        self._longest = max(map(len, pieces))

    def __len__(self) -> int:
        return len(self._numbers)

    @classmethod
    def load(cls, file: Path) -> "Vocabulary":
        """Reads a vocabulary, one piece a line.

        Raises:
            ModelError: The file is missing or no vocabulary.
        """
        try:
            return cls(file.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The vocabulary {file} can't be read: {error}.", "Copy the model again from where it came."
            ) from error

    def numbers(self, sentence: str, most: int) -> list[int]:
        """The pieces of a sentence by number, at most so many; words of unknown letters are `UNKNOWN`."""
        found: list[int] = []
        for word in split_words(sentence):
            found += self._pieces(word)
            if len(found) >= most:
                break
        return found[:most]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [UNKNOWN]
        found, start = [], 0
        while start < len(word):
            end = self._longest_piece(word, start)
            if end == start:
                return [UNKNOWN]
            found.append(self._numbers[_piece(word, start, end)])
            start = end
        return found

    def _longest_piece(self, word: str, start: int) -> int:
        """Where the longest known piece from `start` on ends; `start` when there is none."""
        for end in range(min(len(word), start + self._longest), start, -1):
            if _piece(word, start, end) in self._numbers:
                return end
        return start


def _piece(word: str, start: int, end: int) -> str:
    return (INSIDE if start else "") + word[start:end]


def split_words(sentence: str) -> list[str]:
    """Lower-case words without accents; signs between them are dropped."""
    plain = unicodedata.normalize("NFKD", sentence.lower())
    return re.findall(r"[^\W_]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
