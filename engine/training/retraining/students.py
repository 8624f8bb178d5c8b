"""What of a network a retraining changes, and what it is fed with."""

from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.networks import HashNetwork
from engine.training.retraining.settings import ALL, HEAD
from engine.training.student import HashModel

MOSTLY, HARDLY = 0.6, 0.01  # shares of the weights: with more a part holds the stages, with less it is none


class FrozenBackbone(HashModel):
    """A network whose features were computed before; only its head is trained."""

    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.n_bits, self.width = network.n_bits, network.width
        self.hidden, self.head, self.norm = network.hidden, network.head, network.norm

    def features(self, inputs: Tensor) -> Tensor:
        """float32 (B, width), as they are."""
        return inputs

    def logits(self, features: Tensor) -> Tensor:
        """See `HashModel.logits`."""
        return self.norm(self.head(self.hidden(features)))


class LearningNetwork(HashModel):
    """A network that learns in its backbone too, whose batch norms keep their statistics."""

    def __init__(self, network: HashNetwork, learning: nn.Module) -> None:
        """Takes a network and the part of its backbone that learns; all else of the backbone stays."""
        super().__init__()
        self.n_bits, self.width, self.norm = network.n_bits, network.width, network.norm
        self.network = network
        network.backbone.requires_grad_(False)
        learning.requires_grad_(True)

    def train(self, mode: bool = True) -> "LearningNetwork":
        """As `nn.Module.train`, but the backbone's norms and drops stay as when it is used."""
        super().train(mode)
        self.network.backbone.eval()
        return self

    def features(self, inputs: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to float32 (B, width)."""
        return self.network.features(inputs)

    def logits(self, features: Tensor) -> Tensor:
        """See `HashModel.logits`."""
        return self.network.logits(features)


def student_of(network: HashNetwork, train: str) -> HashModel:
    """The network as it learns: `HEAD`, the last stage too, or `ALL`.

    Raises:
        UsageError: The backbone has no stages.
    """
    if train == HEAD:
        return FrozenBackbone(network)
    return LearningNetwork(network, network.backbone if train == ALL else last_stage(network.backbone))


def last_stage(backbone: nn.Module) -> nn.Module:
    """The last part of a backbone with weights, where parts that hold nearly all weights are looked into.

    Raises:
        UsageError: There is no such part.
    """
    total = _size(backbone)
    part = backbone
    while _size(part) > MOSTLY * total:
        inside = [child for child in part.children() if _size(child) > HARDLY * total]
        if not inside:
            raise UsageError(
                "This network has no stages of which the last could be trained.", "Train its head, or all."
            )
        part = inside[-1]
    return part


def _size(part: nn.Module) -> int:
    return sum(weight.numel() for weight in part.parameters())
