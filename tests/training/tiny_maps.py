"""A tiny teacher of maps, photos of 160 pixels for it, and small distillations, for tests."""

from pathlib import Path

import torch
from PIL import Image
from torch import nn

from engine.progress import Event
from engine.training.augment import Augmenter
from engine.training.distil.loop import DistilData, Distiller
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.maps import TeacherMaps
from engine.training.distil.measure import MapJudge
from engine.training.distil.settings import DistilSettings
from engine.training.distil.student import Guesses, MapNetwork, MapStudent, scales_of, whole_features
from engine.training.distil.views import Views
from engine.training.inputs import PhotoInputs
from engine.training.launch import make_fabric
from engine.training.networks import HashNetwork
from engine.training.settings import Settings

# A teacher's file: maps are colours by place, -1 to 1; features these, their darker half and their squares.
MAP_TEACHER = """
import torch
from torch import nn

class ColourMaps(nn.Module):
    class_names = ["red", "green", "blue"]

    def forward(self, rgb):
        mid = nn.functional.avg_pool2d(rgb, 16)
        return mid, nn.functional.avg_pool2d(mid, 2)

    def features(self, last):
        return torch.cat([last, last.clamp(max=0), last.square()], dim=1)

    def logits(self, features):
        return 4 * features[:, :3]

def load_map_teacher():
    return ColourMaps()
"""
SMALL = "timm:test_resnet"
SETTINGS = DistilSettings(
    backbone=SMALL, train_side=64, input_side=64, epochs=3, batch=16, learning_rate=5e-3, muon_rate=0.01
)


class ColourMaps(nn.Module):
    """As `MAP_TEACHER` has it, without logits."""

    def forward(self, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mid = nn.functional.avg_pool2d(rgb, 16)
        return mid, nn.functional.avg_pool2d(mid, 2)

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


def maps_of(photos: torch.Tensor) -> TeacherMaps:
    """What the tiny teacher sees in photos, without any file."""
    rgb = nn.functional.interpolate(photos.permute(0, 3, 1, 2).float(), (224, 224), mode="bilinear")
    mid, last = ColourMaps()(rgb / 127.5 - 1)
    return TeacherMaps(*(m.permute(0, 2, 3, 1).half().numpy() for m in (mid, last)), "tiny")


def make_views(photos: torch.Tensor, settings: DistilSettings = SETTINGS) -> Views:
    augmenter = Augmenter(settings.train_side, smallest_area=settings.smallest_crop)
    inputs = PhotoInputs(photos, augmenter, settings.input_side)
    return Views(inputs, maps_of(photos), MapTeacher(ColourMaps()), settings)


def make_distiller(folder: Path, settings: DistilSettings = SETTINGS) -> Distiller:
    """A distillation of 80 photos, of which 16 are held out, in this process, on the processor."""
    views = make_views(make_photos(80), settings)
    train, held_out = torch.arange(64), torch.arange(64, 80)
    scales = scales_of(views.maps, views.teacher, train, 0)
    judge = MapJudge(held_out, whole_features(views.maps, views.teacher, held_out) - scales.centre)
    data = DistilData(views, train, train % 2 == 0, train, judge)
    torch.manual_seed(settings.seed)
    network = MapNetwork(HashNetwork(settings.backbone, 16))
    student = MapStudent(network, Guesses(network, views.teacher), scales)
    fabric = make_fabric(Settings(batch=settings.batch), "cpu", 1)
    fabric.launch()
    return Distiller(fabric, settings, data, folder, student)


def ignore(event: Event) -> None:
    """A reporter that nobody listens to."""
