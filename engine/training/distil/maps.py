"""A teacher's feature maps of whole photos: computed once, kept in a folder, read a few at a time."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import UsageError
from engine.progress import Meter, Progress, Reporter
from engine.training.checkpoint import unwritten, write_whole
from engine.training.distil.map_teacher import LAST_PLACES, MID_PLACES, TEACHER_SIDE, MapTeacher
from engine.training.photo_set import PhotoSet
from engine.training.teacher import fingerprint_of, runner

MID, LAST, MADE_FROM = "mid.npy", "last.npy", "maps.json"
PHOTOS_AT_ONCE = 64


@dataclass(frozen=True)
class TeacherMaps:
    """Maps of all photos of a run, channels last, in files that are mapped into memory.

    Attributes:
        mid: float16 (N, 14, 14, C), at a 16th of the photo.
        last: float16 (N, 7, 7, D), at a 32nd.
        fingerprint: Names the photos and the teacher.
    """

    mid: NDArray[np.float16]
    last: NDArray[np.float16]
    fingerprint: str

    def of(self, chosen: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
        """Maps of the photos at positions int64 (B,): float32 (B, C, 14, 14) and (B, D, 7, 7)."""
        return _planes(self.mid, chosen, device), _planes(self.last, chosen, device)


def _planes(maps: NDArray[np.float16], chosen: Tensor, device: torch.device) -> Tensor:
    return torch.from_numpy(maps[chosen.numpy()]).to(device).float().permute(0, 3, 1, 2)


def cached_maps(
    folder: Path, module_file: Path, teacher: MapTeacher, photos: PhotoSet, report: Reporter
) -> TeacherMaps:
    """Maps from a folder when they were made from the same photos, otherwise computed and kept there.

    Args:
        folder: Is made where it is missing. `maps.json` says what the maps were made from; it is written
            last, so that half of them are never taken for all.
        module_file: The teacher's.
        teacher: Is moved to the GPU where there is one.
        photos: Photos.
        report: Hears of progress.

    Raises:
        UsageError: The teacher gives maps that are no numbers.
        HammingbirdError: The maps can't be written.
    """
    pixels = hashlib.blake2b(photos.photos.contiguous().numpy().data, digest_size=16).hexdigest()
    made_from = bytes(fingerprint_of(module_file, teacher, photos, f"maps {pixels}").tolist()).hex()
    stored = _stored(folder, made_from)
    if stored is None:
        _write(folder, teacher, photos.photos, report)
        text = json.dumps({"made_from": made_from}) + "\n"
        write_whole(folder / MADE_FROM, lambda draft: draft.write_text(text, encoding="utf-8"))
        stored = _stored(folder, made_from)
    if stored is None:
        raise UsageError(f"The maps in {folder} were changed meanwhile.", "Choose another folder for them.")
    return stored


def _stored(folder: Path, made_from: str) -> TeacherMaps | None:
    try:
        if json.loads((folder / MADE_FROM).read_text(encoding="utf-8"))["made_from"] != made_from:
            return None
        mid, last = (np.load(folder / name, mmap_mode="r") for name in (MID, LAST))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # there are none, or they were torn: they are made now
    return TeacherMaps(mid, last, made_from)


def _write(folder: Path, teacher: MapTeacher, photos: Tensor, report: Reporter) -> None:
    """Writes both files from front to back: of a full disk a file says more than a mapping of it."""
    drafts = [folder / f"{name}.part" for name in (MID, LAST)]
    shapes = ((MID_PLACES, teacher.mid_channels), (LAST_PLACES, teacher.last_channels))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            files = [stack.enter_context(draft.open("wb")) for draft in drafts]
            for file, (side, channels) in zip(files, shapes, strict=True):
                _begin(file, (len(photos), side, side, channels))
            for found in _maps(teacher, photos, report):
                for file, maps in zip(files, found, strict=True):
                    file.write(maps.permute(0, 2, 3, 1).half().contiguous().numpy().tobytes())
        (folder / MADE_FROM).unlink(missing_ok=True)
        for draft, name in zip(drafts, (MID, LAST), strict=True):
            draft.replace(folder / name)
    except OSError as error:
        remedy = "Free some space, or choose another place with --maps."
        raise unwritten(folder, error, remedy) from error
    finally:
        for draft in drafts:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _begin(file: BinaryIO, shape: tuple[int, ...]) -> None:
    header = {"descr": np.dtype(np.float16).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _maps(teacher: MapTeacher, photos: Tensor, report: Reporter) -> Iterator[Sequence[Tensor]]:
    run, meter = runner(teacher, torch.zeros(2, 3, TEACHER_SIDE, TEACHER_SIDE)), Meter()
    size = (TEACHER_SIDE, TEACHER_SIDE)
    for start in range(0, len(photos), PHOTOS_AT_ONCE):
        chosen = photos[start : start + PHOTOS_AT_ONCE].permute(0, 3, 1, 2).float()
        found = run(nn.functional.interpolate(chosen, size, mode="bilinear", antialias=True) / 127.5 - 1)
        if not all(maps.half().isfinite().all() for maps in found):
            raise UsageError("The teacher gives maps that are no numbers of 16 bits.", "Mend its file.")
        yield found
        done = start + len(chosen)
        report(Progress("teacher", done, len(photos), *meter.update(done, len(photos))))
