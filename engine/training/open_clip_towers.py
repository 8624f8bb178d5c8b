"""The image towers of open_clip: the only file, besides that of its text towers, that imports open_clip.

Nothing here uses the network, except `download_image_weights`, which is there for it. Towers are built
alone, from open_clip's own table of names: a whole model would bring a text tower, and some of those
fetch a tokenizer or a configuration when they are made.
"""

import difflib
import logging
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.errors import UsageError
from engine.training.backbones import RGB, Backbone

PREFIX = "open_clip:"


def image_tower(name: str, side: int | None) -> Backbone:
    """An image tower with random weights and its projection into the space that it shares with text.

    Args:
        name: As open_clip has it, such as "ViT-B-32".
        side: Pixels of the input; None for the side that the tower was published with. Towers with
            position embeddings read this side only.

    Raises:
        UsageError: open_clip is not installed or has no such tower, or the tower can't read this side.
    """
    config = model_config(name)
    vision = {**config["vision_cfg"], "timm_model_pretrained": False, "output_tokens": False}
    published = int(vision["image_size"])
    wanted = published if side is None else side
    if "timm_model_name" not in vision:
        vision["image_size"] = wanted
    # Private, but the only way to one tower: the public `create_model` also makes the text tower.
    from open_clip.model import _build_vision_tower

    tower = _build_vision_tower(config["embed_dim"], vision, config.get("quick_gelu", False))
    patch = _patch(tower, vision)
    if wanted % patch and wanted != published:
        raise _wrong_side(name, wanted, patch)
    try:
        if "timm_model_name" in vision:
            tower.set_input_size(wanted)
        width = _width(tower, wanted)
    except (AssertionError, RuntimeError, ValueError) as error:
        raise _wrong_side(name, wanted, patch) from error
    mean, std = _normalisation(name)
    return Backbone(tower, width, mean, std, wanted if _reads_one_side(tower) else None)


def download_image_weights(name: str) -> Path:
    """Asks open_clip to download the weights that it names first for this tower; uses the network.

    Args:
        name: As open_clip has it, such as "ViT-B-32".

    Returns:
        The file, of the whole model, in open_clip's cache.

    Raises:
        UsageError: open_clip has no weights for the tower, or they can't be downloaded.
    """
    tag = _first_tag(name)
    import open_clip

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it warns of each of its many tries
    try:
        return Path(open_clip.download_pretrained(tag))
    except Exception as error:  # whatever the hub's client and its libraries raise
        raise UsageError(
            f"The weights of {PREFIX}{name} can't be downloaded: {(str(error).splitlines() or [''])[0]}",
            "Check the connection, or name a file of weights that is already here.",
        ) from error


def weights_address(name: str) -> str:
    """Where `download_image_weights` gets them; nothing is downloaded.

    Raises:
        UsageError: open_clip has no such tower, or no weights for it.
    """
    tag = _first_tag(name)
    return f"https://huggingface.co/{tag['hf_hub']}" if tag.get("hf_hub") else str(tag.get("url", ""))


def text_parameters(name: str) -> int | None:
    """About how many weights the text tower has that is downloaded with the image tower; None: not known."""
    text = model_config(name)["text_cfg"]
    if "hf_model_name" in text:
        return None
    width = int(text["width"])
    return int(text["vocab_size"]) * width + 12 * int(text["layers"]) * width**2


def model_config(name: str) -> dict[str, Any]:
    """open_clip's description of a model, with its "vision_cfg" and "text_cfg".

    Raises:
        UsageError: open_clip is not installed or has no such model. Names that would be looked up
            elsewhere ("hf-hub:", "local-dir:") are none of its own.
    """
    try:
        import open_clip
    except ImportError as error:
        raise UsageError(
            f"{PREFIX}{name} needs the package open_clip.", "Run: pip install open-clip-torch"
        ) from error
    names = open_clip.list_models()
    if name not in names:
        near = difflib.get_close_matches(name.replace("/", "-"), names) or ["ViT-B-32", "RN50"]
        raise UsageError(f"open_clip has no model {name!r}.", f"Try {' or '.join(near)}.")
    config: dict[str, Any] = open_clip.get_model_config(name)
    return config


def _first_tag(name: str) -> dict[str, Any]:
    tags = _tags(name, model_config(name).get("quick_gelu", False))
    if not tags:
        raise UsageError(f"open_clip has no weights for {name}.", "Name a file of weights instead.")
    return tags[0]


def _tags(name: str, quick_gelu: bool) -> list[dict[str, Any]]:
    """What open_clip knows of each of a model's published weights that have the model's activation."""
    from open_clip import pretrained

    found = [
        pretrained.get_pretrained_cfg(name, tag) for tag in pretrained.list_pretrained_tags_by_model(name)
    ]
    return [tag for tag in found if tag.get("quick_gelu", False) == quick_gelu]


def _normalisation(name: str) -> tuple[RGB, RGB]:
    """Mean and std in [0, 255]: those of the weights that are downloaded, or those of CLIP."""
    from open_clip import constants

    config = model_config(name)
    first = next(iter(_tags(name, config.get("quick_gelu", False))), {})
    mean = first.get("mean", constants.OPENAI_DATASET_MEAN)
    std = first.get("std", constants.OPENAI_DATASET_STD)
    return _times_255(mean), _times_255(std)


def _times_255(values: tuple[float, float, float]) -> RGB:
    red, green, blue = (255 * value for value in values)
    return red, green, blue


@torch.inference_mode()
def _width(tower: nn.Module, side: int) -> int:
    """Length of a tower's features, found by running it: configurations say it in several ways."""
    training = tower.training
    found = tower.eval()(torch.zeros(1, 3, side, side))
    tower.train(training)
    return int(found.shape[1])


def _reads_one_side(tower: nn.Module) -> bool:
    """Towers with position embeddings for a grid; those of timm offer to resize them."""
    trunk = getattr(tower, "trunk", None)
    return trunk is None or hasattr(trunk, "set_input_size")


def _patch(tower: nn.Module, vision: dict[str, Any]) -> int:
    """Sides must be multiples of this, or the tower would pass over pixels at the border; at least 1."""
    trunk = getattr(tower, "trunk", None)
    if trunk is None:
        return int(vision.get("patch_size") or 32)  # 32: what the ResNets of CLIP shrink by
    patches = getattr(trunk, "patch_embed", None)
    return int(getattr(patches, "patch_size", (1, 1))[0])


def _wrong_side(name: str, side: int, patch: int) -> UsageError:
    near = max(1, round(side / patch)) * patch
    return UsageError(
        f"{PREFIX}{name} can't read {side} x {side} pixels.", f"Use a multiple of {patch}, such as {near}."
    )
