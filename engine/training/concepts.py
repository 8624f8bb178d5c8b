"""What a person taught, as a layer beside a network's features: how much of each concept a photo shows.

A few hundred captions are too few to turn the head of a network: trained as a whole it learned them by heart
and lost what it knew (docs/decisions/0012). So the head stays as it is, and sees beside its features

    softmax([V (x - o) + b, 0]) without its last entry, x being the features, o those of an average photo:

shares of concepts, which add up to less than 1, and to nearly nothing for a photo that shows none of them:
such photos keep their codes.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

LAYER = "tell.weight"
SHRINKAGE = 3.0  # see `fit`; chosen on held-out photos of libraries (docs/decisions/0012)
UNTOUCHED = 0.9  # share of other photos that show hardly any concept, if they may
TOUCHED = 0.9  # share of taught photos that show one at least


class Concepts(nn.Module):
    """Features, what was beside them before, and shares of concepts."""

    centre: Tensor

    def __init__(self, inner: nn.Module, width: int, count: int) -> None:
        """Builds a layer that knows nothing yet.

        Args:
            inner: What the head saw before: float32 (B, width) to float32 (B, any).
            width: Of the features.
            count: Of concepts.
        """
        super().__init__()
        self.inner = inner
        self.tell = nn.Linear(width, count)
        self.register_buffer("centre", torch.zeros(width))

    def shares(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, count), each in [0, 1], a row's sum at most 1."""
        told = self.tell(features - self.centre)
        return torch.cat([told, torch.zeros_like(told[:, :1])], dim=1).softmax(dim=1)[:, :-1]

    def forward(self, features: Tensor) -> Tensor:
        """float32 (B, width) to float32 (B, any + count)."""
        return torch.cat([self.inner(features), self.shares(features)], dim=1)

    @torch.no_grad()
    def fit(self, taught: Tensor, concepts: Tensor, others: Tensor) -> None:
        """Learns to tell concepts in closed form, by linear discriminants (Fisher 1936).

        Photos of a concept are taken to be spread alike in all of them, by a covariance that is pulled
        towards a sphere (`SHRINKAGE` mean variances are added to its diagonal): with few photos that is what
        carries over to others. b makes nine tenths of the other photos show no concept, unless they are of
        the very kind that is taught: nine tenths of the taught ones show one all the same.

        Args:
            taught: float32 (M, V, width), V views of photos that show one concept each.
            concepts: int64 (M,), which, from 0; each has some photos.
            others: float32 (O, width), photos that nothing is said of; may be none.
        """
        origin = (others if len(others) else taught.flatten(0, 1)).double().mean(0)
        rows = taught.flatten(0, 1).double() - origin
        owners = concepts.repeat_interleave(taught.shape[1])
        count, width = self.tell.weight.shape
        sums = torch.zeros(count, width, dtype=torch.float64).index_add_(0, owners, rows)
        means = sums / torch.bincount(owners, minlength=count)[:, None]
        within = rows - means[owners]
        covariance = within.T @ within / len(within)
        shrinkage = SHRINKAGE * covariance.diagonal().mean().clamp_min(1e-12)
        weight = torch.linalg.solve(covariance + shrinkage * torch.eye(width), means.T).T
        bias = -0.5 * (means * weight).sum(1)
        least = _quantile((rows @ weight.T + bias).logsumexp(1), 1 - TOUCHED)
        if len(others):
            shown_by_others = ((others.double() - origin) @ weight.T + bias).logsumexp(1)
            least = min(least, _quantile(shown_by_others, UNTOUCHED))
        bias -= least
        self.centre.copy_(origin)
        self.tell.weight.copy_(weight)
        self.tell.bias.copy_(bias)


def _quantile(values: Tensor, share: float) -> float:
    """As `torch.quantile`, which refuses more than 16 million values."""
    return float(np.quantile(values.numpy(), share))


def concept_counts(names: Mapping[str, Tensor]) -> list[int]:
    """How many concepts each layer of a network's weights tells, the innermost (the first taught) first."""
    found = [(name.count("inner."), len(weight)) for name, weight in names.items() if name.endswith(LAYER)]
    return [count for _, count in sorted(found, reverse=True)]


def with_concepts(inner: nn.Module, width: int, counts: Iterable[int]) -> nn.Module:
    """Layers around what the head saw before, one for each count."""
    for count in counts:
        inner = Concepts(inner, width, count)
    return inner
