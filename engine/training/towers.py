"""Towers that a person asks for by name, with a head that is still to be fitted, and who offers weights."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import torch
import torchvision
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training import open_clip_towers, timm_towers
from engine.training.backbones import Backbone
from engine.training.networks import FILE_SUFFIX, HashNetwork
from engine.training.teacher import load_teacher, try_teacher

TORCHVISION = "torchvision:"
FILE_SIDE = 224
MEAN_OF_FILES = (127.5, 127.5, 127.5)  # they read pixels in [-1, 1]


@dataclass(frozen=True)
class Tower:
    """A network whose head knows nothing yet.

    Attributes:
        name: For people, such as "torchvision:convnext_tiny", "open_clip:MobileCLIP2-S0" or "teacher.py".
        network: Random weights, except for a tower from a Python file, which brings its own.
        side: Pixels of the square input.
        has_weights: Whether it brings its own.
    """

    name: str
    network: HashNetwork
    side: int
    has_weights: bool = False


@dataclass(frozen=True)
class Offer:
    """Published weights of a tower, not downloaded yet.

    Attributes:
        place: Where they are downloaded from, such as "download.pytorch.org".
        megabytes: About how much that is; None where nobody says.
        address: What a card names them by.
    """

    place: str
    megabytes: int | None
    address: str


def make_tower(name: str, n_bits: int, side: int | None) -> Tower:
    """Builds a tower; nothing is downloaded.

    Args:
        name: "torchvision:NAME", "open_clip:NAME", "timm:NAME", a plain name of torchvision, or a Python file
            that defines `load_teacher()`, see `engine.training.teacher`; such a file is run, with all of the
            person's rights.
        n_bits: Length of the codes.
        side: Pixels of the square input; None for the side that the tower was published with.

    Raises:
        UsageError: There is no such tower, it can't read this side, or has fewer features than bits.
    """
    if name.endswith(FILE_SUFFIX):
        tower = _tower_of_file(Path(name), n_bits, side or FILE_SIDE)
    else:
        backbone = name.removeprefix(TORCHVISION)
        network = HashNetwork(backbone, n_bits, side=side)
        prefixed = backbone.startswith((open_clip_towers.PREFIX, timm_towers.PREFIX))
        shown = backbone if prefixed else TORCHVISION + backbone
        tower = Tower(shown, network, side or _published_side(backbone))
    _try(tower)
    return tower


def offer_of(tower: Tower) -> Offer:
    """Where the hub would get this tower's weights, said without using the network.

    Raises:
        UsageError: Nobody offers any.
    """
    backbone = tower.network.backbone_name
    if backbone.startswith(timm_towers.PREFIX):
        address = timm_towers.weights_address(backbone.removeprefix(timm_towers.PREFIX))
        own = sum(weight.numel() for weight in tower.network.backbone.parameters())
        return Offer(str(urlsplit(address).hostname), round(own * 4 / 1e6), address)
    if not backbone.startswith(open_clip_towers.PREFIX):
        weights = torchvision.models.get_model_weights(backbone).DEFAULT
        return Offer(str(urlsplit(weights.url).hostname), round(weights.meta["_file_size"]), weights.url)
    name = backbone.removeprefix(open_clip_towers.PREFIX)
    address = open_clip_towers.weights_address(name)
    text = open_clip_towers.text_parameters(name)
    own = sum(weight.numel() for weight in tower.network.backbone.parameters())
    megabytes = None if text is None else round((own + text) * 4 / 1e6)
    return Offer(str(urlsplit(address).hostname), megabytes, address)


class _FirstOutput(nn.Module):
    """The features of a teacher, which may return more."""

    def __init__(self, teacher: nn.Module) -> None:
        super().__init__()
        self.teacher = teacher

    def forward(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [-1, 1] to float32 (B, D)."""
        found: Tensor | tuple[Tensor, ...] = self.teacher(rgb)
        return found[0] if isinstance(found, tuple) else found


def _tower_of_file(file: Path, n_bits: int, side: int) -> Tower:
    teacher = load_teacher(file)
    try_teacher(teacher, file, side)
    made = _FirstOutput(teacher)
    with torch.inference_mode():
        width = made(torch.zeros(1, 3, side, side)).shape[1]
    backbone = Backbone(made, width, MEAN_OF_FILES, MEAN_OF_FILES, side)
    network = HashNetwork(file.name, n_bits, tower=backbone)
    return Tower(file.name, network, side, has_weights=True)


def _published_side(backbone: str) -> int:
    if backbone.startswith(open_clip_towers.PREFIX):
        config = open_clip_towers.model_config(backbone.removeprefix(open_clip_towers.PREFIX))
        return int(config["vision_cfg"]["image_size"])
    if backbone.startswith(timm_towers.PREFIX):
        return timm_towers.published_side(backbone.removeprefix(timm_towers.PREFIX))
    return int(torchvision.models.get_model_weights(backbone).DEFAULT.transforms().crop_size[0])


def _try(tower: Tower) -> None:
    """Refuses a tower that can't be what is asked for, before anything is downloaded for it."""
    network = tower.network
    if network.width < network.n_bits:
        raise UsageError(
            f"{tower.name} has {network.width} features, too few for {network.n_bits} bits.",
            f"Add --bits {network.width // 8 * 8}, or take another tower.",
        )
    try:
        with torch.inference_mode():
            network.eval().features(torch.zeros(1, 3, tower.side, tower.side))
    except (AssertionError, RuntimeError, ValueError) as error:
        raise UsageError(
            f"{tower.name} can't read {tower.side} x {tower.side} pixels.",
            "Leave --side out, or add --side 224.",
        ) from error
