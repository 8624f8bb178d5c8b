"""Sentence encoders of the package sentence-transformers: the only file that imports it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError


def sentence_encoder(folder: Path) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """A caption encoder from a folder of sentence-transformers; no downloads, none of its code.

    Raises:
        UsageError: The package is missing, or it can't load the folder.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise UsageError(
            f"The caption encoder {folder} needs the package sentence-transformers.",
            "Run: pip install sentence-transformers",
        ) from error
    try:
        model = SentenceTransformer(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:  # whatever the package and its libraries raise
        raise UsageError(
            f"The caption encoder {folder} can't be loaded: {type(error).__name__}: {error}.",
            "Name a folder that sentence-transformers has saved.",
        ) from error

    def encode(captions: Sequence[str]) -> NDArray[np.float32]:
        found = model.encode(list(captions), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)

    return encode
