"""Backbones: what a network needs to know of the tower under its hash head, and torchvision's towers."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torchvision
from torch import nn

from engine.errors import UsageError

RGB = tuple[float, float, float]
IMAGENET_MEAN: RGB = (123.675, 116.28, 103.53)
IMAGENET_STD: RGB = (58.395, 57.12, 57.375)


@dataclass(frozen=True)
class Backbone:
    """A tower with random weights, without its classifier.

    Attributes:
        tower: float32 (B, 3, S, S), normalised by `mean` and `std`, to features, float32 (B, width).
        width: Length of the features.
        mean: Of red, green and blue, in [0, 255]; what the tower's published weights expect.
        std: As `mean`.
        side: The only S that the tower reads; None where it reads any.
        cut: How the names of those weights begin that files of this tower hold and the tower has not.
    """

    tower: nn.Module
    width: int
    mean: RGB
    std: RGB
    side: int | None
    cut: tuple[str, ...] = ()


def torchvision_backbone(name: str, side: int | None) -> Backbone:
    """A classification network of torchvision without its classifier.

    Args:
        name: As torchvision has it, such as "shufflenet_v2_x1_0".
        side: Pixels of the input; matters to the few networks that read one size only.

    Raises:
        UsageError: Torchvision has no such network, it has no classifier that can be taken off, or it
            can't be built for this side.
    """
    if name not in torchvision.models.list_models(module=torchvision.models):
        raise UsageError(
            f"torchvision has no classification network {name!r}.",
            "Try shufflenet_v2_x1_0, mobilenet_v3_large, regnet_y_400mf or resnet18.",
        )
    options, fixed_side = _options(name, side)
    try:
        network = torchvision.models.get_model(name, weights=None, **options)
    except (AssertionError, ValueError) as error:
        raise _wrong_side(name, side) from error
    for attribute in ("fc", "classifier", "head", "heads"):
        last = getattr(network, attribute, None)
        linear = next((m for m in last.modules() if isinstance(m, nn.Linear)), None) if last else None
        if last is not None and linear is not None:
            setattr(network, attribute, _before_linear(last))
            cut = (f"{attribute}.", "aux1.", "aux2.", "AuxLogits.")
            return Backbone(network, linear.in_features, IMAGENET_MEAN, IMAGENET_STD, fixed_side, cut)
    raise UsageError(
        f"{name} has no classifier that can be replaced by a hash head.", "Choose another network."
    )


def _options(name: str, side: int | None) -> tuple[dict[str, Any], int | None]:
    """What torchvision's builder has to be told, and the only side that the network then reads."""
    fixed = 224 if side is None else side
    if name.startswith("vit_"):
        return {"image_size": fixed}, fixed
    if name.startswith("maxvit"):
        return {"input_size": (fixed, fixed)}, fixed
    if name in ("googlenet", "inception_v3"):
        # Classifiers at half the depth would make the output in training something else than features.
        return {"aux_logits": False, "init_weights": True}, None
    return {}, None


def _before_linear(classifier: nn.Module) -> nn.Module:
    """What must stay of a classifier, under its names: norms and flattening before the linear layer.

    Dropout goes: it was there for the classifier, and it would make bits flicker.
    """
    kept: OrderedDict[str, nn.Module] = OrderedDict()
    if isinstance(classifier, nn.Sequential):
        for name, module in classifier.named_children():
            if isinstance(module, nn.Linear):
                break
            if not isinstance(module, nn.Dropout):
                kept[name] = module
    return nn.Sequential(kept) if kept else nn.Identity()


def _wrong_side(name: str, side: int | None) -> UsageError:
    return UsageError(f"{name} can't read {side} x {side} pixels.", "Use 224, or another multiple of 32.")
