"""The photos of a retraining as networks read them: from the library's thumbnails, never from originals."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.library.codes import Ids
from engine.library.database import Library
from engine.library.encode_missing import DECODE_THREADS, stored_inputs
from engine.library.reporting import Control, Phase
from engine.training.augment import Augmenter
from engine.training.inputs import make_whole
from engine.training.networks import HashNetwork
from engine.training.teacher import runner
from engine.training.words.view_features import PhotoFeatures

SMALLEST_CROP = 0.5


@dataclass(frozen=True)
class Looked:
    """What a frozen backbone says of photos.

    Attributes:
        ids: int64 (N,), those whose thumbnail could be read, in the order that was asked for.
        features: float16 (N, 1 + views, width), the whole photo first.
    """

    ids: Ids
    features: Tensor


def look(
    lib: Library, ids: Ids, network: HashNetwork, side: int, views: int, control: Control, *, seed: int = 0
) -> Looked:
    """Features of photos, and of crops of them with other colours.

    Args:
        lib: The library.
        ids: int64 (N,).
        network: Whose backbone looks; in eval mode.
        side: Pixels of its input.
        views: How many crops beside the whole photo.
        control: Hears of progress, phase "looking".
        seed: Of the crops.

    Raises:
        JobCancelled: The person cancelled.
    """
    run = runner(PhotoFeatures(network).eval(), torch.zeros(2, 3, side, side))
    augmenter = Augmenter(side, smallest_area=SMALLEST_CROP)
    generator = torch.Generator().manual_seed(seed)
    found, kept = [torch.empty(0, 1 + views, network.width, dtype=torch.float16)], [np.empty(0, np.int64)]
    for chosen, photos in _pixels(lib, ids, side, control):
        seen = [make_whole(photos, side)]
        seen += [augmenter.apply(photos, augmenter.draw(len(photos), generator)) for _ in range(views)]
        found.append(torch.stack([run(view.contiguous())[0].half() for view in seen], dim=1))
        kept.append(chosen)
    return Looked(np.concatenate(kept), torch.cat(found))


def read_pixels(lib: Library, ids: Ids, side: int, control: Control) -> tuple[Ids, Tensor]:
    """Photos in memory.

    Args:
        lib: The library.
        ids: int64 (N,).
        side: Photos are squashed to side x side pixels.
        control: Hears of progress, phase "looking".

    Returns:
        The ids of those whose thumbnail could be read, int64 (M,), and uint8 (M, side, side, 3).
    """
    parts = list(_pixels(lib, ids, side, control))
    if not parts:
        return np.empty(0, np.int64), torch.empty(0, side, side, 3, dtype=torch.uint8)
    return np.concatenate([part[0] for part in parts]), torch.cat([part[1] for part in parts])


def _pixels(lib: Library, ids: Ids, side: int, control: Control) -> Iterator[tuple[Ids, Tensor]]:
    """Photos a batch at a time: their ids, int64 (B,), and uint8 (B, side, side, 3)."""
    phase = Phase(control, "looking", len(ids))
    with ThreadPoolExecutor(DECODE_THREADS, thread_name_prefix="thumbnails") as threads:
        for batch in stored_inputs(lib, ids.tolist(), side, threads, []):
            names = np.array([int.from_bytes(name, "big") for name in batch.pixels], np.int64)
            photos: NDArray[np.uint8] = np.frombuffer(b"".join(batch.pixels.values()), np.uint8)
            if len(names):
                yield names, torch.from_numpy(photos.reshape(-1, side, side, 3).copy())
            phase.advance(len(names))
    phase.tell()
