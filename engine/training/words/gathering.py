"""All that photos and sentences are aligned on, gathered from what a person names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.progress import Reporter
from engine.training.augment import Augmenter
from engine.training.distances import ClassTree
from engine.training.distil.map_teacher import TEACHER_SIDE
from engine.training.distil.settings import PHOTO_SIDE
from engine.training.inputs import PhotoInputs
from engine.training.networks import HashNetwork
from engine.training.photo_set import PhotoSet
from engine.training.prepare import read_photos, sharp_or_all, split_of_run
from engine.training.split import Split
from engine.training.targets import ClassDistances, FeatureDistances, Source, TargetDistances
from engine.training.teacher import cached_features
from engine.training.trainer import CENTRING_PHOTOS
from engine.training.validation import centre
from engine.training.words.batches import Ground
from engine.training.words.material import (
    Belonging,
    Sentences,
    belonging,
    mean_vectors,
    read_names,
    read_vectors,
)
from engine.training.words.sentences import bare, names_as_sentences, read_sentences
from engine.training.words.view_features import view_features

# The teacher knows all photos, the tree those with classes, captions those with sentences.
DEFAULT_TARGETS = {"tree": 0.4, "teacher": 0.6, "captions": 0.6}


@dataclass(frozen=True)
class Material:
    """Where photos, sentences and what is known of them come from.

    Attributes:
        sources: Photos, see `load_photos`.
        teacher: See `load_teacher`; None where photos' codes stay as they are.
        caption_encoder: See `load_caption_encoder`.
        tree: Class tree, lines "parent child".
        names: Names of classes, see `read_names`.
        sentences: Files of sentences without photos, see `read_sentences`.
        leave_out: Classes that no part of training may see or hear of.
        validation: Share of photos that figures are measured on.
        split: See `split_of_run`.
        targets: Weights of the sources of target distances; empty for `DEFAULT_TARGETS`.
    """

    sources: tuple[str, ...]
    caption_encoder: str
    teacher: Path | None = None
    tree: Path | None = None
    names: Path | None = None
    sentences: tuple[Path, ...] = ()
    leave_out: frozenset[str] = frozenset()
    validation: float = 0.05
    split: Path | None = None
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Gathered:
    """What there is to learn from.

    Attributes:
        photos: All photos of the run.
        split: Of them.
        ground: See `Ground`.
    """

    photos: PhotoSet
    split: Split
    ground: Ground


def gather(
    material: Material, network: HashNetwork, run: Path, side: int, views: int, report: Reporter
) -> Gathered:
    """Reads photos and sentences, and lets three networks look at them.

    Args:
        material: What to read.
        network: Its backbone looks at views. Where there is a teacher, so that it goes on learning, its batch
            norms are centred on whole, sharp training photos.
        run: Folder of the run, which keeps the split, the sentences' vectors and the teacher's features.
        side: Pixels of the finished network's input.
        views: See `view_features`.
        report: Hears of progress.

    Raises:
        UsageError: Something of it is missing or wrong.
    """
    kept_side = side if material.teacher is None else PHOTO_SIDE
    photos = read_photos(material.sources, kept_side, leave_out=material.leave_out, report=report)
    split = split_of_run(photos, run, material.split, material.validation, 0.0, resume=True)
    train, held_out = split.positions(photos, "train"), split.positions(photos, "validation")
    names = read_names(material.names, photos.class_names) if material.names else {}
    sentences = gather_sentences(material, photos, split, names, run, report)
    owned = belonging(photos, names, sentences, held_out)
    targets = seen = None
    if material.teacher is not None:
        kept = run / "teacher.safetensors"
        found = cached_features(kept, material.teacher, photos, side=TEACHER_SIDE, report=report)
        seen = found[:, 0].float()
        seen = (seen - seen[train].mean(0)).half()
        targets = _targets(material, photos, owned, sentences, seen, train)
        _centre_on_sharp(network, photos, train, side)
    looked = view_features(network, photos, side, views, report)
    return Gathered(photos, split, Ground(looked, owned, sentences, targets, seen, train, held_out))


def gather_sentences(
    material: Material,
    photos: PhotoSet,
    split: Split,
    names: Mapping[str, Sequence[str]],
    run: Path,
    report: Reporter,
) -> Sentences:
    """Captions, names of classes, and sentences without photos.

    What equals, but for letters' case and signs, a caption of a photo that is not trained on is not free to
    be learned from. Captions of the test part are not read at all.
    """
    parts = [split.parts[name] for name in photos.names]
    secret = {
        bare(caption)
        for part, captions in zip(parts, photos.captions, strict=True)
        for caption in captions
        if part != "train"
    }
    texts = [
        caption
        for part, captions in zip(parts, photos.captions, strict=True)
        for caption in captions
        if part in ("train", "validation")
    ]
    texts += [sentence for own in names.values() for sentence in names_as_sentences(own)]
    texts += [sentence for file in material.sentences for sentence in read_sentences(file)]
    return read_vectors(run / "sentences.safetensors", material.caption_encoder, texts, secret, report)


def _centre_on_sharp(network: HashNetwork, photos: PhotoSet, train: Tensor, side: int) -> None:
    inputs = PhotoInputs(photos.photos, Augmenter(side), side)
    sharp = sharp_or_all(photos, train)
    order = torch.randperm(len(sharp), generator=torch.Generator().manual_seed(0))
    centre(network, inputs, sharp[order[:CENTRING_PHOTOS]])


def _targets(
    material: Material,
    photos: PhotoSet,
    owned: Belonging,
    sentences: Sentences,
    teacher: Tensor,
    train: Tensor,
) -> TargetDistances:
    vectors, known = mean_vectors(owned, sentences)
    everywhere = torch.ones(len(photos), dtype=torch.bool)
    sources: dict[str, Source] = {
        "teacher": FeatureDistances.fit(teacher, everywhere, train),
        "captions": FeatureDistances.fit(vectors, known, train),
    }
    if material.tree:
        names = photos.class_names
        index = {name: place for place, name in enumerate(names)}
        labels = torch.tensor([index[own[0]] if len(own) == 1 else -1 for own in photos.labels])
        table = torch.from_numpy(ClassTree.load(material.tree).distances(names))
        sources["tree"] = ClassDistances(labels, table)
    weights = dict(material.targets) or DEFAULT_TARGETS
    if missing := dict(material.targets).keys() - sources.keys():
        raise UsageError(
            f"There are no target distances {', '.join(sorted(missing))}, only {', '.join(sorted(sources))}.",
            "tree needs --tree.",
        )
    return TargetDistances({name: (weights.get(name, 0.0), source) for name, source in sources.items()})
