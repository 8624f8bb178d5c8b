"""What turns captions into points that lie near each other where captions mean alike."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.training.caption_words import WordEncoder
from engine.training.open_clip_text import text_encoder
from engine.training.open_clip_towers import PREFIX
from engine.training.python_file import call_in_file
from engine.training.sentence_folder import sentence_encoder

WORDS = "words"


class CaptionEncoder(Protocol):
    """Captions to points on a sphere."""

    def __call__(self, captions: Sequence[str], /) -> NDArray[np.float32]:
        """Encodes captions.

        Args:
            captions: N captions, N > 0, none of them empty.

        Returns:
            float32 (N, D), finite; rows of unit length, or of zeros for captions that say it nothing.
        """


def load_caption_encoder(spec: str, corpus: Sequence[str]) -> CaptionEncoder:
    """Loads a caption encoder; nothing is downloaded.

    Args:
        spec: One of: "words", built in; "open_clip:NAME:FILE", the text tower of a model of open_clip
            with the weights in FILE; a folder of sentence-transformers; a Python file with
            `load_caption_encoder()` that returns a `CaptionEncoder`.
        corpus: Captions that "words" learns from.

    Raises:
        UsageError: It is none of these, a package is missing, or the encoder can't be loaded.
    """
    if spec == WORDS:
        return WordEncoder(corpus)
    name, file = _name_and_file(spec)
    if name:
        return text_encoder(name, file)
    if file.is_dir():
        return sentence_encoder(file)
    if file.suffix == ".py":
        made = call_in_file(file, "load_caption_encoder")
        if not callable(made):
            raise UsageError(f"load_caption_encoder() in {file} returns nothing that can be called.")
        return cast(Callable[[Sequence[str]], NDArray[np.float32]], made)
    raise _unknown(spec)


def encoder_files(spec: str) -> list[Path]:
    """The files that a caption encoder is loaded from, sorted; none for "words".

    Raises:
        UsageError: As `load_caption_encoder`, where the spec names no place at all.
    """
    place = _name_and_file(spec)[1]
    found = [place] if place.is_file() else sorted(place.rglob("*")) if place.is_dir() else []
    return [] if spec == WORDS else [file for file in found if file.is_file()]


def _name_and_file(spec: str) -> tuple[str, Path]:
    """Name of a model of open_clip, empty for other encoders, and the place that the spec names.

    Raises:
        UsageError: The name or the file is missing, or the spec is empty.
    """
    if not spec.strip():
        raise _unknown(spec)
    if not spec.startswith(PREFIX):
        return "", Path(spec)
    name, _, file = spec.removeprefix(PREFIX).partition(":")
    if not name or not file:
        raise UsageError(
            f"{spec!r} does not name a model and a file of weights.",
            f"Write {PREFIX}NAME:FILE, such as {PREFIX}ViT-B-32:weights.safetensors.",
        )
    return name, Path(file)


def _unknown(spec: str) -> UsageError:
    return UsageError(
        f"There is no caption encoder {spec!r}.",
        f"Say {WORDS}, {PREFIX}NAME:FILE, or name a folder of sentence-transformers or a Python file.",
    )
