"""Views of photos, and what a teacher would see in them, taken from its maps of the whole photos.

A teacher that looks at each view (Beyer et al. 2022) gives the best targets, but costs more than the student
does: one pass of a MobileNetV2 at 224 pixels takes 0.3 billion products a photo, a whole step of a
FasterNet-T0 at 96 pixels 0.2. The maps of a convolutional network are local, so that the part of the whole
photo's map that lies under a crop is nearly what the teacher would make of that crop. So the teacher sees
each photo once, whole, and its maps are cropped, mirrored, turned and mixed as the photos are; changed
colours don't change what is guessed.

Mixing is CutMix (Yun et al. 2019): a part of another view is pasted into each. Deviations: what is guessed at
a place is the map of the photo that is seen there, not a mixture of labels; and half of the cuts go from edge
to edge, along places of the last maps.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as nn_functional

from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.maps import TeacherMaps
from engine.training.distil.settings import PLACE, DistilSettings
from engine.training.inputs import PhotoInputs

NEARLY_NOTHING = 1e-6  # weight where no photo is seen, so that a mean over such places is a number


class Aligned(NamedTuple):
    """A teacher's maps of views.

    Attributes:
        values: float32 (B, C, n, n).
        weights: float32 (B, 1, n, n) in [0, 1]: how much of each place shows a photo, and not a frame.
    """

    values: Tensor
    weights: Tensor


class Seen(NamedTuple):
    """What the teacher sees in views.

    Attributes:
        mid, last: Its maps.
        features: float32 (B, width), the mean of its features where a photo is seen.
        logits: float32 (B, K), of these; None where the teacher has none.
    """

    mid: Aligned
    last: Aligned
    features: Tensor
    logits: Tensor | None


def sampled(maps: Tensor, boxes: Tensor, side: int) -> Aligned:
    """The part of each map that lies under a view.

    Args:
        maps: Of whole photos, float32 (B, C, h, w).
        boxes: As `augment.Views` has them, float32 (B, 2, 3).
        side: Places of the view.

    Returns:
        float32 (B, C, side, side), between places linearly; places whose middle is outside the photo have
        the values of its edge, and no weight.
    """
    grid = nn_functional.affine_grid(boxes, [len(maps), 1, side, side], align_corners=False)
    values = nn_functional.grid_sample(
        maps, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return Aligned(values, (grid.abs().amax(dim=3) <= 1).float()[:, None])


def turn(planes: Tensor, quarters: Tensor) -> None:
    """Turns planes, (B, C, n, n), in place by quarters, int64 (B,): from 0 to 3, anticlockwise."""
    for quarter in (1, 2, 3):
        rows = (quarters == quarter).nonzero()[:, 0]
        if len(rows):
            planes[rows] = planes[rows].rot90(quarter, (2, 3))


def mix_photos(photos: Tensor, mask: Tensor) -> Tensor:
    """Pastes into each view, (B, 3, S, S), the one before it where `mask`, (1, 1, S, S), is 1."""
    mixed = photos * (1 - mask) + photos.roll(1, 0) * mask
    return mixed.contiguous(memory_format=torch.channels_last)


def mix_maps(maps: Aligned, mask: Tensor) -> Aligned:
    """Maps of views that were mixed: each place is as what is seen there, by shares where it is both.

    Args:
        maps: Of the views before.
        mask: float32 (1, 1, S, S), of 0 and 1, as `mix_photos` had it.
    """
    pasted = nn_functional.adaptive_avg_pool2d(mask, maps.values.shape[-1])
    theirs = Aligned(maps.values.roll(1, 0), maps.weights.roll(1, 0))
    own_share = (maps.weights + NEARLY_NOTHING) * (1 - pasted)
    their_share = (theirs.weights + NEARLY_NOTHING) * pasted
    values = maps.values * own_share + theirs.values * their_share
    weights = maps.weights * (1 - pasted) + theirs.weights * pasted
    return Aligned(values / (own_share + their_share), weights)


def draw_mask(side: int, generator: torch.Generator) -> Tensor:
    """What is pasted: a box of a quarter to three quarters of the view, or all beyond a straight cut.

    Args:
        side: Pixels of the view, a multiple of 32.
        generator: Decides.

    Returns:
        float32 (1, 1, side, side) of 0 and 1.
    """
    mask = torch.zeros(1, 1, side, side)
    cut, share, down, right = torch.rand(4, generator=generator).tolist()
    places = side // PLACE
    if cut < 0.5 and places > 1:
        start = PLACE * (1 + int(share * (places - 1)))
        if cut < 0.25:
            mask[..., start:] = 1
        else:
            mask[..., start:, :] = 1
        return mask
    size = int(side * (0.25 + share / 2) ** 0.5)
    top, left = int(down * (side - size + 1)), int(right * (side - size + 1))
    mask[..., top : top + size, left : left + size] = 1
    return mask


@dataclass
class Views:
    """Makes the views of a step, and what the teacher sees in them, in one process.

    Attributes:
        inputs: The photos, with what augments them.
        maps: Of the teacher.
        teacher: Makes features and logits of maps; lies on the device of the inputs.
        settings: See `DistilSettings`.
    """

    inputs: PhotoInputs
    maps: TeacherMaps
    teacher: MapTeacher
    settings: DistilSettings

    @torch.no_grad()
    def make(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Seen]:
        """Draws and makes the views of the photos at positions int64 (B,).

        Args:
            chosen: Positions.
            generator: Decides all that is drawn.

        Returns:
            float32 (B, 3, S, S) in [0, 255], and what is seen there.
        """
        device, side = self.inputs.device, self.settings.train_side
        drawn = self.inputs.augmenter.draw(len(chosen), generator).take(slice(None), device)
        photos = self.inputs.augmenter.apply(self.inputs.pixels(chosen), drawn)
        mid, last = self.maps.of(chosen, device)
        mid_seen = sampled(mid, drawn.boxes, 2 * side // PLACE)
        last_seen = sampled(last, drawn.boxes, side // PLACE)
        quarters = self._quarters(len(chosen), generator).to(device)
        for planes in (photos, *mid_seen, *last_seen):
            turn(planes, quarters)
        features = Aligned(self.teacher.features(last_seen.values), last_seen.weights)
        if torch.rand(1, generator=generator).item() < self.settings.mixed:
            mask = draw_mask(side, generator).to(device)
            photos = mix_photos(photos, mask)
            mid_seen, last_seen, features = (mix_maps(m, mask) for m in (mid_seen, last_seen, features))
        pooled = mean_where_seen(features)
        return photos, Seen(mid_seen, last_seen, pooled, self.teacher.logits(pooled))

    def _quarters(self, count: int, generator: torch.Generator) -> Tensor:
        """Quarters that each view is turned by, int64 (count,): 0, or 1 or 3 alike often."""
        draw = torch.rand(count, generator=generator)
        turned = self.settings.turned
        return torch.where(draw < turned / 2, 1, torch.where(draw < turned, 3, 0))


def mean_where_seen(maps: Aligned) -> Tensor:
    """The mean over places by weight, float32 (B, C); where no place shows a photo, over all."""
    weights = maps.weights + NEARLY_NOTHING
    return (maps.values * weights).sum((2, 3)) / weights.sum((2, 3))
