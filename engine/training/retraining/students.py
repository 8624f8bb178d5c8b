"""What of a network a retraining changes, and what it is fed with."""

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.concepts import Concepts
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


class TaughtHead(HashModel):
    """A frozen backbone whose head stays as it is, beside codes of concepts, which are trained.

    The logits are those of the head, plus the codes of the concepts that a photo shows, by its shares.

    Attributes:
        codes: float32 (concepts, n_bits).
    """

    def __init__(self, network: HashNetwork, concepts: Concepts, *, seed: int, head_learns: bool) -> None:
        """Takes the parts.

        Args:
            network: Whose head stays.
            concepts: Fitted; told once and for all, since trained on the same few photos they would learn
                them by heart.
            seed: Of the codes to begin with, whose bits are drawn; that is how far apart unrelated ones lie.
            head_learns: Whether the head learns too, for pairs of photos, which no concept tells apart.
        """
        super().__init__()
        self.n_bits, self.width = network.n_bits, network.width
        self.before = FrozenBackbone(network).eval().requires_grad_(head_learns)
        self.norm = self.before.norm
        self.concepts = concepts.requires_grad_(False)
        draw = torch.Generator().manual_seed(seed)
        signs = torch.randint(2, (concepts.tell.out_features, self.n_bits), generator=draw) * 2.0 - 1
        self.codes = nn.Parameter(signs * network.norm.weight.detach().abs().mean())

    def train(self, mode: bool = True) -> "TaughtHead":
        """As `nn.Module.train`, but the norm behind the head keeps its statistics."""
        super().train(mode)
        self.before.eval()
        return self

    def features(self, inputs: Tensor) -> Tensor:
        """float32 (B, width), as they are."""
        return inputs

    def logits(self, features: Tensor) -> Tensor:
        """See `HashModel.logits`."""
        return self.before.logits(features) + self.concepts.shares(features) @ self.codes

    @torch.no_grad()
    def joined(self, network: HashNetwork) -> HashNetwork:
        """A network that says the same from photos on, with the backbone of `network`."""
        counts = (*network.concepts, self.concepts.tell.out_features)
        whole = HashNetwork(
            network.backbone_name,
            self.n_bits,
            side=network.side,
            hidden=network.hidden_width,
            concepts=counts,
        )
        whole.backbone.load_state_dict(network.backbone.state_dict())
        whole.hidden, whole.norm = self.concepts, self.norm
        self.concepts.inner = self.before.hidden
        assert self.norm.running_var is not None
        spread = (self.norm.running_var + self.norm.eps).sqrt() / self.norm.weight
        whole.head.weight.copy_(torch.cat([self.before.head.weight, (self.codes * spread).T], dim=1))
        return whole.eval()


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
