"""Photos of an experiment, split once, with the cached features that hash heads are trained on."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import UsageError
from engine.progress import Progress, Reporter
from engine.training.captions import cached_caption_features
from engine.training.distances import ClassTree
from engine.training.experiments.draws import keep_draw, ranked
from engine.training.experiments.plan import Material, Protocol
from engine.training.inputs import make_whole
from engine.training.judgement import Judgement, judge
from engine.training.knowledge import Knowledge
from engine.training.photo_set import PhotoSet, join, label_table
from engine.training.sources import load_photos
from engine.training.split import Split, draw_split
from engine.training.teacher import cached_features

FEWEST_IN_A_PART = 20


@dataclass(frozen=True)
class Photos:
    """Photos with their features.

    Attributes:
        features: float16 (N, 1 + crops, D), the whole photo first.
        knowledge: What is known of them.
        judgement: How rankings of them are judged.
        skipped: Photos that could not be read.
        left_out: Photos of classes with too few.
        pixels: uint8 (N, S, S, 3), where whole networks are trained.
    """

    features: Tensor
    knowledge: Knowledge
    judgement: Judgement
    skipped: int
    left_out: int
    pixels: Tensor | None = None


@dataclass(frozen=True)
class Ground:
    """All that the cells of an experiment share.

    Attributes:
        photos: What is split.
        split: Into training, validation and test part.
        train, validation, test: int64 positions.
        queries: int64 positions within the test part, drawn with a fixed seed.
        database: int64 positions that each query is ranked against, in an order that was drawn: the test part
            where no protocol says otherwise.
        transfer: Other photos by name, with the queries among them.
        fingerprint: Changes when photos, features or split do.
    """

    photos: Photos
    split: Split
    train: Tensor
    validation: Tensor
    test: Tensor
    queries: Tensor
    database: Tensor
    transfer: dict[str, tuple[Photos, Tensor]]
    fingerprint: str


def lay_ground(
    material: Material,
    folder: Path,
    report: Reporter,
    protocol: Protocol | None = None,
    *,
    pixels: int = 0,
) -> Ground:
    """Reads the photos, splits them, and computes the features that are not cached yet.

    Args:
        material: What to read.
        folder: Of the experiment: features and the split are kept here.
        report: Hears of progress.
        protocol: How to split; None for the shares of `material`.
        pixels: Side at which pixels are kept too; 0 for none.

    Raises:
        UsageError: Something of the material is missing or too little.
    """
    loaded = [_read(source, material, report) for source in material.photos]
    together = join(loaded)
    kept = _of_large_classes(together, material.fewest, captions_do=protocol is None)
    chosen = together.take(kept)
    split = _split(chosen, material, protocol, folder)
    parts = {part: split.positions(chosen, part) for part in ("train", "validation", "test")}
    if short := next((name for name, part in parts.items() if len(part) < FEWEST_IN_A_PART), None):
        raise UsageError(
            f"The {short} part has {len(parts[short])} photos; {FEWEST_IN_A_PART} are the least.",
            "Name more photos in [material], or change the shares there.",
        )
    pairs = zip(material.photos, loaded, strict=True)
    features = torch.cat([_features(source, found, material, folder, report) for source, found in pairs])
    photos = _with_knowledge(
        chosen,
        features[kept],
        material,
        folder,
        report,
        skipped=together.skipped,
        left_out=len(together) - len(kept),
        pixels=pixels,
    )
    queries = material.queries if protocol is None else len(parts["test"])
    database = parts["test"] if protocol is None else ranked(split, chosen, protocol)
    transfer = _transfer(material, folder, report, pixels)
    return Ground(
        photos,
        split,
        **parts,
        queries=_drawn(parts["test"], queries),
        database=_drawn(database, len(database)),
        transfer=transfer,
        fingerprint=_fingerprint(split, photos, [ready for ready, _ in transfer.values()], protocol),
    )


def _split(photos: PhotoSet, material: Material, protocol: Protocol | None, folder: Path) -> Split:
    if protocol is not None:
        return keep_draw(photos, protocol, folder)
    file = folder / "split.csv"
    split = draw_split(photos, material.validation, material.test)
    split.save(file)
    return split


def _transfer(
    material: Material, folder: Path, report: Reporter, pixels: int
) -> dict[str, tuple[Photos, Tensor]]:
    found = {}
    for source in material.transfer:
        other = _read(source, material, report)
        features = _features(source, other, material, folder, report)
        ready = _with_knowledge(
            other, features, material, folder, report, skipped=other.skipped, tree=False, pixels=pixels
        )
        found[Path(source).stem] = (ready, _drawn(torch.arange(len(other)), material.queries))
    return found


def _read(source: str, material: Material, report: Reporter) -> PhotoSet:
    report(Progress(Path(source).stem, 0))
    return load_photos(Path(source), material.side, leave_out=frozenset(material.leave_out))


def _features(source: str, photos: PhotoSet, material: Material, folder: Path, report: Reporter) -> Tensor:
    # The cache knows photos and not the network, so features of other weights get a file of their own.
    cache = "-".join([Path(source).stem, *(Path(file).stem for file in material.needs)])
    return cached_features(
        folder / "features" / f"{cache}.safetensors",
        Path(material.teacher),
        photos,
        side=material.teacher_side,
        report=report,
        crops=material.crops,
    )


def _of_large_classes(photos: PhotoSet, fewest: int, *, captions_do: bool) -> Tensor:
    """Positions of photos whose classes all have enough photos, or that have captions and no class.

    Where captions alone won't do, as published counts are of photos with classes, those of photos that all
    lack classes still do.
    """
    counts = Counter(label for labels in photos.labels for label in labels)
    captions_do = captions_do or not counts
    good = [
        all(counts[label] >= fewest for label in labels) and bool(labels or (captions_do and captions))
        for labels, captions in zip(photos.labels, photos.captions, strict=True)
    ]
    return torch.nonzero(torch.tensor(good)).flatten()


def _with_knowledge(
    photos: PhotoSet,
    features: Tensor,
    material: Material,
    folder: Path,
    report: Reporter,
    *,
    skipped: int,
    left_out: int = 0,
    tree: bool = True,
    pixels: int = 0,
) -> Photos:
    names = photos.class_names
    class_tree = ClassTree.load(Path(material.tree)) if tree and material.tree else None
    captions = None
    if material.captions and any(photos.captions):
        cache = folder / "features" / "captions.safetensors"
        captions = cached_caption_features(cache, material.captions, photos.captions, report)
    distances = None if class_tree is None else torch.from_numpy(class_tree.distances(names))
    knowledge = Knowledge(names, label_table(photos, names), distances, features[:, 0], captions)
    known = None if captions is None else (captions[0].numpy(), captions[1].numpy())
    return Photos(
        features,
        knowledge,
        judge(photos, class_tree, known),
        skipped,
        left_out,
        _shrunk(photos.photos, pixels) if pixels else None,
    )


def _shrunk(photos: Tensor, side: int) -> Tensor:
    """The photos at another side, uint8 (N, side, side, 3)."""
    parts = [make_whole(part, side).permute(0, 2, 3, 1).to(torch.uint8) for part in photos.split(1024)]
    return torch.cat(parts).contiguous()


def _drawn(positions: Tensor, count: int) -> Tensor:
    order = np.random.default_rng(0).permutation(len(positions))[:count]
    return positions[torch.from_numpy(order)]


def _fingerprint(
    split: Split, photos: Photos, transfer: list[Photos], protocol: Protocol | None = None
) -> str:
    digest = hashlib.blake2b(split.digest.encode(), digest_size=8)
    for part in [photos, *transfer]:
        digest.update(np.ascontiguousarray(part.features[:, :, :8].numpy()).tobytes())
    if protocol is not None:  # the split does not say which of its parts are ranked
        digest.update(protocol.database.encode())
    return digest.hexdigest()
