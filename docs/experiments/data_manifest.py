"""Which files the built-in network was trained from, so that whoever makes it again has the same.

    python docs/experiments/data_manifest.py $HAMMINGBIRD_SHARED docs/results/training-data.md

For each pack its photos and one SHA-256 over its table and its shards in their order; for each other file its
size and SHA-256; and how many photos of each pack are trained on, held out, and left to report on.
"""

import csv
import hashlib
import importlib.util
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

OTHERS = (
    "data/train/flickr8k-captions.csv",
    "data/train/captions-text.txt.gz",
    "data/wordnet/imagenet.parent-child.txt",
    "data/wordnet/imagenet.names.tsv",
    "teacher/teacher.safetensors",
)
HEAD = """# What the built-in network was trained from

Written by `python docs/experiments/data_manifest.py`. A pack's digest is SHA-256 over its table and then its
shards. The classes that are left out of training ([training.md](../training.md)) are counted here too.
"""


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the bytes of files, one after the other, in hexadecimal digits."""
    hasher = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                hasher.update(block)
    return hasher.hexdigest()


def packs(folder: Path, split: ModuleType) -> list[str]:
    """A row for each pack of a folder: photos, their parts, bytes, digest."""
    counts = Counter((name.partition("/")[0], part) for name, part in split.parts(folder).items())
    rows = []
    for pack in split.PACKS:
        files = [folder / f"{pack}.csv", *sorted(folder.glob(f"{pack}-[0-9]*.bin"))]
        with files[0].open(newline="", encoding="utf-8") as table:
            photos = sum(1 for _ in csv.DictReader(table))
        parts = [counts[pack, part] for part in ("train", "validation", "test")]
        size = sum(file.stat().st_size for file in files)
        rows.append(_row(pack, *(f"{n:,}" for n in (photos, *parts, size)), f"`{digest(files)}`"))
    return rows


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Writes the page."""
    shared, target = map(Path, sys.argv[1:])
    spec = importlib.util.spec_from_file_location("held_out", Path(__file__).with_name("held_out.py"))
    split = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(split)
    lines = [
        HEAD,
        _row("pack", "photos", "trained on", "held out", "only reported on", "bytes", "SHA-256"),
        _row(*("---",) * 7),
        *packs(shared / "data" / "train", split),
        "",
        _row("file", "bytes", "SHA-256"),
        _row(*("---",) * 3),
        *(
            _row(Path(name).name, f"{(shared / name).stat().st_size:,}", f"`{digest([shared / name])}`")
            for name in OTHERS
        ),
    ]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
