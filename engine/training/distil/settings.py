"""What decides a distillation, besides its photos and its teacher."""

import math
from dataclasses import dataclass

from engine.errors import UsageError

PHOTO_SIDE = 160  # pixels that photos are kept with: crops of two thirds still have as many as views have
PLACE = 32  # pixels of a view that one place of the last maps stands for
DEFAULT_EPOCHS = 10
PRECISIONS = ("auto", "32", "bf16")


@dataclass(frozen=True)
class DistilSettings:
    """All that decides what is learned; the same settings, photos and kind of device give the same weights.

    With `minutes` the learning rate follows the clock, and no two runs are quite alike.

    Attributes:
        backbone: "timm:" and the name of a convolutional network.
        train_side: Pixels of the views that are trained on, a multiple of 32.
        input_side: Pixels of the whole photos that are measured.
        epochs: Passes over as many photos as there are to train on; 0 where minutes count.
        minutes: How long to train; 0 where epochs count.
        batch: Photos a step.
        learning_rate: Highest rate of AdamW.
        muon_rate: Highest rate of Muon, for the backbone's kernels; with 0 AdamW has these too.
        weight_decay: Of both.
        smallest_crop: Crops cover at least this share of a photo.
        mixed: Share of steps in which a part of another view is pasted into each.
        turned: Share of views that are turned by a quarter.
        sharp_share: Share of sharp photos among those that are drawn.
        apart: Whether the network learns in sections, which begin with the teacher's maps; see `Sections`.
        precision: One of `PRECISIONS`; "auto" is bf16 on a GPU that has it, otherwise 32.
        compiled: Whether the student is compiled, which takes a minute and needs a compiler of C++.
        seed: Of weights, order and views.
    """

    backbone: str = "timm:fasternet_t0"
    train_side: int = 128
    input_side: int = 160
    epochs: int = 0
    minutes: float = 0.0
    batch: int = 128
    learning_rate: float = 2e-3
    muon_rate: float = 0.02
    weight_decay: float = 0.02
    smallest_crop: float = 0.3
    mixed: float = 0.5
    turned: float = 0.1
    sharp_share: float = 0.25
    apart: bool = False
    precision: str = "auto"
    compiled: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        self._check_length()
        if self.train_side < PLACE or self.train_side % PLACE:
            raise UsageError(
                f"Views have a multiple of {PLACE} pixels, not {self.train_side}.", "Try --train-side 128."
            )
        if self.input_side < PLACE:
            raise UsageError(f"The input side is at least {PLACE} pixels, not {self.input_side}.")
        if self.batch < 2:
            raise UsageError(f"A batch has at least 2 photos, not {self.batch}.")
        for name in ("smallest_crop", "mixed", "turned", "sharp_share"):
            least = 1e-3 if name == "smallest_crop" else 0.0
            if not least <= getattr(self, name) <= 1:
                shown = name.replace("_", "-")
                raise UsageError(f"--{shown} is a share from {least:g} to 1, not {getattr(self, name)}.")
        if not 0 < self.learning_rate < math.inf or not 0 <= self.muon_rate < math.inf:
            raise UsageError(
                f"A learning rate is a number above 0 (of Muon: from 0), not {self.learning_rate} and"
                f" {self.muon_rate}."
            )
        if self.precision not in PRECISIONS:
            raise UsageError(f"Precision is one of {', '.join(PRECISIONS)}, not {self.precision!r}.")
        if not -(2**31) <= self.seed < 2**31:
            raise UsageError(f"A seed has 32 bits; {self.seed} has more.")

    def _check_length(self) -> None:
        if self.epochs < 0 or not 0 <= self.minutes < math.inf or bool(self.epochs) == bool(self.minutes):
            raise UsageError(
                f"A distillation lasts epochs or minutes, not {self.epochs} and {self.minutes:g}.",
                "Name one of --epochs and --minutes, above 0.",
            )
