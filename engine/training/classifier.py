"""A plain softmax classifier over features: the first stage of semantic hash centres."""

import torch
from torch import Tensor, nn

from engine.training.class_similarity import class_similarity
from engine.training.distances import CalibratedDistances

EPOCHS = 10
BATCH = 512
LEARNING_RATE = 1e-2


def classify(features: Tensor, labels: Tensor, n_classes: int, *, seed: int = 0) -> Tensor:
    """Trains a linear classifier with cross-entropy and returns what it says of the photos it was trained on.

    Chen et al. 2025 fine-tune a whole pretrained network here; ours trains a layer over frozen features,
    which takes seconds.

    Args:
        features: float (N, D).
        labels: int64 (N,) in 0..n_classes-1.
        n_classes: C.
        seed: Of weights and order.

    Returns:
        float32 (N, C) logits.
    """
    generator = torch.Generator().manual_seed(seed)
    unit = CalibratedDistances.fit(features, seed=seed).normalise(features) * features.shape[1] ** 0.5
    layer = nn.Linear(unit.shape[1], n_classes)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    optimizer = torch.optim.AdamW(
        layer.parameters(), lr=LEARNING_RATE / unit.shape[1] ** 0.5, weight_decay=0.01
    )
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(unit), generator=generator).split(BATCH):
            loss = nn.functional.cross_entropy(layer(unit[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.inference_mode():
        return layer(unit)


def similarity_of_classes(features: Tensor, labels: Tensor, n_classes: int, *, seed: int = 0) -> Tensor:
    """How alike classes are by what a classifier takes their photos for; arguments as of `classify`.

    Returns:
        float64 (C, C), see `class_similarity`.

    Raises:
        UsageError: A class has no photo.
    """
    return class_similarity(classify(features, labels, n_classes, seed=seed), labels)
