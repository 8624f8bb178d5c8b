"""A teacher that gives feature maps, as a Python file of the person brings it."""

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.python_file import call_in_file
from engine.training.timm_towers import SCALES

TEACHER_SIDE = 224  # pixels of the whole photos that a teacher is asked about
PROBE_SIDES = (64, 96)
EXPECTED = (
    "It takes float32 (B, 3, S, S) and returns a tuple of four maps (B, C, h, h), where h is a 4th, an 8th, a"
    " 16th and a 32nd of S; see docs/training.md."
)


class MapTeacher(nn.Module):
    """A network that was shown noise and gave what is expected of a teacher.

    Attributes:
        channels: Of its maps at a 4th, an 8th, a 16th and a 32nd of the photo.
        width: Of its features.
        n_classes: That its logits tell apart; 0 where it has none.
    """

    kept: Tensor | None

    def __init__(self, network: nn.Module, left_out: frozenset[str] = frozenset()) -> None:
        """Takes the network and tries it.

        Args:
            network: Its forward takes float32 (B, 3, S, S) in [-1, 1], S any multiple of 32, and returns the
                maps at a 4th, an 8th, a 16th and a 32nd; `features(last)` makes features, (B, width, h, w),
                of the last of them; it may have `logits(features)`, (B, width) to (B, K), and `class_names`,
                K of them.
            left_out: Classes that the student must not hear of: their logits are taken away.

        Raises:
            UsageError: The maps, features or logits have other shapes, or a class can't be left out.
        """
        super().__init__()
        self.network = network.eval().requires_grad_(False)
        for side in PROBE_SIDES:
            noise = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(side))
            with torch.inference_mode():
                maps = network(noise * 2 - 1)
                _check_maps(maps, side)
                features = network.features(maps[-1])  # type: ignore[operator]
                _check_features(features, side)
        with torch.inference_mode():
            logits = network.logits(features.mean((2, 3))) if hasattr(network, "logits") else None  # type: ignore[operator]
        self.channels = tuple(plane.shape[1] for plane in maps)
        self.width = features.shape[1]
        kept = _kept(network, logits, left_out)
        self.register_buffer("kept", kept, persistent=False)
        self.n_classes = 0 if kept is None else len(kept)

    def forward(self, rgb: Tensor) -> tuple[Tensor, ...]:
        """What the teacher sees in views.

        Args:
            rgb: float32 (B, 3, S, S) in [-1, 1], S a multiple of 32.

        Returns:
            Its features, the mean over all places, float32 (B, width); its four maps, float32
            (B, C, S / scale, S / scale); and, where it has classes, logits, float32 (B, n_classes).
        """
        maps = cast(tuple[Tensor, ...], self.network(rgb))
        features: Tensor = self.network.features(maps[-1]).mean((2, 3))  # type: ignore[operator]
        if self.kept is None:
            return features, *maps
        return features, *maps, self.network.logits(features)[:, self.kept]  # type: ignore[operator]


def load_map_teacher(module_file: Path, left_out: frozenset[str] = frozenset()) -> MapTeacher:
    """Imports a Python file that the person named and calls its `load_map_teacher()`.

    Args:
        module_file: Anything in it is run, with all rights of the person.
        left_out: See `MapTeacher`.

    Raises:
        UsageError: The file is missing, fails, or has no `load_map_teacher` that returns such a teacher.
    """
    network = call_in_file(module_file, "load_map_teacher")
    if not isinstance(network, nn.Module) or not hasattr(network, "features"):
        raise UsageError(
            f"load_map_teacher() in {module_file} returns no torch.nn.Module with a method features().",
            "Mend the file.",
        )
    try:
        return MapTeacher(network, left_out)
    except UsageError as error:
        raise UsageError(f"{module_file}: {error.what}", error.remedy) from error
    except Exception as error:  # whatever a person's own code raises
        raise UsageError(
            f"{module_file} failed: {type(error).__name__}: {error}.", "Mend the file."
        ) from error


def _check_maps(maps: object, side: int) -> None:
    if not isinstance(maps, tuple) or not all(isinstance(plane, Tensor) for plane in maps):
        raise UsageError(f"The teacher returns {type(maps).__name__} of two photos.", EXPECTED)
    shapes = [tuple(plane.shape) for plane in maps]
    if [(len(shape), shape[0], *shape[2:]) for shape in shapes] != [
        (4, 2, side // s, side // s) for s in SCALES
    ]:
        raise UsageError(f"The teacher returns {shapes} of two photos of {side} pixels.", EXPECTED)


def _check_features(features: Tensor, side: int) -> None:
    places = side // SCALES[-1]
    if features.ndim != 4 or (len(features), *features.shape[2:]) != (2, places, places):
        raise UsageError(
            f"The teacher's features() returns {tuple(features.shape)} of the maps of two photos.",
            f"It returns features at each place, here (2, D, {places}, {places}).",
        )
    if not features.isfinite().all() or not (features != features[:1]).any():
        raise UsageError("The teacher gives all photos the same features, or no numbers.", "Mend the file.")


def _kept(network: nn.Module, logits: Tensor | None, left_out: frozenset[str]) -> Tensor | None:
    """Positions of the classes that the student may hear of."""
    if logits is None:
        return None
    if logits.ndim != 2 or len(logits) != 2:
        raise UsageError(
            f"The teacher's logits() returns {tuple(logits.shape)} of two photos.", "It returns (2, K)."
        )
    names = [str(name) for name in getattr(network, "class_names", ())]
    if len(names) not in (0, logits.shape[1]):
        raise UsageError(
            f"The teacher has {logits.shape[1]} logits and {len(names)} class_names.", "Mend the file."
        )
    if left_out and not names:
        raise UsageError(
            "The teacher does not say which of its logits are of classes that are left out.",
            "Give it class_names, or take its logits() away.",
        )
    kept = [place for place in range(logits.shape[1]) if not names or names[place] not in left_out]
    return torch.tensor(kept)
