"""Towers by name: what they read, who offers weights for them, and which can't be had."""

from pathlib import Path

import pytest
import torch
from open_clip_tiny import add_tiny_models
from tiny_runs import MEAN_COLOURS

from engine.errors import UsageError
from engine.training.networks import HashNetwork
from engine.training.towers import make_tower, offer_of


@pytest.fixture(autouse=True)
def tiny_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_tiny_models(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("asked", "shown", "backbone", "side"),
    [
        ("torchvision:shufflenet_v2_x0_5", "torchvision:shufflenet_v2_x0_5", "shufflenet_v2_x0_5", 224),
        ("efficientnet_b1", "torchvision:efficientnet_b1", "efficientnet_b1", 240),
        ("open_clip:tiny-vit", "open_clip:tiny-vit", "open_clip:tiny-vit", 64),
        ("open_clip:tiny-conv", "open_clip:tiny-conv", "open_clip:tiny-conv", 64),
    ],
)
def test_a_tower_reads_the_side_that_it_was_published_with(
    asked: str, shown: str, backbone: str, side: int
) -> None:
    tower = make_tower(asked, 16, None)
    assert (tower.name, tower.network.backbone_name, tower.side) == (shown, backbone, side)


def test_another_side_can_be_asked_for() -> None:
    assert make_tower("open_clip:tiny-vit", 16, 96).network.side == 96
    assert make_tower("shufflenet_v2_x0_5", 16, 96).side == 96


@pytest.mark.parametrize(
    ("name", "bits", "side", "words"),
    [
        ("torchvision:alphabet", 16, None, "no classification network 'alphabet'"),
        ("torchvision:open_clip", 16, None, "no classification network"),
        ("open_clip:alphabet", 16, None, "no model 'alphabet'"),
        ("open_clip:tiny-vit", 32, None, "24 features, too few for 32 bits. Add --bits 24"),
        ("open_clip:tiny-vit", 16, 65, "65 x 65"),
        ("inception_v3", 16, 32, "can't read 32 x 32 pixels"),
        ("shufflenet_v2_x0_5", 4096, None, "from 16 to 1024"),
    ],
)
def test_what_can_not_be_built_is_explained(name: str, bits: int, side: int | None, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_tower(name, bits, side)
    assert words in str(caught.value) and caught.value.remedy


def test_offers_are_known_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import open_clip

    found = offer_of(make_tower("torchvision:shufflenet_v2_x0_5", 16, 32))
    assert (found.place, found.megabytes) == ("download.pytorch.org", 5)
    assert found.address.endswith(".pth")

    tags = {name: {"one": {"hf_hub": "somebody/tiny/"}} for name in ("tiny-vit", "tiny-hub")}
    monkeypatch.setattr(open_clip.pretrained, "_PRETRAINED", tags)
    found = offer_of(make_tower("open_clip:tiny-vit", 16, None))
    assert (found.place, found.address) == ("huggingface.co", "https://huggingface.co/somebody/tiny/")
    whole = open_clip.create_model("tiny-vit")
    size = sum(weight.numel() for weight in whole.parameters()) * 4 / 1e6
    assert found.megabytes == pytest.approx(size, abs=1)
    assert offer_of(make_tower("open_clip:tiny-hub", 16, None)).megabytes is None

    with pytest.raises(UsageError, match="no weights for tiny-conv"):
        offer_of(make_tower("open_clip:tiny-conv", 16, None))


def test_a_python_file_is_a_tower_that_a_card_can_not_bring_back(tmp_path: Path) -> None:
    file = tmp_path / "colours.py"
    file.write_text(MEAN_COLOURS.replace("mean(dim=(2, 3))", "flatten(1)[:, ::11]"))
    tower = make_tower(str(file), 16, 32)
    assert (tower.name, tower.side, tower.has_weights) == ("colours.py", 32, True)
    light = torch.full((1, 3, 32, 32), 255.0)
    assert torch.equal(tower.network.features(light), torch.full((1, tower.network.width), 255.0))
    with pytest.raises(UsageError, match="32 x 32 pixels, not 64"):
        tower.network.check_side(64)
    with pytest.raises(UsageError, match="made by a Python file") as caught:
        HashNetwork(tower.network.backbone_name, 16)
    assert "not trained on" in caught.value.remedy


def test_networks_of_timm_are_towers_too() -> None:
    tower = make_tower("timm:mobilenetv4_conv_small_035", 64, None)
    assert (tower.name, tower.side) == ("timm:mobilenetv4_conv_small_035", 224)
    assert offer_of(make_tower("timm:mobilenetv4_conv_small", 64, None)).place == "huggingface.co"
