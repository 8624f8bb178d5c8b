"""All that a retraining needs of a library, read before it begins."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import UsageError
from engine.hashing import codes as packed
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile
from engine.library.codes import Codes, Ids, read_codes_of
from engine.library.database import Library
from engine.library.models_table import find_model_id
from engine.library.reporting import Control
from engine.progress import Progress
from engine.training.augment import Augmenter
from engine.training.head_fit import fit_head
from engine.training.inputs import FeatureInputs, Inputs, PhotoInputs
from engine.training.near_identical import near_identical_groups
from engine.training.network_weights import load_network
from engine.training.networks import HashNetwork
from engine.training.retraining.captions import Written, moments
from engine.training.retraining.looks import SMALLEST_CROP, look, read_pixels
from engine.training.retraining.notion import Notion, check_tells_apart, find_notion
from engine.training.retraining.parts import (
    CHOICE,
    FEWEST_GROUPS,
    HELD_OUT,
    TRAIN,
    Groups,
    draw_parts,
    event_groups,
    joined,
)
from engine.training.retraining.settings import HEAD, RetrainSettings
from engine.training.retraining.survey import crops_of, most_others, most_told
from engine.training.settings import Settings
from engine.training.split import Split

SPLIT = "split.csv"
SMALL_SIDE = 32  # pixels by which near-identical photos are told
FEWEST_HELD_OUT = 10


@dataclass(frozen=True)
class Classroom:
    """Photos, those that something is said of first, and what is known of them.

    Attributes:
        ids: int64 (N,).
        captions: Of the first T photos.
        groups: int64 (T,), see `Gallery.groups`.
        notion: Of the first T photos.
        network: To be trained; its head is the base model's, or fitted anew to other bits.
        inputs: Of all N photos.
        before: uint8 (N, bits / 8), codes by the base model.
        train, choice, held_out: int64 positions among the first T.
        others: int64 positions of photos that nothing is said of.
        fingerprint: Names all this.
    """

    ids: Ids
    captions: Sequence[Sequence[str]]
    groups: Groups
    notion: Notion
    network: HashNetwork
    inputs: Inputs
    before: Codes
    train: Tensor
    choice: Tensor
    held_out: Tensor
    others: Tensor
    fingerprint: str

    @property
    def taught_notion(self) -> Notion:
        """The notion without pairs of which a photo is not learned from."""
        learned = torch.isin(self.notion.pairs, self.train).all(dim=1)
        return replace(self.notion, pairs=self.notion.pairs[learned], alike=self.notion.alike[learned])

    @property
    def old(self) -> Tensor:
        """float32 (O, K), the base model's bits of the others, -1 or 1."""
        return signs(self.before[self.others.numpy()])

    @torch.inference_mode()
    def outputs(self, network: HashNetwork) -> Tensor:
        """float32 (N, K), what a network says of all whole photos before rounding."""
        network.eval()
        cached = isinstance(self.inputs, FeatureInputs)
        logits = network.logits if cached else network
        return torch.cat([logits(part) for part in self.inputs.whole(torch.arange(len(self.ids)))])


def signs(codes: Codes) -> Tensor:
    """uint8 (N, bits / 8) packed codes to float32 (N, bits), -1 and 1."""
    return torch.from_numpy(packed.unpack(codes)).float() * 2 - 1


def prepare(
    lib: Library, written: Written, base: ModelFile, settings: RetrainSettings, control: Control
) -> Classroom:
    """Reads photos and captions of a library.

    Args:
        lib: The library.
        written: What is said of its photos.
        base: The model to go on from.
        settings: Of the retraining.
        control: Hears of progress.

    Raises:
        UsageError: There is too little to learn from or to judge by.
        JobCancelled: The person cancelled.
    """
    control.report(Progress("looking", 0))
    told = _drawn(written.taught, most_told(settings), settings.seed)
    others = _drawn(written.others, most_others(settings), settings.seed)
    network = load_network(base.folder / "weights.safetensors", _settings_of(base)).eval()
    told, others, inputs = _inputs(lib, told, others, network, base.input_side, settings, control)
    groups, parts = _parts(lib, told, control)
    places = {int(photo): place for place, photo in enumerate(told.tolist())}
    pairs = {
        (places[a], places[b]): alike
        for (a, b), alike in written.pairs.items()
        if a in places and b in places
    }
    captions = [written.captions.get(int(photo), ()) for photo in told.tolist()]
    train = _positions(told, parts, TRAIN)
    notion = find_notion(captions, pairs, train, settings.caption_encoder, base, control.report)
    check_tells_apart(notion, train)
    known = torch.tensor([bool(own) for own in captions])
    ids = np.concatenate([told, others])
    if settings.n_bits and settings.n_bits != base.n_bits:
        network = _with_bits(network, settings, inputs, len(ids))
    text = f"{ids.tolist()} {captions} {sorted(pairs.items())} {base.digest}"
    choice, held_out = (
        places[known[places]] for places in (_positions(told, parts, part) for part in (CHOICE, HELD_OUT))
    )
    if len(held_out) < FEWEST_HELD_OUT or len(choice) < 2:
        raise UsageError(
            f"Only {len(held_out)} of these photos could be held out to judge by: others are copies of one"
            " another, or of one event.",
            "Write captions for photos of other days and places too.",
        )
    return Classroom(
        ids,
        captions,
        groups,
        notion,
        network,
        inputs,
        base_codes(lib, base, ids, control),
        train,
        choice,
        held_out,
        torch.arange(len(told), len(ids)),
        hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
    )


def _inputs(
    lib: Library,
    told: Ids,
    others: Ids,
    network: HashNetwork,
    side: int,
    settings: RetrainSettings,
    control: Control,
) -> tuple[Ids, Ids, Inputs]:
    """Those photos whose thumbnails can be read, and what the network is fed with of them."""
    if settings.train != HEAD:
        told, first = read_pixels(lib, told, side, control)
        others, second = read_pixels(lib, others, side, control)
        augmenter = Augmenter(side, smallest_area=SMALLEST_CROP)
        return told, others, PhotoInputs(torch.cat([first, second]), augmenter, side)
    views = crops_of(len(told))
    seen = look(lib, told, network, side, views, control, seed=settings.seed)
    rest = look(lib, others, network, side, 1, control, seed=settings.seed)
    # Of the others one crop is enough; all have as many rows, so that they fit in one table.
    turns = torch.arange(1 + views) % 2
    return seen.ids, rest.ids, FeatureInputs(torch.cat([seen.features, rest.features[:, turns]]))


def _parts(lib: Library, told: Ids, control: Control) -> tuple[Groups, dict[str, str]]:
    """Groups that stay together, and the part of each photo, which is written down for later retrainings."""
    _, small = read_pixels(lib, told, SMALL_SIDE, control)
    near = near_identical_groups(small)
    groups = joined(near, event_groups(told.tolist(), moments(lib, told.tolist())))
    if len(np.unique(groups)) < FEWEST_GROUPS:
        groups = near
    file = split_file(lib.dir)
    known = Split.load(file).parts if file.is_file() else {}
    parts = draw_parts(told.tolist(), groups, known)
    file.parent.mkdir(parents=True, exist_ok=True)
    Split({**known, **parts}, "retraining").save(file)
    return groups, parts


def split_file(library_dir: Path) -> Path:
    """Where a library keeps which photos retrainings hold out."""
    return library_dir / "retraining" / SPLIT


def _positions(told: Ids, parts: dict[str, str], part: str) -> Tensor:
    return torch.tensor([place for place, photo in enumerate(told.tolist()) if parts[str(photo)] == part])


def _with_bits(network: HashNetwork, settings: RetrainSettings, inputs: Inputs, count: int) -> HashNetwork:
    """The same backbone with a head of another number of bits, fitted to these photos without labels."""
    fresh = HashNetwork(network.backbone_name, settings.n_bits, side=network.side)
    fresh.backbone.load_state_dict(network.backbone.state_dict())
    with torch.inference_mode():
        cached = isinstance(inputs, FeatureInputs)
        whole = inputs.whole(torch.arange(count))
        features = torch.cat([part if cached else network.features(part) for part in whole])
    fit_head(fresh, features.numpy(), seed=settings.seed)
    return fresh.eval()


def base_codes(lib: Library, base: ModelFile, ids: Ids, control: Control) -> Codes:
    """Codes of photos by the model before: those of the library, and where one is missing made anew."""
    known, found = read_codes_of(lib, find_model_id(lib, base.digest), base.n_bits, ids.tolist())
    if len(known) == len(ids):
        return found[np.searchsorted(known, ids)]
    return encoded(lib, Encoder(base), ids, control)


def encoded(lib: Library, encoder: Encoder, ids: Ids, control: Control) -> Codes:
    """Codes of photos whose thumbnails can be read, in the order of int64 (N,) ids: uint8 (N, bits / 8)."""
    kept, pixels = read_pixels(lib, ids, encoder.input_side, control)
    if len(kept) != len(ids):
        raise UsageError(
            "Photos vanished while they were learned from.", "Look for new photos (F5), then begin again."
        )
    return encoder.encode(pixels.numpy())


def _drawn(ids: Ids, most: int, seed: int) -> Ids:
    if len(ids) <= most:
        return ids
    return np.sort(np.random.default_rng(seed).choice(ids, most, replace=False))


def _settings_of(base: ModelFile) -> Settings:
    side = base.input_side
    return Settings(backbone=base.card["network"], n_bits=base.n_bits, train_side=side, input_side=side)
