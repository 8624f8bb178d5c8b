"""What training does to photos, so that the network does not learn it: crops, frames, mirrors, colours."""

from dataclasses import dataclass, fields
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as nn_functional


@dataclass(frozen=True)
class Views:
    """What is done to each photo of a batch; every tensor has B rows.

    Attributes:
        boxes: float32 (B, 2, 3), affine maps from the view to the photo.
        ground: float32 (B, 3, 1, 1) in [0, 255], the colour around photos that are framed.
        colour: float32 (B, 1, 1, 1), factor of the saturation; 0 makes grey.
        contrast: float32 (B, 1, 1, 1).
        light: float32 (B, 1, 1, 1).
        tint: float32 (B, 3, 1, 1).
    """

    boxes: Tensor
    ground: Tensor
    colour: Tensor
    contrast: Tensor
    light: Tensor
    tint: Tensor

    def take(self, rows: slice, device: torch.device) -> "Views":
        """The views of some photos, on a device."""
        parts = (getattr(self, field.name)[rows].to(device, non_blocking=True) for field in fields(self))
        return Views(*parts)


class _Uniform(Protocol):
    def __call__(self, low: float, high: float, *shape: int) -> Tensor: ...


class Augmenter:
    """Random crops, frames of plain colour, mirror images and colours, for a whole batch at once.

    What happens is drawn on the processor (`draw`) and done where the photos lie (`apply`), so that one seed
    gives the same views on every device.

    Attributes:
        side: Pixels of the views.
        smallest_area: Crops cover at least this share of the photo.
        framed: Share of photos that shrink within a frame of one colour instead of being cropped. Things on
            plain grounds are rare among photos with classes, and common in a person's folders.
    """

    def __init__(self, side: int, *, smallest_area: float = 0.35, framed: float = 0.15) -> None:
        self.side = side
        self.smallest_area = smallest_area
        self.framed = framed

    def draw(self, count: int, generator: torch.Generator) -> Views:
        """Draws views for `count` photos."""

        def uniform(low: float, high: float, *shape: int) -> Tensor:
            return torch.rand(count, *shape, generator=generator) * (high - low) + low

        boxes = self._boxes(uniform)
        grey = (uniform(-0.5, 1.5, 1, 1, 1).clamp(0, 1) * 255).expand(-1, 3, 1, 1)
        ground = torch.where(uniform(0, 1, 1, 1, 1) < 0.2, uniform(0, 255, 3, 1, 1), grey)
        colour = uniform(0.6, 1.4, 1, 1, 1).where(uniform(0, 1, 1, 1, 1) > 0.1, torch.tensor(0.0))
        contrast, light = uniform(0.7, 1.3, 1, 1, 1), uniform(0.7, 1.3, 1, 1, 1)
        tint = 1 + 0.08 * torch.randn(count, 3, 1, 1, generator=generator)
        return Views(boxes, ground, colour, contrast, light, tint)

    def _boxes(self, uniform: _Uniform) -> Tensor:
        """Crops with a ratio of sides of 3/4 to 4/3, or frames, either way mirrored in half of the photos."""
        area = uniform(self.smallest_area, 1.0)
        ratio = torch.exp(uniform(-0.28, 0.28))
        size = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()], dim=1).clamp(max=1.0)
        framed = uniform(0, 1) < self.framed
        size = torch.where(framed[:, None], uniform(1.05, 1.8)[:, None], size)
        mirror = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
        boxes = torch.zeros(len(size), 2, 3)
        boxes[:, 0, 0], boxes[:, 1, 1] = size[:, 0] * mirror, size[:, 1]
        boxes[:, :, 2] = uniform(-1, 1, 2) * (1 - size)
        return boxes

    def apply(self, photos: Tensor, views: Views) -> Tensor:
        """Makes the views of photos.

        Args:
            photos: uint8 (B, S, S, 3).
            views: Of B photos, on the same device.

        Returns:
            float32 (B, 3, side, side) in [0, 255], channels last.
        """
        x = photos.permute(0, 3, 1, 2).float()
        grid = nn_functional.affine_grid(views.boxes, [len(x), 3, self.side, self.side], align_corners=False)
        x = nn_functional.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        x = torch.addcmul(x, views.ground, 1 - _coverage(views.boxes, self.side, photos.shape[1]))
        # Saturation, contrast, light and tint are linear in a pixel once the photo's mean is known, so that
        # one product does all: x -> tint ((grey + (x - grey) colour - mean) contrast + mean light).
        middle = x.mean(dim=(1, 2, 3)).view(-1, 1, 1)
        colour, contrast, light, tint = (
            part.flatten(2) for part in (views.colour, views.contrast, views.light, views.tint)
        )
        mixing = colour * torch.eye(3, device=x.device) + (1 - colour) / 3
        mixed = torch.baddbmm(tint * middle * (light - contrast), tint * contrast * mixing, x.flatten(2))
        return mixed.clamp_(0, 255).view_as(x).contiguous(memory_format=torch.channels_last)


def _coverage(boxes: Tensor, side: int, size: int) -> Tensor:
    """How much of each pixel of a view the photo covers: 1 within, 0 in the frame, between at the edges.

    Args:
        boxes: float32 (B, 2, 3), without rotation.
        side: Of the view in pixels.
        size: Of the photo in pixels.

    Returns:
        float32 (B, 1, side, side).
    """
    centres = (2 * torch.arange(side, device=boxes.device) + 1) / side - 1
    places = boxes.diagonal(dim1=1, dim2=2)[..., None] * centres + boxes[:, :, 2:]
    inside = (((1 - places.abs()) * size + 1) / 2).clamp(0, 1)  # bilinear weights within the photo
    return (inside[:, 1, :, None] * inside[:, 0, None, :])[:, None]
