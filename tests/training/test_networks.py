"""Networks of any backbone: which bits, which sides, and what the fast engine makes of them."""

import socket
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from open_clip_tiny import add_tiny_models

from engine.errors import UsageError
from engine.hashing.codes import pack, unpack
from engine.hashing.encoder import BATCH, Encoder
from engine.training.export import export_model
from engine.training.networks import HashNetwork, PhotoToLogits


@pytest.fixture(autouse=True)
def tiny_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny towers of open_clip, and no network: whatever tries to reach out fails the test."""
    add_tiny_models(tmp_path, monkeypatch)

    def refuse(*_: object) -> None:
        raise AssertionError("a test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@given(n_bits=st.integers(-8, 1200).filter(lambda n: n % 8 or not 16 <= n <= 1024))
@settings(max_examples=30, deadline=None)
def test_odd_numbers_of_bits_are_refused(n_bits: int) -> None:
    with pytest.raises(UsageError, match=r"from 16 to 1024, not"):
        HashNetwork("shufflenet_v2_x0_5", n_bits)


@pytest.mark.parametrize("n_bits", [16, 1024])
def test_the_shortest_and_the_longest_code(n_bits: int) -> None:
    assert HashNetwork("shufflenet_v2_x0_5", n_bits).eval()(torch.zeros(2, 3, 32, 32)).shape == (2, n_bits)


@pytest.mark.parametrize("name", ["resnet18", "vgg11", "convnext_tiny", "maxvit_t", "swin_t", "googlenet"])
def test_features_of_torchvision_are_vectors_also_while_training(name: str) -> None:
    with torch.device("meta"):  # shapes without numbers: some of these are large
        network = HashNetwork(name, 16, side=224).train()
        assert network.features(torch.zeros(2, 3, 224, 224)).shape == (2, network.width)


def test_no_dropout_stays_before_the_head() -> None:
    with torch.device("meta"):
        network = HashNetwork("efficientnet_b0", 16)
    assert not [m for m in network.modules() if isinstance(m, torch.nn.Dropout)]


@pytest.mark.parametrize(
    ("name", "width", "one_side"),
    [("tiny-vit", 24, True), ("tiny-rn", 24, True), ("tiny-conv", 24, False), ("tiny-timm", 64, True)],
)
def test_towers_of_open_clip_read_the_side_that_they_were_made_for(
    name: str, width: int, one_side: bool
) -> None:
    network = HashNetwork(f"open_clip:{name}", 16, side=96)
    assert network.side == (96 if one_side else None)
    assert network.features(torch.zeros(2, 3, 96, 96)).shape == (2, width) == (2, network.width)
    if one_side:
        with pytest.raises(UsageError, match="96 x 96 pixels, not 64"):
            network.features(torch.zeros(2, 3, 64, 64))
    else:
        assert network.features(torch.zeros(2, 3, 64, 64)).shape == (2, width)


def test_a_tower_has_the_side_that_it_was_published_with_where_none_is_named() -> None:
    assert HashNetwork("open_clip:tiny-vit", 16).side == 64
    with torch.device("meta"):
        assert HashNetwork("vit_b_16", 16).side == 224
        assert HashNetwork("vit_b_16", 16, side=96).side == 96


def test_only_the_image_tower_is_made() -> None:
    assert HashNetwork("open_clip:tiny-hub", 16).features(torch.zeros(1, 3, 64, 64)).shape == (1, 24)


def test_photos_are_normalised_as_the_tower_expects_it() -> None:
    clip, siglip, torchvision = (
        HashNetwork("open_clip:tiny-vit", 16),
        _on_meta("open_clip:ViT-B-32-SigLIP2-256"),
        _on_meta("resnet18"),
    )
    assert clip.mean_rgb == pytest.approx((122.771, 116.746, 104.094), abs=1e-3)
    assert clip.std_rgb == pytest.approx((68.501, 66.632, 70.323), abs=1e-3)
    assert siglip.mean_rgb == siglip.std_rgb == (127.5, 127.5, 127.5)
    assert torchvision.mean_rgb == (123.675, 116.28, 103.53)
    seen: list[torch.Tensor] = []
    clip.backbone.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    clip.features(torch.tensor(clip.mean_rgb).view(1, 3, 1, 1).expand(1, 3, 64, 64))
    assert seen[0].abs().max() < 1e-5


def _on_meta(name: str) -> HashNetwork:
    with torch.device("meta"):
        return HashNetwork(name, 16)


@pytest.mark.parametrize(
    ("name", "side", "words"),
    [
        ("open_clip:ViT-B/32x", None, "ViT-B-32"),
        ("open_clip:hf-hub:someone/some-model", None, "has no model"),
        ("open_clip:local-dir:/tmp", None, "has no model"),
        ("open_clip:", None, "has no model"),
        ("open_clip:tiny-vit", 72, "multiple of 16, such as 64"),
        ("open_clip:tiny-rn", 72, "multiple of 32, such as 64"),
        ("open_clip:tiny-timm", 72, "multiple of 16, such as 64"),
        ("vit_b_16", 100, "100 x 100"),
        ("maxvit_t", 100, "100 x 100"),
        ("resnet18", 0, "number of pixels, not 0"),
        ("open_clip:tiny-vit", -64, "number of pixels, not -64"),
        ("squeezenet1_0", None, "no classifier"),
        ("alphabet", None, "alphabet"),
        ("raft_large", None, "raft_large"),
    ],
)
def test_wrong_names_and_sides_are_explained(name: str, side: int | None, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        HashNetwork(name, 16, side=side)
    assert words in str(caught.value)
    assert caught.value.remedy


def test_without_open_clip_its_towers_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "open_clip", None)
    with pytest.raises(UsageError, match="pip install open-clip-torch"):
        HashNetwork("open_clip:RN50", 16)


@pytest.mark.parametrize("name", ["tiny-vit", "tiny-rn", "tiny-conv", "tiny-timm"])
def test_an_exported_tower_gives_the_bits_that_torch_gives(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = HashNetwork(f"open_clip:{name}", 32, side=64).eval()
    light = torch.rand(BATCH + 5, 1, 1, 3) * 150  # some photos are brighter than others
    photos = (light + torch.rand(BATCH + 5, 64, 64, 3) * 100).to(torch.uint8)
    _spread_bits(network, photos)
    model = export_model(network, tmp_path / "model", input_side=64, card={"name": "tiny"})
    assert model.card["mean"] == pytest.approx(network.mean_rgb)
    with torch.inference_mode():
        slow = PhotoToLogits(network)(photos).numpy()
    fast = Encoder(model).logits(photos.numpy())
    assert np.abs(fast - slow).max() < 0.02
    sure = np.abs(slow) > 0.02  # logits are spread round 0 by about 1
    assert sure.mean() > 0.9
    assert (unpack(pack(fast)) == unpack(pack(slow)))[sure].all()


def _spread_bits(network: HashNetwork, photos: torch.Tensor) -> None:
    """Gives logits a mean of 0 and a spread of 1, so that the bits say something."""
    with torch.no_grad():
        raw = network.head(network.features(photos.permute(0, 3, 1, 2).float()))
        network.head.weight.div_(raw.std(dim=0)[:, None])
        network.norm.running_mean.copy_(raw.mean(dim=0) / raw.std(dim=0))


def test_a_tower_is_not_exported_for_a_side_that_it_does_not_read(tmp_path: Path) -> None:
    network = HashNetwork("open_clip:tiny-vit", 16)
    with pytest.raises(UsageError, match="64 x 64 pixels, not 96"):
        export_model(network, tmp_path / "model", input_side=96, card={"name": "tiny"})
    assert not list(tmp_path.glob("model*"))
