"""Which photos a retraining learns from and which judge it, so that the measure is no test of memory."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

TRAIN, CHOICE, HELD_OUT = "train", "validation", "test"  # as `engine.training.split.PARTS` has them
SHARE_HELD_OUT, SHARE_OF_CHOICE = 0.2, 0.1
SAME_EVENT = timedelta(minutes=30)
FEWEST_GROUPS = 50  # with fewer, chance would decide whether anything is held out at all

Groups = NDArray[np.int64]


def event_groups(ids: Sequence[int], moments: Mapping[int, tuple[str, str]]) -> Groups:
    """Photos of one folder of which each was taken at most half an hour after the one before.

    Args:
        ids: N photos, ascending.
        moments: Folder and time of those whose time is known.

    Returns:
        int64 (N,), for each photo the lowest position in its group.
    """
    groups = np.arange(len(ids))
    timed = [(*moments[photo], place) for place, photo in enumerate(ids) if photo in moments]
    timed.sort(key=lambda row: (row[0], _time(row[1]), row[2]))
    for (folder, before, first), (other, after, second) in pairwise(timed):
        if folder == other and _time(after) - _time(before) <= SAME_EVENT:
            groups[second] = groups[first]
    return _lowest(groups)


def joined(first: Groups, second: Groups) -> Groups:
    """Groups that both make together: photos that either puts together, also through others."""
    groups = _lowest(first)
    while True:
        united = groups
        for partition in (second, first):
            least = np.full(len(groups), len(groups))
            np.minimum.at(least, partition, united)
            united = least[partition]
        if np.array_equal(united, groups):
            return groups
        groups = united


def draw_parts(ids: Sequence[int], groups: Groups, known: Mapping[str, str]) -> dict[str, str]:
    """A part for each photo; photos of one group share it.

    What an earlier retraining held out stays held out, so that figures of several compare: a group has the
    part that `known` says of any of its photos, held out before choice before training. Other groups are
    drawn by a hash of the lowest number of their photos.

    Args:
        ids: N photos, ascending.
        groups: int64 (N,), the lowest position of each photo's group.
        known: Parts by number of the photo, as text, of earlier retrainings.

    Returns:
        `TRAIN`, `CHOICE` or `HELD_OUT` by number of the photo, as text.
    """
    order = (TRAIN, CHOICE, HELD_OUT)
    members: dict[int, list[str]] = {}
    for photo, group in zip(ids, groups.tolist(), strict=True):
        members.setdefault(group, []).append(str(photo))
    found: dict[str, str] = {}
    for own in members.values():
        claims = [known[name] for name in own if name in known]
        found |= dict.fromkeys(own, max(claims, key=order.index) if claims else _drawn(own[0]))
    return found


def _drawn(name: str) -> str:
    draw = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) / 2**64
    if draw < SHARE_HELD_OUT:
        return HELD_OUT
    return CHOICE if draw < SHARE_HELD_OUT + SHARE_OF_CHOICE else TRAIN


def _lowest(groups: Groups) -> Groups:
    """The same groups, each named by the lowest position in it."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return datetime.min
