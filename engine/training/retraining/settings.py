"""What decides a retraining, besides the library."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import UsageError
from engine.training.networks import FEWEST_BITS, MOST_BITS
from engine.training.recipes import options_of

HEAD, STAGE, ALL = TRAINED = ("head", "stage", "all")
BUILT_IN = "built-in"
FOLDERS = "folders"  # the source of captions that names of folders are


@dataclass(frozen=True)
class RetrainSettings:
    """All that decides what is learned; the same settings, library and kind of device give the same weights.

    Attributes:
        objective: One of `recipes.OBJECTIVES`.
        options: Its options, as a person wrote them.
        n_bits: Length of the new codes; 0 for that of the model before.
        train: What is trained: the hash head, the backbone's last stage too, or everything.
        minutes: Time to learn in; what does not fit is not begun.
        caption_encoder: `BUILT_IN`, or as `load_caption_encoder` takes it.
        keep: Weight of the old model's distances between photos that nothing is written about.
        seed: Of weights, order and views.
    """

    objective: str = "semantic-kl"
    options: Mapping[str, str] = field(default_factory=dict)
    n_bits: int = 0
    train: str = HEAD
    minutes: float = 5.0
    caption_encoder: str = BUILT_IN
    keep: float = 100.0
    seed: int = 0

    def __post_init__(self) -> None:
        options_of(self.objective)
        if self.n_bits and (not FEWEST_BITS <= self.n_bits <= MOST_BITS or self.n_bits % 8):
            raise UsageError(
                f"Codes have a multiple of 8 bits from {FEWEST_BITS} to {MOST_BITS}, not {self.n_bits}.",
                "Try 64, 128 or 256.",
            )
        if self.train not in TRAINED:
            raise UsageError(f"What is trained is {', '.join(TRAINED)}, not {self.train!r}.")
        if not 0 < self.minutes < math.inf:
            raise UsageError(f"A training lasts some minutes, not {self.minutes:g}.", "Try --minutes 5.")
        if not 0 <= self.keep < math.inf:
            raise UsageError(f"The weight of the old distances is a number from 0, not {self.keep:g}.")
        if not -(2**31) <= self.seed < 2**31:
            raise UsageError(f"A seed has 32 bits; {self.seed} has more.")
