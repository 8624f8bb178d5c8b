"""The training loop: photos with classes and teacher features in, the network with the best codes out."""

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from engine.errors import HammingbirdError
from engine.hashing import codes
from engine.progress import Meter, Progress, Reporter
from engine.training.data import Augmenter
from engine.training.distances import TeacherDistances
from engine.training.metrics import bit_balance, mean_average_precision, precision_at
from engine.training.networks import HashNetwork
from engine.training.objectives import Objective, Situation, Targets
from engine.training.recipes import make_objective

VALIDATION_QUERIES = 1000
CENTRING_PHOTOS = 6000


@dataclass(frozen=True)
class Settings:
    """What decides a training run, besides its photos.

    Attributes:
        backbone: torchvision network.
        n_bits: Length of the code.
        train_side: Pixels of the crops that are trained on.
        input_side: Pixels of the input that is validated and exported; more than `train_side`, since crops
            make things look larger than they are in whole photos (Touvron et al. 2019).
        epochs: Passes over the photos; with 0 the network is only centred and exported.
        batch: Photos a step.
        learning_rate: Highest rate of AdamW; one cycle, cosine.
        weight_decay: Of AdamW.
        tree_share: Weight of the class tree in the target distance; the rest is the teacher's.
        smallest_crop: Crops cover at least this share of a photo.
        objective: One of `recipes.OBJECTIVES`.
        options: Its options, as a person wrote them.
        teacher_weight: Weight of the distance to the teacher's features.
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
    tree_share: float = 0.4
    smallest_crop: float = 0.35
    objective: str = "semantic-kl"
    options: Mapping[str, str] = field(default_factory=dict)
    teacher_weight: float = 2.0
    seed: int = 0


@dataclass(frozen=True)
class TrainingData:
    """What is trained on; all tensors have one row a photo.

    Attributes:
        photos: uint8 (N, S, S, 3).
        labels: int64 (N,), positions in `class_names`.
        class_names: C names.
        class_distances: float32 (C, C) from the class tree.
        teacher: float16 (N, D).
        train, validation: int64 positions.
        centring: int64 positions of training photos that look like those of a person's library.
    """

    photos: Tensor
    labels: Tensor
    class_names: list[str]
    class_distances: Tensor
    teacher: Tensor
    train: Tensor
    validation: Tensor
    centring: Tensor


@dataclass
class Outcome:
    """What a run ended with: the best measures on validation photos and the curve of all of them."""

    best: dict[str, float] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)


class Student(nn.Module):
    """The network with what only training needs: an objective, a head that guesses the teacher's features."""

    def __init__(self, network: HashNetwork, objective: Objective, teacher_width: int) -> None:
        super().__init__()
        self.network = network
        self.objective = objective
        self.teacher = nn.Linear(network.width, teacher_width)

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (B, 3, S, S) to code logits and guesses of the teacher's features."""
        features = self.network.features(rgb)
        return self.network.logits(features), self.teacher(features)


class Trainer:
    """Trains a student and keeps the weights (their moving average) that validate best.

    The loss is that of the objective + teacher_weight (1 - cosine) to centred teacher features.
    """

    def __init__(self, settings: Settings, data: TrainingData, folder: Path, network: HashNetwork) -> None:
        self.settings = settings
        self.data = data
        self.folder = folder
        situation = Situation(network.n_bits, len(data.class_names), data.class_distances, settings.seed)
        objective = make_objective(settings.objective, situation, settings.options)
        self.student = Student(network, objective, data.teacher.shape[1])
        self.student.to(memory_format=torch.channels_last)
        self.average = AveragedModel(self.student, avg_fn=_moving_average)
        self.teacher_distances = TeacherDistances.fit(data.teacher[data.train], seed=settings.seed)
        self.augment = Augmenter(
            settings.train_side, smallest_area=settings.smallest_crop, seed=settings.seed
        )
        self.steps = settings.epochs * (len(data.train) // settings.batch)
        self.optimizer = torch.optim.AdamW(
            _groups(self.student, settings.weight_decay), lr=settings.learning_rate
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    @property
    def _averaged(self) -> HashNetwork:
        return cast(Student, self.average.module).network

    def _rate(self, step: int) -> float:
        warm = min(step / max(self.steps * 0.05, 1), 1.0)
        return warm * 0.5 * (1 + math.cos(math.pi * min(step / max(self.steps, 1), 1.0)))

    def run(self, report: Reporter) -> Outcome:
        """Trains to the end; the best weights so far are always in `folder`/best.safetensors.

        Args:
            report: Hears of progress, after every few steps.

        Raises:
            HammingbirdError: The loss is no number any more.
        """
        outcome = Outcome()
        meter = Meter(window_s=60)
        done, total = 0, self.steps * self.settings.batch
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.settings.epochs:
            self._measure(outcome, 0, {})
        for epoch in range(self.settings.epochs):
            parts: dict[str, float] = {}
            for step, chosen in enumerate(self._batches(epoch)):
                parts = self._step(chosen)
                done += len(chosen)
                if step % 20 == 0:
                    report(Progress("training", done, total, *meter.update(done, total)))
            self._measure(outcome, epoch + 1, parts)
        return outcome

    def _measure(self, outcome: Outcome, epoch: int, parts: dict[str, float]) -> None:
        """Validates, and keeps the weights when they are the best so far."""
        started = time.monotonic()
        measures = self.validate()
        outcome.curve.append({"epoch": epoch, **measures, **parts, "seconds": time.monotonic() - started})
        if measures["P@10"] >= outcome.best.get("P@10", -1.0):
            outcome.best = {"epoch": epoch, **measures}
            save_file(_contiguous(self._averaged.state_dict()), self.folder / "best.safetensors")
        _write_curve(self.folder / "curve.jsonl", outcome.curve[-1])

    def _batches(self, epoch: int) -> Iterator[Tensor]:
        generator = torch.Generator().manual_seed(self.settings.seed * 1000 + epoch)
        order = self.data.train[torch.randperm(len(self.data.train), generator=generator)]
        for start in range(0, len(order) - self.settings.batch + 1, self.settings.batch):
            yield order[start : start + self.settings.batch]

    def _step(self, chosen: Tensor) -> dict[str, float]:
        self.student.train()
        teacher = self.data.teacher[chosen]
        labels = self.data.labels[chosen]
        share = self.settings.tree_share
        target = share * self.data.class_distances[labels][:, labels] + (1 - share) * self.teacher_distances(
            teacher
        )
        v, guess = self.student(self.augment(self.data.photos[chosen]))
        code_loss = self.student.objective(v, Targets(labels, target))
        aligned = nn.functional.cosine_similarity(guess, self.teacher_distances.normalise(teacher))
        distilled = (1 - aligned).mean()
        loss = code_loss.total + self.settings.teacher_weight * distilled
        if not torch.isfinite(loss):
            raise HammingbirdError(
                "Training stopped: the loss is not a number any more.",
                "Use a smaller --learning-rate; the best weights so far are kept.",
            )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        self.optimizer.step()
        self.schedule.step()
        self.average.update_parameters(self.student)
        parts = {**code_loss.parts, "teacher": distilled, "loss": loss}
        return {name: float(value.detach()) for name, value in parts.items()}

    def validate(self) -> dict[str, float]:
        """Centres the averaged weights, then measures them on the validation photos, by class label."""
        generator = torch.Generator().manual_seed(self.settings.seed)
        chosen = self.data.centring[torch.randperm(len(self.data.centring), generator=generator)]
        chosen = chosen[:CENTRING_PHOTOS]
        centre(self._averaged, self.data.photos[chosen], self.settings.input_side)
        return measure(
            self._averaged,
            self.data.photos[self.data.validation],
            self.data.labels[self.data.validation],
            self.settings.input_side,
        )


@torch.inference_mode()
def logits_of(network: HashNetwork, photos: Tensor, side: int) -> np.ndarray:
    """Logits, float32 (N, n_bits), of unaugmented photos, uint8 (N, S, S, 3), resized to `side`."""
    network.eval()
    return torch.cat([network(rgb) for rgb in _inputs(photos, side)]).numpy()


@torch.inference_mode()
def centre(network: HashNetwork, photos: Tensor, side: int) -> None:
    """Sets the means and variances of all batch norms to those of whole photos at the product's input size.

    Those of training are of crops at another size, and of weights not yet averaged; with either, bits
    lose their balance. The same idea as the last step of Touvron et al. 2019.

    Args:
        network: Changed in place.
        photos: uint8 (N, S, S, 3), of the training part, in random order; N >= 2.
        side: Pixels of the network's input.
    """
    network.eval()
    norms = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over all batches
        norm.train()
    for rgb in _inputs(photos, side):
        if len(rgb) > 1:  # one photo has no variance
            network(rgb)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    network.eval()


def _inputs(photos: Tensor, side: int) -> Iterator[Tensor]:
    """Batches of what the finished network reads, float32 (B, 3, side, side), from uint8 (N, S, S, 3)."""
    for start in range(0, len(photos), 128):
        rgb = photos[start : start + 128].permute(0, 3, 1, 2).float()
        if rgb.shape[-1] != side:
            rgb = nn.functional.interpolate(rgb, (side, side), mode="bilinear", antialias=True).round_()
        yield rgb.contiguous(memory_format=torch.channels_last)


def measure(network: HashNetwork, photos: Tensor, labels: Tensor, side: int) -> dict[str, float]:
    """P@10, mAP@100 and bit balance of a network's packed codes, queries drawn with a fixed seed."""
    packed = codes.pack(logits_of(network, photos, side))
    queries = np.random.default_rng(0).permutation(len(packed))[:VALIDATION_QUERIES]
    truth = labels.numpy()
    return {
        "P@10": precision_at(packed, truth, queries, 10),
        "mAP@100": mean_average_precision(packed, truth, queries, 100),
        "bit_balance": bit_balance(packed),
    }


def new_network(settings: Settings) -> HashNetwork:
    """A network with random weights, which the seed decides, as it decides all that follows."""
    torch.manual_seed(settings.seed)
    return HashNetwork(settings.backbone, settings.n_bits)


def load_network(weights: Path, settings: Settings) -> HashNetwork:
    """A network with weights that a run or an export wrote."""
    network = new_network(settings)
    network.load_state_dict(
        {name: w.float() if w.is_floating_point() else w for name, w in load_file(weights).items()}
    )
    return network


def describe(settings: Settings) -> dict[str, Any]:
    """The settings for a model's card."""
    return asdict(settings)


def _moving_average(average: Tensor, current: Tensor, steps: Tensor | int) -> Tensor:
    """Exponential moving average whose memory grows with the run, so that the random start is forgotten."""
    decay = min(0.998, (1 + float(steps)) / (20 + float(steps)))
    return (average * decay + current * (1 - decay)).to(average.dtype)


def _groups(student: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """No weight decay on biases and batch norms."""
    matrices = [p for p in student.parameters() if p.ndim > 1]
    vectors = [p for p in student.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


def _contiguous(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.contiguous() for name, tensor in state.items()}


def _write_curve(file: Path, point: dict[str, float]) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps({name: round(value, 5) for name, value in point.items()}) + "\n")
