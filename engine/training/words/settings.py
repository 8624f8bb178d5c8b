"""What decides how photos and sentences are brought together."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import UsageError


@dataclass(frozen=True)
class AlignmentSettings:
    """How the two are brought together.

    Attributes:
        steps: Of the optimiser.
        batch: Pairs in a step.
        learning_rate: Of AdamW, after a warm-up, falling to 0 by a cosine.
        contrast: Weight of picking the right partner.
        rounding: Weight of being near bits.
        temperature: What scores of partners are divided by; the smaller, the more the nearest wrong ones
            count.
        hidden: Width of the layer beside a photo's features, and of that between a sentence's vector and its
            logits.
        dropped: Share of a photo's hidden layer that is left out at random.
        objective: One of `recipes.OBJECTIVES` that learns from target distances alone.
        options: Its options, as a person wrote them.
        seed: Of all that is drawn.

    Raises:
        UsageError: A number is out of range.
    """

    steps: int = 800
    batch: int = 512
    learning_rate: float = 2e-3
    contrast: float = 1.0
    rounding: float = 0.3
    temperature: float = 0.07
    hidden: int = 1024
    dropped: float = 0.1
    objective: str = "semantic-kl"
    options: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"steps": 1, "batch": 2, "hidden": 1, "contrast": 0, "rounding": 0}
        for name, low in least.items():
            if not low <= getattr(self, name) < math.inf:
                raise UsageError(f"--{name} is a number from {low}, not {getattr(self, name)}.")
        for name in ("learning_rate", "temperature"):
            if not 0 < getattr(self, name) < math.inf:
                shown = name.replace("_", "-")
                raise UsageError(f"--{shown} is a number above 0, not {getattr(self, name)}.")


@dataclass(frozen=True)
class TeachingSettings:
    """How a tower is taught.

    Attributes:
        pieces: Of the vocabulary at most.
        epochs: Times that all sentences are seen.
        batch: Sentences in a step.
        learning_rate: Of AdamW, after a warm-up, falling to 0 by a cosine.
        dropped: Share of pieces that are left out of a sentence, so that no single one is relied on.
        seed: Of all that is drawn.
    """

    pieces: int = 12_000
    epochs: int = 4
    batch: int = 512
    learning_rate: float = 1.5e-3
    dropped: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.pieces < 100 or self.epochs < 1 or self.batch < 2:
            raise UsageError(
                f"A text tower has 100 pieces or more and is taught one pass or more, not {self.pieces} and"
                f" {self.epochs}."
            )
