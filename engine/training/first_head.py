"""The hash head that a training begins with: random, or fitted to the training photos without labels."""

import torch

from engine.errors import UsageError
from engine.training.head_fit import fit_head
from engine.training.neighbour_head import keep_neighbours
from engine.training.networks import HashNetwork
from engine.training.settings import NEIGHBOURS
from engine.training.trainer import CENTRING_PHOTOS, TrainingData
from engine.training.validation import centre

MOST_PHOTOS = 20_000  # more change the principal axes no further


@torch.inference_mode()
def give_fitted_head(network: HashNetwork, data: TrainingData, first_head: str, seed: int) -> None:
    """Centres the backbone and gives the network the head that ITQ finds for whole, sharp training photos.

    Enlarged ones spread otherwise: on held-out photos a head fitted to sharp ones alone kept more of the
    teacher's neighbours (docs/runs.md).

    Args:
        network: Changed in place.
        data: Of the run.
        first_head: `ITQ`, or `NEIGHBOURS`: then ITQ's head is tuned to the teacher's neighbours.
        seed: Of the photos that are drawn, of ITQ's first rotation and of what comes after.

    Raises:
        UsageError: There are too few photos, or their features are all alike or no numbers, or there is no
            teacher whose neighbours could be kept.
    """
    if first_head == NEIGHBOURS and data.teacher is None:
        raise UsageError("There is no teacher whose neighbours a head could keep.", "Add --teacher.")
    generator = torch.Generator().manual_seed(seed)
    centring = data.centring[torch.randperm(len(data.centring), generator=generator)[:CENTRING_PHOTOS]]
    centre(network, data.inputs, centring)
    chosen = data.centring[torch.randperm(len(data.centring), generator=generator)[:MOST_PHOTOS]]
    features = torch.cat([network.features(batch).float().cpu() for batch in data.inputs.whole(chosen)])
    fit_head(network, features.numpy(), seed=seed)
    if data.teacher is not None and first_head == NEIGHBOURS:
        with torch.inference_mode(mode=False):
            keep_neighbours(network, features.clone(), data.teacher[chosen].clone(), seed=seed)
