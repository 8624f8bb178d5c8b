"""The network that learns to see as a teacher does, and layers that guess the teacher's maps from its own."""

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.maps import TeacherMaps
from engine.training.distil.settings import PLACE
from engine.training.distil.views import Aligned, Seen
from engine.training.networks import HashNetwork
from engine.training.timm_towers import MapTower

SCALE_PHOTOS = 2000
SMALLEST_SPREAD = 1e-4  # a channel that never changes tells nothing
WEIGHTS = {"features": 2.0, "last": 1.0, "mid": 1.0, "logits": 0.5}


class MapNetwork(nn.Module):
    """A backbone of timm with what its photos are normalised by."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: HashNetwork) -> None:
        """Takes the backbone, whatever weights it has; the rest of the network is left.

        Raises:
            UsageError: The backbone has no maps at a 16th and a 32nd of the photo.
        """
        super().__init__()
        if not isinstance(network.backbone, MapTower):
            raise UsageError(
                f"Maps are learned by networks of timm, not by {network.backbone_name}.",
                "Try --backbone timm:fasternet_t0.",
            )
        self.tower = network.backbone
        self.register_buffer("mean", network.mean.clone(), persistent=False)
        self.register_buffer("std", network.std.clone(), persistent=False)
        self.eval()
        with torch.inference_mode():
            mid, last = self(torch.zeros(1, 3, 2 * PLACE, 2 * PLACE))
        self.train()
        if (mid.shape[2:], last.shape[2:]) != ((4, 4), (2, 2)):
            raise UsageError(
                f"{network.backbone_name} rounds the sides of its maps in a way of its own.",
                "Try --backbone timm:fasternet_t0.",
            )
        self.mid_width, self.width = mid.shape[1], last.shape[1]

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (B, 3, S, S) in [0, 255] to maps at a 16th and at a 32nd; see `MapTower.maps`."""
        return self.tower.maps((rgb - self.mean) / self.std)


class Scales(NamedTuple):
    """What the teacher's maps and features are centred and scaled by; float32, one entry a channel."""

    centre: Tensor
    mid_mean: Tensor
    mid_std: Tensor
    last_mean: Tensor
    last_std: Tensor


@torch.no_grad()
def scales_of(maps: TeacherMaps, teacher: MapTeacher, train: Tensor, seed: int) -> Scales:
    """Means and spreads over training photos, 2,000 of them at random where there are more.

    Args:
        maps: Of all photos.
        teacher: On any device.
        train: int64 positions.
        seed: Of the choice.

    Returns:
        In memory.
    """
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
    chosen = train[order[:SCALE_PHOTOS]].sort().values
    mid, last = maps.of(chosen, torch.device("cpu"))
    centre = whole_features(maps, teacher, chosen).mean(0)
    mid, last = (plane.permute(0, 2, 3, 1).flatten(0, 2) for plane in (mid, last))
    spreads = [plane.std(0).clamp(min=SMALLEST_SPREAD) for plane in (mid, last)]
    return Scales(centre, mid.mean(0), spreads[0], last.mean(0), spreads[1])


@torch.no_grad()
def whole_features(maps: TeacherMaps, teacher: MapTeacher, chosen: Tensor) -> Tensor:
    """The teacher's features of whole photos at positions int64 (M,): float32 (M, width), in memory."""
    device = next((weight.device for weight in teacher.parameters()), torch.device("cpu"))
    parts: tuple[Tensor, ...] = torch.split(chosen, 250)
    return torch.cat([teacher.features(maps.of(part, device)[1]).mean((2, 3)).cpu() for part in parts])


class Guesses(nn.Module):
    """Linear layers from the student's maps to the teacher's."""

    def __init__(self, network: MapNetwork, teacher: MapTeacher) -> None:
        super().__init__()
        self.features = nn.Linear(network.width, teacher.width)
        self.last = nn.Conv2d(network.width, teacher.last_channels, 1)
        self.mid = nn.Conv2d(network.mid_width, teacher.mid_channels, 1)
        self.logits = nn.Linear(network.width, teacher.n_classes) if teacher.n_classes else None


class MapStudent(nn.Module):
    """A network with its guesses, and how wrong these are."""

    def __init__(self, network: MapNetwork, guesses: Guesses, scales: Scales) -> None:
        super().__init__()
        self.network, self.guesses = network, guesses
        for name, tensor in scales._asdict().items():
            self.register_buffer(name, tensor, persistent=False)

    def forward(self, photos: Tensor, seen: Seen) -> tuple[Tensor, dict[str, Tensor]]:
        """Scores guesses of views; takes and returns what Fabric can carry from one precision to another.

        Features are compared by 1 - cosine, around the centre of all photos; maps, standardised, by squared
        error over places by weight; logits by KL divergence from the teacher's.

        Args:
            photos: float32 (B, 3, S, S) in [0, 255].
            seen: What the teacher sees in them.

        Returns:
            The scalar to minimise, and its parts by name.
        """
        mid, last = self.network(photos)
        with torch.autocast(photos.device.type, enabled=False):
            mid, last = mid.float(), last.float()
            pooled = last.mean((2, 3))
            parts = {
                "features": self._wrong_features(pooled, seen.features),
                "last": _wrong_maps(self.guesses.last(last), seen.last, self._scale("last")),
                "mid": _wrong_maps(self.guesses.mid(mid), seen.mid, self._scale("mid")),
            }
            if self.guesses.logits is not None and seen.logits is not None:
                parts["logits"] = nn.functional.kl_div(
                    self.guesses.logits(pooled).log_softmax(1),
                    seen.logits.float().log_softmax(1),
                    log_target=True,
                    reduction="batchmean",
                )
            total = torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum()
        return total, {name: part.detach() for name, part in parts.items()}

    def _wrong_features(self, pooled: Tensor, features: Tensor) -> Tensor:
        aimed = features - cast(Tensor, self.centre)
        return (1 - nn.functional.cosine_similarity(self.guesses.features(pooled), aimed)).mean()

    def _scale(self, which: str) -> tuple[Tensor, Tensor]:
        mean, std = (
            cast(Tensor, getattr(self, f"{which}_{kind}")).view(1, -1, 1, 1) for kind in ("mean", "std")
        )
        return mean, std


def _wrong_maps(guess: Tensor, aimed: Aligned, scale: tuple[Tensor, Tensor]) -> Tensor:
    """Mean squared error over places by their weights."""
    mean, std = scale
    wrong = (guess - (aimed.values - mean) / std).square().mean(1, keepdim=True)
    return (wrong * aimed.weights).sum() / aimed.weights.sum().clamp(min=1.0)
