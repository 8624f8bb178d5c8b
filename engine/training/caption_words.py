"""The built-in caption encoder: latent semantic analysis (Deerwester et al. 1990) of the captions.

It needs no other package and no downloaded weights. What it knows of words is which of them stand
together in the captions that it was fitted on.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import UsageError

MOST_DIMENSIONS = 256
SMALLEST_SHARE = 1e-4  # of the largest singular value, or of a caption's length: less is rounding
# Scripts that put no blanks between words: each sign is a word of its own.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


class WordEncoder:
    """Captions to points that are near when their words keep the same company."""

    def __init__(self, corpus: Sequence[str]) -> None:
        """Learns from captions; the same set of captions, in any order, gives the same encoder.

        Args:
            corpus: Captions; equal ones count once.

        Raises:
            UsageError: No caption has a word.
        """
        texts = [found for caption in sorted(set(corpus)) if (found := words(caption))]
        if not texts:
            raise UsageError("No caption has a word in it.", "Name photos that have captions.")
        seen = Counter(word for text in texts for word in set(text))
        self._columns = {word: column for column, word in enumerate(sorted(seen))}
        self._weights = {word: math.log(1 + len(texts) / count) for word, count in seen.items()}
        table = self._table(texts)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # of the random start that the decomposition makes
            _, sizes, axes = torch.svd_lowrank(table, q=min(MOST_DIMENSIONS, *table.shape), niter=4)
        self._axes = axes[:, sizes > SMALLEST_SHARE * sizes[0]]

    def __call__(self, captions: Sequence[str]) -> NDArray[np.float32]:
        """Encodes captions.

        Args:
            captions: N captions.

        Returns:
            float32 (N, D), D <= 256; rows of unit length, or of zeros where no word is known.
        """
        found = torch.sparse.mm(self._table([words(caption) for caption in captions]), self._axes)
        lengths = found.norm(dim=1, keepdim=True)
        return torch.where(lengths > SMALLEST_SHARE, found / lengths, 0).numpy()

    def _table(self, texts: Sequence[Sequence[str]]) -> Tensor:
        """Sparse float32 (texts, words): TF-IDF, each row of unit length or empty."""
        rows, columns, values = [], [], []
        for row, text in enumerate(texts):
            counts = Counter(word for word in text if word in self._columns)
            weighted = {word: (1 + math.log(n)) * self._weights[word] for word, n in counts.items()}
            length = math.hypot(*weighted.values())
            for word, value in weighted.items():
                rows.append(row)
                columns.append(self._columns[word])
                values.append(value / length)
        places = torch.tensor([rows, columns], dtype=torch.int64)
        shape = (len(texts), len(self._columns))
        return torch.sparse_coo_tensor(
            places, torch.tensor(values, dtype=torch.float32), shape, check_invariants=True
        ).coalesce()


def words(caption: str) -> list[str]:
    """Words in small letters, English plurals as singulars; digits are words, other signs are none."""
    return [_singular(word) for word in _WORD.findall(caption.casefold())]


def _singular(word: str) -> str:
    """Folds "dogs" to "dog", "boxes" to "box", "parties" to "party"; equal spelling is what matters."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]
