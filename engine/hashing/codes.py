"""Packed binary codes: the only place that knows the order of bits.

Bit k of a code is `logit[k] > 0`. Bits are packed little-endian in each byte, as faiss reads them:
bit k lies in byte k // 8 at value 1 << (k % 8). (`> 0`, not the sign: the sign of 0 is 0.)
"""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
OUTPUTS = np.dtype("<f2")  # how outputs before rounding travel and are kept


def check_bits(n_bits: int) -> None:
    """Refuses code lengths that don't fill bytes.

    Raises:
        ValueError: `n_bits` is not a positive multiple of 8.
    """
    if n_bits <= 0 or n_bits % 8:
        raise ValueError(f"codes have a positive multiple of 8 bits, not {n_bits}")


def pack(logits: NDArray[np.float32]) -> Codes:
    """Rounds logits to bits and packs them.

    Args:
        logits: float (N, n_bits), finite.

    Returns:
        uint8 (N, n_bits / 8), contiguous.

    Raises:
        ValueError: The shape is wrong or a logit is not finite.
    """
    if logits.ndim != 2:
        raise ValueError(f"logits have the shape (photos, bits), not {logits.shape}")
    check_bits(logits.shape[1])
    if not np.isfinite(logits).all():
        raise ValueError("a logit is not finite")
    return np.packbits(logits > 0, axis=1, bitorder="little")


def code_of_outputs(outputs: bytes) -> Codes:
    """The packed code, uint8 (n_bits / 8,), of outputs that were kept as `OUTPUTS`, 2 * n_bits bytes.

    Raises:
        ValueError: These are no outputs of whole bytes.
    """
    return pack(np.frombuffer(outputs, OUTPUTS)[None].astype(np.float32))[0]


def unpack(codes: Codes) -> NDArray[np.uint8]:
    """uint8 (N, n_bits / 8) codes to their bits, uint8 (N, n_bits), each 0 or 1."""
    return np.unpackbits(codes, axis=1, bitorder="little")


def distances(query: Codes, codes: Codes) -> NDArray[np.int32]:
    """Hamming distances in bits: the plain reference, and the way for subsets and several queries.

    Args:
        query: uint8 (n_bits / 8,).
        codes: uint8 (N, n_bits / 8).

    Returns:
        int32 (N,), each in 0..n_bits.
    """
    if query.ndim != 1 or codes.ndim != 2 or codes.shape[1] != query.shape[0]:
        raise ValueError(f"a query of shape {query.shape} does not fit codes of shape {codes.shape}")
    words = next(w for w in (8, 4, 2, 1) if codes.shape[1] % w == 0)
    kind = np.dtype(f"u{words}")
    folded = np.ascontiguousarray(codes).view(kind) ^ np.ascontiguousarray(query).view(kind)
    return np.bitwise_count(folded).sum(axis=1, dtype=np.int32)
