"""COCO (Lin et al. 2014): annotations in JSON, photos in a folder."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import UsageError
from engine.paths import plain
from engine.tabular import readable
from engine.training.sources.entry import Entry

COCO_FORM = "coco:ANNOTATIONS.json:PHOTO_FOLDER"
_KINDS = ("instances_", "captions_")


@dataclass
class _Annotations:
    files: dict[Any, str] = field(default_factory=dict)
    labels: defaultdict[Any, set[str]] = field(default_factory=lambda: defaultdict(set))
    captions: defaultdict[Any, list[str]] = field(default_factory=lambda: defaultdict(list))


def coco_entries(named: str) -> Iterator[Entry]:
    """All photos of the annotations: the categories that are seen in each are its labels.

    Where the file is named instances_X.json and captions_X.json lies beside it, or the other way round, both
    are read. X starts with the part: train2017, val2017.

    Args:
        named: "ANNOTATIONS.json:PHOTO_FOLDER".

    Raises:
        UsageError: It is written in another way, or the file or the folder is not there or not of COCO.
    """
    before, found, after = named.partition(".json:")
    if not found or not after:
        raise UsageError(f"coco:{named} does not name a file and a folder.", f"Write {COCO_FORM}.")
    file, folder = Path(f"{before}.json"), Path(after)
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", f"Write {COCO_FORM}.")
    known = _Annotations()
    for part_of_both in (file, *_beside(file)):
        _read(part_of_both, known)
    subset = file.stem.partition("_")[2]
    part = next((part for part in ("train", "val", "test") if subset.startswith(part)), "")
    for photo, name in known.files.items():
        yield Entry(
            f"{plain(folder).name}/{name}",
            folder / name,
            labels=tuple(sorted(known.labels[photo])),
            captions=tuple(known.captions[photo]),
            part=part,
        )


def _beside(file: Path) -> Iterator[Path]:
    for kind, other in (_KINDS, _KINDS[::-1]):
        twin = file.with_name(file.name.replace(kind, other, 1))
        if file.name.startswith(kind) and twin.is_file():
            yield twin


def _read(file: Path, known: _Annotations) -> None:
    with readable(file, "annotations of COCO"):
        content = json.loads(file.read_text("utf-8"))
    try:
        known.files |= {photo["id"]: str(photo["file_name"]) for photo in content["images"]}
        categories = {category["id"]: str(category["name"]) for category in content.get("categories", ())}
        for said in content["annotations"]:
            if "caption" in said:
                known.captions[said["image_id"]] += [text] if (text := str(said["caption"]).strip()) else []
            else:
                known.labels[said["image_id"]].add(categories[said["category_id"]])
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{file} holds no annotations of COCO: {error!r}.", f"Write {COCO_FORM}.") from error
