"""A network cut into sections, each of which learns from what the teacher had at its beginning.

Blockwise distillation (Wang et al. 2018, Progressive blockwise knowledge distillation; Li et al. 2020, DNA):
the network's first two stages see the photo; the third begins with the teacher's maps at an 8th, the fourth
with those at a 16th, by a convolution of its own in place of the one that makes maps smaller. So no section
waits until those before it have learned, and all learn at once.

Afterwards the sections are joined. The stage before has a linear guess of the teacher's maps, g = G x + b,
and the section began with K * g; so it begins with (K G) * x instead, and the constant K * b goes into the
mean of the batch norm behind. The joined network says exactly what the sections say, one after the other.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from engine.errors import UsageError

STAGES = 4
CUTS = (2, 3)  # stages that begin a section


class Sections(nn.Module):
    """The convolutions that sections begin with while they are apart."""

    def __init__(self, trunk: nn.Module, name: str, channels: Sequence[int]) -> None:
        """Builds them with random weights.

        Args:
            trunk: A network of timm that makes maps smaller only as FasterNet does: `stages[k].downsample`
                is a `reduction`, a convolution without bias and overlap, and a batch norm, `norm`.
            name: Of it, for messages.
            channels: Of the teacher's maps of four sizes.

        Raises:
            UsageError: The network is made in another way.
        """
        super().__init__()
        if not _can_be_cut(trunk):
            raise UsageError(
                f"{name} can't be taken apart: its stages don't begin as those of FasterNet do.",
                "Leave --apart out, or choose --backbone timm:fasternet_t0.",
            )
        self.begins = nn.ModuleList()
        for cut in CUTS:
            usual = _reduction(trunk, cut)
            self.begins.append(
                nn.Conv2d(
                    channels[cut - 1],
                    usual.out_channels,
                    cast(tuple[int, int], usual.kernel_size),
                    cast(tuple[int, int], usual.stride),
                    bias=False,
                )
            )

    def forward(self, trunk: nn.Module, photos: Tensor, aimed: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """What the sections make of a photo and of the teacher's maps.

        Args:
            trunk: Whose sections these are.
            photos: Normalised float32 (B, 3, S, S).
            aimed: The teacher's standardised maps of four sizes, float32 (B, C, S / scale, S / scale).

        Returns:
            The network's maps of four sizes.
        """
        found: list[Tensor] = []
        x = cast(nn.Module, trunk.patch_embed)(photos)
        for place in range(STAGES):
            stage = _stage(trunk, place)
            if place in CUTS:
                begin = self.begins[CUTS.index(place)]
                x = cast(nn.Module, stage.blocks)(_downsample(stage).norm(begin(aimed[place - 1])))  # type: ignore[operator]
            else:
                x = stage(x)
            found.append(x)
        return tuple(found)

    @torch.no_grad()
    def join(self, trunk: nn.Module, guesses: Sequence[nn.Conv2d]) -> None:
        """Makes one network of the sections.

        Args:
            trunk: Is changed in place: it says of a photo what the sections say when each begins with the
                guess of the one before.
            guesses: Of the teacher's standardised maps of four sizes from the trunk's own, one by one.
        """
        for begin, cut in zip(self.begins, CUTS, strict=True):
            kernel, guess = cast(Tensor, begin.weight), guesses[cut - 1]
            whole = torch.einsum("otij,tc->ocij", kernel, guess.weight[:, :, 0, 0])
            _reduction(trunk, cut).weight.copy_(whole)
            norm = cast(nn.BatchNorm2d, _downsample(_stage(trunk, cut)).norm)
            cast(Tensor, norm.running_mean).sub_(kernel.sum((2, 3)) @ cast(Tensor, guess.bias))


def _stage(trunk: nn.Module, place: int) -> nn.Module:
    return cast(nn.Sequential, trunk.stages)[place]


def _downsample(stage: nn.Module) -> nn.Module:
    return cast(nn.Module, stage.downsample)


def _reduction(trunk: nn.Module, place: int) -> nn.Conv2d:
    return cast(nn.Conv2d, _downsample(_stage(trunk, place)).reduction)


def _can_be_cut(trunk: nn.Module) -> bool:
    try:
        stages = [_stage(trunk, place) for place in CUTS]
        return (
            isinstance(trunk.patch_embed, nn.Module)
            and len(cast(nn.Sequential, trunk.stages)) == STAGES
            and all(
                isinstance(stage.blocks, nn.Module)
                and _is_plain(_downsample(stage).reduction)
                and isinstance(_downsample(stage).norm, nn.BatchNorm2d)
                for stage in stages
            )
        )
    except (AttributeError, IndexError, TypeError):
        return False


def _is_plain(part: object) -> bool:
    """Whether it is a convolution that a linear guess can be multiplied into."""
    return (
        isinstance(part, nn.Conv2d)
        and part.bias is None
        and part.groups == 1
        and part.kernel_size == part.stride
        and part.padding == (0, 0)
    )
