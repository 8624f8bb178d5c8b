"""Views of photos, and what a teacher sees in them.

The teacher looks at each view that the student sees (Beyer et al. 2022, Knowledge distillation: a good
teacher is patient and consistent). Deviations: it sees views before they are turned, and its maps are turned
instead; and where the student learns as a whole, it sees them in the photo's own colours. So the student
learns to see through both. Sections begin with the teacher's maps, which therefore are of the colours that
sections see.

Mixing is CutMix (Yun et al. 2019): a part of another view is pasted into each. Deviations: the teacher sees
the mixture, so that no labels need mixing; and half of the cuts go from edge to edge, along places of the
last maps.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from engine.training import augment
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.settings import PLACE, DistilSettings
from engine.training.inputs import PhotoInputs
from engine.training.teacher import runner
from engine.training.timm_towers import SCALES


class Seen(NamedTuple):
    """What the teacher sees in views.

    Attributes:
        maps: Four, float32 (B, C, S / scale, S / scale), from a 4th to a 32nd.
        features: float32 (B, width).
        logits: float32 (B, K); None where the teacher has none.
    """

    maps: tuple[Tensor, ...]
    features: Tensor
    logits: Tensor | None


def looking(teacher: MapTeacher, settings: DistilSettings, *, bf16: bool) -> Callable[[Tensor], Seen]:
    """The teacher, where it runs fastest.

    Args:
        teacher: Is moved to the GPU where there is one.
        settings: Of the run; all batches are as large as a step's.
        bf16: Whether it may round to bfloat16.

    Returns:
        Takes views, float32 (batch, 3, train_side, train_side) in [0, 255]; what is seen lies where they do.
    """
    run = runner(
        teacher,
        torch.zeros(settings.batch, 3, settings.train_side, settings.train_side),
        bf16=bf16,
        fixed=True,
    )

    def look(views: Tensor) -> Seen:
        features, *rest = run((views / 127.5 - 1).contiguous())
        maps = (plane.contiguous(memory_format=torch.channels_last) for plane in rest[: len(SCALES)])
        return Seen(tuple(maps), features, rest[-1] if teacher.n_classes else None)

    return look


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
    """Makes the views of a step, and asks the teacher what it sees in them.

    Attributes:
        inputs: The photos, with what augments them.
        look: See `looking`.
        settings: See `DistilSettings`.
    """

    inputs: PhotoInputs
    look: Callable[[Tensor], Seen]
    settings: DistilSettings

    @torch.no_grad()
    def make(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Seen]:
        """Draws and makes the views of the photos at positions int64 (batch,).

        Args:
            chosen: Positions.
            generator: Decides all that is drawn.

        Returns:
            float32 (batch, 3, S, S) in [0, 255], and what is seen there, on the device.
        """
        device, side = self.inputs.device, self.settings.train_side
        drawn = self.inputs.augmenter.draw(len(chosen), generator).take(slice(None), device)
        pixels = self.inputs.pixels(chosen)
        photos = shown = self.inputs.augmenter.apply(pixels, drawn)
        if not self.settings.apart:
            shown = self.inputs.augmenter.apply(pixels, _in_own_colours(drawn))
        if torch.rand(1, generator=generator).item() < self.settings.mixed:
            mask = draw_mask(side, generator).to(device)
            photos, shown = mix_photos(photos, mask), mix_photos(shown, mask)
        seen = self.look(shown)
        quarters = self._quarters(len(chosen), generator).to(device)
        for planes in (photos, *seen.maps):
            turn(planes, quarters)
        return photos, seen

    def _quarters(self, count: int, generator: torch.Generator) -> Tensor:
        """Quarters that each view is turned by, int64 (count,): 0, or 1 or 3 alike often."""
        draw = torch.rand(count, generator=generator)
        turned = self.settings.turned
        return torch.where(draw < turned / 2, 1, torch.where(draw < turned, 3, 0))


def _in_own_colours(drawn: augment.Views) -> augment.Views:
    """The same crops and frames, with the photos' own colours."""
    same = torch.ones_like(drawn.colour)
    return replace(drawn, colour=same, contrast=same, light=same, tint=torch.ones_like(drawn.tint))
