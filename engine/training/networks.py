"""Hash networks: a backbone and a linear head with batch norm, one logit a bit."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training import open_clip_towers, timm_towers
from engine.training.backbones import Backbone, torchvision_backbone
from engine.training.concepts import concept_counts, with_concepts
from engine.training.student import HashModel

FILE_SUFFIX = ".py"
FEWEST_BITS = 16
MOST_BITS = 1024


class HashNetwork(HashModel):
    """Photos to logits; a positive logit is a set bit.

    The batch norm after the head centres every bit, which balances the code (Hoe et al. 2021).

    Attributes:
        backbone_name: As it was asked for.
        n_bits: Length of the code.
        width: Length of the features.
        hidden_width: Of the layer that the head sees beside the features; 0 where there is none.
        concepts: How many concepts each layer tells that a person taught; the first taught first.
        side: The only side that the network reads, in pixels; None where it reads any.
        mean_rgb: Of red, green and blue, in [0, 255]: what photos are normalised by.
        std_rgb: As `mean_rgb`.
        cut: How the names of weights begin that files of this backbone hold and the network has not.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        backbone: str,
        n_bits: int,
        *,
        side: int | None = None,
        tower: Backbone | None = None,
        hidden: int = 0,
        concepts: Sequence[int] = (),
    ) -> None:
        """Builds the network with random weights; nothing is downloaded.

        Args:
            backbone: Name of a torchvision classification network, such as "shufflenet_v2_x1_0", of an
                image tower of open_clip, such as "open_clip:ViT-B-32", or of a convolutional network of timm,
                such as "timm:fasternet_t0".
            n_bits: Multiple of 8, from 16 to 1,024.
            side: Pixels of the square input, for towers that read one size only; None for the size that
                they were published with. Other networks read any size.
            tower: What `backbone` names, where it is no name that could be looked up: a Python file.
            hidden: Width of a layer that the head sees beside the features (`Widened`); 0 for none.
            concepts: Of layers that a person taught (`engine.training.concepts`).

        Raises:
            UsageError: There is no such network, it has no classifier that can be taken off, it can't
                read this side, or the number of bits is out of range.
        """
        super().__init__()
        _check_bits(n_bits)
        self.backbone_name = backbone
        self.n_bits = n_bits
        made = tower or _make_backbone(backbone, side)
        self.backbone, self.width, self.side, self.cut = made.tower, made.width, made.side, made.cut
        self.mean_rgb, self.std_rgb = made.mean, made.std
        self.hidden_width = hidden
        self.concepts = tuple(concepts)
        beside = Widened(self.width, hidden) if hidden else nn.Identity()
        self.hidden = with_concepts(beside, self.width, concepts)
        self.head = nn.Linear(self.width + hidden + sum(concepts), n_bits, bias=False)
        self.norm = nn.BatchNorm1d(n_bits)
        self.register_buffer("mean", torch.tensor(made.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(made.std).view(1, 3, 1, 1), persistent=False)

    def features(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to features, float32 (B, width).

        Raises:
            UsageError: The network reads another S only.
        """
        self.check_side(rgb.shape[-1])
        return self.backbone((rgb - self.mean) / self.std)

    def check_side(self, side: int) -> None:
        """Refuses photos of a side that the network does not read.

        Raises:
            UsageError: The network reads another side only.
        """
        if self.side is not None and side != self.side:
            raise UsageError(
                f"{self.backbone_name} was made for {self.side} x {self.side} pixels, not {side} x {side}.",
                "Train, measure and export it with one side, or choose a convolutional network.",
            )

    def logits(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        return self.norm(self.head(self.hidden(features)))

    def forward(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to logits, float32 (B, n_bits)."""
        return self.logits(self.features(rgb))


class Widened(nn.Module):
    """Features, and beside them what a hidden layer makes of them.

    The head sees what a linear one would, and more; a hidden layer alone learned training photos by heart
    (docs/runs.md).
    """

    def __init__(self, width: int, hidden: int, dropped: float = 0.0) -> None:
        """Builds the layer with random weights.

        Args:
            width: Of the features.
            hidden: Of the layer.
            dropped: Share of it that is left out at random in training.
        """
        super().__init__()
        self.layer = nn.Sequential(
            nn.BatchNorm1d(width, affine=False),
            nn.Linear(width, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(dropped),
        )

    def forward(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, width + hidden)."""
        return torch.cat([features, self.layer(features)], dim=1)


class Layers(NamedTuple):
    """What the head of a network sees beside the features; see `HashNetwork`."""

    hidden: int
    concepts: tuple[int, ...]


NO_LAYERS = Layers(0, ())


def layers_of(weights: Mapping[str, Tensor]) -> Layers:
    """What lies between features and head in the weights of a `HashNetwork`."""
    beside = {name: weight for name, weight in weights.items() if name.startswith("hidden.")}
    kernels = [weight for name, weight in beside.items() if name.endswith("layer.1.weight")]
    return Layers(len(kernels[0]) if kernels else 0, tuple(concept_counts(beside)))


class PhotoToLogits(nn.Module):
    """The whole way that is exported: uint8 (B, S, S, 3), as the decode workers make it, to logits."""

    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """uint8 (B, S, S, 3) sRGB to float32 (B, n_bits)."""
        return self.network(pixels.permute(0, 3, 1, 2).float())


def refuse_file(name: str) -> None:
    """Refuses to build a tower again that a Python file made: a card must not decide which program is run.

    Raises:
        UsageError: It is such a tower.
    """
    if name.endswith(FILE_SUFFIX):
        raise UsageError(
            f"The tower {name} was made by a Python file, which is no part of a model.",
            "Such a model can be used, but not trained on; train with --teacher instead.",
        )


def _make_backbone(name: str, side: int | None) -> Backbone:
    if side is not None and side <= 0:
        raise UsageError(f"The side of a network's input is a number of pixels, not {side}.", "Try 224.")
    refuse_file(name)
    if name.startswith(open_clip_towers.PREFIX):
        return open_clip_towers.image_tower(name.removeprefix(open_clip_towers.PREFIX), side)
    if name.startswith(timm_towers.PREFIX):
        return timm_towers.timm_tower(name.removeprefix(timm_towers.PREFIX))
    return torchvision_backbone(name, side)


def _check_bits(n_bits: int) -> None:
    """Raises UsageError for code lengths that no network is made for."""
    if not FEWEST_BITS <= n_bits <= MOST_BITS or n_bits % 8:
        raise UsageError(
            f"Codes of a network have a multiple of 8 bits from {FEWEST_BITS} to {MOST_BITS}, not {n_bits}.",
            "Try 64, 128 or 256.",
        )
