"""A teacher that gives feature maps, as a Python file of the person brings it."""

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.python_file import call_in_file

TEACHER_SIDE = 224
MID_PLACES, LAST_PLACES = TEACHER_SIDE // 16, TEACHER_SIDE // 32
EXPECTED = (
    f"It takes float32 (B, 3, {TEACHER_SIDE}, {TEACHER_SIDE}) and returns maps (B, C, {MID_PLACES},"
    f" {MID_PLACES}) and (B, D, {LAST_PLACES}, {LAST_PLACES}); see docs/training.md."
)


class MapTeacher(nn.Module):
    """A network that was shown noise and gave what is expected of a teacher.

    Attributes:
        mid_channels: Of its maps at a 16th of the photo.
        last_channels: Of its maps at a 32nd.
        width: Of its features.
        n_classes: That `logits` tells apart; 0 where it has none.
    """

    def __init__(self, network: nn.Module, left_out: frozenset[str] = frozenset()) -> None:
        """Takes the network and tries it.

        Args:
            network: Its forward takes float32 (B, 3, 224, 224) in [-1, 1] and returns the maps at a 16th and
                at a 32nd; `features(last)` makes features, (B, width, h, w), of the latter; it may have
                `logits(features)`, (B, width) to (B, K), and `class_names`, K of them.
            left_out: Classes that the student must not hear of: their logits are taken away.

        Raises:
            UsageError: The maps, features or logits have other shapes, or a class can't be left out.
        """
        super().__init__()
        self.network = network.eval().requires_grad_(False)
        noise = torch.rand(2, 3, TEACHER_SIDE, TEACHER_SIDE, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            maps = network(noise * 2 - 1)
            _check_maps(maps)
            features = self.features(maps[1])
            _check_features(features)
            logits = network.logits(features.mean((2, 3))) if hasattr(network, "logits") else None  # type: ignore[operator]
        self.mid_channels, self.last_channels = maps[0].shape[1], maps[1].shape[1]
        self.width = features.shape[1]
        self._kept = _kept(network, logits, left_out)
        self.n_classes = 0 if self._kept is None else len(self._kept)

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (B, 3, 224, 224) in [-1, 1] to float32 (B, C, 14, 14) and (B, D, 7, 7)."""
        return cast(tuple[Tensor, Tensor], self.network(rgb))

    def features(self, last: Tensor) -> Tensor:
        """Last maps, float32 (B, D, h, w), to features at each place, float32 (B, width, h, w)."""
        return cast(Tensor, self.network.features(last))  # type: ignore[operator]

    def logits(self, features: Tensor) -> Tensor | None:
        """float32 (B, width) to float32 (B, n_classes); None where the teacher has none."""
        if self._kept is None:
            return None
        found: Tensor = self.network.logits(features)  # type: ignore[operator]
        return found[:, self._kept.to(found.device)]


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


def _check_maps(maps: object) -> None:
    sides = (MID_PLACES, LAST_PLACES)
    if (
        not isinstance(maps, tuple)
        or len(maps) != 2
        or any(m.ndim != 4 or (len(m), *m.shape[2:]) != (2, s, s) for m, s in zip(maps, sides, strict=True))
    ):
        shapes = [tuple(m.shape) for m in maps] if isinstance(maps, tuple) else type(maps).__name__
        raise UsageError(f"The teacher returns {shapes} of two photos.", EXPECTED)


def _check_features(features: Tensor) -> None:
    if features.ndim != 4 or (len(features), *features.shape[2:]) != (2, LAST_PLACES, LAST_PLACES):
        raise UsageError(
            f"The teacher's features() returns {tuple(features.shape)} of the maps of two photos.",
            f"It returns features at each place, (2, D, {LAST_PLACES}, {LAST_PLACES}).",
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
