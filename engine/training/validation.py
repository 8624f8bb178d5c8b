"""How well a network ranks photos that it was not trained on, and the centring before that is measured."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import HammingbirdError
from engine.hashing import codes
from engine.training.hierarchy import ahp_protocol_a, graded, ndcg
from engine.training.inputs import Inputs
from engine.training.metrics import average_precision, bit_balance, precision
from engine.training.ranking import Comparison, Gains, Score, evaluate, same_label, shared_label
from engine.training.student import HashModel, batch_norms
from engine.training.targets import TargetDistances

QUERIES = 1000
BY_CLASS: dict[str, Score] = {
    "P@10": partial(precision, top=10),
    "mAP@100": partial(average_precision, top=100),
}


@dataclass(frozen=True)
class Judge:
    """What is known of the photos that a network is validated on.

    Attributes:
        photos: int64 (V,) positions within the inputs.
        labels: int64 (V,) or float32 (V, C) as in `label_table`; None without classes.
        class_distances: float32 (C, C) of a class tree; None without one, or with several classes a photo.
        targets: Target distances over the inputs; measured where there are no classes.
    """

    photos: Tensor
    labels: Tensor | None = None
    class_distances: Tensor | None = None
    targets: TargetDistances | None = None

    @property
    def measures(self) -> list[str]:
        """Names of the measures that weights can be chosen by: the more, the better."""
        nobody = np.empty(0, np.int64)
        return [name for _, scores in self.judged(nobody) for name in scores]

    def judged(self, queries: NDArray[np.int64]) -> list[tuple[Gains, dict[str, Score]]]:
        """Gains of V photos for these of them, int64 (Q,), each with the measures that use them."""
        found: list[tuple[Gains, dict[str, Score]]] = []
        if self.labels is not None:
            found.append((_shares_class(self.labels, queries), BY_CLASS))
            if self.class_distances is not None and self.labels.ndim == 1:
                truth = self.labels.numpy()
                by_tree = graded(self.class_distances.numpy(), truth[queries], truth)
                found.append((by_tree, {"mAHP@250 (A)": partial(ahp_protocol_a, top=250)}))
        elif self.targets is not None:
            found.append((self._nearness(self.targets, queries), {"NDCG@100": partial(ndcg, top=100)}))
        return found

    def _nearness(self, targets: TargetDistances, queries: NDArray[np.int64]) -> Gains:
        asked = self.photos[torch.from_numpy(queries)]
        return lambda rows: 1 - targets.between(asked[torch.from_numpy(rows)], self.photos).numpy()

    def measure(self, network: HashModel, inputs: Inputs) -> dict[str, float]:
        """Measures packed codes, each of up to 1,000 queries, drawn with a fixed seed, against all others."""
        packed = codes.pack(logits_of(network, inputs, self.photos))
        queries = np.random.default_rng(0).permutation(len(packed))[:QUERIES]
        found = evaluate(Comparison.among(packed, queries), *self.judged(queries))
        return {
            **{name: float(values.mean()) for name, values in found.items()},
            "bit_balance": bit_balance(packed),
        }


def _shares_class(labels: Tensor, queries: NDArray[np.int64]) -> Gains:
    if labels.ndim == 1:
        return same_label(labels.numpy()[queries], labels.numpy())
    return shared_label(labels.numpy()[queries], labels.numpy())


@torch.inference_mode()
def logits_of(network: HashModel, inputs: Inputs, chosen: Tensor) -> NDArray[np.float32]:
    """Logits, float32 (M, n_bits), of whole photos at positions int64 (M,).

    Raises:
        HammingbirdError: They are no numbers: training has spoiled the weights.
    """
    network.eval()
    kind = next(network.parameters()).dtype
    logits = torch.cat([network(batch.to(kind)).float().cpu() for batch in inputs.whole(chosen)])
    if not logits.isfinite().all():
        raise HammingbirdError(
            "The network's outputs are not numbers any more.",
            "Use a smaller --learning-rate; the best weights so far, if there are any, are kept.",
        )
    return logits.numpy()


@torch.inference_mode()
def centre(network: nn.Module, inputs: Inputs, chosen: Tensor, *, head_only: bool = False) -> None:
    """Sets the means and variances of batch norms to those of whole photos at the product's input size.

    Those of training are of crops at another size, and of weights not yet averaged; with either, bits
    lose their balance. The same idea as the last step of Touvron et al. 2019.

    Args:
        network: Changed in place.
        inputs: All photos.
        chosen: int64 (M,) positions of training photos in random order; M >= 2.
        head_only: Whether the backbone's batch norms stay as they are, for one trained with them frozen.
    """
    network.eval()
    kind = next(network.parameters()).dtype
    norms = batch_norms(network, head_only=head_only)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over all batches
        norm.train()
    for batch in inputs.whole(chosen):
        if len(batch) > 1:  # one photo has no variance
            network(batch.to(kind))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    network.eval()
