"""A hash head without training: centre, PCA and ITQ of a tower's features, written into a network."""

import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.training.baselines import fit_itq
from engine.training.networks import FEWEST_BITS, HashNetwork

# Principal axes of as many photos as bits would fit those photos alone; with four a bit they hold for others.
PHOTOS_PER_BIT = 4


def fewest_photos(n_bits: int) -> int:
    """How many photos a head of so many bits is fitted to at least."""
    return PHOTOS_PER_BIT * n_bits


def check_enough(photos: int, n_bits: int) -> None:
    """Refuses to fit a head to too few photos.

    Raises:
        UsageError: There are fewer than `fewest_photos`.
    """
    if photos >= fewest_photos(n_bits):
        return
    fitting = photos // PHOTOS_PER_BIT // 8 * 8
    fewer = f"Take fewer bits, --bits {fitting}, or index" if fitting >= FEWEST_BITS else "Index"
    raise UsageError(
        f"{photos:,} photos are too few to fit {n_bits} bits to; {fewest_photos(n_bits):,} are needed.",
        f"{fewer} more photos first.",
    )


def fit_head(network: HashNetwork, features: NDArray[np.float32], *, seed: int = 0) -> None:
    """Gives a network the head that `fit_itq` finds; the tower stays as it is.

    The logits are then those of the projection, all divided by one number, their standard deviation over
    these photos: signs are the projection's, and float16 holds weights and means also where features are tiny
    or in the hundreds.

    Args:
        network: Its head and the batch norm after it are changed.
        features: float32 (N, width) of photos, made by the tower.
        seed: Of the rotation that ITQ starts from.

    Raises:
        UsageError: The features are too few, all alike, or no numbers.
    """
    check_enough(len(features), network.n_bits)
    if not np.isfinite(features).all():
        raise UsageError("The tower gives features that are no numbers.", "Take other weights.")
    found = fit_itq(features, network.n_bits, seed=seed)
    scale = float(np.sqrt(np.square((features - found.centre) @ found.weights).mean()))
    # Rounded as they will be exported, so that the means are those of the outputs of just these weights.
    weights = torch.from_numpy(found.weights.T / max(scale, 1e-300)).half().double()
    means = (weights @ torch.from_numpy(found.centre)).half()
    if not (weights.isfinite().all() and means.isfinite().all()):
        raise UsageError("The tower does not tell these photos apart.", "Take other weights.")
    with torch.no_grad():
        network.head.weight.copy_(weights)
        network.norm.reset_parameters()
        assert network.norm.running_mean is not None
        network.norm.running_mean.copy_(means)
