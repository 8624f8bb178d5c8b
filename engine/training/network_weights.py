"""Networks with the weights to start from, or with those that a run ended with."""

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from engine.errors import UsageError
from engine.training.backbone_weights import load_backbone_weights, put_weights, read_weights
from engine.training.networks import NO_LAYERS, HashNetwork, Layers, layers_of, refuse_file
from engine.training.recipes import options_of
from engine.training.settings import Settings

if TYPE_CHECKING:
    from engine.hashing.model_file import ModelFile


def new_network(settings: Settings, layers: Layers = NO_LAYERS) -> HashNetwork:
    """A network with random weights, which the seed decides, as it decides all that follows.

    Args:
        settings: Of the run.
        layers: Between features and head.

    Raises:
        UsageError: There is no such backbone, or it can't read photos of these sides.
    """
    torch.manual_seed(settings.seed)
    network = HashNetwork(
        settings.backbone,
        settings.n_bits,
        side=settings.input_side,
        hidden=layers.hidden,
        concepts=layers.concepts,
    )
    network.check_side(settings.train_side)
    return network


def first_network(settings: Settings, parent: "ModelFile | None", weights: str | None) -> HashNetwork:
    """A network to start a run with.

    Args:
        settings: Of the run.
        parent: The model to go on from.
        weights: Pretrained weights of the backbone, see `load_backbone_weights`.

    Raises:
        UsageError: As `new_network` and `load_backbone_weights`, the objective is unknown, both are named, or
            the parent is another network.
    """
    options_of(settings.objective)  # before hours may go by with reading photos
    if parent is None:
        network = new_network(settings)
        if weights:
            load_backbone_weights(network, weights)
        return network
    if weights:
        raise UsageError("A run starts from a model or from weights of the backbone, not both.")
    refuse_file(parent.card["network"])
    theirs, ours = (
        (parent.card["network"], parent.n_bits),
        (settings.backbone, settings.n_bits),
    )
    if theirs != ours:
        raise UsageError(
            f"{parent.folder} can't be trained as {ours[0]} with {ours[1]} bits.",
            f"Add --backbone {theirs[0]} --n-bits {theirs[1]}.",
        )
    return load_network(parent.folder / "weights.safetensors", settings)


def load_network(weights: Path, settings: Settings) -> HashNetwork:
    """A network with weights that a run or an export wrote.

    Raises:
        UsageError: As `new_network` and `load_weights`.
    """
    found = read_weights(weights)
    network = new_network(settings, layers_of(found))
    put_weights(network, found, source=str(weights))
    return network


def load_weights(network: nn.Module, weights: Path) -> None:
    """Gives a network the weights of a run.

    Raises:
        UsageError: The file can't be read, or the weights are of another network.
    """
    put_weights(network, read_weights(weights), source=str(weights))


def round_weights(network: nn.Module) -> None:
    """Rounds weights in place to what float16 can hold, so that both stored forms hold the same."""
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(tensor.half().float())
