"""Small runs on photos of plain colours, for tests of the training loop."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn

from engine.progress import Event, Reporter
from engine.training.augment import Augmenter
from engine.training.inputs import PhotoInputs
from engine.training.launch import Work, make_fabric
from engine.training.objectives import Situation
from engine.training.settings import Settings
from engine.training.student import HashModel
from engine.training.targets import ClassDistances, FeatureDistances, TargetDistances
from engine.training.trainer import Outcome, Trainer, TrainingData
from engine.training.validation import Judge

CLASSES = 4
# A teacher's file: features are mean colours, 0 to 255.
MEAN_COLOURS = """
import torch

class MeanColours(torch.nn.Module):
    def forward(self, rgb):
        return (rgb.mean(dim=(2, 3)) + 1) * 127.5

def load_teacher():
    return MeanColours()
"""
SETTINGS = Settings(n_bits=16, train_side=16, input_side=16, epochs=3, batch=32, learning_rate=1e-3)


class TinyNetwork(HashModel):
    """One convolution with batch norm, then the head that all networks have."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.n_bits, self.width = 16, 8
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 16, bias=False)
        self.norm = nn.BatchNorm1d(16)

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.stem(inputs / 255).mean(dim=(2, 3))

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        return self.norm(self.head(features))


class KilledNetwork(TinyNetwork):
    """Ends its process as the system does when memory runs out."""

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().features(inputs)


class LongWork(Work):
    """Comes back at once with the curve of a long run."""

    def __init__(self) -> None:
        super().__init__(SETTINGS, make_data(), Path(), TinyNetwork(), resume=False)

    def run(self, fabric: Fabric, report: Reporter, stop: Callable[[], bool]) -> Outcome:
        return Outcome(curve=[{"epoch": float(epoch)} for epoch in range(9000)])


def tree() -> torch.Tensor:
    """Classes in pairs: 0.5 within a pair, 1 across."""
    pair = torch.arange(CLASSES) // 2
    return torch.where(pair[:, None] == pair[None], 0.5, 1.0).fill_diagonal_(0)


def make_data(count: int = 208) -> TrainingData:
    """Noisy colours in four classes, with a tree and a teacher that sees mean colours."""
    generator = torch.Generator().manual_seed(5)
    labels = torch.arange(count) % CLASSES
    colours = torch.tensor([[200, 30, 30], [180, 170, 30], [30, 30, 200], [30, 180, 170]])
    noise = torch.randint(-30, 31, (count, 20, 20, 3), generator=generator)
    photos = (colours[labels][:, None, None] + noise).clamp(0, 255).to(torch.uint8)
    teacher = photos.float().mean(dim=(1, 2))
    train, validation = torch.arange(count - 80), torch.arange(count - 80, count)
    known = torch.ones(count, dtype=torch.bool)
    targets = TargetDistances(
        {
            "tree": (0.4, ClassDistances(labels, tree())),
            "teacher": (0.6, FeatureDistances.fit(teacher, known, train)),
        }
    )
    return TrainingData(
        PhotoInputs(photos, Augmenter(16), 16),
        Situation(16, CLASSES, tree(), 0),
        labels,
        targets,
        teacher,
        train,
        validation,
        train,
        Judge(validation, labels[validation], tree(), targets),
    )


def make_trainer(folder: Path, settings: Settings = SETTINGS, data: TrainingData | None = None) -> Trainer:
    """A trainer in this process, on the processor."""
    fabric = make_fabric(settings, "cpu", 1)
    fabric.launch()
    return Trainer(fabric, settings, data or make_data(), folder, TinyNetwork())


def ignore(event: Event) -> None:
    """A reporter that nobody listens to."""


def after(steps: int) -> Callable[[], bool]:
    """Asks to stop after so many steps."""
    left = iter(range(steps))
    return lambda: next(left, None) == steps - 1
