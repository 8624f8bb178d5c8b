"""Brings a library up to date with its folders. The only writer besides the service.

Killed at any moment, the next run ends in the same photos and codes as an undisturbed one: a file's row is
written in the transaction that stores its photo and code, so what has no row yet is read again.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.library.database import Library
from engine.library.encode_missing import encode_missing
from engine.library.locations import root_paths
from engine.library.lost_thumbnails import repair_thumbnails
from engine.library.models_table import activate_model, register_model
from engine.library.purge import purge
from engine.library.read_pass import Encoder, run_read_pass
from engine.library.reporting import Control, Phase
from engine.library.roots import add_root
from engine.library.scan_pass import run_scan_pass, take_out_moved
from engine.library.sidecar_pass import run_sidecar_pass
from engine.library.store import StoreFigures
from engine.photos.decode_pool import DecodePool
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS

__all__ = ["Encoder", "IndexFigures", "IndexOptions", "encode_missing", "index"]

# A job waits longer than a person would for an edit that takes its time, such as taking in a folder of a
# million files.
BUSY_MS = 120_000


@dataclass(frozen=True)
class IndexOptions:
    """How to index.

    Attributes:
        workers: Processes that read photos; 0 for as many as processors.
        max_megapixels: Larger pictures are problems.
        memory_bytes: Limit of each of these processes, where the system has one; None for what the largest
            allowed picture needs.
        timeout_s: Time limit for one photo, in seconds.
        believe_missing: Believe that files are gone even if most of a folder vanished at once.
        model_name: For people, where the model is new to the library.
        model_card: What the model's card says, likewise.
    """

    workers: int = 0
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS
    memory_bytes: int | None = None
    timeout_s: float = 30.0
    believe_missing: bool = False
    model_name: str = ""
    model_card: dict[str, Any] | None = None


@dataclass(frozen=True)
class IndexFigures:
    """What an index run did.

    Attributes:
        files: Files seen.
        read: Files that were new, changed, or tried again.
        added: New photos.
        known: Files read that lead to photos that were there: moved, copied, rewritten.
        encoded: Codes made.
        problems: Files of this run that could not be read.
        others: Files of this run that are no pictures.
        back: Files that were missing and are there again.
        vanished: Files that are gone, moved ones included.
        excluded: Files that the person leaves out by a pattern, and that were in the library before.
        doubtful: Files that seem to be gone, which is not believed.
        offline: Roots that were not found.
        purged: Photos whose record was deleted, after long.
        sidecars: Files beside photos whose words were read.
    """

    files: int
    read: int
    added: int
    known: int
    encoded: int
    problems: int
    others: int
    back: int
    vanished: int
    excluded: int
    doubtful: int
    offline: int
    purged: int
    sidecars: int


def index(
    lib: Library,
    roots: Sequence[Path],
    encoder: Encoder,
    control: Control,
    options: IndexOptions | None = None,
) -> IndexFigures:
    """Adds folders and brings them up to date; unchanged files are not opened.

    Afterwards the encoder's model is the active one, and every visible photo has a code of it, except those
    whose thumbnail and files both can't be read. Files whose thumbnail is lost are read again, and so all
    folders are scanned that hold such files.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        roots: Folders, new or known; none for all folders of the library.
        encoder: Makes the codes.
        control: Hears of progress (phases "scanning", "reading", "captions", "encoding"); asked between
            transactions.
        options: How to index.

    Raises:
        UsageError: A folder is not there and was never added, or is a file.
        LibraryError: The library can't be written.
        JobCancelled: The person cancelled; what was done until then stays.
    """
    options = options or IndexOptions()
    lib.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    chosen = {add_root(lib, root).id for root in roots}
    chosen |= repair_thumbnails(lib, control)
    paths = {i: path for i, path in root_paths(lib).items() if not roots or i in chosen}
    model = register_model(
        lib,
        encoder.digest,
        options.model_name or encoder.digest[:12],
        encoder.n_bits,
        options.model_card or {},
    )
    found = run_scan_pass(lib, paths, control, believe_missing=options.believe_missing)
    stored = _read(lib, paths, model.id, encoder, control, options, found.to_read)
    moved = take_out_moved(lib, control)
    sidecars = run_sidecar_pass(lib, paths, control)
    encoded = encode_missing(lib, encoder, control)
    activate_model(lib, encoder.digest)
    purged = purge(lib, control)
    figures = asdict(stored) | {
        "encoded": stored.encoded + encoded.encoded,
        "problems": stored.problems + sidecars.problems,
        "files": found.files,
        "back": found.back,
        "vanished": found.vanished + moved,
        "excluded": found.excluded,
        "doubtful": found.doubtful,
        "offline": found.offline,
        "purged": purged,
        "sidecars": sidecars.read,
    }
    return IndexFigures(**figures)


def _read(
    lib: Library,
    roots: dict[int, Path],
    model_id: int,
    encoder: Encoder,
    control: Control,
    options: IndexOptions,
    total: int,
) -> StoreFigures:
    if not total:
        return StoreFigures()
    phase = Phase(control, "reading", total)
    with DecodePool(
        options.workers or os.cpu_count() or 1,
        timeout_s=options.timeout_s,
        max_megapixels=options.max_megapixels,
        memory_bytes=options.memory_bytes,
        input_size=encoder.input_side,
    ) as pool:
        writer = run_read_pass(lib, roots, model_id, encoder, pool, phase)
    phase.tell()
    return writer.figures
