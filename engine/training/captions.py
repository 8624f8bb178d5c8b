"""Captions of photos as vectors: one a photo, or a set of them, and the distances that sets have."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import UsageError
from engine.progress import Progress, Reporter
from engine.training.caption_encoders import CaptionEncoder, encoder_files, load_caption_encoder
from engine.training.checkpoint import write_whole

CHUNK = 512  # captions between two reports
SHORTEST = 1e-6  # a vector that is shorter says nothing: the captions cancel out, or none is understood


def caption_features(
    captions: Sequence[Sequence[str]], encoder: CaptionEncoder, report: Reporter | None = None
) -> tuple[Tensor, Tensor]:
    """One vector a photo: the mean of its captions' unit vectors, brought to unit length.

    1 - inner product is the default distance between captioned photos; equal captions are encoded once.

    Args:
        captions: Captions of N photos; empty ones are passed over.
        encoder: Turns captions into vectors.
        report: Hears of progress.

    Returns:
        float32 (N, D) of unit length, and bool (N,): False, with a row of zeros, for photos without
        captions or with none that the encoder understands.

    Raises:
        UsageError: No photo has a caption, or the encoder returns what is no such vectors.
    """
    vectors, photos = _encode(captions, encoder, report)
    owners = torch.tensor([n for n, places in enumerate(photos) for _ in places], dtype=torch.int64)
    places = torch.tensor([place for places in photos for place in places], dtype=torch.int64)
    sums = torch.zeros(len(photos), vectors.shape[1]).index_add_(0, owners, vectors[places])
    known = sums.norm(dim=1) > SHORTEST
    return nn.functional.normalize(sums, dim=1) * known[:, None], known


def caption_sets(
    captions: Sequence[Sequence[str]],
    encoder: CaptionEncoder,
    *,
    most: int,
    report: Reporter | None = None,
) -> tuple[Tensor, Tensor]:
    """All captions' vectors of each photo, for `caption_set_distances`.

    Args:
        captions: See `caption_features`.
        encoder: Turns captions into vectors.
        most: At most so many captions of each photo are taken, the first. Distances shrink as counts
            grow, so choose a count that most photos have.
        report: Hears of progress.

    Returns:
        float32 (N, C, D) of unit length, C <= most, and bool (N, C): False, with zeros, where a photo
        has fewer captions.

    Raises:
        UsageError: As `caption_features`, or `most` is not positive.
    """
    if most < 1:
        raise UsageError(f"At least one caption of a photo is compared, not {most}.")
    vectors, photos = _encode(captions, encoder, report)
    counts = torch.tensor([min(len(places), most) for places in photos])
    present = torch.arange(int(counts.max()))[None, :] < counts[:, None]
    sets = torch.zeros(*present.shape, vectors.shape[1])
    sets[present] = vectors[torch.tensor([p for places in photos for p in places[:most]], dtype=torch.int64)]
    return sets, present


def caption_set_distances(sets: Tensor, present: Tensor) -> Tensor:
    """1 - the largest inner product of any two captions: photos are near that share one subject.

    Memory is C * B * B numbers, whatever D is.

    Args:
        sets: float32 (B, C, D), see `caption_sets`.
        present: bool (B, C).

    Returns:
        float32 (B, B) in [0, 2], symmetric up to rounding, 0 on the diagonal; 1, as of captions that
        have nothing in common, where a photo has no caption.
    """
    flat = sets.flatten(0, 1)
    nearest = torch.full((len(sets), len(sets)), -torch.inf, dtype=sets.dtype)
    for column in range(sets.shape[1]):
        found = (sets[:, column] @ flat.T).unflatten(1, present.shape)
        both = present[:, column, None, None] & present[None]
        nearest = torch.maximum(nearest, found.masked_fill(~both, -torch.inf).amax(dim=2))
    return torch.where(nearest.isfinite(), 1 - nearest, 1).clamp(0, 2).fill_diagonal_(0)


def cached_caption_features(
    cache: Path, spec: str, captions: Sequence[Sequence[str]], report: Reporter
) -> tuple[Tensor, Tensor]:
    """`caption_features` from the cache when it was made from the same captions by the same encoder.

    Args:
        cache: A .safetensors file; written when it does not fit.
        spec: See `load_caption_encoder`. The encoder is known again by the names, sizes and times of its
            files.
        captions: See `caption_features`; "words" learns from them.
        report: Hears of progress.

    Returns:
        As `caption_features`.

    Raises:
        UsageError: As `load_caption_encoder` and `caption_features`.
    """
    fingerprint = _fingerprint(spec, captions)
    try:
        stored = load_file(cache)
        if torch.equal(stored["fingerprint"], fingerprint):
            return stored["features"], stored["known"]
    except (OSError, KeyError, SafetensorError):
        pass  # there is none, or it is another file: it is made now
    encoder = load_caption_encoder(spec, [caption for of_photo in captions for caption in of_photo])
    features, known = caption_features(captions, encoder, report)
    stored = {"features": features, "known": known, "fingerprint": fingerprint}
    write_whole(cache, lambda draft: save_file(stored, draft))
    return features, known


def _encode(
    captions: Sequence[Sequence[str]], encoder: CaptionEncoder, report: Reporter | None
) -> tuple[Tensor, list[list[int]]]:
    """Unit vectors of distinct captions, float32 (M, D), and the places of each photo's captions there.

    Captions that the encoder understands nothing of have no place.
    """
    places: dict[str, int] = {}
    photos = [
        [places.setdefault(text, len(places)) for caption in of_photo if (text := " ".join(caption.split()))]
        for of_photo in captions
    ]
    if not places:
        raise UsageError("No photo has a caption.", "Name photos that have captions.")
    texts = list(places)
    parts: list[Tensor] = []
    for start in range(0, len(texts), CHUNK):
        parts.append(_encode_chunk(encoder, texts[start : start + CHUNK], parts[0].shape[1] if parts else 0))
        if report:
            report(Progress("captions", min(start + CHUNK, len(texts)), len(texts)))
    vectors = torch.cat(parts)
    understood = (vectors.norm(dim=1) > SHORTEST).tolist()
    return vectors, [[place for place in of_photo if understood[place]] for of_photo in photos]


def _encode_chunk(encoder: CaptionEncoder, texts: list[str], width: int) -> Tensor:
    """Unit vectors of captions, float32 (N, D), zeros for zeros; any D where `width` is 0."""
    remedy = "Mend or choose another caption encoder."
    try:
        found = np.asarray(encoder(texts))
    except Exception as error:  # whatever a person's own code raises
        raise UsageError(f"The caption encoder failed: {type(error).__name__}: {error}.", remedy) from error
    if found.ndim != 2 or len(found) != len(texts) or found.shape[1] != (width or found.shape[1] or -1):
        expected = f"({len(texts)}, {width or 'D'})"
        raise UsageError(
            f"The caption encoder returned the shape {found.shape} instead of {expected}.", remedy
        )
    if found.dtype.kind not in "fiu" or not np.isfinite(found).all():
        raise UsageError("The caption encoder returned something that is no number.", remedy)
    vectors = torch.from_numpy(found.astype(np.float32))
    return nn.functional.normalize(vectors, dim=1, eps=SHORTEST)


def _fingerprint(spec: str, captions: Sequence[Sequence[str]]) -> Tensor:
    """What features depend on, uint8 (32,)."""
    files = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in encoder_files(spec)]
    text = json.dumps([spec, files, [list(of_photo) for of_photo in captions]])
    return torch.tensor(list(hashlib.blake2b(text.encode(), digest_size=32).digest()), dtype=torch.uint8)
