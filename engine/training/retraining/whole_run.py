"""A retraining from a library to a candidate and the verdict on it."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import torch

from engine.errors import UsageError
from engine.hashing.model_file import ModelFile
from engine.library.database import Library
from engine.library.model_choice import keep_model, model_folder
from engine.library.reporting import Control
from engine.library.retraining import RunFolder
from engine.training.checkpoint import CHECKPOINT, WRITE_ERRORS, unwritten
from engine.training.export import WordTower, export_model
from engine.training.networks import HashNetwork
from engine.training.objectives import Situation
from engine.training.recipes import make_objective
from engine.training.retraining.captions import Asked, read_written
from engine.training.retraining.classroom import Classroom, prepare
from engine.training.retraining.concept_finding import taught_head, teach_choice_too
from engine.training.retraining.examination import examine
from engine.training.retraining.learner import Learned, Learner, Lesson
from engine.training.retraining.progress_samples import Watcher
from engine.training.retraining.settings import HEAD, RetrainSettings
from engine.training.retraining.students import student_of
from engine.training.retraining.survey import survey
from engine.training.retraining.text_tower import TextTower, load_text_tower
from engine.training.retraining.words import WordLesson, realigned

DRAFT = "retrained"


@dataclass(frozen=True)
class RetrainPlan:
    """All that a person says of a retraining.

    Attributes:
        asked: Which photos and captions.
        settings: See `RetrainSettings`.
        base: The model to go on from.
        name: Of the candidate; empty for one made of the base's.
    """

    base: ModelFile
    asked: Asked = field(default_factory=Asked)
    settings: RetrainSettings = field(default_factory=RetrainSettings)
    name: str = ""


@dataclass(frozen=True)
class Retrained:
    """What came of it.

    Attributes:
        model: The candidate, the library's copy.
        verdict: As in verdict.json.
    """

    model: ModelFile
    verdict: dict[str, Any]


def check(lib: Library, plan: RetrainPlan) -> dict[str, Any]:
    """What would be done, see `survey`.

    Raises:
        UsageError: A photo or folder is not in the library.
    """
    return survey(read_written(lib, plan.asked), plan.settings, plan.base)


def carry_out(
    lib: Library,
    plan: RetrainPlan,
    run: RunFolder,
    control: Control,
    *,
    finishing: Callable[[], bool] = lambda: False,
    resume: bool = False,
) -> Retrained:
    """Trains a candidate and judges it; the model in use stays in use.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        plan: Of the run.
        run: Its folder.
        control: Hears of progress, phases "looking", "captions", "learning", "measuring".
        finishing: Says whether to stop early and keep the best so far.
        resume: Whether to go on from the run's checkpoint.

    Raises:
        UsageError: There is too little to learn from, or something of the plan can't be.
        JobCancelled: The person cancelled; the run can be resumed.
        HammingbirdError: Learning can't go on, or the candidate can't be written.
    """
    written = read_written(lib, plan.asked)
    found = survey(written, plan.settings, plan.base)
    if found["problems"]:
        first = found["problems"][0]
        raise UsageError(first["what"], first["remedy"])
    if not resume:
        run.write_plan(_plan(plan, found))
    room = prepare(lib, written, plan.base, plan.settings, control)
    base_outputs = room.outputs(room.network)
    seed = plan.settings.seed
    concepts = taught_head(room, seed) if plan.settings.train == HEAD else None
    student = concepts or student_of(room.network, plan.settings.train)
    classes = room.notion.classes if bool((room.notion.labels[room.train] >= 0).all()) else 0
    objective = make_objective(
        plan.settings.objective,
        Situation(room.network.n_bits, classes, seed=seed),
        plan.settings.options,
    )
    lesson = Lesson(room.inputs, room.taught_notion, room.train, room.others, room.old, room.fingerprint)
    learner = Learner(student, objective, lesson, plan.settings, run, Watcher(room, run).measure)
    if resume:
        learner.resume()
    learned = learner.learn(control, finishing)
    if concepts:
        teach_choice_too(concepts, room, seed)
        room = replace(room, network=concepts.joined(room.network))
    text = load_text_tower(plan.base) if plan.base.reads_words else None
    words = realigned(text, _word_lesson(room, base_outputs), seed=seed) if text else None
    draft = _export(lib, plan, room, words, learned)
    try:
        texts = (text, words) if text and words else None
        verdict = examine(lib, room, plan.base, draft, texts, run, control)
        keep_model(lib, draft, move=True, candidate=True)
    finally:
        shutil.rmtree(draft.folder, ignore_errors=True)
    model = ModelFile.load(model_folder(lib.dir, draft.digest))
    verdict |= {
        "train": len(room.train),
        "held_out": len(room.held_out),
        "seconds": round(learned.seconds, 1),
    }
    run.write_verdict(verdict)
    (run.path / CHECKPOINT).unlink(missing_ok=True)
    return Retrained(model, verdict)


def _plan(plan: RetrainPlan, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "base": plan.base.digest,
        "base_name": plan.base.name,
        "name": name_of(plan),
        "settings": asdict(plan.settings),
        "asked": {
            "folders": [str(folder) for folder in plan.asked.folders],
            "photos": plan.asked.photos,
            "sources": sorted(plan.asked.sources),
            "ignored": sorted(plan.asked.ignored),
        },
        "check": found,
    }


def name_of(plan: RetrainPlan) -> str:
    """What the candidate is called."""
    return plan.name or f"{plan.base.name}, taught {datetime.now().astimezone():%Y-%m-%d %H:%M}"


@torch.inference_mode()
def _word_lesson(room: Classroom, before: torch.Tensor) -> WordLesson:
    after = room.outputs(room.network)
    return WordLesson(before, after, room.captions, after[: len(room.captions)], room.train, room.choice)


def _export(
    lib: Library, plan: RetrainPlan, room: Classroom, words: TextTower | None, learned: Learned
) -> ModelFile:
    folder = model_folder(lib.dir, DRAFT)
    for left in (folder, folder.with_name(DRAFT + ".part")):
        shutil.rmtree(left, ignore_errors=True)
    tower = WordTower(words.tower, words.pieces, words.tower.shape.longest) if words else None
    network: HashNetwork = room.network
    try:
        return export_model(
            network, folder, input_side=plan.base.input_side, card=_card(plan, room, learned), words=tower
        )
    except WRITE_ERRORS as error:
        raise unwritten(folder, error, "Make room there, then go on with --resume.") from error


def _card(plan: RetrainPlan, room: Classroom, learned: Learned) -> dict[str, Any]:
    """What the candidate's card says beside what decides a code."""
    base = plan.base.card
    same_bits = room.network.n_bits == plan.base.n_bits
    return {
        "name": name_of(plan),
        "objective": plan.settings.objective,
        "training": {
            "method": "retrained on a person's library",
            "parent": plan.base.digest,
            "settings": asdict(plan.settings),
            "train": len(room.train),
            "choice": len(room.choice),
            "held_out": len(room.held_out),
            "others": len(room.others),
            "steps": learned.steps,
        },
        "validation": {name: value for name, value in learned.best.items() if name != "step"},
        "licence": base.get("licence", "not known"),
        **({"limit": base["limit"]} if same_bits and "limit" in base else {}),
    }
