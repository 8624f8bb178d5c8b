"""A model on disk: weights, the form that the fast engine runs, and a card that says what they are.

    NAME/card.json              what decides a code, how it was trained, how well it does
    NAME/weights.safetensors    for training on
    NAME/engine.xml, engine.bin for encoding
    NAME/words.xml, words.bin, vocabulary.txt, words.safetensors, if the model reads words as well

The digest is BLAKE3 over the first three files and over every field of the card that decides a code. It is
the model's identity: every code in a library names it, and codes of two models are never compared. What
reads words has a digest of its own, so that better words cost no encoding of photos.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from engine.errors import ModelError
from engine.hashing.codes import check_bits
from engine.paths import resource

CARD = "card.json"
FILES = ("weights.safetensors", "engine.xml", "engine.bin")
WORD_FILES = ("words.xml", "words.bin", "vocabulary.txt", "words.safetensors")
DECIDING_FIELDS = ("network", "n_bits", "input_side", "resize", "mean", "std")
BUILT_IN = "model"


@dataclass(frozen=True)
class ModelFile:
    """A model that was read and found whole.

    Attributes:
        folder: Where it lies.
        card: The card, as in card.json.
    """

    folder: Path
    card: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """64 hexadecimal digits."""
        return str(self.card["digest"])

    @property
    def name(self) -> str:
        """For people."""
        return str(self.card["name"])

    @property
    def n_bits(self) -> int:
        """Length of its codes."""
        return int(self.card["n_bits"])

    @property
    def input_side(self) -> int:
        """The network reads squares of this many pixels."""
        return int(self.card["input_side"])

    @property
    def engine_path(self) -> Path:
        """The form that the encoder compiles."""
        return self.folder / "engine.xml"

    @property
    def reads_words(self) -> bool:
        """Whether sentences have codes too."""
        return "words_digest" in self.card

    @property
    def words_path(self) -> Path:
        """What the sentence encoder compiles, of a model that reads words."""
        return self.folder / "words.xml"

    @property
    def vocabulary_path(self) -> Path:
        """The pieces of words that it knows."""
        return self.folder / "vocabulary.txt"

    def called(self, name: str) -> "ModelFile":
        """The same model, as a library calls it; its files stay as they are."""
        return ModelFile(self.folder, {**self.card, "name": name})

    @classmethod
    def load(cls, folder: Path) -> "ModelFile":
        """Reads a model and checks its digest.

        Raises:
            ModelError: A file is missing or damaged, or the card does not fit the files.
        """
        if not folder.is_dir():
            raise ModelError(
                f"There is no model {folder}.", "Name the folder that has the model's card.json."
            )
        remedy = "Use another model, or copy this one again from where it came."
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            found = compute_digest(folder, card)
            words = words_digest(folder) if "words_digest" in card else None
        except FileNotFoundError as error:
            raise ModelError(f"The model {folder} lacks {Path(error.filename).name}.", remedy) from error
        except (KeyError, TypeError) as error:
            raise ModelError(
                f"The model {folder} was not made by Hammingbird: its {CARD} does not say what ours say.",
                remedy,
            ) from error
        except (OSError, ValueError) as error:
            raise ModelError(f"The model {folder} can't be read: {error}.", remedy) from error
        try:
            check_bits(int(card["n_bits"]))
        except ValueError as error:
            raise ModelError(f"The model {folder} is damaged: {error}.", remedy) from error
        if card.get("digest") != found or card.get("words_digest") != words:
            raise ModelError(
                f"The model {folder} is damaged: its files are not those that its card names.", remedy
            )
        return cls(folder, card)


def compute_digest(folder: Path, card: Mapping[str, Any]) -> str:
    """BLAKE3 over the model's files and the deciding fields of its card, 64 hexadecimal digits."""
    hasher = blake3()
    hasher.update(json.dumps({name: card[name] for name in DECIDING_FIELDS}, sort_keys=True).encode())
    for name in FILES:
        hasher.update(blake3((folder / name).read_bytes()).digest())
    return hasher.hexdigest()


def words_digest(folder: Path) -> str:
    """BLAKE3 over what reads words, 64 hexadecimal digits."""
    hasher = blake3()
    for name in WORD_FILES:
        hasher.update(blake3((folder / name).read_bytes()).digest())
    return hasher.hexdigest()


def built_in_model() -> ModelFile:
    """The model that ships with the program.

    Raises:
        ModelError: This installation lacks it or it is damaged.
    """
    try:
        folder = resource(BUILT_IN)
    except FileNotFoundError as error:
        raise ModelError(f"{error}.", "Install Hammingbird again.") from error
    return ModelFile.load(folder)
