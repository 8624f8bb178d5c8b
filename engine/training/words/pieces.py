"""The vocabulary of a text tower, chosen from the sentences that it learns from."""

from collections import Counter
from collections.abc import Iterable

from engine.hashing.vocabulary import INSIDE, SPECIAL, split_words

LONGEST_PIECE = 6  # letters of the pieces that unknown words are made of
SHARE_OF_PIECES = 0.25


def choose_pieces(sentences: Iterable[str], size: int) -> list[str]:
    """The most frequent words whole, and the most frequent beginnings and ends to make the others of.

    Every letter that occurs is a piece as a beginning and inside a word, so that no word of these letters is
    unknown. After WordPiece (Wu et al. 2016); deviation: pieces are chosen by frequency among the distinct
    words, not by merging, which for a few thousand pieces gives nearly the same list in a few lines.

    Args:
        sentences: What the tower learns from.
        size: Pieces in all.

    Returns:
        At most `size` pieces in the order of their numbers, `SPECIAL` first.
    """
    counts = Counter(word for sentence in sentences for word in split_words(sentence))
    letters = sorted({letter for word in counts for letter in word})
    chosen = dict.fromkeys([*SPECIAL, *letters, *(INSIDE + letter for letter in letters)])
    parts: Counter[str] = Counter()
    for word in counts:
        for length in range(2, min(LONGEST_PIECE, len(word) - 1) + 1):
            parts[word[:length]] += 1
            for start in range(1, len(word) - length + 1):
                parts[INSIDE + word[start : start + length]] += 1
    for piece, _ in parts.most_common(int(size * SHARE_OF_PIECES)):
        chosen[piece] = None
    for word, _ in counts.most_common(size):
        if len(chosen) >= size:
            break
        chosen[word] = None
    return list(chosen)[:size]
