"""Draws queries and training photos as a published protocol says, once, and keeps them in a file."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import UsageError
from engine.training.experiments.plan import DATABASES, Protocol
from engine.training.photo_set import PhotoSet
from engine.training.split import Split


def keep_draw(photos: PhotoSet, protocol: Protocol, folder: Path) -> Split:
    """The draw that is kept in a folder, or a new one that is kept there from now on.

    The file is called after all that the protocol says, so that a protocol that changed is drawn anew.

    Args:
        photos: All photos.
        protocol: What to draw.
        folder: Must exist.

    Raises:
        UsageError: There are too few photos, or the file can't be read or written.
    """
    told = json.dumps(asdict(protocol), sort_keys=True).encode()
    file = folder / f"protocol-{hashlib.blake2b(told, digest_size=6).hexdigest()}.csv"
    if file.is_file():
        return Split.load(file)
    split = draw(photos, protocol, file.stem)
    split.save(file)
    return split


def draw(photos: PhotoSet, protocol: Protocol, name: str) -> Split:
    """Queries become the test part, training photos training and validation part, the rest the database.

    Near-identical photos are not kept together: published draws do not do so either.

    Args:
        photos: N photos.
        protocol: What to draw.
        name: Of the split.

    Raises:
        UsageError: There are too few photos, of a class or of a published part.
    """
    drawer = np.random.default_rng(protocol.seed)
    order = drawer.permutation(len(photos)).tolist()
    open_to = [place for place in order if protocol.queries_from in ("", photos.parts[place])]
    asked = _choose(photos, open_to, protocol.queries, per_class=protocol.per_class, use="ask for")
    taken = set(asked)
    left = [place for place in order if protocol.train_from in ("", photos.parts[place])]
    left = [place for place in left if place not in taken]
    trained = _choose(photos, left, protocol.train, per_class=protocol.per_class, use="train on")
    drawer.shuffle(trained)  # those drawn by class stand together
    parts = dict.fromkeys(photos.names, "database")
    parts.update((photos.names[place], "test") for place in asked)
    parts.update((photos.names[place], "train") for place in trained)
    held_out = trained[: round(protocol.validation * len(trained))]
    parts.update((photos.names[place], "validation") for place in held_out)
    return Split(parts, name)


def ranked(split: Split, photos: PhotoSet, protocol: Protocol) -> Tensor:
    """Positions of the photos that each query is ranked against, int64 (M,).

    Raises:
        UsageError: Nothing is left to rank.
    """
    found = torch.cat([split.positions(photos, part) for part in DATABASES[protocol.database]])
    if not len(found):
        raise UsageError(
            f"No photo is left for the database {protocol.database!r}.", "Draw fewer, or rank others."
        )
    return found


def _choose(photos: PhotoSet, places: Sequence[int], count: int, *, per_class: bool, use: str) -> list[int]:
    """The first `count` of the places, or the first so many of each class; all of them for 0."""
    if not count or not per_class:
        if not places or len(places) < count:
            raise UsageError(
                f"There are {len(places)} photos to {use}, and the protocol draws {count or 'all'}.",
                "Get more of the photos, or draw fewer.",
            )
        return list(places[:count] if count else places)
    sizes = Counter(label for place in places for label in photos.labels[place])
    chosen: dict[int, None] = {}
    # The rarest first: photos of several classes would otherwise be gone when it is their turn.
    for name in sorted(photos.class_names, key=lambda name: (sizes[name], name)):
        of = [place for place in places if name in photos.labels[place] and place not in chosen]
        if len(of) < count:
            raise UsageError(
                f"The class {name!r} has {len(of)} photos to {use}, and the protocol draws {count}.",
                "Get more of the photos, or draw fewer.",
            )
        chosen.update(dict.fromkeys(of[:count]))
    return list(chosen)
