"""From a backbone, photos and sentences to a model that reads both."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.hashing.model_file import ModelFile
from engine.hashing.vocabulary import Vocabulary
from engine.progress import Progress, Reporter
from engine.training.backbone_weights import load_backbone_weights
from engine.training.export import WordTower, export_model, export_words
from engine.training.network_weights import load_network
from engine.training.networks import HashNetwork, refuse_file
from engine.training.objectives import Situation
from engine.training.recipes import make_objective
from engine.training.settings import Settings
from engine.training.words.alignment import KeptHead, PhotoHead, SentenceHead, align
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
        model: Whose photos' codes stay as they are; None to train their head too.
        backbone: See `HashNetwork`; this and the next three are those of the model where there is one.
        weights: Of the backbone, see `load_backbone_weights`.
        n_bits: Length of a code.
        input_side: Pixels of the finished network's input.
        views: See `view_features`.
        name: Of the model; empty for that of `model`, or Hammingbird.
        alignment: See `AlignmentSettings`.
        teaching: See `TeachingSettings`.
    """

    material: Material
    run: Path
    output: Path
    model: ModelFile | None = None
    backbone: str = "timm:fasternet_t0"
    weights: Path | None = None
    n_bits: int = 128
    input_side: int = 144
    views: int = 6
    name: str = ""
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
    network = _network(plan)
    side = plan.model.input_side if plan.model else plan.input_side
    found = gather(plan.material, network, plan.run, side, plan.views, report)
    head, sentence_head = align_ground(found.ground, network, plan.alignment, report, keep=bool(plan.model))
    wanted = in_parts(sentence_head, found.ground.sentences.vectors)
    figures = {"encoder": measure(found.ground, head, wanted)}
    tower, vocabulary = teach_tower(found.ground.sentences, wanted, plan.teaching, report)
    every = numbered(Vocabulary(vocabulary), found.ground.sentences.texts, tower.shape.longest)
    logits = in_parts(tower, every)
    figures["tower"] = measure(found.ground, head, logits)
    if isinstance(head, PhotoHead):
        head.give_to(network)
    card = _card(plan, found, figures)
    if limits := limits_of(found.ground, head, logits):
        card["limit"] = {**card.get("limit", {}), **limits}
    words = WordTower(tower, vocabulary, tower.shape.longest)
    if plan.model is not None:
        return export_words(plan.model, plan.output, card=card, words=words)
    return export_model(network, plan.output, input_side=side, card=card, words=words)


def _network(plan: AlignPlan) -> HashNetwork:
    """The network to look at photos with.

    Raises:
        UsageError: There is nothing to make it of, or it can't read photos of this side.
    """
    if plan.model is not None:
        if plan.weights or plan.material.teacher:
            raise UsageError(
                f"Photos keep the codes that {plan.model.name} gives them; there is nothing to teach.",
                "Leave --weights and --teacher out, or leave --init out to train a photo's head.",
            )
        card = plan.model.card
        refuse_file(card["network"])
        side = plan.model.input_side
        settings = Settings(
            backbone=card["network"], n_bits=plan.model.n_bits, train_side=side, input_side=side
        )
        return load_network(plan.model.folder / "weights.safetensors", settings).eval()
    if plan.weights is None or plan.material.teacher is None:
        raise UsageError(
            "A photo's head is trained on a backbone's weights, as a teacher sees photos.",
            "Name --weights and --teacher, or with --init a model whose codes of photos stay as they are.",
        )
    network = HashNetwork(plan.backbone, plan.n_bits, hidden=plan.alignment.hidden)
    network.check_side(plan.input_side)
    load_backbone_weights(network, plan.weights)
    return network


def align_ground(
    ground: Ground, network: HashNetwork, settings: AlignmentSettings, report: Reporter, *, keep: bool
) -> tuple[PhotoHead | KeptHead, SentenceHead]:
    """Trains the head of a network's photos and one for an encoder's sentences, from random weights.

    Args:
        ground: What they are trained on.
        network: Whose features the ground has.
        settings: Of the training.
        report: Hears of progress.
        keep: Whether the network's own head stays as it is.
    """
    torch.manual_seed(settings.seed)
    n_bits = network.n_bits
    head = (
        KeptHead(network)
        if keep
        else PhotoHead(ground.views.width, settings.hidden, n_bits, settings.dropped)
    )
    sentence_head = SentenceHead(ground.sentences.vectors.shape[1], settings.hidden, n_bits)
    situation = Situation(n_bits, 0, seed=settings.seed)
    objective = None if keep else make_objective(settings.objective, situation, settings.options)

    def tell(step: int, parts: dict[str, float]) -> None:
        del parts
        report(Progress("aligning", step, settings.steps))

    align(head, sentence_head, objective, Batches(ground, settings.batch).draw, settings, tell)
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
    words = {
        "views": plan.views,
        "alignment": asdict(plan.alignment),
        "teaching": asdict(plan.teaching),
        "sources": [Path(source).stem for source in material.sources],
        "left_out": sorted(material.leave_out),
        "caption_encoder": Path(material.caption_encoder).name,
        "photos": len(photos),
        "skipped": photos.skipped,
        "split": {"name": found.split.name, "digest": found.split.digest, **found.split.counts(photos)},
        "sentences": int(sentences.free.sum()),
        "validation": figures["tower"],
        "validation_by_caption_encoder": figures["encoder"],
    }
    if plan.model is not None:
        return {**plan.model.card, "name": plan.name or plan.model.name, "words": words}
    targets = found.ground.targets
    return {
        "name": plan.name or "Hammingbird",
        "objective": plan.alignment.objective,
        "training": {
            "backbone": plan.backbone,
            "n_bits": plan.n_bits,
            "train_side": plan.input_side,
            "input_side": plan.input_side,
            "weights": plan.weights.name if plan.weights else None,
            "parent": None,
            "teacher": material.teacher.name if material.teacher else None,
            "tree": material.tree.name if material.tree else None,
            "targets": targets.weights if targets else {},
        },
        "licence": "not stated",
        "validation": figures["tower"],
        "words": words,
    }
