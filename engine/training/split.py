"""Which photos are trained on and which are held out."""

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import UsageError
from engine.tabular import csv_columns, csv_rows
from engine.training.near_identical import near_identical_groups
from engine.training.photo_set import PhotoSet

# Where several claim a photo, the last of these has it. "database": ranked, neither asked for nor learned.
PARTS = ("train", "validation", "database", "test")
COLUMNS = ["photo", "part"]


@dataclass(frozen=True)
class Split:
    """Which photo belongs to which part.

    Attributes:
        parts: One of `PARTS` by the photo's name.
        name: What people call it: the name of its file.
    """

    parts: Mapping[str, str]
    name: str

    @cached_property
    def digest(self) -> str:
        """32 hexadecimal digits that say which photos are where, whatever the split is called."""
        return hashlib.blake2b(self._table.encode(), digest_size=16).hexdigest()

    @cached_property
    def _table(self) -> str:
        text = io.StringIO()
        csv.writer(text).writerows([COLUMNS, *sorted(self.parts.items())])
        return text.getvalue()

    def save(self, path: Path) -> None:
        """Writes a CSV table with the columns photo and part, sorted by photo, whole or not at all.

        Raises:
            UsageError: The file can't be written.
        """
        draft = path.with_name(f"{path.name}.part")
        try:
            draft.write_text(self._table, encoding="utf-8", newline="")
            draft.replace(path)
        except OSError as error:
            raise UsageError(
                f"The split can't be written to {path}: {error.strerror}.", "Choose another place."
            ) from error

    @classmethod
    def load(cls, path: Path) -> "Split":
        """Reads what `save` wrote; the file's name without its ending becomes the split's.

        Raises:
            UsageError: The file can't be read, is no split, or names a photo twice.
        """
        if csv_columns(path) != COLUMNS:
            raise UsageError(f"{path} is no split.", "Name a table with the columns photo and part.")
        parts: dict[str, str] = {}
        for row in csv_rows(path):
            if row["part"] not in PARTS or row["photo"] in parts:
                raise UsageError(
                    f"The split {path} has a wrong row: {row['photo']!r}, {row['part']!r}.",
                    f"Each photo stands there once, with one of {', '.join(PARTS)}.",
                )
            parts[row["photo"]] = row["part"]
        return cls(parts, path.stem)

    def counts(self, photos: PhotoSet) -> dict[str, int]:
        """How many of these photos are in each part that has some."""
        found = Counter(self.parts[name] for name in photos.names)
        return {part: found[part] for part in PARTS if found[part]}

    def positions(self, photos: PhotoSet, part: str) -> Tensor:
        """Where the photos of a part are.

        Args:
            photos: N photos, which may be fewer than the split knows.
            part: One of `PARTS`.

        Returns:
            int64 (M,), ascending.

        Raises:
            UsageError: The split does not know one of the photos.
            ValueError: No such part.
        """
        if part not in PARTS:
            raise ValueError(f"part is one of {', '.join(PARTS)}, not {part!r}")
        unknown = next((name for name in photos.names if name not in self.parts), None)
        if unknown is not None:
            raise UsageError(
                f"The split {self.name} does not know the photo {unknown}.",
                "Draw a new split that starts from this one.",
            )
        chosen = [place for place, name in enumerate(photos.names) if self.parts[name] == part]
        return torch.tensor(chosen, dtype=torch.int64)


def draw_split(
    photos: PhotoSet,
    validation: float,
    test: float = 0.0,
    *,
    known: Split | None = None,
    name: str = "drawn",
) -> Split:
    """Draws a part for each photo, the same on every machine.

    Near-identical photos (`engine.training.near_identical`) share one part, across sources too:

    1. What `known` says of any of them, and "test" where any was published as validation or test. If these
       differ, test comes before validation before train: what `known` holds out is never trained on.
    2. Otherwise the draw of the one whose name is the smallest: a hash of the file name without folders and
       ending, so that it does not depend on what else is in the set.

    Args:
        photos: All photos; pixels decide which are near-identical.
        validation: Share that the weights are chosen by.
        test: Share that nothing is chosen by.
        known: An earlier split that goes on. Photos that it alone knows stay in it; they may be offline now.
        name: Of the new split.

    Raises:
        UsageError: A share is below 0, or nothing is left to train on.
    """
    if not (validation >= 0 and test >= 0 and validation + test < 1):
        raise UsageError(
            f"Of all photos, {validation:g} and {test:g} can't be held out.",
            "Choose two shares from 0 on that make less than 1.",
        )
    parts = dict(known.parts) if known else {}
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(near_identical_groups(photos.photos).tolist()):
        groups[group].append(place)
    for places in groups.values():
        names = [photos.names[place] for place in places]
        claims = [parts[name] for name in names if name in parts]
        claims += ["test" for place in places if photos.parts[place] in ("val", "test")]
        part = max(claims, key=PARTS.index) if claims else _part(_draw(min(names)), validation, test)
        parts.update(dict.fromkeys(names, part))
    return Split(parts, name)


def _draw(name: str) -> float:
    """A number in [0, 1) that only the file name without folders and ending decides."""
    return int.from_bytes(hashlib.blake2b(Path(name).stem.encode(), digest_size=8).digest()) / 2**64


def _part(draw: float, validation: float, test: float) -> str:
    if draw < validation:
        return "validation"
    return "test" if draw < validation + test else "train"
