"""Muon, an optimiser for matrices: momentum whose singular values are all brought near to 1.

After Jordan et al. 2024 (Muon: an optimizer for hidden layers in neural networks). torch has one too, from
2.9 on; ours takes kernels of convolutions as well, and orthogonalises in float32 unless it is told otherwise,
since bfloat16 is slow on processors that don't have it.
"""

from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor

STEPS = 5
A, B, C = 3.4445, -4.7750, 2.0315  # of Jordan et al.: steepest at 0, and within about 0.7 to 1.2 afterwards
SMALLEST = 1e-7


def orthogonalised(matrix: Tensor) -> Tensor:
    """Nearly U V^T of a matrix U S V^T, by five Newton-Schulz steps of degree five.

    Args:
        matrix: float32 or bfloat16 (m, n).

    Returns:
        Of the same kind, (m, n), with the same singular vectors; singular values are within about 0.7 to 1.2,
        besides those that were less than about a thousandth of all. A matrix of zeros stays one.
    """
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    found: Tensor = wide / (wide.norm() + SMALLEST)
    for _ in range(STEPS):
        square = found @ found.T
        found = A * found + (B * square + C * square @ square) @ found
    return found.T if matrix.shape[0] > matrix.shape[1] else found


class Muon(torch.optim.Optimizer):
    """Steps of equal size in all directions of a matrix, along Nesterov's momentum.

    A kernel, (out, in, h, w), is taken as the matrix (out, in h w). Steps are larger by sqrt(rows / columns)
    where there are more rows than columns, as Jordan et al. have it; the decay of weights is decoupled.
    """

    def __init__(
        self,
        weights: Iterable[Tensor],
        *,
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        bf16: bool = False,
    ) -> None:
        """Takes float32 weights of two dimensions or more, and whether to orthogonalise in bfloat16."""
        self._kind = torch.bfloat16 if bf16 else torch.float32
        super().__init__(weights, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002 - torch's signature
        """Takes a step."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    self._move(weight, group)

    def _move(self, weight: Tensor, group: dict[str, Any]) -> None:
        state, gradient = self.state[weight], cast(Tensor, weight.grad)
        mean = state.setdefault("mean", torch.zeros_like(weight)).lerp_(gradient, 1 - group["momentum"])
        ahead = torch.lerp(gradient, mean, group["momentum"])
        rows = ahead.reshape(len(ahead), -1)
        stretch = max(1.0, rows.shape[0] / rows.shape[1]) ** 0.5
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        direction = orthogonalised(rows.to(self._kind)).to(weight.dtype)
        weight.add_(direction.view(weight.shape), alpha=-group["lr"] * stretch)
