"""Photos to train on, held in memory as uint8, from packs or from folders named after classes."""

import csv
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as nn_functional

from engine.errors import UnreadablePhoto, UsageError
from engine.photos.decode import DEFAULT_MAX_MEGAPIXELS, network_input, read_photo

LABEL_COLUMNS = ("wnid", "label")
Entry = tuple[str, str, bytes | Path, int]  # name, class, content or file, short side (0: not known yet)


@dataclass(frozen=True)
class PhotoSet:
    """Photos in memory.

    Attributes:
        photos: uint8 (N, S, S, 3) sRGB, squashed to squares as the product does it.
        names: N names, unique within the set.
        labels: N class names.
        sharp: N times whether the photo had as many pixels as are kept; the others are blurred by enlarging.
        skipped: Files that could not be read.
    """

    photos: Tensor
    names: list[str]
    labels: list[str]
    sharp: list[bool]
    skipped: int = 0

    def __len__(self) -> int:
        return len(self.names)

    def take(self, chosen: Tensor) -> "PhotoSet":
        """The photos at these positions, int64 (M,)."""
        kept = chosen.tolist()
        return PhotoSet(
            self.photos[chosen],
            [self.names[i] for i in kept],
            [self.labels[i] for i in kept],
            [self.sharp[i] for i in kept],
        )


def load_photos(source: Path, side: int, *, leave_out: frozenset[str] = frozenset()) -> PhotoSet:
    """Reads a pack (its .csv table) or a folder with one folder a class.

    Args:
        source: `NAME.csv` beside its `NAME-NN.bin` shards, or a folder.
        side: Photos are squashed to side x side pixels.
        leave_out: Classes that are not read.

    Raises:
        UsageError: There is no such source or nothing readable in it.
    """
    if source.is_dir():
        entries = [e for e in _folder_entries(source) if e[1] not in leave_out]
    elif source.suffix == ".csv" and source.is_file():
        entries = [e for e in _pack_entries(source) if e[1] not in leave_out]
    else:
        raise UsageError(f"{source} is neither a pack (.csv) nor a folder of classes.", "Check the path.")

    def read(entry: Entry) -> tuple[bytes, bool] | None:
        content = entry[2]
        try:
            if isinstance(content, bytes):
                return network_input(content, side), entry[3] >= side
            photo = read_photo(str(content), input_size=side, max_megapixels=DEFAULT_MAX_MEGAPIXELS).photo
            return (photo.pixels, min(photo.width, photo.height) >= side) if photo else None
        except UnreadablePhoto:
            return None

    with ThreadPoolExecutor() as pool:
        pixels = list(pool.map(read, entries))
    good = [(entry, *found) for entry, found in zip(entries, pixels, strict=True) if found is not None]
    if not good:
        raise UsageError(f"{source} has no photo that can be read.", "Name a folder with one folder a class.")
    stacked = np.frombuffer(b"".join(data for _, data, _ in good), np.uint8).reshape(-1, side, side, 3)
    return PhotoSet(
        torch.from_numpy(stacked.copy()),
        [entry[0] for entry, _, _ in good],
        [entry[1] for entry, _, _ in good],
        [sharp for _, _, sharp in good],
        skipped=len(entries) - len(good),
    )


def join(sets: list[PhotoSet]) -> PhotoSet:
    """One set after the other."""
    return PhotoSet(
        torch.cat([s.photos for s in sets]),
        [name for s in sets for name in s.names],
        [label for s in sets for label in s.labels],
        [sharp for s in sets for sharp in s.sharp],
        sum(s.skipped for s in sets),
    )


def split(photos: PhotoSet, validation: float) -> tuple[Tensor, Tensor]:
    """Positions for training and validation, the same on every machine, whatever else is in the set.

    A photo goes by a hash of its file name without folders and without the ending, so that one that stands in
    two packs under one name falls on one side.

    Args:
        photos: All photos.
        validation: Share that is held out, in (0, 1).
    """
    stems = [Path(name).stem for name in photos.names]
    draws = [int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest()) / 2**64 for stem in stems]
    held_out = torch.tensor(draws) < validation
    return torch.nonzero(~held_out).flatten(), torch.nonzero(held_out).flatten()


def _pack_entries(table: Path) -> Iterator[Entry]:
    shards: dict[str, bytes] = {}
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            label = next((row[column] for column in LABEL_COLUMNS if column in row), "")
            try:
                if row["shard"] not in shards:
                    shards[row["shard"]] = (table.parent / row["shard"]).read_bytes()
                start, size = int(row["offset"]), int(row["size"])
                content = shards[row["shard"]][start : start + size]
                yield (
                    f"{table.stem}/{row['member']}",
                    label,
                    content,
                    min(int(row["width"]), int(row["height"])),
                )
            except (KeyError, ValueError, TypeError) as error:
                raise UsageError(
                    f"{table} is not the table of a pack: {error!r}.", "Name NAME.csv."
                ) from error
            except OSError as error:
                raise UsageError(
                    f"The pack {table} lacks its shard {row['shard']}.", "Copy it again."
                ) from error


def _folder_entries(folder: Path) -> Iterator[Entry]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.parent != folder:
            yield str(file.relative_to(folder)), file.relative_to(folder).parts[0], file, 0


class Augmenter:
    """Random crops, frames of plain colour, mirror images and colours, for a whole batch at once.

    Attributes:
        side: Pixels of the crops.
        smallest_area: Crops cover at least this share of the photo.
        framed: Share of photos that shrink within a frame of one colour instead of being cropped. Things on
            plain grounds are rare among photos with classes, and common in a person's folders.
    """

    def __init__(
        self, side: int, *, smallest_area: float = 0.35, framed: float = 0.15, seed: int = 0
    ) -> None:
        self.side = side
        self.smallest_area = smallest_area
        self.framed = framed
        self._generator = torch.Generator().manual_seed(seed)

    def _uniform(self, count: int, low: float, high: float) -> Tensor:
        return torch.rand(count, generator=self._generator) * (high - low) + low

    def _boxes(self, count: int) -> Tensor:
        """Affine maps, float32 (B, 2, 3), of crops with a ratio of sides of 3/4 to 4/3."""
        area = self._uniform(count, self.smallest_area, 1.0)
        ratio = torch.exp(self._uniform(count, -0.28, 0.28))
        width = (area * ratio).sqrt().clamp(max=1.0)
        height = (area / ratio).sqrt().clamp(max=1.0)
        mirror = torch.where(self._uniform(count, 0, 1) < 0.5, -1.0, 1.0)
        maps = torch.zeros(count, 2, 3)
        maps[:, 0, 0], maps[:, 1, 1] = width * mirror, height
        maps[:, 0, 2] = self._uniform(count, -1, 1) * (1 - width)
        maps[:, 1, 2] = self._uniform(count, -1, 1) * (1 - height)
        grow = self._uniform(count, 1.05, 1.8).where(
            self._uniform(count, 0, 1) < self.framed, torch.tensor(0.0)
        )
        framed = maps.clone()
        framed[:, 0, 0], framed[:, 1, 1] = grow * mirror, grow
        framed[:, :, 2] = self._uniform(2 * count, -1, 1).view(count, 2) * (grow - 1).view(count, 1)
        return torch.where(grow.view(count, 1, 1) > 0, framed, maps)

    def _grounds(self, count: int) -> Tensor:
        """Colours of frames, float32 (B, 3, 1, 1): white, black or any grey, sometimes any colour."""
        grey = (self._uniform(count, -0.5, 1.5).clamp(0, 1) * 255).view(count, 1, 1, 1)
        colour = self._uniform(3 * count, 0, 255).view(count, 3, 1, 1)
        return torch.where(self._uniform(count, 0, 1).view(count, 1, 1, 1) < 0.2, colour, grey)

    def __call__(self, photos: Tensor) -> Tensor:
        """uint8 (B, S, S, 3) to float32 (B, 3, side, side) in [0, 255], channels last."""
        count = len(photos)
        x = photos.permute(0, 3, 1, 2).float()
        grid = nn_functional.affine_grid(
            self._boxes(count), [count, 3, self.side, self.side], align_corners=False
        )
        ground = self._grounds(count)
        x = ground + nn_functional.grid_sample(
            x - ground, grid, mode="bilinear", padding_mode="zeros", align_corners=False
        )
        grey = x.mean(dim=1, keepdim=True)
        colour = self._uniform(count, 0.6, 1.4).where(self._uniform(count, 0, 1) > 0.1, torch.tensor(0.0))
        x = grey + (x - grey) * colour.view(-1, 1, 1, 1)
        tint = 1 + 0.08 * torch.randn(count, 3, 1, 1, generator=self._generator)
        contrast = self._uniform(count, 0.7, 1.3).view(-1, 1, 1, 1)
        middle = x.mean(dim=(1, 2, 3), keepdim=True)
        x = ((x - middle) * contrast + middle * self._uniform(count, 0.7, 1.3).view(-1, 1, 1, 1)) * tint
        return x.clamp_(0, 255).contiguous(memory_format=torch.channels_last)
