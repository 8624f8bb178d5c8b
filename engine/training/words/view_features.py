"""What a frozen backbone says of several views of each photo, computed once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.progress import Meter, Progress, Reporter
from engine.training.augment import Augmenter
from engine.training.inputs import make_whole
from engine.training.networks import HashNetwork
from engine.training.photo_set import PhotoSet
from engine.training.teacher import runner

PHOTOS_AT_ONCE = 64
SMALLEST_CROP = 0.5
TURNED = 0.25  # share of the other views that are turned by a quarter


@dataclass(frozen=True)
class ViewFeatures:
    """Features of views; of sharp photos there are more.

    Attributes:
        rows: float16 (M, width), the views of a photo after one another, the whole photo first.
        starts: int64 (N + 1,): photo p has the rows from `starts[p]` to before `starts[p + 1]`.
    """

    rows: Tensor
    starts: Tensor

    @property
    def width(self) -> int:
        """Length of a view's features."""
        return self.rows.shape[1]

    def whole(self, photos: Tensor) -> Tensor:
        """Features of whole photos at positions int64 (B,): float32 (B, width)."""
        return self.rows[self.starts[photos]].float()

    def drawn(self, photos: Tensor, generator: torch.Generator) -> Tensor:
        """Features of one view each of photos at positions int64 (B,): float32 (B, width)."""
        counts = self.starts[photos + 1] - self.starts[photos]
        views = (torch.rand(len(photos), generator=generator) * counts).long()
        return self.rows[self.starts[photos] + torch.minimum(views, counts - 1)].float()


def view_features(
    network: HashNetwork, photos: PhotoSet, side: int, more: int, report: Reporter, *, seed: int = 0
) -> ViewFeatures:
    """Looks at each whole photo, and at more views of sharp photos.

    Blurred photos, enlarged to `side`, resemble nothing in a library, so one view of them is enough.

    Args:
        network: Whose backbone looks, with its batch norms centred.
        photos: N photos.
        side: Pixels of the finished network's input.
        more: Augmented views of each sharp photo, some of them turned by a quarter, beside the whole photo.
        report: Hears of progress.
        seed: Of the views.
    """
    run = runner(PhotoFeatures(network).eval(), torch.zeros(2, 3, side, side))
    generator = torch.Generator().manual_seed(seed)
    found = list(_looked_at(run, photos, side, more, generator, report))
    owners, features = (torch.cat(parts) for parts in zip(*found, strict=True))
    starts = torch.zeros(len(photos) + 1, dtype=torch.int64)
    starts[1:] = torch.bincount(owners, minlength=len(photos)).cumsum(0)
    return ViewFeatures(features[owners.argsort(stable=True)], starts)


def _looked_at(
    run: Callable[[Tensor], tuple[Tensor, ...]],
    photos: PhotoSet,
    side: int,
    more: int,
    generator: torch.Generator,
    report: Reporter,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Positions, int64 (B,), and features of views, float16 (B, width); a photo's whole view comes first."""
    augmenter, meter = Augmenter(side, smallest_area=SMALLEST_CROP), Meter()
    sharp = torch.tensor(photos.sharp)
    for places in torch.arange(len(photos)).split(PHOTOS_AT_ONCE):
        yield places, run(make_whole(photos.photos[places], side).contiguous())[0].half()
        chosen = places[sharp[places]]
        for _ in range(more if len(chosen) else 0):
            view = augmenter.apply(photos.photos[chosen], augmenter.draw(len(chosen), generator))
            if torch.rand(1, generator=generator).item() < TURNED:
                view = view.rot90(1 + 2 * int(torch.randint(2, (1,), generator=generator)), (2, 3))
            yield chosen, run(view.contiguous())[0].half()
        done = int(places[-1]) + 1
        report(Progress("features", done, len(photos), *meter.update(done, len(photos))))


class PhotoFeatures(nn.Module):
    """A network up to its features, in the form that `runner` takes."""

    def __init__(self, network: HashNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [0, 255] to float32 (B, width)."""
        return self.network.features(rgb)
