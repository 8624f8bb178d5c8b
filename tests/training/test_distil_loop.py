"""The loop of a distillation: what it learns, how it stops and goes on, and what its student is."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_maps import SETTINGS, ColourMaps, ignore, make_distiller, make_photos, make_views
from tiny_runs import after
from torch import nn

from engine.errors import HammingbirdError, UsageError
from engine.progress import Event, Progress
from engine.training.checkpoint import CHECKPOINT
from engine.training.distil.loop import GUESSES, make_optimizers
from engine.training.distil.map_teacher import MapTeacher
from engine.training.distil.measure import MapJudge
from engine.training.distil.muon import Muon
from engine.training.distil.student import Guesses, MapNetwork, MapStudent, Scales, scales_of
from engine.training.distil.views import Aligned, Seen
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
    assert {"features", "last", "mid", "loss", "rate"} <= points[0].keys()
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
    distiller.student.module.guesses.last.weight.register_hook(lambda gradient: gradient * torch.nan)
    with pytest.raises(HammingbirdError, match="not a number any more"):
        distiller.run(ignore, lambda: distiller.step == 3)
    assert not (tmp_path / CHECKPOINT).exists()


def student(backbone: str = SETTINGS.backbone) -> MapStudent:
    views = make_views(make_photos(12))
    network = MapNetwork(HashNetwork(backbone, 16))
    scales = scales_of(views.maps, views.teacher, torch.arange(12), 0)
    return MapStudent(network, Guesses(network, views.teacher), scales)


def test_muon_has_the_kernels_of_the_backbone_besides_its_stem_and_depthwise_ones() -> None:
    tiny = student("timm:mobilenetv4_conv_small_035")
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


def test_frames_do_not_count_in_the_loss() -> None:
    tiny = student().eval()
    generator = torch.Generator().manual_seed(0)
    photos = torch.rand(2, 3, 64, 64, generator=generator) * 255
    weights = torch.ones(2, 1, 2, 2)
    weights[0, 0, 1] = 0

    def loss_where_frames_are(value: float) -> float:
        last = Aligned(torch.ones(2, 3, 2, 2) - (1 - weights) * (1 - value), weights)
        mid = Aligned(torch.ones(2, 3, 4, 4), torch.ones(2, 1, 4, 4))
        return tiny(photos, Seen(mid, last, torch.ones(2, 9), None))[0].item()

    assert loss_where_frames_are(0.3) == pytest.approx(loss_where_frames_are(500.0))


def test_the_loss_is_nothing_where_all_is_guessed() -> None:
    """Layers that guess constants, and a teacher that sees these everywhere."""
    network = MapNetwork(HashNetwork(SETTINGS.backbone, 16))
    teacher = MapTeacher(ColourMaps())
    guesses = Guesses(network, teacher)
    for layer in (guesses.features, guesses.last, guesses.mid):
        nn.init.zeros_(layer.weight)
        nn.init.constant_(layer.bias, 2.0)
    scales = Scales(torch.zeros(9), *(torch.full((3,), value) for value in (0.5, 0.25, 0.5, 0.25)))
    seen = Seen(
        Aligned(torch.ones(2, 3, 4, 4), torch.ones(2, 1, 4, 4)),
        Aligned(torch.ones(2, 3, 2, 2), torch.ones(2, 1, 2, 2)),
        torch.ones(2, 9),
        None,
    )
    loss, parts = MapStudent(network, guesses, scales)(torch.rand(2, 3, 64, 64) * 255, seen)
    assert set(parts) == {"features", "last", "mid"}
    assert loss.item() == pytest.approx(0, abs=1e-5)


def test_a_student_that_sees_the_same_shares_all_neighbours() -> None:
    class Same(nn.Module):
        def forward(self, rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return rgb, rgb[:, :, :2, :2].mean((2, 3), keepdim=True)

    views = make_views(make_photos(40), replace(SETTINGS, input_side=160))
    chosen = torch.arange(10, 40)
    own = Same()(next(views.inputs.whole(chosen)))[1].flatten(1)
    tiny = student()
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
    with pytest.raises(UsageError, match="no feature maps at a 16th and a 32nd"):
        MapNetwork(whole)
