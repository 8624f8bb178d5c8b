"""Learning moves photos together that are told alike, keeps the others, and goes on after a stop."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.errors import HammingbirdError, JobCancelled, UsageError
from engine.library.retraining import RunFolder
from engine.training.inputs import FeatureInputs
from engine.training.objectives import Objective, Situation
from engine.training.recipes import make_objective
from engine.training.retraining.learner import STEPS, Learner, Lesson
from engine.training.retraining.notion import Notion
from engine.training.retraining.settings import RetrainSettings
from engine.training.student import HashModel
from engine.training.targets import ClassDistances, TargetDistances

TOLD, OTHERS, WIDTH, BITS = 160, 80, 24, 32


@pytest.fixture(autouse=True)
def fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STEPS, "head", 240)


class Head(HashModel):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.n_bits, self.width = BITS, WIDTH
        self.head = torch.nn.Linear(WIDTH, BITS, bias=False)
        self.norm = torch.nn.BatchNorm1d(BITS)

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs

    def logits(self, features: torch.Tensor) -> torch.Tensor:
        return self.norm(self.head(features))


class Quiet:
    """A job's end that may be told to cancel after so many questions."""

    def __init__(self, cancel_at: int = 0) -> None:
        self.left = cancel_at

    def report(self, event: object) -> None:
        pass

    def checkpoint(self) -> bool:
        self.left -= 1
        if not self.left:
            raise JobCancelled("Cancelled.", "")
        return False


def make_lesson(pairs: list[tuple[int, int]] | None = None) -> Lesson:
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(TOLD) % 4
    features = torch.randn(TOLD + OTHERS, 1, WIDTH, generator=generator)
    features[:TOLD, 0, :4] += 1.5 * torch.nn.functional.one_hot(labels).float()
    targets = TargetDistances({"captions": (1.0, ClassDistances(labels, 1 - torch.eye(4)))})
    told = torch.tensor(pairs or [], dtype=torch.int64).reshape(-1, 2)
    notion = Notion(targets, told, torch.ones(len(told), dtype=torch.bool), torch.full((TOLD,), -1), 0.0)
    others = torch.arange(TOLD, TOLD + OTHERS)
    inputs = FeatureInputs(features.half())
    old = Head()(features[:, 0])[others].sign().detach()
    return Lesson(inputs, notion, torch.arange(TOLD), others, old, "photos")


def precision(network: HashModel, lesson: Lesson) -> float:
    with torch.inference_mode():
        bits = network(lesson.inputs.features[:TOLD, 0].float()).sign()
    alike = (bits @ bits.T).fill_diagonal_(-1e9).topk(10).indices % 4
    return float((alike == (torch.arange(TOLD) % 4)[:, None]).float().mean())


def kept(network: HashModel, lesson: Lesson) -> float:
    with torch.inference_mode():
        bits = network(lesson.inputs.features[TOLD:, 0].float()).sign()
    found = (bits @ bits.T - lesson.old @ lesson.old.T) / BITS
    return float(1 - found.abs().mean())


def make_learner(
    folder: Path, lesson: Lesson, settings: RetrainSettings | None = None
) -> tuple[Learner, Head]:
    network = Head().eval()
    objective = make_objective("semantic-kl", Situation(BITS, 0, seed=0), {})
    run = RunFolder(folder / "library" / "retraining" / "run")
    run.path.mkdir(parents=True, exist_ok=True)

    def measure(net: HashModel, step: int) -> dict[str, float]:
        return {"fitting": precision(net, lesson)}

    chosen = settings or RetrainSettings(minutes=10)
    return Learner(network, objective, lesson, chosen, run, measure), network


def test_photos_with_like_captions_come_together(tmp_path: Path) -> None:
    lesson = make_lesson()
    learner, network = make_learner(tmp_path, lesson)
    before = precision(network, lesson)
    learned = learner.learn(Quiet(), lambda: False)
    assert precision(network, lesson) > before + 0.3
    assert learned.best["fitting"] == pytest.approx(precision(network, lesson))
    points = learner.run_folder.curve()[0]
    assert {"similarity", "kl", "keep", "total"} <= points[0]["loss"].keys()
    assert any(point.get("best") for point in points)


def test_the_old_distances_hold_others_where_they_were(tmp_path: Path) -> None:
    lesson = make_lesson()
    held, free = (
        make_learner(tmp_path / str(keep), lesson, RetrainSettings(minutes=10, keep=keep))
        for keep in (300.0, 0.0)
    )
    for learner, _ in (held, free):
        learner.learn(Quiet(), lambda: False)
    assert kept(held[1], lesson) > kept(free[1], lesson) + 0.02


def test_a_pair_that_was_told_alike_comes_together(tmp_path: Path) -> None:
    distances = []
    for pairs in ([], [(0, 1)]):  # of two classes, which captions call unlike
        lesson = make_lesson(pairs)
        learner, network = make_learner(tmp_path / str(len(pairs)), lesson)
        learner.learn(Quiet(), lambda: False)
        with torch.inference_mode():
            bits = network(lesson.inputs.features[:2, 0].float()) > 0
        distances.append(int((bits[0] != bits[1]).sum()))
    assert distances[1] < distances[0] - 3


def test_a_cancelled_run_goes_on_and_ends_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    lesson = make_lesson()
    whole, network = make_learner(tmp_path / "whole", lesson)
    whole.learn(Quiet(), lambda: False)
    stopped, _ = make_learner(tmp_path / "parts", lesson)
    with pytest.raises(JobCancelled):
        stopped.learn(Quiet(cancel_at=50), lambda: False)
    again, resumed = make_learner(tmp_path / "parts", lesson)
    again.resume()
    assert again.step == 50
    again.learn(Quiet(), lambda: False)
    assert all(
        torch.equal(a, b)
        for a, b in zip(network.state_dict().values(), resumed.state_dict().values(), strict=True)
    )


def test_a_run_asked_to_finish_keeps_the_best_so_far(tmp_path: Path) -> None:
    lesson = make_lesson()
    learner, network = make_learner(tmp_path, lesson)
    learned = learner.learn(Quiet(), lambda: learner.step >= 40)
    assert learned.steps == 40
    assert learned.best["fitting"] == pytest.approx(precision(network, lesson))


def test_a_checkpoint_of_other_photos_is_refused(tmp_path: Path) -> None:
    lesson = make_lesson()
    learner, _ = make_learner(tmp_path, lesson)
    with pytest.raises(JobCancelled):
        learner.learn(Quiet(cancel_at=3), lambda: False)
    other, _ = make_learner(tmp_path, replace(lesson, fingerprint="other photos"))
    with pytest.raises(UsageError, match="photos was"):
        other.resume()


def test_a_loss_that_is_no_number_ends_the_run_in_plain_words(tmp_path: Path) -> None:
    lesson = make_lesson()
    learner, _ = make_learner(tmp_path, lesson)

    class Broken(Objective):
        def score(self, v, targets):  # type: ignore[no-untyped-def]
            from engine.training.objectives import Loss

            return Loss(v.sum() * float("nan"), {})

    learner.objective = Broken()
    with pytest.raises(HammingbirdError, match="not a number"):
        learner.learn(Quiet(), lambda: False)
