"""What happens to batch norms between training and measuring."""

import torch
from torch import nn

from engine.hashing import codes
from engine.training.augment import Augmenter
from engine.training.inputs import PhotoInputs
from engine.training.metrics import bit_balance
from engine.training.networks import HashNetwork
from engine.training.validation import centre, logits_of


def photos(count: int, side: int) -> PhotoInputs:
    """Noise that is brighter in some photos than in others, 40 x 40 pixels, read at another side."""
    generator = torch.Generator().manual_seed(1)
    light = torch.rand(count, 1, 1, 3, generator=generator) * 150
    noise = torch.rand(count, 40, 40, 3, generator=generator) * 100
    return PhotoInputs((light + noise).to(torch.uint8), Augmenter(side), side)


def test_centred_bits_are_balanced_whatever_the_statistics_were_before() -> None:
    torch.manual_seed(0)
    network = HashNetwork("shufflenet_v2_x1_0", 32)
    network.norm.running_mean.fill_(50)
    everything = torch.arange(256)
    before = bit_balance(codes.pack(logits_of(network, photos(256, 32), everything)))
    centre(network, photos(256, 32), everything)
    after = bit_balance(codes.pack(logits_of(network, photos(256, 32), everything)))
    assert before == 0.5  # every bit is the same for all photos
    assert after < 0.1
    assert not network.training


def test_the_statistics_are_those_of_the_inputs_of_each_norm() -> None:
    torch.manual_seed(0)
    network = HashNetwork("resnet18", 16)
    seen: list[torch.Tensor] = []
    first = next(m for m in network.modules() if isinstance(m, nn.BatchNorm2d))
    first.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
    centre(network, photos(129, 40), torch.arange(129))  # a batch of 128, and one photo that has no variance
    assert [len(batch) for batch in seen] == [128]
    assert torch.allclose(first.running_mean, seen[0].mean(dim=(0, 2, 3)), atol=1e-3)
    assert torch.allclose(first.running_var, seen[0].var(dim=(0, 2, 3)), rtol=1e-3)
    assert first.momentum == 0.1
