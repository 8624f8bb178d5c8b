"""The loop of a retraining: photos with what is said of them in, the best of the networks on the way out.

The loss of a step is

    objective(photos that are told of) + keep * L_keep(photos that nothing is said of) + 10 * L_pairs

where L_keep are the code distances of the model before as target distances of the similarity term, relative
and all pairs alike (`engine.training.objectives.similarity`, power 0): what the person said nothing about
shall look alike as it did. Photos are crops, the old distances are those of whole ones, so that it is also
asked for that copies stay near their originals. L_pairs is the mean over some pairs of their distance, as a
share of the bits, where they were told alike, and of what it lacks to a half where they were told unlike: one
pair among the thousands of a batch would not be heard in the objective.
"""

import copy
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor

from engine.errors import HammingbirdError, UsageError
from engine.library.reporting import Control
from engine.library.retraining import RunFolder
from engine.progress import Meter, Progress
from engine.training.bits import bits_of
from engine.training.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from engine.training.inputs import Inputs
from engine.training.objectives import Objective, Targets
from engine.training.objectives.similarity import similarity_loss
from engine.training.retraining.notion import Notion
from engine.training.retraining.settings import HEAD, RetrainSettings
from engine.training.retraining.students import TaughtHead
from engine.training.student import HashModel, MovingAverage
from engine.training.trainer import digest_of
from engine.training.validation import centre

BATCH, OTHERS, MOST_PAIRS = 192, 192, 32
STEPS = {HEAD: 150, "stage": 400, "all": 400}
RATES = {HEAD: 3e-3, "stage": 1e-3, "all": 1e-3}
BACKBONE_SHARE = 0.2  # of the head's rate
CODES_RATE = 1e-2  # of the codes of concepts, see `TaughtHead`
MEASURINGS, CENTRING_PHOTOS, WARM_UP_STEPS = 12, 1024, 20
SECONDS_PER_CHECKPOINT = 30.0
STEPS_PER_POINT = 10
MEASURE = "fitting"
PAIR_WEIGHT, APART = 10.0, 0.5  # APART: the share of the bits in which unrelated codes differ


@dataclass(frozen=True)
class Lesson:
    """What is learned from: N photos, those that something is said of first.

    Attributes:
        inputs: Of all N photos.
        notion: Of the first photos.
        train: int64 positions of photos to learn from, all told of.
        others: int64 positions of photos that nothing is said of.
        old: float32 (O, K), bits of `others` by the model before, each -1 or 1.
        fingerprint: Names photos and captions, so that a run is resumed on the same.
    """

    inputs: Inputs
    notion: Notion
    train: Tensor
    others: Tensor
    old: Tensor
    fingerprint: str


@dataclass
class Learned:
    """What a run ended with.

    Attributes:
        best: The best measures on photos of choice, and their step.
        seconds: That it learned.
        steps: That it made.
    """

    best: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    steps: int = 0


class Learner:
    """Trains a network in one process, and keeps the average of weights that measures best."""

    def __init__(
        self,
        network: HashModel,
        objective: Objective,
        lesson: Lesson,
        settings: RetrainSettings,
        run: RunFolder,
        measure: Callable[[HashModel, int], dict[str, float]],
    ) -> None:
        """Prepares a run.

        Args:
            network: Is trained in place; ends with the best weights.
            objective: Of the photos that are told of.
            lesson: See `Lesson`.
            settings: See `RetrainSettings`.
            run: Curves and checkpoints go there.
            measure: Measures a network after so many steps; the more of `MEASURE`, the better.
        """
        torch.manual_seed(settings.seed)
        self.network, self.objective, self.lesson, self.settings = network, objective, lesson, settings
        self.run_folder, self._measure = run, measure
        self._start = digest_of(network)
        self.optimizer = torch.optim.AdamW(self._groups(), weight_decay=0.01)
        self._highest = [group["lr"] for group in self.optimizer.param_groups]
        self.average = MovingAverage(network)
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.step, self.steps = 0, STEPS[settings.train]
        self.learned = Learned()
        self._best: dict[str, Tensor] = {}
        self._begun = time.monotonic()
        self._before = 0.0

    def _groups(self) -> list[dict[str, Any]]:
        rate = RATES[self.settings.train]
        rates = {"codes": CODES_RATE, "backbone": BACKBONE_SHARE * rate, "head": rate}
        parts: dict[str, list[Tensor]] = {"codes": [], "backbone": [], "head": []}
        for name, weight in self.network.named_parameters():
            if weight.requires_grad:
                backbone = name.startswith("network.backbone.")
                parts["backbone" if backbone else "codes" if name == "codes" else "head"].append(weight)
        parts["codes" if parts["codes"] else "head"] += self.objective.parameters()
        return [{"params": weights, "lr": rates[part]} for part, weights in parts.items() if weights]

    @property
    def seconds(self) -> float:
        """How long the run has learned, without the time between a stop and going on."""
        return self._before + time.monotonic() - self._begun

    @property
    def done(self) -> float:
        """How much is done, 0 to 1: by steps or, when time is too short for them, by time.

        Time counts once some steps have shown their pace: where there is enough of it, a run follows its
        steps alone and can be repeated.
        """
        by_time = self.seconds / (60 * self.settings.minutes) if self.step >= WARM_UP_STEPS else 0.0
        return min(max(self.step / self.steps, by_time), 1.0)

    def learn(self, control: Control, finishing: Callable[[], bool]) -> Learned:
        """Learns to the end.

        Args:
            control: Hears of progress, phase "learning"; may pause and cancel.
            finishing: Is asked after each step whether to stop and keep the best so far.

        Raises:
            JobCancelled: The person cancelled; the checkpoint lets the run go on.
            HammingbirdError: The loss is no number any more.
        """
        self._begun = time.monotonic()
        meter, saved, measured = Meter(), time.monotonic(), int(self.done * MEASURINGS)
        meter.restart(self.step * BATCH)
        self.network.train()
        while self.done < 1 and not finishing():
            loss, parts = self._step()
            if self.step % STEPS_PER_POINT == 0:
                self._tell(loss, parts, meter, control)
            if int(self.done * MEASURINGS) > measured:
                measured = int(self.done * MEASURINGS)
                self.measure()
            if time.monotonic() - saved > SECONDS_PER_CHECKPOINT:
                self.save()
                saved = time.monotonic()
            self._obey(control, meter)
        self.measure()
        self.network.load_state_dict(self._best)
        self.network.eval()
        self.learned.seconds, self.learned.steps = self.seconds, self.step
        return self.learned

    def _obey(self, control: Control, meter: Meter) -> None:
        """Pauses and cancels; a pause is no time of learning, and a cancelled run can go on."""
        asked = time.monotonic()
        try:
            paused = control.checkpoint()
        except HammingbirdError:
            self.save()
            raise
        if paused:
            self._before -= time.monotonic() - asked
            meter.restart(self.step * BATCH)

    def _step(self) -> tuple[Tensor, dict[str, Tensor]]:
        share = 0.5 * (1 + math.cos(math.pi * self.done)) * min((self.step + 1) / WARM_UP_STEPS, 1.0)
        for group, rate in zip(self.optimizer.param_groups, self._highest, strict=True):
            group["lr"] = rate * share
        told, other = self._draw()
        chosen = torch.cat([told, self.lesson.others[other]])
        inputs = self.lesson.inputs.augmented(chosen, slice(None), self.generator)
        logits = self.network.logits(self.network.features(inputs))
        loss, parts = self._score(logits, told, other)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.average.update(self.step)
        self.step += 1
        return loss.detach(), parts

    def _draw(self) -> tuple[Tensor, Tensor]:
        """Positions of photos that are told of, pairs together, and places among the others."""
        lesson = self.lesson
        order = torch.randperm(len(lesson.train), generator=self.generator)[:BATCH]
        told = lesson.train[order]
        pairs = lesson.notion.pairs
        if len(pairs):
            drawn = torch.randint(len(pairs), (MOST_PAIRS,), generator=self.generator)
            told = torch.cat([told, pairs[drawn].flatten()]).unique()
        other = torch.randperm(len(lesson.others), generator=self.generator)[:OTHERS]
        return told, other

    def _score(self, logits: Tensor, told: Tensor, other: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        notion = self.lesson.notion
        labels = notion.labels[told] if notion.classes and bool((notion.labels[told] >= 0).all()) else None
        scored = self.objective(logits[: len(told)], Targets(labels, notion(told)))
        total, parts = scored.total, dict(scored.parts)
        if (pairs := self._wrong_pairs(logits, told)) is not None:
            total = total + PAIR_WEIGHT * pairs
            parts["pairs"] = pairs.detach()
        if len(other) > 1 and self.settings.keep:
            old = self.lesson.old[other]
            target = ((old.shape[1] - old @ old.T) / (2 * old.shape[1])).clamp(0, 1)
            z = (bits_of(logits[len(told) :]) + 1) / 2
            kept = similarity_loss(z, target, power=0.0)
            total = total + self.settings.keep * kept
            parts["keep"] = kept.detach()
        return total, parts

    def _wrong_pairs(self, logits: Tensor, told: Tensor) -> Tensor | None:
        """How far the pairs of a batch are from what was said of them; None where it has none."""
        first, second, alike = self.lesson.notion.pairs_among(told)
        if not len(first):
            return None
        apart = (bits_of(logits[first]) - bits_of(logits[second])).abs().mean(dim=1) / 2
        return torch.where(alike, apart, (APART - apart).clamp(min=0)).mean()

    def _tell(self, loss: Tensor, parts: dict[str, Tensor], meter: Meter, control: Control) -> None:
        if not torch.isfinite(loss):
            raise HammingbirdError(
                f"Learning stopped at step {self.step}: the loss is not a number any more.",
                "Nothing was changed. Try another objective, or train the head alone.",
            )
        rate, _ = meter.update(self.step * BATCH, None)
        left = self.seconds * (1 - self.done) / max(self.done, 1e-3)
        numbers = {name: round(part.item(), 5) for name, part in parts.items()}
        self.run_folder.add_point(
            {
                "seconds": round(self.seconds, 2),
                "step": self.step,
                "of": self.steps,
                "loss": {**numbers, "total": round(loss.item(), 5)},
                "photos_per_s": round(rate or 0.0, 1),
                "seconds_left": round(left, 1),
            }
        )
        done = min(int(self.done * self.steps), self.steps)
        control.report(Progress("learning", done, self.steps, rate, left))

    def measure(self) -> None:
        """Measures the average of weights, and keeps it when it is the best so far."""
        average = self.average.network
        self.centre(average)
        found = self._measure(average, self.step)
        best = found[MEASURE] >= self.learned.best.get(MEASURE, -math.inf)
        if best:
            self.learned.best = {"step": float(self.step), **found}
            self._best = copy.deepcopy(average.state_dict())
        self.run_folder.add_point(
            {
                "seconds": round(self.seconds, 2),
                "step": self.step,
                "held_out": {name: round(value, 4) for name, value in found.items()},
                "best": best,
            }
        )

    def centre(self, network: HashModel) -> None:
        """Balances the bits on photos as they are drawn in a step: told of and others, half each.

        Where the head stays as it is, its bits stay balanced as they were.
        """
        if isinstance(network, TaughtHead):
            return
        generator = torch.Generator().manual_seed(self.settings.seed)
        halves = [
            places[torch.randperm(len(places), generator=generator)[: CENTRING_PHOTOS // 2]]
            for places in (self.lesson.train, self.lesson.others)
        ]
        centre(network, self.lesson.inputs, torch.cat(halves), head_only=True)

    def identity(self) -> str:
        """Settings, photos and first weights; a checkpoint of others is refused."""
        told = {**asdict(self.settings), "photos": self.lesson.fingerprint, "first weights": self._start}
        return json.dumps(told, sort_keys=True)

    def save(self) -> None:
        """Writes the checkpoint that `resume` reads."""
        state = {
            "identity": self.identity(),
            "step": self.step,
            "seconds": self.seconds,
            "network": self.network.state_dict(),
            "objective": self.objective.state_dict(),
            "average": self.average.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "generator": self.generator.get_state(),
            "best": self.learned.best,
            "best weights": self._best,
        }
        save_checkpoint(self.run_folder.path, state)

    def resume(self) -> None:
        """Goes back to the last checkpoint of the run, if it had come to one.

        Raises:
            UsageError: It is of other settings, photos or captions.
        """
        if not (self.run_folder.path / CHECKPOINT).is_file():
            self.run_folder.drop_points(-1)
            return
        state = load_checkpoint(self.run_folder.path, self.identity())
        try:
            self.network.load_state_dict(state["network"])
            self.objective.load_state_dict(state["objective"])
            self.average.network.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"The checkpoint in {self.run_folder.path} is of another version of Hammingbird.",
                "Begin a new training.",
            ) from error
        torch.set_rng_state(state["random"])
        self.generator.set_state(state["generator"])
        self.step, self._before = state["step"], state["seconds"]
        self.learned.best, self._best = state["best"], state["best weights"]
        self.run_folder.drop_points(self.step)
