"""What a person wants a model to learn, and how that is said to `hammingbird retrain`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDERS = "folders"  # the source of captions that names of folders are
BUILT_IN, WORDS = "built-in", "words"  # caption encoders that need no file
OBJECTIVES = ("semantic-kl", "shrewd", "orthohash", "semantic-centers", "dual-hinge", "hashnet")
TRAINED = ("head", "stage", "all")
MINUTES = (1, 2, 5, 10, 30, 60)
DEFAULT_MINUTES = 5


@dataclass(frozen=True)
class RetrainingRequest:
    """All that is chosen before a retraining.

    Attributes:
        folder: Photos in it and below; the whole library where it is None.
        photos: Just these photos, by id; all where there is none.
        sources: Captions to learn from, by source; all but names of folders where there is none.
        ignored: Captions that say nothing.
        encoder: What reads captions: `BUILT_IN`, `WORDS`, "open_clip:NAME:FILE", a folder or a Python file.
        objective: One of OBJECTIVES.
        n_bits: Length of the new codes; 0 for as long as now.
        train: One of TRAINED: the hash head, the last stage too, or everything.
        minutes: Time to learn in.
        name: Of the new model; the engine finds one where it is empty.
    """

    folder: Path | None = None
    photos: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    encoder: str = BUILT_IN
    objective: str = OBJECTIVES[0]
    n_bits: int = 0
    train: str = TRAINED[0]
    minutes: int = DEFAULT_MINUTES
    name: str = ""

    def arguments(self, photos_file: Path) -> list[str]:
        """Command and options; what is as the command does anyway is left out.

        Args:
            photos_file: Where the chosen photos stand, one id a line; named only where some are chosen.
        """
        said: list[tuple[str, object]] = [("--folder", self.folder)] if self.folder else []
        said += [("--photos", photos_file)] if self.photos else []
        said += [("--source", source) for source in self.sources]
        said += [("--ignore", text) for text in self.ignored]
        said += [
            (option, value)
            for option, value, default in (
                ("--caption-encoder", self.encoder, BUILT_IN),
                ("--objective", self.objective, OBJECTIVES[0]),
                ("--bits", self.n_bits, 0),
                ("--train", self.train, TRAINED[0]),
                ("--minutes", self.minutes, 0),
                ("--name", self.name, ""),
            )
            if value != default
        ]
        return ["retrain", *(f"{option}={value}" for option, value in said)]
