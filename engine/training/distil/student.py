"""The network that learns to see as a teacher does, and layers that guess the teacher's maps from its own."""

from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.sections import Sections
from engine.training.distil.settings import PLACE
from engine.training.distil.views import Seen, Views
from engine.training.networks import HashNetwork
from engine.training.timm_towers import SCALES, MapTower

SCALE_BATCHES = 12
SMALLEST_SPREAD = 1e-4  # a channel that never changes tells nothing
MAPS = ("4th", "8th", "16th", "32nd")
# Early maps are hints for a whole network, whose last ones count; a section has nothing but its own.
WHOLE_WEIGHTS = {"4th": 0.1, "8th": 0.2, "16th": 1.0, "32nd": 1.0, "features": 2.0, "logits": 0.5}
APART_WEIGHTS = dict.fromkeys(MAPS, 1.0) | {"features": 2.0, "logits": 0.5}


class MapNetwork(nn.Module):
    """A backbone of timm with what its photos are normalised by.

    Attributes:
        widths: Channels of its maps at a 4th, an 8th, a 16th and a 32nd of the photo.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: HashNetwork) -> None:
        """Takes the backbone, whatever weights it has; the rest of the network is left.

        Raises:
            UsageError: The backbone has no maps of these four sizes.
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
        side = 2 * PLACE
        self.eval()
        with torch.inference_mode():
            maps = self(torch.zeros(1, 3, side, side))
        self.train()
        if [tuple(plane.shape[2:]) for plane in maps] != [(side // scale, side // scale) for scale in SCALES]:
            raise UsageError(
                f"{network.backbone_name} rounds the sides of its maps in a way of its own.",
                "Try --backbone timm:fasternet_t0.",
            )
        self.widths = tuple(plane.shape[1] for plane in maps)

    def normalised(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to what the tower takes."""
        return (rgb - self.mean) / self.std

    def forward(self, rgb: Tensor) -> tuple[Tensor, ...]:
        """float32 (B, 3, S, S) in [0, 255] to maps of four sizes; see `MapTower.maps`."""
        return self.tower.maps(self.normalised(rgb))


class Scales(NamedTuple):
    """What the teacher's features and maps are centred and scaled by; float32, one entry a channel."""

    centre: Tensor
    means: tuple[Tensor, ...]
    spreads: tuple[Tensor, ...]


@torch.no_grad()
def scales_of(views: Views, train: Tensor, seed: int) -> Scales:
    """Means and spreads of what the teacher sees in twelve batches of views.

    Args:
        views: Of the run.
        train: int64 positions of training photos.
        seed: Of photos and views.

    Returns:
        In memory.
    """
    generator = torch.Generator().manual_seed(seed)
    batch = views.settings.batch
    centres: list[Tensor] = []
    moments: list[list[Tensor]] = [[] for _ in SCALES]
    for _ in range(SCALE_BATCHES):
        chosen = train[torch.randint(len(train), (batch,), generator=generator)]
        _, seen = views.make(chosen, generator)
        centres.append(seen.features.mean(0).cpu())
        for found, plane in zip(moments, seen.maps, strict=True):
            values = plane.cpu().double()
            found.append(torch.stack([values.mean((0, 2, 3)), values.square().mean((0, 2, 3))]))
    means, squares = zip(*(torch.stack(found).mean(0).unbind() for found in moments), strict=True)
    spreads = [
        (square - mean.square()).clamp(min=0).sqrt() for mean, square in zip(means, squares, strict=True)
    ]
    return Scales(
        torch.stack(centres).mean(0),
        tuple(mean.float() for mean in means),
        tuple(spread.float().clamp(min=SMALLEST_SPREAD) for spread in spreads),
    )


class Guesses(nn.Module):
    """Linear layers from the student's maps to the teacher's, and from its features to the teacher's."""

    def __init__(self, network: MapNetwork, teacher: MapTeacher) -> None:
        super().__init__()
        self.features = nn.Linear(network.widths[-1], teacher.width)
        pairs = zip(network.widths, teacher.channels, strict=True)
        self.maps = nn.ModuleList([nn.Conv2d(own, theirs, 1) for own, theirs in pairs])
        self.logits = nn.Linear(network.widths[-1], teacher.n_classes) if teacher.n_classes else None


class MapStudent(nn.Module):
    """A network with its guesses, and how wrong these are."""

    def __init__(
        self, network: MapNetwork, guesses: Guesses, scales: Scales, sections: Sections | None = None
    ) -> None:
        """Takes the parts.

        Args:
            network: Learns.
            guesses: Learn with it.
            scales: Of the teacher's maps.
            sections: How the network's sections begin while they are apart; None where it learns as a whole.
        """
        super().__init__()
        self.network, self.guesses, self.sections = network, guesses, sections
        self.register_buffer("centre", scales.centre, persistent=False)
        for place, (mean, spread) in enumerate(zip(scales.means, scales.spreads, strict=True)):
            self.register_buffer(f"mean{place}", mean.view(1, -1, 1, 1), persistent=False)
            self.register_buffer(f"spread{place}", spread.view(1, -1, 1, 1), persistent=False)

    def forward(self, photos: Tensor, seen: Seen) -> tuple[Tensor, dict[str, Tensor]]:
        """Scores guesses of views; takes and returns what Fabric can carry from one precision to another.

        Features are compared by 1 - cosine, around the centre of all views; maps, standardised, by squared
        error; logits by KL divergence from the teacher's.

        Args:
            photos: float32 (B, 3, S, S) in [0, 255].
            seen: What the teacher sees in them.

        Returns:
            The scalar to minimise, and its parts by name.
        """
        aimed = self._standardised(seen.maps)
        maps = self._maps(photos, aimed)
        guessed = [guess(plane) for guess, plane in zip(self.guesses.maps, maps, strict=True)]
        with torch.autocast(photos.device.type, enabled=False):
            parts = {
                name: nn.functional.mse_loss(guess.float(), aim)
                for name, guess, aim in zip(MAPS, guessed, aimed, strict=True)
            }
            pooled = maps[-1].float().mean((2, 3))
            features = self.guesses.features(pooled)
            aligned = nn.functional.cosine_similarity(features, seen.features - cast(Tensor, self.centre))
            parts["features"] = (1 - aligned).mean()
            if self.guesses.logits is not None and seen.logits is not None:
                parts["logits"] = nn.functional.kl_div(
                    self.guesses.logits(pooled).log_softmax(1),
                    seen.logits.log_softmax(1),
                    log_target=True,
                    reduction="batchmean",
                )
            weights = WHOLE_WEIGHTS if self.sections is None else APART_WEIGHTS
            total = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
        return total, {name: part.detach() for name, part in parts.items()}

    def _maps(self, photos: Tensor, aimed: Sequence[Tensor]) -> tuple[Tensor, ...]:
        if self.sections is None:
            return cast(tuple[Tensor, ...], self.network(photos))
        whole = self.network
        return cast(tuple[Tensor, ...], self.sections(whole.tower.trunk, whole.normalised(photos), aimed))

    def _standardised(self, maps: Sequence[Tensor]) -> list[Tensor]:
        return [
            (plane - getattr(self, f"mean{place}")) / getattr(self, f"spread{place}")
            for place, plane in enumerate(maps)
        ]

    def joined(self) -> "MapStudent":
        """A copy that is whole: sections that are apart are joined in it."""
        copy = deepcopy(self)
        if copy.sections is not None:
            copy.sections.join(copy.network.tower.trunk, cast(Sequence[nn.Conv2d], copy.guesses.maps))
            copy.sections = None
        return copy
