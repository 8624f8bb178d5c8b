"""What networks are fed with: photos, augmented in training and whole when measured; or cached features."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.training.augment import Augmenter

WHOLE_BATCH = 128
CPU = torch.device("cpu")


class Inputs(Protocol):
    """All photos of a run, in the form that the network takes."""

    def __len__(self) -> int:
        """How many photos there are."""
        ...

    def augmented(self, chosen: Tensor, rows: slice, generator: torch.Generator) -> Tensor:
        """Draws views of all `chosen` photos and makes those of some.

        Every process of a run draws the same and makes its own part, so that several processes see together
        what one would.

        Args:
            chosen: int64 (B,) positions.
            rows: Which of them are made.
            generator: Is moved on as far by any `rows`.

        Returns:
            float32, one row for each made view, on the device.
        """
        ...

    def whole(self, chosen: Tensor) -> Iterator[Tensor]:
        """The photos as the finished network reads them, float32 in batches, on the device."""
        ...

    def to(self, device: torch.device) -> None:
        """Makes what is returned from now on lie on this device."""
        ...


def make_whole(photos: Tensor, side: int) -> Tensor:
    """What the finished network reads.

    Args:
        photos: uint8 (B, S, S, 3).
        side: Pixels of the network's input.

    Returns:
        float32 (B, 3, side, side) in [0, 255], channels last.
    """
    rgb = photos.permute(0, 3, 1, 2).float()
    if rgb.shape[-1] != side:
        rgb = nn.functional.interpolate(rgb, (side, side), mode="bilinear", antialias=True).round_()
    return rgb.contiguous(memory_format=torch.channels_last)


@dataclass
class PhotoInputs:
    """Photos in memory; on a GPU they lie there as uint8 if they fill no more than half of what is free.

    Attributes:
        photos: uint8 (N, S, S, 3).
        augmenter: Makes the views of training.
        input_side: Pixels of the finished network's input.
        device: Where batches are made.
    """

    photos: Tensor
    augmenter: Augmenter
    input_side: int
    device: torch.device = CPU

    def __len__(self) -> int:
        return len(self.photos)

    def augmented(self, chosen: Tensor, rows: slice, generator: torch.Generator) -> Tensor:
        """See `Inputs.augmented`; float32 (rows, 3, augmenter.side, augmenter.side)."""
        views = self.augmenter.draw(len(chosen), generator)
        return self.augmenter.apply(self.pixels(chosen[rows]), views.take(rows, self.device))

    def whole(self, chosen: Tensor) -> Iterator[Tensor]:
        """See `Inputs.whole`; float32 (<= 128, 3, input_side, input_side)."""
        for part in chosen.split(WHOLE_BATCH):
            yield make_whole(self.pixels(part), self.input_side)

    def to(self, device: torch.device) -> None:
        """See `Inputs.to`."""
        self.device = device
        if device.type == "cuda" and self.photos.nbytes < torch.cuda.mem_get_info(device)[0] / 2:
            self.photos = self.photos.to(device)

    def pixels(self, chosen: Tensor) -> Tensor:
        """The photos at positions int64 (M,): uint8 (M, S, S, 3), on the device."""
        where = chosen.to(self.photos.device, non_blocking=True)
        return self.photos[where].to(self.device, non_blocking=True)


@dataclass
class FeatureInputs:
    """Features of a frozen backbone, computed once for the whole photo and for some crops of it.

    Attributes:
        features: float (N, 1 + crops, D), the whole photo first.
        device: Where batches are made.
    """

    features: Tensor
    device: torch.device = CPU

    def __len__(self) -> int:
        return len(self.features)

    def augmented(self, chosen: Tensor, rows: slice, generator: torch.Generator) -> Tensor:
        """See `Inputs.augmented`: of each photo one view at random, float32 (rows, D)."""
        views = torch.randint(self.features.shape[1], (len(chosen),), generator=generator)
        return self.features[chosen[rows], views[rows]].to(self.device, non_blocking=True).float()

    def whole(self, chosen: Tensor) -> Iterator[Tensor]:
        """See `Inputs.whole`; float32 (<= 128, D)."""
        for part in chosen.split(WHOLE_BATCH):
            yield self.features[part, 0].to(self.device).float()

    def to(self, device: torch.device) -> None:
        """See `Inputs.to`."""
        self.device = device
