"""A tiny teacher of maps, photos of 160 pixels for it, and small distillations, for tests."""

from pathlib import Path
from typing import Any

import torch
from PIL import Image
from timm.models import fasternet, register_model
from torch import nn

from engine.progress import Event
from engine.training.augment import Augmenter
from engine.training.distil.loop import DistilData, Distiller
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.measure import MapJudge
from engine.training.distil.settings import DistilSettings
from engine.training.distil.student import MapStudent, scales_of
from engine.training.distil.views import Views, looking
from engine.training.distil.whole_run import first_weights
from engine.training.inputs import PhotoInputs
from engine.training.launch import make_fabric
from engine.training.settings import Settings
from engine.training.teacher import compute_features

# A teacher's file: maps are colours by place, -1 to 1; features these, their darker half and their squares.
MAP_TEACHER = """
import torch
from torch import nn

class ColourMaps(nn.Module):
    class_names = ["red", "green", "blue"]

    def forward(self, rgb):
        return tuple(nn.functional.avg_pool2d(rgb, scale) for scale in (4, 8, 16, 32))

    def features(self, last):
        return torch.cat([last, last.clamp(max=0), last.square()], dim=1)

    def logits(self, features):
        return 4 * features[:, :3]

def load_map_teacher():
    return ColourMaps()
"""
SMALL = "timm:test_resnet"
SMALL_FASTERNET = "timm:fasternet_tiny"  # known to timm where this module is imported
SETTINGS = DistilSettings(
    backbone=SMALL, train_side=64, input_side=64, epochs=3, batch=16, learning_rate=5e-3, muon_rate=0.01
)


@register_model
def fasternet_tiny(pretrained: bool = False, **given: Any) -> nn.Module:
    """A network of timm's that can be taken apart, of a size for tests."""
    made: nn.Module = fasternet.fasternet_t0(
        pretrained, embed_dim=16, depths=(1, 1, 2, 1), feature_dim=16, **given
    )
    return made


class ColourMaps(nn.Module):
    """As `MAP_TEACHER` has it, without logits."""

    def forward(self, rgb: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(nn.functional.avg_pool2d(rgb, scale) for scale in (4, 8, 16, 32))

    def features(self, last: torch.Tensor) -> torch.Tensor:
        return torch.cat([last, last.clamp(max=0), last.square()], dim=1)


def make_photos(count: int, side: int = 160) -> torch.Tensor:
    """Photos whose five by five fields have colours of their own, more or less bright, uint8."""
    generator = torch.Generator().manual_seed(3)
    light = torch.rand(count, 3, 1, 1, generator=generator) * 100
    fields = (light + torch.rand(count, 3, 5, 5, generator=generator) * 155).to(torch.uint8)
    whole = fields.repeat_interleave(side // 5, 2).repeat_interleave(side // 5, 3)
    return whole.permute(0, 2, 3, 1).contiguous()


def save_photos(folder: Path, count: int) -> Path:
    """Writes such photos as two classes of files."""
    for place, photo in enumerate(make_photos(count)):
        file = folder / ("even", "odd")[place % 2] / f"{place}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo.numpy()).save(file)
    return folder


def make_views(photos: torch.Tensor, settings: DistilSettings = SETTINGS) -> Views:
    augmenter = Augmenter(settings.train_side, smallest_area=settings.smallest_crop)
    inputs = PhotoInputs(photos, augmenter, settings.input_side)
    return Views(inputs, looking(MapTeacher(ColourMaps()), settings, bf16=False), settings)


def make_student(settings: DistilSettings = SETTINGS, photos: torch.Tensor | None = None) -> MapStudent:
    """A student at its start, of a teacher that looked at photos for its scales."""
    views = make_views(make_photos(12) if photos is None else photos, settings)
    network, guesses, sections = first_weights(settings, MapTeacher(ColourMaps()), None)
    scales = scales_of(views, torch.arange(len(views.inputs)), settings.seed)
    return MapStudent(network, guesses, scales, sections)


def make_distiller(folder: Path, settings: DistilSettings = SETTINGS) -> Distiller:
    """A distillation of 80 photos, of which 16 are held out, in this process, on the processor."""
    photos = make_photos(80)
    train, held_out = torch.arange(64), torch.arange(64, 80)
    student = make_student(settings, photos[train])
    features = compute_features(MapTeacher(ColourMaps()), photos[held_out], 160, ignore)[:, 0].float()
    judge = MapJudge(held_out, features - student.centre)
    data = DistilData(make_views(photos, settings), train, train % 2 == 0, train, judge)
    fabric = make_fabric(Settings(batch=settings.batch, precision=settings.precision), "cpu", 1)
    fabric.launch()
    return Distiller(fabric, settings, data, folder, student)


def ignore(event: Event) -> None:
    """A reporter that nobody listens to."""
