"""The loop of a distillation: what it learns, how it stops and goes on, and what its student is."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny_maps import (
    SETTINGS,
    SMALL_FASTERNET,
    ColourMaps,
    ignore,
    make_distiller,
    make_photos,
    make_student,
    make_views,
)
from tiny_runs import after
from torch import nn

from engine.errors import HammingbirdError, UsageError
from engine.progress import Event, Progress
from engine.training.checkpoint import CHECKPOINT
from engine.training.distil.loop import GUESSES, make_optimizers
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.measure import MapJudge
from engine.training.distil.muon import Muon
from engine.training.distil.student import Guesses, MapNetwork, MapStudent, Scales
from engine.training.distil.views import Seen
from engine.training.networks import HashNetwork
from engine.training.trainer import BEST, CURVE, METRICS


def lines(file: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def without_times(points: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{k: v for k, v in p.items() if k not in ("seconds", "photos_per_s")} for p in points]


def test_it_learns_to_see_as_the_teacher_does(tmp_path: Path) -> None:
    told: list[Event] = []
    outcome = make_distiller(tmp_path, replace(SETTINGS, epochs=15)).run(told.append)
    points = lines(tmp_path / METRICS)
    assert {"features", "4th", "8th", "16th", "32nd", "loss", "rate"} <= points[0].keys()
    assert points[-1]["loss"] < 0.6 * points[0]["loss"]
    assert outcome.best["shared@10"] > 0.75  # chance is 10 of 15
    assert outcome.best["shared@10"] == max(point["shared@10"] for point in outcome.curve)
    assert outcome.best["cosine"] > 0.5
    assert len(outcome.curve) == 15
    assert isinstance(told[-1], Progress)
    assert (told[-1].done, told[-1].total) == (15 * 64, 15 * 64)


@pytest.mark.parametrize("steps", [2, 4, 7])
def test_a_run_that_was_stopped_and_resumed_is_as_one_that_was_not(tmp_path: Path, steps: int) -> None:
    whole = make_distiller(tmp_path / "whole").run(ignore)
    assert make_distiller(tmp_path / "halves").run(ignore, after(steps)).stopped
    again = make_distiller(tmp_path / "halves")
    again.resume()
    rest = again.run(ignore)
    assert not rest.stopped and rest.best == whole.best
    for name in (BEST, GUESSES):
        first, second = (load_file(tmp_path / folder / name) for folder in ("whole", "halves"))
        assert all(torch.equal(first[weight], second[weight]) for weight in first)
    for file in (CURVE, METRICS):
        one, two = (without_times(lines(tmp_path / folder / file)) for folder in ("whole", "halves"))
        assert one == two


@pytest.mark.parametrize("changed", [{"precision": "bf16"}, {"backbone": SMALL_FASTERNET, "apart": True}])
def test_so_is_one_in_another_precision_and_one_that_is_apart(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    settings = replace(SETTINGS, epochs=2, **changed)
    whole = make_distiller(tmp_path / "whole", settings).run(ignore)
    assert make_distiller(tmp_path / "halves", settings).run(ignore, after(3)).stopped
    again = make_distiller(tmp_path / "halves", settings)
    again.resume()
    assert again.run(ignore).best == whole.best
    first, second = (load_file(tmp_path / folder / BEST) for folder in ("whole", "halves"))
    assert all(torch.equal(first[weight], second[weight]) for weight in first)


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a compiler of C++")
def test_compiled_it_learns_the_same(tmp_path: Path) -> None:
    settings = replace(SETTINGS, backbone=SMALL_FASTERNET, train_side=32, input_side=32, epochs=1)
    plain = make_distiller(tmp_path / "plain", settings).run(ignore)
    compiled = make_distiller(tmp_path / "compiled", replace(settings, compiled=True)).run(ignore)
    assert compiled.best["cosine"] == pytest.approx(plain.best["cosine"], abs=0.02)


def test_a_checkpoint_of_other_settings_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no checkpoint"):
        make_distiller(tmp_path).resume()
    make_distiller(tmp_path).run(ignore, after(1))
    with pytest.raises(UsageError, match=r"muon_rate was 0.01, now is 0.0"):
        make_distiller(tmp_path, replace(SETTINGS, muon_rate=0.0)).resume()
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    torch.save({**state, "optimizers": []}, tmp_path / CHECKPOINT)
    with pytest.raises(UsageError, match="another version"):
        make_distiller(tmp_path).resume()


def test_minutes_end_a_run_and_are_measured(tmp_path: Path) -> None:
    told: list[Event] = []
    outcome = make_distiller(tmp_path, replace(SETTINGS, epochs=0, minutes=0.01)).run(told.append)
    assert outcome.curve and not outcome.stopped
    assert isinstance(told[-1], Progress)
    assert (told[-1].total, told[-1].seconds_left) == (None, 0.0)


def test_a_loss_that_is_no_number_is_never_saved(tmp_path: Path) -> None:
    distiller = make_distiller(tmp_path)
    distiller.student.module.guesses.maps[3].weight.register_hook(lambda gradient: gradient * torch.nan)
    with pytest.raises(HammingbirdError, match="not a number any more"):
        distiller.run(ignore, lambda: distiller.step == 3)
    assert not (tmp_path / CHECKPOINT).exists()


def test_muon_has_the_kernels_of_the_backbone_besides_its_stem_and_depthwise_ones() -> None:
    tiny = make_student(replace(SETTINGS, backbone="timm:mobilenetv4_conv_small_035"))
    names = {weight: name for name, weight in tiny.named_parameters()}
    adam, muon = make_optimizers(tiny, SETTINGS)
    assert isinstance(muon, Muon)
    taken = {names[weight] for weight in muon.param_groups[0]["params"]}
    assert taken and all(name.startswith("network.tower.trunk.blocks") for name in taken)
    assert "network.tower.trunk.conv_stem.weight" not in taken
    depthwise = {
        f"network.{name}.weight" for name, part in tiny.network.named_modules() if is_depthwise(part)
    }
    assert depthwise and not depthwise & taken
    rest = [weight for group in adam.param_groups for weight in group["params"]]
    assert taken | {names[weight] for weight in rest} == set(names.values())
    assert all(weight.ndim <= 1 for weight in adam.param_groups[1]["params"])
    assert len(make_optimizers(tiny, replace(SETTINGS, muon_rate=0.0))) == 1


def is_depthwise(part: nn.Module) -> bool:
    return isinstance(part, nn.Conv2d) and part.groups == part.in_channels > 1


def test_the_loss_is_nothing_where_all_is_guessed() -> None:
    """Layers that guess constants, and a teacher that sees these everywhere."""
    network = MapNetwork(HashNetwork(SETTINGS.backbone, 16))
    guesses = Guesses(network, MapTeacher(ColourMaps()))
    for layer in (guesses.features, *guesses.maps):
        nn.init.zeros_(layer.weight)
        nn.init.constant_(layer.bias, 2.0)
    scales = Scales(torch.zeros(9), (torch.full((3,), 0.5),) * 4, (torch.full((3,), 0.25),) * 4)
    maps = tuple(torch.ones(2, 3, side, side) for side in (16, 8, 4, 2))
    photos = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 255
    tiny = MapStudent(network, guesses, scales)
    loss, parts = tiny(photos, Seen(maps, torch.ones(2, 9), None))
    assert set(parts) == {"features", "4th", "8th", "16th", "32nd"}
    assert loss.item() == pytest.approx(0, abs=1e-5)
    wrong, parts = tiny(photos, Seen((maps[0] + 0.25, *maps[1:]), torch.ones(2, 9), None))
    assert parts["4th"].item() == pytest.approx(1) and wrong.item() == pytest.approx(0.1, abs=1e-5)


def test_a_student_that_sees_the_same_shares_all_neighbours() -> None:
    class Same(nn.Module):
        def forward(self, rgb: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return (rgb[:, :, :2, :2].mean((2, 3), keepdim=True),)

    views = make_views(make_photos(40), replace(SETTINGS, input_side=160))
    chosen = torch.arange(10, 40)
    own = Same()(next(views.inputs.whole(chosen)))[-1].flatten(1)
    tiny = make_student()
    tiny.network, tiny.guesses.features = Same(), nn.Identity()  # type: ignore[assignment]
    centred = own - own.mean(0)
    measures = MapJudge(chosen, centred).measure(tiny, views.inputs)
    assert measures["shared@10"] == 1
    others = MapJudge(chosen, torch.randn(30, 3, generator=torch.Generator().manual_seed(0)))
    assert others.measure(tiny, views.inputs)["shared@10"] < 0.6
    assert others.measure(tiny, views.inputs)["teacher@10"] < measures["teacher@10"]


def test_networks_without_such_maps_are_refused() -> None:
    with pytest.raises(UsageError, match="networks of timm, not by resnet18"):
        MapNetwork(HashNetwork("resnet18", 16))
    whole = HashNetwork("timm:test_resnet", 16)
    whole.backbone.trunk.feature_info[-1]["reduction"] = 16
    with pytest.raises(UsageError, match="no feature maps at a 4th, an 8th, a 16th and a 32nd"):
        MapNetwork(whole)
