"""The training loop: photos with what is known of them in, the network with the best codes out."""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from safetensors.torch import save
from torch import Tensor

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
from engine.training.distances import CalibratedDistances
from engine.training.distilled import Guessed, OfPhotos, OfViews, TeacherFile
from engine.training.inputs import Inputs
from engine.training.objectives import Loss, Situation
from engine.training.recipes import make_objective
from engine.training.settings import Settings
from engine.training.student import HashModel, MovingAverage, Student
from engine.training.targets import TargetDistances
from engine.training.validation import Judge, centre

CENTRING_PHOTOS = 6000
STEPS_PER_POINT = 20
SECONDS_PER_CHECKPOINT = 60.0
BEST, CURVE, METRICS = "best.safetensors", "curve.jsonl", "metrics.jsonl"


@dataclass(frozen=True)
class TrainingData:
    """What is trained on; all tensors have one row a photo.

    Attributes:
        inputs: N photos, or their features.
        situation: What an objective is made for.
        labels: int64 (N,) or float32 (N, C) as in `label_table`; None without classes.
        targets: Target distances; None where there are none.
        teacher: float16 (N, D) features of whole photos; None without a teacher.
        train, validation: int64 positions.
        centring: int64 positions of training photos that look like those of a person's library.
        judge: Measures the validation photos.
        fingerprint: Names photos and split, so that a run is resumed on the same.
        teacher_file: The teacher that looks at each view; None where features of whole photos are guessed.
    """

    inputs: Inputs
    situation: Situation
    labels: Tensor | None
    targets: TargetDistances | None
    teacher: Tensor | None
    train: Tensor
    validation: Tensor
    centring: Tensor
    judge: Judge
    fingerprint: str = ""
    teacher_file: TeacherFile | None = None


@dataclass
class Outcome:
    """What a run ended with.

    Attributes:
        best: The best measures on validation photos, and their epoch.
        curve: All measures, one entry an epoch.
        stopped: Whether the run was asked to stop before its end; it can be resumed.
        device: What it ran on, and in which precision, as in "2 x cuda, bf16-mixed".
    """

    best: dict[str, float] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)
    stopped: bool = False
    device: str = ""


class Trainer:
    """Trains a student and keeps the weights (their moving average) that validate best.

    The loss is that of the objective + teacher_weight (1 - cosine) to centred teacher features.
    """

    def __init__(
        self, fabric: Fabric, settings: Settings, data: TrainingData, folder: Path, network: HashModel
    ) -> None:
        """Prepares a run.

        Args:
            fabric: Launched; decides device, precision and processes.
            settings: See `Settings`.
            data: Photos and what is known of them.
            folder: Of the run: checkpoint, best weights, curves.
            network: Is trained in place.

        Raises:
            UsageError: The objective can't be made, the batch can't be shared out evenly, or nothing measures
                what weights shall be chosen by.
        """
        self.fabric, self.settings, self.data, self.folder = fabric, settings, data, folder
        self._start = digest_of(network)
        torch.manual_seed(settings.seed)
        objective = make_objective(settings.objective, data.situation, settings.options)
        teacher_width = 0 if data.teacher is None else data.teacher.shape[1]
        student = Student(
            network,
            objective,
            teacher_width=teacher_width,
            teacher_weight=settings.teacher_weight,
            freeze_norms=settings.freeze_norms,
        )
        student.to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(
            _groups(student, settings.weight_decay), lr=settings.learning_rate, fused=True
        )
        self.student, self.optimizer = fabric.setup(student, optimizer)
        self.student.train()
        self.average = MovingAverage(self._network)
        data.inputs.to(fabric.device)
        self.labels = None if data.labels is None else data.labels.to(fabric.device)
        wanted = data.targets if objective.needs_distances else None
        self.targets = None if wanted is None else wanted.to(fabric.device)
        self.guessed = self._what_is_guessed() if teacher_width else None
        self.rows = _share(settings.batch, fabric)
        self.chosen_by = _chosen_by(settings, data.judge)
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.per_epoch = len(data.train) // settings.batch
        if settings.epochs and not self.per_epoch:
            raise UsageError(
                f"A batch of {settings.batch} photos is more than the {len(data.train)} to train on.",
                "Choose a smaller batch.",
            )
        self.steps = settings.epochs * self.per_epoch
        self.step = 0
        self.outcome = Outcome()

    @property
    def _network(self) -> HashModel:
        return cast(HashModel, self.student.module.network)

    @property
    def _on_cuda(self) -> bool:
        return self.fabric.device.type == "cuda"

    def run(self, report: Reporter, stop: Callable[[], bool] = lambda: False) -> Outcome:
        """Trains to the end; the best weights so far are always in `folder`/best.safetensors.

        Args:
            report: Hears of progress, after every few steps.
            stop: Is asked after each step; when it says yes, the run is saved and ends.

        Raises:
            HammingbirdError: The loss is no number any more.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.step and self.fabric.is_global_zero:
            for file in (CURVE, METRICS):  # of a run that stopped here before its first checkpoint
                rewrite_lines(self.folder / file, [])
        meter, saved = Meter(window_s=60), time.monotonic()
        meter.restart(self.step * self.settings.batch)
        if not self.steps:
            self._measure(0, {})
        while self.step < self.steps:
            for chosen in self._batches():
                loss = self._step(chosen)
                if self.step % STEPS_PER_POINT == 0 or self.step % self.per_epoch == 0:
                    self._tell(loss, report, meter)
                if self.step % self.per_epoch == 0:
                    self._measure(self.step // self.per_epoch, _numbers(loss))
                self.outcome.stopped = self._agreed(stop()) and self.step < self.steps
                if self.outcome.stopped or time.monotonic() - saved > SECONDS_PER_CHECKPOINT:
                    self._checked(loss)
                    self.save()
                    saved = time.monotonic()
                if self.outcome.stopped:
                    return self.outcome
        self.save()
        return self.outcome

    def _agreed(self, wish: bool) -> bool:
        """Whether any process wants to stop: all must take the same steps."""
        if self.fabric.world_size == 1:
            return wish
        wishes = self.fabric.all_reduce(torch.tensor(float(wish)), reduce_op="sum")
        return bool(cast(Tensor, wishes) > 0)

    def _batches(self) -> Iterator[Tensor]:
        """The rest of the present epoch's batches, int64 (batch,) each."""
        epoch, done = divmod(self.step, self.per_epoch)
        generator = torch.Generator().manual_seed(self.settings.seed * 1000 + epoch)
        order = self.data.train[torch.randperm(len(self.data.train), generator=generator)]
        return iter(order[: self.per_epoch * self.settings.batch].split(self.settings.batch)[done:])

    def _step(self, chosen: Tensor) -> Loss:
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * self._rate(self.step)
        here = chosen.to(self.fabric.device, non_blocking=True)
        labels = None if self.labels is None else self.labels[here]
        distances = None if self.targets is None else self.targets(here)
        inputs = self.data.inputs.augmented(chosen, self.rows, self.generator)
        guessed = None
        if self.guessed is not None:
            with self.fabric.autocast():
                guessed = self.guessed(here, inputs, self._gather)
        loss = Loss(*self.student(inputs, labels, distances, guessed, self._gather))
        self.optimizer.zero_grad(set_to_none=True)
        self.fabric.backward(loss.total)
        self.fabric.clip_gradients(self.student, self.optimizer, max_norm=5.0, error_if_nonfinite=False)
        self.optimizer.step()
        self.average.update(self.step)
        self.step += 1
        return loss

    def _what_is_guessed(self) -> Guessed:
        features = cast(Tensor, self.data.teacher)
        distances = CalibratedDistances.fit(features[self.data.train], seed=self.settings.seed)
        if self.data.teacher_file is None:
            return OfPhotos(features, distances, self.fabric.device)
        return OfViews(self.data.teacher_file, distances, self.fabric.device)

    def _gather(self, features: Tensor) -> Tensor:
        if self.fabric.world_size == 1:
            return features
        return cast(Tensor, self.fabric.all_gather(features, sync_grads=True)).flatten(0, 1)

    def _rate(self, step: int) -> float:
        warm = min(step / max(self.steps * 0.05, 1), 1.0)
        return warm * 0.5 * (1 + math.cos(math.pi * min(step / max(self.steps, 1), 1.0)))

    def _tell(self, loss: Loss, report: Reporter, meter: Meter) -> None:
        self._checked(loss)
        if not self.fabric.is_global_zero:
            return
        done, total = self.step * self.settings.batch, self.steps * self.settings.batch
        rate, left = meter.update(done, total)
        report(Progress("training", done, total, rate, left))
        point = {"step": self.step, "epoch": self.step / self.per_epoch, **_numbers(loss)}
        append_line(
            self.folder / METRICS, {**point, "rate": self._rate(self.step), "photos_per_s": rate or 0.0}
        )

    def _checked(self, loss: Loss) -> None:
        """Refuses to go on with, or to save, what is no number any more.

        A loss is looked at every few steps, since looking makes a GPU wait; weights that a step spoiled
        stay spoiled, so that nothing is missed.
        """
        if not torch.isfinite(loss.total):
            raise HammingbirdError(
                f"Training stopped at step {self.step}: the loss is not a number any more.", self._remedy()
            )

    def _remedy(self) -> str:
        kept = f" The best weights so far are in {self.folder}." if self.outcome.best else ""
        return f"Use a smaller --learning-rate.{kept}"

    def _measure(self, epoch: int, parts: dict[str, float]) -> None:
        """Validates, and keeps the weights when they are the best so far."""
        if self.fabric.is_global_zero:
            started = time.monotonic()
            measures = self.validate()
            self.outcome.curve.append(
                {"epoch": epoch, **measures, **parts, "seconds": time.monotonic() - started}
            )
            if measures[self.chosen_by] >= self.outcome.best.get(self.chosen_by, -1.0):
                self.outcome.best = {"epoch": epoch, **measures}
                state = self.average.network.state_dict()
                whole = {name: tensor.contiguous() for name, tensor in state.items()}
                write_whole(self.folder / BEST, lambda draft: draft.write_bytes(save(whole)))
            append_line(self.folder / CURVE, self.outcome.curve[-1])
        self.fabric.barrier()

    def validate(self) -> dict[str, float]:
        """Centres the averaged weights, then measures them on the validation photos."""
        generator = torch.Generator().manual_seed(self.settings.seed)
        order = torch.randperm(len(self.data.centring), generator=generator)[:CENTRING_PHOTOS]
        chosen = self.data.centring[order]
        centre(self.average.network, self.data.inputs, chosen, head_only=self.settings.freeze_norms)
        return self.data.judge.measure(self.average.network, self.data.inputs)

    def identity(self) -> str:
        """Settings, photos and first weights of this run; a checkpoint of others is refused."""
        told = {**asdict(self.settings), "photos": self.data.fingerprint, "first weights": self._start}
        return json.dumps(told, sort_keys=True)

    def save(self) -> None:
        """Writes the checkpoint that `resume` reads."""
        state = {
            "identity": self.identity(),
            "step": self.step,
            "student": self.student.module.state_dict(),
            "average": self.average.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state(self.fabric.device) if self._on_cuda else None,
            "generator": self.generator.get_state(),
            "best": self.outcome.best,
            "curve": self.outcome.curve,
        }
        if self.fabric.is_global_zero:
            save_checkpoint(self.folder, state)
        self.fabric.barrier()

    def resume(self) -> None:
        """Goes back to the last checkpoint of this run.

        Raises:
            UsageError: There is none that fits.
        """
        state: dict[str, Any] = load_checkpoint(self.folder, self.identity())
        try:
            self.student.module.load_state_dict(state["student"])
            self.average.network.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"The checkpoint in {self.folder} is of another version of Hammingbird.",
                "Start again with another --run.",
            ) from error
        torch.set_rng_state(state["random"])
        # The first process's for all: each draws the same, and whatever devices there were before.
        if state["cuda"] is not None and self._on_cuda:
            torch.cuda.set_rng_state(state["cuda"], self.fabric.device)
        self.generator.set_state(state["generator"])
        self.step = state["step"]
        self.outcome = Outcome(state["best"], state["curve"])
        if self.fabric.is_global_zero:
            rewrite_lines(self.folder / CURVE, self.outcome.curve)
            kept = [p for p in read_lines(self.folder / METRICS) if p["step"] <= self.step]
            rewrite_lines(self.folder / METRICS, kept)


def digest_of(network: torch.nn.Module) -> str:
    """Names the weights of a network."""
    digest = hashlib.blake2b(digest_size=16)
    for name, tensor in network.state_dict().items():
        digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _share(batch: int, fabric: Fabric) -> slice:
    """This process's part of each batch."""
    part = batch // fabric.world_size
    return slice(fabric.global_rank * part, (fabric.global_rank + 1) * part)


def _chosen_by(settings: Settings, judge: Judge) -> str:
    """The measure on validation photos that the best weights are chosen by."""
    if settings.choose_by and settings.choose_by not in judge.measures:
        raise UsageError(
            f"Weights can't be chosen by {settings.choose_by!r}.",
            f"With these photos there is {', '.join(judge.measures) or 'no measure at all'}.",
        )
    if not judge.measures:
        raise UsageError(
            "Nothing is known of these photos that weights could be chosen by.",
            "Name photos with classes or captions (and a --caption-encoder), or a teacher.",
        )
    return settings.choose_by or judge.measures[0]


def _numbers(loss: Loss) -> dict[str, float]:
    return {name: float(value) for name, value in {**loss.parts, "loss": loss.total.detach()}.items()}


def _groups(student: torch.nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """No weight decay on biases and batch norms."""
    matrices = [p for p in student.parameters() if p.ndim > 1]
    vectors = [p for p in student.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
