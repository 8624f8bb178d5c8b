"""Packs: NAME.csv, one row a photo, beside NAME-NN.bin shards that hold the picture files end to end."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path

from engine.errors import UsageError
from engine.tabular import csv_rows
from engine.training.sources.entry import Entry
from engine.training.sources.parts import published_part

PACK_COLUMNS = frozenset(("shard", "offset", "size", "member", "width", "height"))
LABEL_COLUMNS = ("wnid", "label")


def pack_entries(table: Path) -> Iterator[Entry]:
    """The photos of a pack, with captions where NAME-captions.csv (member, caption) is there.

    Raises:
        UsageError: The table is not that of a pack, or a shard is missing or cut short.
    """
    captions = _captions(table.with_name(f"{table.stem}-captions.csv"))
    with ExitStack() as stack:
        shards: dict[str, BufferedReader] = {}
        for row in csv_rows(table):
            label = next((row[column] for column in LABEL_COLUMNS if row.get(column)), None)
            try:
                start, size = int(row["offset"]), int(row["size"])
                short_side = min(int(row["width"]), int(row["height"]))
                if row["shard"] not in shards:
                    shards[row["shard"]] = stack.enter_context((table.parent / row["shard"]).open("rb"))
                content = _slice(shards[row["shard"]], start, size)
            except (KeyError, ValueError) as error:
                raise UsageError(
                    f"{table} is not the table of a pack: {error!r}.", "Name NAME.csv."
                ) from error
            except OSError as error:
                raise UsageError(
                    f"The pack {table} lacks its shard {row['shard']}, or a part of it.", "Copy it again."
                ) from error
            yield Entry(
                f"{table.stem}/{row['member']}",
                content,
                labels=(label,) if label else (),
                captions=tuple(captions[row["member"]]),
                part=published_part(row.get("split", ""), str(table)),
                short_side=short_side,
            )


def _slice(shard: BufferedReader, start: int, size: int) -> bytes:
    if start < 0 or size < 0:
        raise ValueError(f"offset {start}, size {size}")
    if start + size > shard.seek(0, 2):  # before reading: a wild size would ask for as much memory
        raise OSError(f"{start + size} bytes are not there")
    shard.seek(start)
    return shard.read(size)


def _captions(table: Path) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    if table.is_file():
        for row in csv_rows(table):
            if "member" not in row or "caption" not in row:
                raise UsageError(
                    f"{table} has no columns member and caption.", "Copy it again, or take it away."
                )
            if row["caption"].strip():
                found[row["member"]].append(row["caption"].strip())
    return found
