r"""A hash head whose codes keep the neighbours that a teacher sees, from features of both.

With t_i the teacher's centred features of unit length and b_i the bits of the head, -1 or 1 and K of them,
the loss of a batch is

    mean_i KL(softmax_j(t_i t_j / 0.05) || softmax_j(b_i b_j / 0.1 K)) + 0.3 (1 - cos(v_i, sign v_i))

over j != i. The first part is that of Koohpayegani et al. 2020 (CompRess; stochastic neighbours after Hinton
& Roweis 2002), here with bits in place of a student's features: gradients pass sign as if it were tanh, v
being the logits (Bengio et al. 2013). The second keeps outputs near their bits. Temperatures and rate were
chosen on held-out photos (docs/runs.md).
"""

import math

import torch
from torch import Tensor, nn

from engine.training.bits import bits_of, roundness
from engine.training.networks import HashNetwork

STEPS, BATCH, RATE = 400, 512, 3e-4
TEACHER_TEMPERATURE, TEMPERATURE, ROUNDING = 0.05, 0.1, 0.3


def keep_neighbours(network: HashNetwork, features: Tensor, teacher: Tensor, *, seed: int = 0) -> None:
    """Tunes a head that was fitted (`engine.training.head_fit`); the tower stays as it is.

    The bits stay centred on these photos.

    Args:
        network: Its head is changed, and the means of the norm after it.
        features: float32 (N, width) of photos, made by the tower.
        teacher: float (N, D), the teacher's features of these photos.
        seed: Of the batches.
    """
    mean = features.mean(0)
    centred = features - mean
    aimed = nn.functional.normalize((teacher.float() - teacher.float().mean(0)), dim=1)
    weight = network.head.weight.detach().float().clone().requires_grad_()
    optimizer = torch.optim.AdamW([weight], lr=RATE)
    generator = torch.Generator().manual_seed(seed)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * step / STEPS))
        chosen = torch.randperm(len(features), generator=generator)[:BATCH]
        logits = centred[chosen] @ weight.T
        loss = lost_neighbours(logits, aimed[chosen]) + ROUNDING * roundness(logits)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        rounded = weight.half().float()  # as it will be exported
        network.head.weight.copy_(rounded)
        assert network.norm.running_mean is not None
        network.norm.running_mean.copy_(rounded @ mean)


def lost_neighbours(logits: Tensor, teacher: Tensor) -> Tensor:
    """How badly bits tell the teacher's neighbours; a scalar >= 0.

    Args:
        logits: float32 (B, K).
        teacher: float32 (B, D) of unit length.
    """
    bits = bits_of(logits)
    itself = torch.eye(len(bits), dtype=torch.bool)
    theirs = (teacher @ teacher.T / TEACHER_TEMPERATURE).masked_fill(itself, -1e9).log_softmax(1)
    ours = (bits @ bits.T / (TEMPERATURE * bits.shape[1])).masked_fill(itself, -1e9).log_softmax(1)
    return nn.functional.kl_div(ours, theirs, log_target=True, reduction="batchmean")
