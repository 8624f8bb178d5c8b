"""The loop of a distillation: views and what the teacher sees in them in, the best backbone out."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from safetensors.torch import save
from torch import Tensor, nn

from engine.errors import HammingbirdError, UsageError
from engine.progress import Meter, Progress, Reporter
from engine.training.checkpoint import (
    append_line,
    load_checkpoint,
    read_lines,
    rewrite_lines,
    save_checkpoint,
    write_whole,
)
from engine.training.distil.measure import CHOSEN_BY, MapJudge
from engine.training.distil.muon import Muon
from engine.training.distil.settings import DistilSettings
from engine.training.distil.student import MapStudent
from engine.training.distil.views import Seen, Views
from engine.training.settings import PRECISIONS
from engine.training.student import MovingAverage
from engine.training.trainer import (
    BEST,
    CURVE,
    METRICS,
    SECONDS_PER_CHECKPOINT,
    STEPS_PER_POINT,
    Outcome,
    digest_of,
)
from engine.training.validation import centre

GUESSES = "guesses.safetensors"
CENTRING_PHOTOS = 1280
WARM_UP_STEPS = 100


@dataclass(frozen=True)
class DistilData:
    """What is learned from.

    Attributes:
        views: Makes views of photos.
        train: int64 (M,) positions of photos to train on.
        sharp: bool (M,), which of these are sharp.
        centring: int64 positions of training photos that look like those of a person's library.
        judge: Measures the photos that are held out.
        fingerprint: Names photos, split and teacher, so that a run is resumed on the same.
    """

    views: Views
    train: Tensor
    sharp: Tensor
    centring: Tensor
    judge: MapJudge
    fingerprint: str = ""


class Distiller:
    """Trains a student in one process, and keeps the weights (their moving average) that measure best."""

    def __init__(
        self, fabric: Fabric, settings: DistilSettings, data: DistilData, folder: Path, student: MapStudent
    ) -> None:
        """Prepares a run.

        Args:
            fabric: Launched, of one process.
            settings: See `DistilSettings`.
            data: See `DistilData`.
            folder: Of the run.
            student: Is trained in place.
        """
        self.fabric, self.settings, self.data, self.folder = fabric, settings, data, folder
        self._start = digest_of(student)
        torch.manual_seed(settings.seed)
        student.to(memory_format=torch.channels_last)
        optimizers = make_optimizers(student, settings, bf16=uses_bf16(fabric))
        self.student, *self.optimizers = fabric.setup(student, *optimizers)
        self._highest = [[group["lr"] for group in optimizer.param_groups] for optimizer in optimizers]
        self.student.train()
        self.average = MovingAverage(cast(MapStudent, self.student.module))
        if settings.compiled:
            self.student.module.compile()
        data.views.inputs.to(fabric.device)
        self.chances = _chances(data.sharp, settings.sharp_share)
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.per_epoch = max(len(data.train) // settings.batch, 1)
        self.steps = settings.epochs * self.per_epoch
        self.step = 0
        self._begun, self._seconds_before = time.monotonic(), 0.0
        self.outcome = Outcome()

    @property
    def seconds(self) -> float:
        """How long the run has lasted, without the time between a stop and going on."""
        return self._seconds_before + time.monotonic() - self._begun

    @property
    def done(self) -> float:
        """How much of the run is done, 0 to 1."""
        return min(self.step / self.steps if self.steps else self.seconds / (60 * self.settings.minutes), 1.0)

    def run(self, report: Reporter, stop: Callable[[], bool] = lambda: False) -> Outcome:
        """Trains to the end; the best weights so far are always in `folder`/best.safetensors.

        Args:
            report: Hears of progress, after every few steps.
            stop: Is asked after each step; when it says yes, the run is saved and ends.

        Raises:
            HammingbirdError: The loss is no number any more.
        """
        self._begin()
        meter, saved = Meter(window_s=60), time.monotonic()
        meter.restart(self.step * self.settings.batch)
        done = self.done
        while done < 1:
            loss, parts = self._step(done)
            done = self.done  # once a step: by the clock it changes between two looks
            at_end = done >= 1
            if self.step % STEPS_PER_POINT == 0 or self.step % self.per_epoch == 0 or at_end:
                self._tell(loss, parts, report, meter)
            if self.step % self.per_epoch == 0 or at_end:
                self._measure()
            self.outcome.stopped = stop() and not at_end
            if self.outcome.stopped or time.monotonic() - saved > SECONDS_PER_CHECKPOINT:
                self._checked(loss)
                self.save()
                saved = time.monotonic()
            if self.outcome.stopped:
                return self.outcome
        self.save()
        return self.outcome

    def _begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.step:
            for file in (CURVE, METRICS):  # of a run that stopped here before its first checkpoint
                rewrite_lines(self.folder / file, [])
        self._begun = time.monotonic()

    def _draw(self) -> tuple[Tensor, Seen]:
        """Views of a batch, and what the teacher sees in them."""
        draws = torch.rand(self.settings.batch, generator=self.generator)
        places = torch.searchsorted(self.chances, draws.double(), right=True)
        chosen = self.data.train[places.clamp(max=len(self.data.train) - 1)]
        return self.data.views.make(chosen, self.generator)

    def _step(self, done: float) -> tuple[Tensor, dict[str, Tensor]]:
        for optimizer, highest in zip(self.optimizers, self._highest, strict=True):
            for group, rate in zip(optimizer.param_groups, highest, strict=True):
                group["lr"] = rate * self._rate(done)
        photos, seen = self._draw()
        loss, parts = self.student(photos, seen)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        self.fabric.clip_gradients(self.student, self.optimizers[0], max_norm=5.0, error_if_nonfinite=False)
        for optimizer in self.optimizers:
            optimizer.step()
        self.average.update(self.step)
        self.step += 1
        return loss, parts

    def _rate(self, done: float) -> float:
        """Share of the highest rates: a warm-up, then half a wave down to nothing."""
        warm_up = min(WARM_UP_STEPS, max(self.steps // 10, 1)) if self.steps else WARM_UP_STEPS
        return min((self.step + 1) / warm_up, 1.0) * 0.5 * (1 + math.cos(math.pi * done))

    def _tell(self, loss: Tensor, parts: dict[str, Tensor], report: Reporter, meter: Meter) -> None:
        self._checked(loss)
        done = self.step * self.settings.batch
        rate, left = meter.update(done, self.steps * self.settings.batch or None)
        if self.settings.minutes:
            left = max(60 * self.settings.minutes - self.seconds, 0.0)
        report(Progress("training", done, self.steps * self.settings.batch or None, rate, left))
        numbers = {name: part.item() for name, part in parts.items()}
        point = {"step": self.step, "epoch": self.step / self.per_epoch, **numbers, "loss": loss.item()}
        append_line(
            self.folder / METRICS, {**point, "rate": self._rate(self.done), "photos_per_s": rate or 0.0}
        )

    def _checked(self, loss: Tensor) -> None:
        """Refuses to go on with, or to save, what is no number any more."""
        if not torch.isfinite(loss):
            kept = f" The best weights so far are in {self.folder}." if self.outcome.best else ""
            raise HammingbirdError(
                f"Training stopped at step {self.step}: the loss is not a number any more.",
                f"Use a smaller --learning-rate and --muon-rate.{kept}",
            )

    def _measure(self) -> None:
        """Measures the network as a whole, and keeps the weights when they are the best so far."""
        started, student = time.monotonic(), self.average.network.joined()
        order = torch.randperm(
            len(self.data.centring), generator=torch.Generator().manual_seed(self.settings.seed)
        )
        inputs = self.data.views.inputs
        centre(student.network, inputs, self.data.centring[order[:CENTRING_PHOTOS]])
        measures = self.data.judge.measure(student, inputs)
        epoch = self.step / self.per_epoch
        self.outcome.curve.append({"epoch": epoch, **measures, "seconds": time.monotonic() - started})
        if measures[CHOSEN_BY] >= self.outcome.best.get(CHOSEN_BY, -1.0):
            self.outcome.best = {"epoch": epoch, **measures}
            _save_weights(self.folder / BEST, student.network.tower)
            _save_weights(self.folder / GUESSES, student.guesses)
        append_line(self.folder / CURVE, self.outcome.curve[-1])

    def identity(self) -> str:
        """Settings, photos and first weights of this run; a checkpoint of others is refused."""
        told = {**asdict(self.settings), "photos": self.data.fingerprint, "first weights": self._start}
        return json.dumps(told, sort_keys=True)

    def save(self) -> None:
        """Writes the checkpoint that `resume` reads."""
        state = {
            "identity": self.identity(),
            "step": self.step,
            "seconds": self.seconds,
            "student": self.student.module.state_dict(),
            "average": self.average.network.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "random": torch.get_rng_state(),
            "generator": self.generator.get_state(),
            "best": self.outcome.best,
            "curve": self.outcome.curve,
        }
        save_checkpoint(self.folder, state)

    def resume(self) -> None:
        """Goes back to the last checkpoint of this run.

        Raises:
            UsageError: There is none that fits.
        """
        state: dict[str, Any] = load_checkpoint(self.folder, self.identity())
        try:
            self.student.module.load_state_dict(state["student"])
            self.average.network.load_state_dict(state["average"])
            for optimizer, held in zip(self.optimizers, state["optimizers"], strict=True):
                optimizer.load_state_dict(held)
        except (KeyError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"The checkpoint in {self.folder} is of another version of Hammingbird.",
                "Start again with another --run.",
            ) from error
        torch.set_rng_state(state["random"])
        self.generator.set_state(state["generator"])
        self.step, self._seconds_before = state["step"], state["seconds"]
        self.outcome = Outcome(state["best"], state["curve"])
        rewrite_lines(self.folder / CURVE, self.outcome.curve)
        kept = [point for point in read_lines(self.folder / METRICS) if point["step"] <= self.step]
        rewrite_lines(self.folder / METRICS, kept)


def uses_bf16(fabric: Fabric) -> bool:
    """Whether products are rounded to bfloat16."""
    return bool(fabric.strategy.precision.precision == PRECISIONS["bf16"])


def make_optimizers(
    student: MapStudent, settings: DistilSettings, *, bf16: bool = False
) -> list[torch.optim.Optimizer]:
    """AdamW and, where its rate is not 0, Muon for the kernels of the backbone and of its sections.

    Muon leaves out the stem, whose directions are three colours, and depthwise kernels, which are no
    matrices. Biases and batch norms don't decay.
    """
    kernels: list[Tensor] = []
    matrices: list[Tensor] = []
    vectors: list[Tensor] = []
    for name, weight in student.named_parameters():
        wide = name.startswith("network.") and weight.ndim == 4 and weight.shape[1] > 3
        if settings.muon_rate and (wide or name.startswith("sections.")):
            kernels.append(weight)
        else:
            (matrices if weight.ndim > 1 else vectors).append(weight)
    groups = [
        {"params": matrices, "weight_decay": settings.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    made: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)]
    if kernels:
        made.append(Muon(kernels, lr=settings.muon_rate, weight_decay=settings.weight_decay, bf16=bf16))
    return made


def _chances(sharp: Tensor, share: float) -> Tensor:
    """Chances of photos to be drawn, added up, float64 (M,): sharp ones make `share` of all that are."""
    count = int(sharp.sum())
    if count in (0, len(sharp)):
        chances = torch.full((len(sharp),), 1 / len(sharp), dtype=torch.float64)
    else:
        chances = torch.full((len(sharp),), (1 - share) / (len(sharp) - count), dtype=torch.float64)
        chances[sharp] = share / count
    return chances.cumsum(0)


def _save_weights(file: Path, module: nn.Module) -> None:
    whole = {name: tensor.contiguous() for name, tensor in module.state_dict().items()}
    write_whole(file, lambda draft: draft.write_bytes(save(whole)))
