"""How many photos a second are trained on, against the network's bare forward and backward pass."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.training.augment import Augmenter
from engine.training.inputs import PhotoInputs
from engine.training.launch import make_fabric
from engine.training.network_weights import new_network
from engine.training.objectives import Situation
from engine.training.settings import Settings
from engine.training.targets import ClassDistances, FeatureDistances, TargetDistances
from engine.training.trainer import Trainer, TrainingData
from engine.training.validation import Judge
from tests.benchmarks.report import MORE, Row, Section

CLASSES = 100
TEACHER_WIDTH = 1280
ROUNDS = 5


@dataclass(frozen=True)
class Size:
    """How much is measured: photos a step, and steps a round after two that warm up."""

    photos: int
    batch: int
    steps: int


def training(quick: bool) -> Section:
    """The whole step of the trainer, in turns with the bare passes of the same network on the same device."""
    on_gpu = torch.cuda.is_available()
    size = Size(256, 32, 2) if quick else Size(8192, 1024, 30) if on_gpu else Size(2048, 256, 4)
    settings = Settings(train_side=72, input_side=96, batch=size.batch, epochs=1000)
    with tempfile.TemporaryDirectory() as folder:
        trainer = _trainer(settings, size, Path(folder))
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(_rate(size, trainer.device_type, trainer.next_step))
            bare.append(_rate(size, trainer.device_type, trainer.bare_pass))
    rates = statistics.median(ours), statistics.median(bare)
    what = f"{settings.backbone}, {settings.train_side} px, batches of {size.batch}"
    row = Row(
        f"Train {what}, {trainer.device_type}",
        f"{rates[0]:,.0f} photos/s",
        f"bare forward and backward {rates[1]:,.0f} photos/s",
        rates[0] / rates[1],
        MORE,
        0.85,
        "%",
        raw={"ours": ours, "bare": bare},
    )
    return Section(
        "training",
        (row,),
        "Random photos in memory, 100 classes, a tree, a teacher of 1,280 features, the default objective:"
        " drawing and making the crops, target distances, loss, backward pass, clipping, AdamW and the moving"
        " average, against forward and backward of the same network with the sum of its outputs as loss, on"
        f" crops that are ready. Medians of {ROUNDS} rounds of {size.steps} steps, in turns.",
    )


class _Measured(Trainer):
    """A trainer whose steps can be taken one at a time.

    Attributes:
        crops: float32 (batch, 3, side, side), ready for a bare pass.
    """

    crops: torch.Tensor

    @property
    def device_type(self) -> str:
        return self.fabric.device.type

    def next_step(self) -> None:
        chosen = self.data.train[torch.randperm(len(self.data.train))[: self.settings.batch]]
        self._step(chosen)

    def bare_pass(self) -> None:
        """Forward and backward alone."""
        network = self._network
        with self.fabric.autocast():
            total = network(self.crops).sum()
        total.backward()
        network.zero_grad(set_to_none=True)


def _rate(size: Size, device: str, step: Callable[[], None]) -> float:
    for _ in range(2):
        step()
    _wait(device)
    started = time.perf_counter()
    for _ in range(size.steps):
        step()
    _wait(device)
    return size.steps * size.batch / (time.perf_counter() - started)


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _trainer(settings: Settings, size: Size, folder: Path) -> _Measured:
    generator = torch.Generator().manual_seed(0)
    photos = torch.randint(0, 256, (size.photos, 96, 96, 3), dtype=torch.uint8, generator=generator)
    labels = torch.randint(CLASSES, (size.photos,), generator=generator)
    table = torch.rand(CLASSES, CLASSES, generator=generator)
    table = ((table + table.T) / 2).fill_diagonal_(0)
    teacher = torch.randn(size.photos, TEACHER_WIDTH, generator=generator).half()
    everything = torch.arange(size.photos)
    known = torch.ones(size.photos, dtype=torch.bool)
    targets = TargetDistances(
        {
            "tree": (0.4, ClassDistances(labels, table)),
            "teacher": (0.6, FeatureDistances.fit(teacher, known, everything)),
        }
    )
    data = TrainingData(
        PhotoInputs(photos, Augmenter(settings.train_side), settings.input_side),
        Situation(settings.n_bits, CLASSES, table, 0),
        labels,
        targets,
        teacher,
        everything,
        everything,
        everything,
        Judge(everything, labels, table, targets),
    )
    fabric = make_fabric(settings, "auto", 1)
    fabric.launch()
    trainer = _Measured(fabric, settings, data, folder, new_network(settings))
    views = Augmenter(settings.train_side).draw(settings.batch, generator)
    crops = Augmenter(settings.train_side).apply(photos[: settings.batch], views)
    trainer.crops = crops.to(fabric.device)
    return trainer
