"""Logits as bits, for losses that compare codes."""

from torch import Tensor, nn


def bits_of(logits: Tensor) -> Tensor:
    """1 and -1 for set and other bits of float32 (B, K), with the gradient of tanh."""
    soft = logits.tanh()
    return soft + (logits.sign() - soft).detach()


def roundness(logits: Tensor) -> Tensor:
    """1 - cosine of logits and their bits, mean over float32 (B, K); 0 where all bits are equally sure."""
    return (1 - nn.functional.cosine_similarity(logits, logits.detach().sign())).mean()
