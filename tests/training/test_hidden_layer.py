"""A network with a layer beside its features: exported, read back, trained on."""

from pathlib import Path

import torch
from tiny_maps import SMALL

from engine.hashing.model_file import ModelFile
from engine.training.export import export_model
from engine.training.network_weights import load_network
from engine.training.networks import HashNetwork
from engine.training.settings import Settings
from engine.training.words.alignment import PhotoHead


def test_a_hidden_layer_comes_back_from_the_weights_of_a_model(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = HashNetwork(SMALL, 16, hidden=24).eval()
    head = PhotoHead(network.width, 24, 16).eval()
    head.give_to(network)
    card = {"name": "small", "training": {}}
    model = export_model(network, tmp_path / "model", input_side=64, card=card)
    assert ModelFile.load(model.folder).digest == model.digest
    settings = Settings(backbone=SMALL, n_bits=16, train_side=64, input_side=64)
    again = load_network(model.folder / "weights.safetensors", settings).eval()
    assert again.hidden_width == 24
    photos = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255
    with torch.inference_mode():
        torch.testing.assert_close(again(photos), network(photos))
        torch.testing.assert_close(again(photos), head(again.features(photos)), rtol=1e-2, atol=1e-2)


def test_without_one_there_is_none() -> None:
    network = HashNetwork(SMALL, 16)
    assert network.hidden_width == 0
    assert not [name for name in network.state_dict() if name.startswith("hidden")]
