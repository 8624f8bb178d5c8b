"""Hash networks: a torchvision backbone and a linear head with batch norm, one logit a bit."""

import torch
import torchvision
from torch import Tensor, nn

from engine.errors import UsageError
from engine.hashing.codes import check_bits

IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_STD = (58.395, 57.12, 57.375)


class HashNetwork(nn.Module):
    """Photos to logits; a positive logit is a set bit.

    The batch norm after the head centres every bit, which balances the code (Hoe et al. 2021).
    """

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: str, n_bits: int) -> None:
        """Builds the network with random weights.

        Args:
            backbone: Name of a torchvision classification network, such as "shufflenet_v2_x1_0".
            n_bits: Multiple of 8.

        Raises:
            UsageError: Torchvision has no such network, or it has no classifier that can be taken off.
        """
        super().__init__()
        check_bits(n_bits)
        self.backbone_name = backbone
        self.n_bits = n_bits
        self.backbone, self.width = _without_classifier(backbone)
        self.head = nn.Linear(self.width, n_bits, bias=False)
        self.norm = nn.BatchNorm1d(n_bits)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)

    def features(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to features, float32 (B, width)."""
        return self.backbone((rgb - self.mean) / self.std)

    def logits(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, n_bits)."""
        return self.norm(self.head(features))

    def forward(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to logits, float32 (B, n_bits)."""
        return self.logits(self.features(rgb))


class PhotoToLogits(nn.Module):
    """The whole way that is exported: uint8 (B, S, S, 3), as the decode workers make it, to logits."""

    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        """uint8 (B, S, S, 3) sRGB to float32 (B, n_bits)."""
        return self.network(pixels.permute(0, 3, 1, 2).float())


def _without_classifier(name: str) -> tuple[nn.Module, int]:
    if name not in torchvision.models.list_models(module=torchvision.models):
        raise UsageError(
            f"torchvision has no classification network {name!r}.",
            "Try shufflenet_v2_x1_0, mobilenet_v3_large, regnet_y_400mf or resnet18.",
        )
    network = torchvision.models.get_model(name, weights=None)
    for attribute in ("fc", "classifier", "head", "heads"):
        last = getattr(network, attribute, None)
        if last is None:
            continue
        linear = next((m for m in last.modules() if isinstance(m, nn.Linear)), None)
        if linear is not None:
            setattr(network, attribute, nn.Identity())
            return network, linear.in_features
    raise UsageError(
        f"{name} has no classifier that can be replaced by a hash head.", "Choose another network."
    )
