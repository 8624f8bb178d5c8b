"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009), read by torchvision, never downloaded."""

from collections.abc import Iterator
from pathlib import Path

from torchvision.datasets import CIFAR10, CIFAR100

from engine.errors import UsageError
from engine.training.sources.entry import Entry

CIFAR_SETS = {"cifar10": CIFAR10, "cifar100": CIFAR100}


def cifar_entries(name: str, folder: Path) -> Iterator[Entry]:
    """Both published parts, train first.

    Labels are class names for CIFAR-10. For CIFAR-100 they are the numbers of the fine classes, "0" to "99",
    as the leaves of its class tree are called.

    Args:
        name: A key of `CIFAR_SETS`.
        folder: Holds the unpacked archive. torchvision checks the files' MD5 before it unpickles them.

    Raises:
        UsageError: The files are not there, or not the published ones.
    """
    chosen = CIFAR_SETS[name]
    for part in ("train", "test"):
        try:
            found = chosen(folder, train=part == "train", download=False)
        except (RuntimeError, OSError) as error:
            raise UsageError(
                f"{folder} does not hold {name}: {error}.",
                f"Unpack {chosen.url} in it, so that there is a folder {folder / chosen.base_folder}.",
            ) from error
        for row, (pixels, target) in enumerate(zip(found.data, found.targets, strict=True)):
            label = str(target) if name == "cifar100" else found.classes[target]
            yield Entry(f"{name}/{part}-{row:05d}", pixels, labels=(label,), part=part)
