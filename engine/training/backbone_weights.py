"""Pretrained weights for backbones, from a file or, where the person asks for it, from their hub."""

import pickle
import warnings
from collections.abc import Iterable, Mapping
from math import isqrt
from pathlib import Path
from typing import Any

import torch
import torchvision
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training import open_clip_towers, timm_towers
from engine.training.networks import HashNetwork

HUB = "hub"
POSITIONS = ("positional_embedding", "pos_embed", "pos_embedding")
UNREAD = "num_batches_tracked"  # counters of batch norms, which nothing reads and older files lack


def load_backbone_weights(network: HashNetwork, source: str | Path) -> None:
    """Gives a network's backbone pretrained weights; its head stays as it is.

    A classifier's weights in the file are passed over; all else must fit. Position embeddings for
    another size of photo are resized, as CLIP's own loader does it. (Weights of OpenAI belong to
    open_clip's names that end in "-quickgelu"; under the other names they load, and see worse.)

    Args:
        network: Changed in place, or not at all.
        source: A .safetensors, .pt, .pth or .bin file of the tower's weights, or of a whole CLIP model,
            whose image tower is taken; or the word "hub", which asks torchvision or open_clip to
            download the weights that they name first. Only this word uses the network.

    Raises:
        UsageError: The file can't be read, weights are missing, unknown or of another shape, or nothing
            could be downloaded.
    """
    if source == HUB and network.backbone_name.startswith(open_clip_towers.PREFIX):
        source = open_clip_towers.download_image_weights(
            network.backbone_name.removeprefix(open_clip_towers.PREFIX)
        )
    weights = _from_hub(network.backbone_name) if source == HUB else read_weights(Path(source))
    if network.backbone_name.startswith(open_clip_towers.PREFIX):
        weights = part_of(weights, "visual.") or weights
    if network.backbone_name.startswith(timm_towers.PREFIX):
        weights = timm_towers.inside_tower(weights)
    put_weights(network.backbone, weights, source=str(source), passed_over=network.cut)


def read_weights(file: Path) -> dict[str, Tensor]:
    """Weights by name, without what training wraps round them ({"state_dict": ...}, "module.").

    Raises:
        UsageError: There is no such file, or it holds no weights, or more than weights; no code runs.
    """
    if not file.is_file():
        raise UsageError(f"There are no weights at {file}.", "Name a .safetensors, .pt, .pth or .bin file.")
    try:
        held = _read(file)
    except (OSError, EOFError, RuntimeError, ValueError, SafetensorError, pickle.UnpicklingError) as error:
        raise UsageError(
            f"The weights {file} can't be read: {(str(error).splitlines() or ['damaged'])[0]}",
            "Name a .safetensors file, or one of torch that holds nothing but tensors.",
        ) from error
    if isinstance(held, Mapping) and isinstance(held.get("state_dict"), Mapping):
        held = held["state_dict"]
    if not isinstance(held, Mapping) or not held or not all(isinstance(w, Tensor) for w in held.values()):
        raise UsageError(
            f"The file {file} does not hold weights by name.", "Save a network's state_dict() instead."
        )
    weights = {str(name): tensor for name, tensor in held.items()}
    whole = part_of(weights, "module.")
    return whole if len(whole) == len(weights) else weights


def part_of(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The weights whose names begin with `prefix`, under the rest of their names."""
    return {name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)}


def put_weights(
    module: nn.Module, weights: Mapping[str, Tensor], *, source: str, passed_over: tuple[str, ...] = ()
) -> None:
    """Gives a module exactly these weights; it takes all or stays as it is.

    Args:
        module: Changed in place.
        weights: By the module's own names; position embeddings may be those of another grid.
        source: For messages.
        passed_over: How the names begin that `weights` may have beyond the module's.

    Raises:
        UsageError: Weights are missing, unknown, or of another shape.
    """
    own = module.state_dict()
    fitting = {
        name: _on_grid(tensor, own[name]) if name in own and name.endswith(POSITIONS) else tensor
        for name, tensor in weights.items()
        if name in own or not name.startswith(passed_over)
    }
    lacking = [name for name in own.keys() - fitting.keys() if not name.endswith(UNREAD)]
    _refuse(lacking, "lack", source)
    _refuse(fitting.keys() - own.keys(), "have, beyond what the network has,", source)
    misshapen = [name for name in fitting if own[name].shape != fitting[name].shape]
    _refuse(misshapen, "have another shape for", source)
    module.load_state_dict(fitting, strict=False)


def _refuse(names: Iterable[str], trouble: str, source: str) -> None:
    """Raises UsageError where there are names, naming up to three of them."""
    wrong = sorted(names)
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise UsageError(
            f"The weights {source} {trouble} {', '.join(wrong[:3])}{more}.",
            "Name weights of the backbone that is trained.",
        )


def _read(file: Path) -> Any:
    if file.suffix == ".safetensors":
        return load_file(file)
    if file.suffix in (".pt", ".pth", ".bin"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of files that are refused, or read all the same
            return torch.load(file, map_location="cpu", weights_only=True)
    raise ValueError(f"its name ends in {file.suffix or 'nothing'}.")


def _from_hub(name: str) -> dict[str, Tensor]:
    """Weights under the names that the tower has; uses the network."""
    if name.startswith(timm_towers.PREFIX):
        return timm_towers.download_timm_weights(name.removeprefix(timm_towers.PREFIX))
    return _from_torchvision(name)


def _from_torchvision(name: str) -> dict[str, Tensor]:
    """Downloads torchvision's default weights; uses the network."""
    try:
        default = torchvision.models.get_model_weights(name).DEFAULT
        weights: dict[str, Tensor] = default.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"The weights of {name} can't be downloaded: {error}.",
            "Check the connection, or name a file of weights that is already here.",
        ) from error
    return weights


def _on_grid(found: Tensor, wanted: Tensor) -> Tensor:
    """Position embeddings, (.., T, D), resized to the grid of others, where both grids are square.

    Before the grid there may be one embedding that belongs to no place; it stays.
    """
    if found.ndim < 2 or found.ndim != wanted.ndim or found.shape[-1] != wanted.shape[-1]:
        return found
    old, new = found.shape[-2], wanted.shape[-2]
    if old == new:
        return found
    for extra in (0, 1) if min(old, new) > 1 else ():
        a, b = isqrt(old - extra), isqrt(new - extra)
        if a * a == old - extra and b * b == new - extra:
            first, places = found[..., :extra, :], found[..., extra:, :]
            grid = places.reshape(1, a, a, -1).permute(0, 3, 1, 2).float()
            grid = nn.functional.interpolate(grid, (b, b), mode="bicubic", antialias=True)
            places = grid.permute(0, 2, 3, 1).reshape(*wanted.shape[:-2], b * b, -1)
            return torch.cat([first.float(), places], dim=-2)
    return found
