"""Networks of timm as backbones: features are the mean of the last maps, and nothing unused is kept."""

import socket

import pytest
import torch

from engine.errors import UsageError
from engine.training.backbone_weights import load_backbone_weights
from engine.training.networks import HashNetwork


def test_features_are_the_mean_of_the_last_maps() -> None:
    network = HashNetwork("timm:mobilenetv4_conv_small_035", 64).eval()
    photos = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 255
    maps = network.backbone.last_map((photos - network.mean) / network.std)
    assert maps.shape == (2, network.width, 2, 2)
    torch.testing.assert_close(network.features(photos), maps.mean(dim=(2, 3)))
    assert network(photos).shape == (2, 64)


def test_every_weight_is_used() -> None:
    network = HashNetwork("timm:mobilenetv4_conv_small_035", 64)
    network(torch.rand(2, 3, 64, 64)).sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())


def test_weights_come_from_a_file_of_the_whole_network(tmp_path) -> None:
    timm = pytest.importorskip("timm")
    whole = timm.create_model("mobilenetv4_conv_small_035")
    file = tmp_path / "weights.pt"
    torch.save(whole.state_dict(), file)
    network = HashNetwork("timm:mobilenetv4_conv_small_035", 64)
    load_backbone_weights(network, file)
    assert torch.equal(network.backbone.trunk.conv_stem.weight, whole.conv_stem.weight)


def test_networks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no network 'fasternet'.*fasternet_"):
        HashNetwork("timm:fasternet", 64)
    with pytest.raises(UsageError, match="no feature maps"):
        HashNetwork("timm:vit_tiny_patch16_224", 64)


def test_no_network_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network here")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match="can't be downloaded"):
        load_backbone_weights(HashNetwork("timm:mobilenetv4_conv_small_035", 64), "hub")


@pytest.mark.parametrize("name", ["fasternet_t0", "test_efficientnet", "mobilenetv4_conv_small_035"])
def test_maps_of_four_sizes_end_with_the_last_ones(name: str) -> None:
    tower = HashNetwork(f"timm:{name}", 64).eval().backbone
    photos = torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    maps = tower.maps(photos)
    assert [plane.shape[2] for plane in maps] == [24, 12, 6, 3]
    torch.testing.assert_close(maps[-1], tower.last_map(photos))
