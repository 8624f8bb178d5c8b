"""A network of torchvision as teacher: an example of a Python file that brings its own pretrained network.

It reads weights from the file that the environment variable TORCHVISION_WEIGHTS names, as torchvision
publishes them: `resnet34-b627a593.pth` or `alexnet-owt-7be5be79.pth`, say, from
https://download.pytorch.org/models. What stands before the first "-" is the network's name. Nothing is
downloaded.
"""

import os
from pathlib import Path

import torch
from torch import Tensor, nn
from torchvision.models import get_model, list_models

# What all of torchvision's classifiers were trained with, for photos in [0, 1].
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Teacher(nn.Module):
    """The network without its last layer."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1))

    def forward(self, rgb: Tensor) -> Tensor:
        """float32 (B, 3, S, S) in [-1, 1] to features, float32 (B, D)."""
        return self.network(((rgb + 1) / 2 - self.mean) / self.deviation)


def load_teacher() -> Teacher:
    """The network of the weights, in the state of judging.

    Raises:
        ValueError: The file is not called after a network.
    """
    file = Path(os.environ["TORCHVISION_WEIGHTS"])
    name = file.stem.partition("-")[0]
    if name not in list_models():
        raise ValueError(f"{file.name} is not called after a network of torchvision")
    network = get_model(name, weights=None)
    network.load_state_dict(torch.load(file, weights_only=True))
    last = [path for path, module in network.named_modules() if isinstance(module, nn.Linear)][-1]
    network.set_submodule(last, nn.Identity())
    return Teacher(network).eval()
