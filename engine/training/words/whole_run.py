"""From a backbone, photos and sentences to a model that reads both."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.hashing.model_file import ModelFile
from engine.hashing.vocabulary import Vocabulary
from engine.progress import Progress, Reporter
from engine.training.backbone_weights import load_backbone_weights
from engine.training.export import WordTower, export_model
from engine.training.networks import HashNetwork
from engine.training.objectives import Situation
from engine.training.recipes import make_objective
from engine.training.words.alignment import PhotoHead, SentenceHead, align
from engine.training.words.batches import Batches, Ground
from engine.training.words.gathering import Gathered, Material, gather
from engine.training.words.limits import limits_of
from engine.training.words.material import Sentences
from engine.training.words.measure import measure
from engine.training.words.pieces import choose_pieces
from engine.training.words.settings import AlignmentSettings, TeachingSettings
from engine.training.words.teaching import numbered, teach
from engine.training.words.tower import SentenceTower, TowerShape

SENTENCES_AT_ONCE = 1024


@dataclass(frozen=True)
class AlignPlan:
    """All that a person says of an alignment.

    Attributes:
        material: Photos, sentences and what is known of them.
        run: Folder of what is computed once.
        output: Folder of the model; must not exist yet.
        backbone: See `HashNetwork`.
        weights: Of the backbone, see `load_backbone_weights`.
        n_bits: Length of a code.
        input_side: Pixels of the finished network's input.
        views: See `view_features`.
        name: Of the model.
        alignment: See `AlignmentSettings`.
        teaching: See `TeachingSettings`.
    """

    material: Material
    run: Path
    output: Path
    backbone: str
    weights: Path
    n_bits: int = 128
    input_side: int = 144
    views: int = 6
    name: str = "Hammingbird"
    alignment: AlignmentSettings = field(default_factory=AlignmentSettings)
    teaching: TeachingSettings = field(default_factory=TeachingSettings)


def carry_out(plan: AlignPlan, report: Reporter) -> ModelFile:
    """Aligns photos and sentences on a frozen backbone, teaches a text tower, and makes a model of both.

    Args:
        plan: Of the run.
        report: Hears of progress.

    Raises:
        HammingbirdError: Something of the plan can't be.
    """
    network = HashNetwork(plan.backbone, plan.n_bits, hidden=plan.alignment.hidden)
    network.check_side(plan.input_side)
    load_backbone_weights(network, plan.weights)
    found = gather(plan.material, network, plan.run, plan.input_side, plan.views, report)
    head, sentence_head = align_ground(found.ground, network, plan.alignment, report)
    wanted = in_parts(sentence_head, found.ground.sentences.vectors)
    figures = {"encoder": measure(found.ground, head, wanted)}
    tower, vocabulary = teach_tower(found.ground.sentences, wanted, plan.teaching, report)
    every = numbered(Vocabulary(vocabulary), found.ground.sentences.texts, tower.shape.longest)
    logits = in_parts(tower, every)
    figures["tower"] = measure(found.ground, head, logits)
    head.give_to(network)
    card = _card(plan, found, figures)
    if limits := limits_of(found.ground, head, logits):
        card["limit"] = limits
    words = WordTower(tower, vocabulary, tower.shape.longest)
    return export_model(network, plan.output, input_side=plan.input_side, card=card, words=words)


def align_ground(
    ground: Ground, network: HashNetwork, settings: AlignmentSettings, report: Reporter
) -> tuple[PhotoHead, SentenceHead]:
    """Trains the head of a network's photos and one for an encoder's sentences, from random weights."""
    torch.manual_seed(settings.seed)
    head = PhotoHead(ground.views.width, settings.hidden, network.n_bits, settings.dropped)
    sentence_head = SentenceHead(ground.sentences.vectors.shape[1], settings.hidden, network.n_bits)
    objective = make_objective(
        settings.objective, Situation(network.n_bits, 0, seed=settings.seed), settings.options
    )
    batches = Batches(ground, settings.batch)

    def tell(step: int, parts: dict[str, float]) -> None:
        del parts
        report(Progress("aligning", step, settings.steps))

    align(head, sentence_head, objective, batches.draw, settings, tell)
    return head, sentence_head


@torch.inference_mode()
def in_parts(network: torch.nn.Module, rows: Tensor) -> Tensor:
    """What a network says of many rows, in batches."""
    network.eval()
    return torch.cat([network(part) for part in rows.split(SENTENCES_AT_ONCE)])


def teach_tower(
    sentences: Sentences, wanted: Tensor, settings: TeachingSettings, report: Reporter
) -> tuple[SentenceTower, list[str]]:
    """A tower that says of the sentences that are free to be learned from what is wanted, and its vocabulary.

    Args:
        sentences: Sentences.
        wanted: float32 (M, n_bits), logits for all of them.
        settings: See `TeachingSettings`.
        report: Hears of progress.
    """
    texts = [text for text, free in zip(sentences.texts, sentences.free.tolist(), strict=True) if free]
    vocabulary = choose_pieces(texts, settings.pieces)
    torch.manual_seed(settings.seed)
    tower = SentenceTower(TowerShape(len(vocabulary), wanted.shape[1]))
    numbers = numbered(Vocabulary(vocabulary), texts, tower.shape.longest)

    def tell(step: int, steps: int, loss: float) -> None:
        del loss
        report(Progress("words", step, steps))

    teach(tower, numbers, wanted[sentences.free].clone(), settings, tell)
    return tower, vocabulary


def _card(plan: AlignPlan, found: Gathered, figures: dict[str, dict[str, float]]) -> dict[str, Any]:
    """What is known of the model, without the folders of whoever trained."""
    material, photos, sentences = plan.material, found.photos, found.ground.sentences
    return {
        "name": plan.name,
        "objective": plan.alignment.objective,
        "training": {
            "backbone": plan.backbone,
            "n_bits": plan.n_bits,
            "train_side": plan.input_side,
            "input_side": plan.input_side,
            "views": plan.views,
            "alignment": asdict(plan.alignment),
            "teaching": asdict(plan.teaching),
            "sources": [Path(source).stem for source in material.sources],
            "left_out": sorted(material.leave_out),
            "weights": plan.weights.name,
            "parent": None,
            "teacher": material.teacher.name,
            "caption_encoder": Path(material.caption_encoder).name,
            "tree": material.tree.name if material.tree else None,
            "targets": found.ground.targets.weights,
            "photos": len(photos),
            "skipped": photos.skipped,
            "split": {"name": found.split.name, "digest": found.split.digest, **found.split.counts(photos)},
            "sentences": int(sentences.free.sum()),
        },
        "licence": "not stated",
        "validation": figures["tower"],
        "validation_by_caption_encoder": figures["encoder"],
    }
