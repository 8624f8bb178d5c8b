"""What decides a training run, besides its photos."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import UsageError

PHOTO, VIEW = "photo", "view"
RANDOM, ITQ, NEIGHBOURS = FIRST_HEADS = ("random", "itq", "neighbours")
PRECISIONS = {"auto": None, "32": "32-true", "bf16": "bf16-mixed", "64": "64-true"}


@dataclass(frozen=True)
class Settings:
    """All that decides what is learned; the same settings, photos and kind of device give the same weights.

    Attributes:
        backbone: torchvision network, or "open_clip:" and the name of a tower.
        n_bits: Length of the code.
        train_side: Pixels of the crops that are trained on.
        input_side: Pixels of the input that is validated and exported; more than `train_side`, since crops
            make things look larger than they are in whole photos (Touvron et al. 2019).
        epochs: Passes over the photos; with 0 the network is only centred and exported.
        batch: Photos a step, over all processes together.
        learning_rate: Highest rate of AdamW; one cycle, cosine.
        weight_decay: Of AdamW.
        targets: Weights of the sources of target distances by name: "tree", "labels", "captions", "teacher".
            Empty: those of `DEFAULT_TARGETS` that there is something of.
        smallest_crop: Crops cover at least this share of a photo.
        objective: One of `recipes.OBJECTIVES`.
        options: Its options, as a person wrote them.
        teacher_weight: Weight of the distance to the teacher's features, where there is a teacher.
        distil: What the teacher's features are of that the student guesses: "photo", the whole photo, or
            "view", each view that the student sees.
        first_head: "random"; or, for a backbone that knows something already, "itq": fitted to the training
            photos by centring, PCA and ITQ; or "neighbours": that one, tuned so that codes keep the
            teacher's neighbours.
        freeze_norms: Whether the backbone's batch norms keep their statistics, for small batches.
        precision: One of `PRECISIONS`; "auto" is bf16 on a GPU that has it, otherwise 32.
        choose_by: Measure on validation photos that the best weights are chosen by; empty: P@10, without
            classes NDCG@100.
        seed: Of weights, order and augmentation.
    """

    backbone: str = "shufflenet_v2_x1_0"
    n_bits: int = 128
    train_side: int = 64
    input_side: int = 96
    epochs: int = 12
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    targets: Mapping[str, float] = field(default_factory=dict)
    smallest_crop: float = 0.35
    objective: str = "semantic-kl"
    options: Mapping[str, str] = field(default_factory=dict)
    teacher_weight: float = 2.0
    distil: str = PHOTO
    first_head: str = RANDOM
    freeze_norms: bool = False
    precision: str = "auto"
    choose_by: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"train_side": 1, "input_side": 1, "epochs": 0, "batch": 2}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise UsageError(f"{name.replace('_', '-')} is at least {low}, not {getattr(self, name)}.")
        if not 0 < self.smallest_crop <= 1:
            raise UsageError(f"The smallest crop is a share above 0 and up to 1, not {self.smallest_crop}.")
        if not 0 < self.learning_rate < math.inf:
            raise UsageError(f"A learning rate is a number above 0, not {self.learning_rate}.")
        if not 0 <= self.teacher_weight < math.inf:
            raise UsageError(f"The weight of the teacher is a number from 0, not {self.teacher_weight}.")
        if self.distil not in (PHOTO, VIEW):
            raise UsageError(f"What is distilled is of a {PHOTO} or a {VIEW}, not {self.distil!r}.")
        if self.first_head not in FIRST_HEADS:
            raise UsageError(f"The first head is {', '.join(FIRST_HEADS)}, not {self.first_head!r}.")
        if not -(2**31) <= self.seed < 2**31:
            raise UsageError(f"A seed has 32 bits; {self.seed} has more.")
        if self.precision not in PRECISIONS:
            raise UsageError(f"Precision is one of {', '.join(PRECISIONS)}, not {self.precision!r}.")
