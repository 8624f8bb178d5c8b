"""A network that learns apart: what its sections are, and that joined they say what they said."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_maps import SETTINGS, SMALL_FASTERNET, ColourMaps, ignore, make_distiller, make_student
from torch import nn

from engine.errors import UsageError
from engine.training.distil.loop import GUESSES, make_optimizers
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.student import MapStudent
from engine.training.distil.views import Seen
from engine.training.distil.whole_run import first_weights
from engine.training.networks import HashNetwork
from engine.training.trainer import BEST

APART = replace(SETTINGS, backbone=SMALL_FASTERNET, apart=True)


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def seen(seed: int) -> Seen:
    generator = torch.Generator().manual_seed(seed)
    maps = tuple(torch.rand(8, 3, side, side, generator=generator) for side in (16, 8, 4, 2))
    return Seen(maps, torch.rand(8, 9, generator=generator), None)


@pytest.fixture(scope="module")
def apart() -> MapStudent:
    """Sections with batch norms that have seen something, and guesses that are far from nothing."""
    student = make_student(APART)
    for guess in student.guesses.maps:
        nn.init.normal_(guess.bias, std=2.0, generator=torch.Generator().manual_seed(1))
    student.train()
    for step in range(20):
        student(noise(8, 3, 64, 64) * 255, seen(step))
    return student.eval()


@torch.no_grad()
def one_after_another(student: MapStudent, photos: torch.Tensor) -> list[torch.Tensor]:
    """The maps that sections make when each begins with the guess of the one before."""
    begun = [torch.zeros(len(photos), 3, side, side) for side in (16, 8, 4, 2)]
    assert student.sections is not None
    for place in range(4):
        found = student.sections(student.network.tower.trunk, student.network.normalised(photos), begun)
        begun[place] = student.guesses.maps[place](found[place])
    return list(found)


def test_joined_sections_say_what_they_say_one_after_another(apart: MapStudent) -> None:
    photos = noise(4, 3, 64, 64) * 255
    joined = apart.joined()
    assert joined.sections is None
    with torch.no_grad():
        whole = joined.network(photos)
    for found, expected in zip(whole, one_after_another(apart, photos), strict=True):
        assert expected.std() > 0.01
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def test_joining_leaves_the_sections_as_they_are(apart: MapStudent) -> None:
    before = {name: tensor.clone() for name, tensor in apart.state_dict().items()}
    apart.joined()
    assert all(torch.equal(before[name], tensor) for name, tensor in apart.state_dict().items())
    whole = make_student(replace(APART, apart=False))
    same = whole.joined().state_dict()
    assert all(torch.equal(tensor, same[name]) for name, tensor in whole.state_dict().items())


def test_a_piece_learns_from_what_the_teacher_had_at_its_beginning(apart: MapStudent) -> None:
    """What comes before a section, and how right that is, changes nothing of it."""
    photos, teacher = noise(8, 3, 64, 64) * 255, seen(3)
    other = teacher._replace(maps=(teacher.maps[0], teacher.maps[1], teacher.maps[2] + 1, teacher.maps[3]))
    _, parts = apart(photos, teacher)
    _, of_other_photos = apart(255 - photos, teacher)
    _, of_other_maps = apart(photos, other)
    assert parts["4th"] != of_other_photos["4th"] and parts["8th"] != of_other_photos["8th"]
    assert parts["16th"] == of_other_photos["16th"] and parts["32nd"] == of_other_photos["32nd"]
    assert parts["8th"] == of_other_maps["8th"] and parts["32nd"] != of_other_maps["32nd"]


def test_muon_has_the_kernels_that_sections_begin_with(apart: MapStudent) -> None:
    names = {weight: name for name, weight in apart.named_parameters()}
    _, muon = make_optimizers(apart, APART)
    taken = {names[weight] for weight in muon.param_groups[0]["params"]}
    assert {"sections.begins.0.weight", "sections.begins.1.weight"} <= taken


def test_sections_learn_and_what_is_kept_of_them_is_whole(tmp_path: Path) -> None:
    settings = replace(APART, epochs=8, turned=0.0)
    outcome = make_distiller(tmp_path / "apart", settings).run(ignore)
    assert outcome.best["shared@10"] > 0.7  # chance is 10 of 15
    tower = HashNetwork(APART.backbone, 16).backbone
    tower.load_state_dict(load_file(tmp_path / "apart" / BEST))
    whole, guesses, sections = first_weights(
        replace(settings, apart=False), MapTeacher(ColourMaps()), tmp_path / "apart"
    )
    assert sections is None
    kept = load_file(tmp_path / "apart" / GUESSES)
    assert torch.equal(guesses.maps[1].bias, kept["maps.1.bias"])
    for name, tensor in whole.tower.state_dict().items():
        assert torch.equal(tensor, tower.state_dict()[name]), name


@pytest.mark.parametrize("backbone", ["timm:test_resnet", "timm:test_convnext"])
def test_networks_that_begin_their_stages_otherwise_are_not_taken_apart(backbone: str) -> None:
    with pytest.raises(UsageError, match=r"can't be taken apart.*Leave --apart out"):
        first_weights(replace(APART, backbone=backbone), MapTeacher(ColourMaps()), None)


def test_what_has_learned_already_is_not_taken_apart(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not taken apart.*Leave --apart or --init out"):
        first_weights(APART, MapTeacher(ColourMaps()), tmp_path)
