"""A published tower becomes a model of a person's library: its head is fitted to the photos there."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import HammingbirdError, JobCancelled, UsageError
from engine.hashing.model_file import ModelFile
from engine.library.codes import Ids
from engine.library.database import Library
from engine.library.encode_missing import DECODE_THREADS, stored_inputs
from engine.library.model_choice import keep_model, model_folder
from engine.library.models_table import list_models
from engine.library.photos import visible_ids
from engine.library.reporting import Control, Phase
from engine.progress import Progress
from engine.training.backbone_weights import HUB, load_backbone_weights
from engine.training.checkpoint import WRITE_ERRORS, unwritten
from engine.training.conversion import compiled
from engine.training.export import export_model
from engine.training.head_fit import check_enough, fit_head
from engine.training.network_weights import round_weights
from engine.training.networks import HashNetwork
from engine.training.towers import Tower

SEED = 0
DRAFT = "new"


@dataclass(frozen=True)
class Added:
    """A model of the library.

    Attributes:
        model: The library's copy.
        photos: How many its head was fitted to.
        known: The library had just this model already; nothing was changed.
    """

    model: ModelFile
    photos: int
    known: bool


def draw_photos(lib: Library, count: int) -> Ids:
    """Up to `count` visible photos, each as likely as any other, always the same ones; ids ascending."""
    ids = visible_ids(lib)
    if len(ids) <= count:
        return np.sort(ids)
    return np.sort(np.random.default_rng(SEED).choice(ids, count, replace=False))


def add_model(
    lib: Library, tower: Tower, weights: str | None, address: str, photos: int, control: Control
) -> Added:
    """Fits a tower's head to a library and keeps the model there; the active one stays active.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        tower: Its network is changed.
        weights: A file, or "hub", see `load_backbone_weights`; None for a tower that brings its own.
        address: What the card says of where the weights come from.
        photos: How many the head is fitted to at most.
        control: Hears of progress, phases "downloading", "looking", "fitting".

    Raises:
        UsageError: The weights can't be had or are of another tower, or there are too few photos.
        HammingbirdError: The model can't be written.
        JobCancelled: The person cancelled; nothing was changed.
    """
    network, folder = tower.network, model_folder(lib.dir, DRAFT)
    chosen = draw_photos(lib, photos)
    check_enough(len(chosen), network.n_bits)
    if weights is not None:
        _load(network, weights, control)
    try:
        features = library_features(lib, chosen, tower, control)
        control.report(Progress("fitting", 0))
        fit_head(network, features, seed=SEED)
        control.checkpoint()
        card = _card(tower, address, len(features))
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
        model = _export(tower, folder, card)
        known = any(row.digest == model.digest for row in list_models(lib))
        keep_model(lib, model, move=True)
    except JobCancelled as error:
        raise JobCancelled("The job was cancelled.", "No model was added.") from error
    finally:
        for left in (folder, folder.with_name(DRAFT + ".part")):
            shutil.rmtree(left, ignore_errors=True)
    return Added(ModelFile.load(model_folder(lib.dir, model.digest)), len(features), known)


def library_features(lib: Library, photo_ids: Ids, tower: Tower, control: Control) -> NDArray[np.float32]:
    """What a tower says of photos of a library, by the fast engine, from their stored thumbnails.

    Args:
        lib: The library.
        photo_ids: int64 (N,).
        tower: Its weights are rounded to float16 in place, as they are in the finished model.
        control: Hears of progress, phase "looking".

    Returns:
        float32 (M, width), M <= N: photos whose thumbnails are lost or damaged are left out.

    Raises:
        UsageError: The fast engine can't run the tower.
        JobCancelled: The person cancelled.
    """
    round_weights(tower.network)
    side = tower.side
    run = _compile(tower)
    phase = Phase(control, "looking", len(photo_ids))
    found = [np.empty((0, tower.network.width), np.float32)]
    with ThreadPoolExecutor(DECODE_THREADS, thread_name_prefix="thumbnails") as threads:
        for batch in stored_inputs(lib, photo_ids.tolist(), side, threads, []):
            pixels = np.frombuffer(b"".join(batch.pixels.values()), np.uint8).reshape(-1, side, side, 3)
            if len(pixels):
                found.append(run(torch.from_numpy(pixels.copy()))[0].numpy())
            phase.advance(len(pixels))
    phase.tell()
    return np.concatenate(found)


def _load(network: HashNetwork, weights: str, control: Control) -> None:
    if weights != HUB:
        load_backbone_weights(network, weights)
        return
    control.report(Progress("downloading", 0))
    try:
        load_backbone_weights(network, HUB)
    except UsageError as error:  # nobody asked wrongly
        remedy = (
            "Nothing was changed. Try again with a connection, or name a file of weights: --weights FILE."
        )
        raise HammingbirdError(error.what, remedy) from error


def _compile(tower: Tower) -> Callable[[Tensor], tuple[Tensor, ...]]:
    example = torch.zeros(2, tower.side, tower.side, 3, dtype=torch.uint8)
    try:
        return compiled(_PhotoToFeatures(tower.network).eval(), example)
    except Exception as error:  # converter and compiler raise errors of their own, which have no common kind
        raise UsageError(
            f"OpenVINO can't run {tower.name} ({type(error).__name__}).", "Take another network."
        ) from error


def _export(tower: Tower, folder: Path, card: dict[str, object]) -> ModelFile:
    try:
        return export_model(tower.network, folder, input_side=tower.side, card=card)
    except WRITE_ERRORS as error:
        raise unwritten(folder, error, "Make room there, or allow writing.") from error


class _PhotoToFeatures(nn.Module):
    """uint8 (B, S, S, 3), as the library's thumbnails become it, to features."""

    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """uint8 (B, S, S, 3) sRGB to float32 (B, width)."""
        return self.network.features(pixels.permute(0, 3, 1, 2).float())


def _card(tower: Tower, address: str, photos: int) -> dict[str, object]:
    """What the model's card says beside what decides a code."""
    return {
        "name": tower.name,
        "objective": "itq",
        "training": {
            "method": "head fitted to photos of the library without labels: centre, PCA, ITQ",
            "photos": photos,
            "seed": SEED,
            "weights": address,
            "parent": None,
        },
        "licence": "not known; the weights of the tower have the terms of those who published them",
    }
