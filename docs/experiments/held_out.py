"""Which of the shared photos the built-in network's training holds out.

    python docs/experiments/held_out.py $HAMMINGBIRD_SHARED/data/train runs/split.csv

Of Flickr8k's train part 700 photos, and a twentieth of the sharp ImageNet photos, by hashes of their names,
choose settings and checkpoints; Flickr8k's val part only reports; all others are trained on.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

HELD_OUT_OF_FLICKR = 700
PACKS = ("imagenet84", "imagenet64", "imagenet160", "flickr8k")


def hashed(name: str) -> str:
    """A number that only the name decides, in hexadecimal digits."""
    return hashlib.blake2b(name.encode()).hexdigest()


def photos(folder: Path) -> Iterator[tuple[str, bool]]:
    """Names of photos as training has them, and whether they were published for validation."""
    for pack in PACKS:
        with (folder / f"{pack}.csv").open(newline="", encoding="utf-8") as table:
            for row in csv.DictReader(table):
                yield f"{pack}/{row['member']}", row.get("split") == "val"


def parts(folder: Path) -> dict[str, str]:
    """The part of each photo by its name."""
    found = {name: "test" if published else "train" for name, published in photos(folder)}
    free = [name for name, part in found.items() if part == "train"]
    flickr = sorted((name for name in free if name.startswith("flickr8k/")), key=hashed)
    sharp = [name for name in free if name.startswith("imagenet160/") and int(hashed(name)[:4], 16) % 20 == 0]
    return found | dict.fromkeys([*flickr[:HELD_OUT_OF_FLICKR], *sharp], "validation")


def main() -> None:
    """Writes the table."""
    folder, target = map(Path, sys.argv[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerows([("photo", "part"), *sorted(parts(folder).items())])


if __name__ == "__main__":
    main()
