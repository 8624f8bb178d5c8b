"""What the built-in network gets wrong, as a sheet of pictures for the model card."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.hashing import codes
from engine.photos.contact_sheet import write_contact_sheet

ROWS, NEAREST = 6, 5


def write_failures(
    target: Path, thumbnails: list[bytes], classes: list[str], labels: NDArray[np.int64], packed: codes.Codes
) -> list[str]:
    """Writes the sheet: of the classes that are found worst one photo a row, before its nearest photos.

    The photo is the one of its class that does worst; ties go to the first.

    Args:
        target: The picture file.
        thumbnails: Of N photos.
        classes: Names.
        labels: int64 (N,), positions among the names.
        packed: uint8 (N, bits / 8), codes.

    Returns:
        The names of these classes, the worst first.
    """
    found = np.array([codes.distances(code, packed) for code in packed])
    np.fill_diagonal(found, np.iinfo(found.dtype).max)
    nearest = np.argsort(found, axis=1, kind="stable")[:, :NEAREST]
    right = (labels[nearest] == labels[:, None]).mean(axis=1)
    score = np.array([right[labels == label].mean() for label in range(len(classes))])
    worst = np.argsort(score, kind="stable")[:ROWS]
    tiles = []
    for label in worst:
        own = np.flatnonzero(labels == label)
        query = own[np.argmin(right[own])]
        tiles.append((thumbnails[query], f"{classes[label]}: asked for"))
        tiles += [(thumbnails[p], f"{classes[labels[p]]}, {found[query, p]} bits") for p in nearest[query]]
    write_contact_sheet(target, tiles, 1 + NEAREST)
    return [classes[label] for label in worst]
