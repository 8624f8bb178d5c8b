"""The convolutional networks of timm as towers: the only file that imports timm (which open_clip brings).

Nothing here uses the network, except `download_timm_weights`, which is there for it.
"""

import difflib
from collections.abc import Collection, Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.backbones import RGB, Backbone

PREFIX = "timm:"
PROBE_SIDE = 64
INSIDE = "trunk."
SCALES = (4, 8, 16, 32)  # how much smaller than the photo the maps are that all these networks have


class MapTower(nn.Module):
    """A network up to its last feature maps, whose mean over all places are the features.

    What the network does after that, for its own classes, is taken away.
    """

    def __init__(self, trunk: nn.Module) -> None:
        """Takes a network of timm without its classifier."""
        super().__init__()
        self.trunk = trunk

    def remove_all_but(self, used: Collection[str]) -> tuple[str, ...]:
        """Takes away the parts that feature maps do without; says how the names of their weights begin."""
        unused = [
            name
            for name, part in self.trunk.named_children()
            if name not in used and next(part.parameters(), None) is not None
        ]
        for name in unused:
            setattr(self.trunk, name, nn.Identity())
        return tuple(f"{INSIDE}{name}." for name in unused)

    def forward(self, rgb: Tensor) -> Tensor:
        """Normalised float32 (B, 3, S, S) to float32 (B, width)."""
        return self.last_map(rgb).mean(dim=(2, 3))

    def maps(self, rgb: Tensor) -> tuple[Tensor, ...]:
        """Normalised float32 (B, 3, S, S) to the maps at a 4th, an 8th, a 16th and a 32nd of S.

        Returns:
            float32 (B, C, S / scale, S / scale), the deepest of each size; the last has C = width.

        Raises:
            UsageError: The network has no maps of one of these sizes, or its last ones are not at a 32nd.
        """
        reductions = [stage["reduction"] for stage in cast(list[dict[str, int]], self.trunk.feature_info)]
        if not set(SCALES) <= set(reductions) or reductions[-1] != SCALES[-1]:
            raise UsageError(
                "This network has no feature maps at a 4th, an 8th, a 16th and a 32nd of the photo.",
                "Try timm:fasternet_t0.",
            )
        deepest = [len(reductions) - 1 - reductions[::-1].index(scale) for scale in SCALES[:-1]]
        last, found = self.trunk.forward_intermediates(rgb, indices=deepest)  # type: ignore[operator]
        return *found, last

    def last_map(self, rgb: Tensor) -> Tensor:
        """Normalised float32 (B, 3, S, S) to float32 (B, width, h, w)."""
        return cast(Tensor, self.trunk.forward_features(rgb))  # type: ignore[operator]


def timm_tower(name: str) -> Backbone:
    """A convolutional network of timm with random weights.

    Args:
        name: As timm has it, such as "fasternet_t0".

    Raises:
        UsageError: timm is not installed or has no such network, or it gives no feature maps.
    """
    trunk = _create(name, pretrained=False)
    seen: set[str] = set()
    hooks = [
        part.register_forward_hook(lambda *_, name=part_name: seen.add(name))
        for part_name, part in trunk.named_children()
    ]
    try:
        with torch.inference_mode():
            found = trunk.eval().forward_features(torch.zeros(1, 3, PROBE_SIDE, PROBE_SIDE))  # type: ignore[operator]
    except (AssertionError, RuntimeError) as error:
        raise _no_maps(name) from error
    for hook in hooks:
        hook.remove()
    if found.ndim != 4 or found.shape[1] != trunk.num_features:
        raise _no_maps(name)
    tower = MapTower(trunk.train())
    config = cast(dict[str, Any], trunk.default_cfg)
    cut = (*tower.remove_all_but(seen), f"{INSIDE}{config['classifier']}.")
    return Backbone(tower, found.shape[1], _times_255(config["mean"]), _times_255(config["std"]), None, cut)


def _no_maps(name: str) -> UsageError:
    return UsageError(
        f"{PREFIX}{name} has no feature maps.", "Choose a convolutional network, such as fasternet_t0."
    )


def published_side(name: str) -> int:
    """Pixels of the square input that timm's weights were published with."""
    return int(_config(name)["input_size"][-1])


def weights_address(name: str) -> str:
    """Where timm would download the weights from that it names first; nothing is downloaded.

    Raises:
        UsageError: It has none.
    """
    config = _config(name)
    if config.get("hf_hub_id"):
        return f"https://huggingface.co/{config['hf_hub_id']}"
    if config.get("url"):
        return str(config["url"])
    raise UsageError(f"timm has no weights for {name}.", "Name a file of weights instead.")


def _config(name: str) -> dict[str, Any]:
    return cast(dict[str, Any], _create(name, pretrained=False).default_cfg)


def download_timm_weights(name: str) -> dict[str, Tensor]:
    """Asks timm to download the weights that it names first; uses the network.

    Returns:
        Weights by the names that `MapTower` has.

    Raises:
        UsageError: There are none, or they can't be downloaded.
    """
    try:
        trunk = _create(name, pretrained=True)
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"The weights of {PREFIX}{name} can't be downloaded: {(str(error).splitlines() or [''])[0]}",
            "Check the connection, or name a file of weights that is already here.",
        ) from error
    return inside_tower(trunk.state_dict())


def inside_tower(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights under the names that `MapTower` has, whether they had these or those of timm."""
    return {name if name.startswith(INSIDE) else INSIDE + name: tensor for name, tensor in weights.items()}


def _create(name: str, *, pretrained: bool) -> nn.Module:
    try:
        import timm
    except ImportError as error:
        raise UsageError(f"{PREFIX}{name} needs the package timm.", "Run: pip install timm") from error
    if name not in timm.list_models():
        near = difflib.get_close_matches(name, timm.list_models()) or ["fasternet_t0", "resnet18"]
        raise UsageError(f"timm has no network {name!r}.", f"Try {' or '.join(near)}.")
    return timm.create_model(name, pretrained=pretrained, num_classes=0)


def _times_255(values: tuple[float, float, float]) -> RGB:
    red, green, blue = (255 * value for value in values)
    return red, green, blue
