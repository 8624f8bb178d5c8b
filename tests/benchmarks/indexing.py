"""How fast folders are indexed."""

import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.library.database import Library
from engine.library.photos import Counts, counts
from tests.benchmarks import photos, processes
from tests.benchmarks.machine import cores
from tests.benchmarks.processes import ChildFailed, IndexRun
from tests.benchmarks.report import LESS, MORE, Row, Section


@contextmanager
def _place() -> Iterator[Path]:
    """A folder for libraries on the disk that the photos are on."""
    processes.WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=processes.WORK) as folder:
        yield Path(folder)


def _index_anew(place: Path, folder: Path, expected: int) -> IndexRun:
    """Indexes into a new library and makes sure that every photo got its code."""
    library = place / "library"
    shutil.rmtree(library, ignore_errors=True)
    run = processes.index(library, folder)
    found = _counts(library)
    if found.files != expected or found.codes != found.photos or found.problems:
        raise ChildFailed(f"{expected} files were to be indexed, the library says {found}")
    return run


def _counts(library: Path) -> Counts:
    opened = Library.open_reading(library)
    try:
        return counts(opened)
    finally:
        opened.close()


def _rate(value: float) -> str:
    return f"{value:,.1f} photos/s" if value < 100 else f"{value:,.0f} photos/s"


def large(quick: bool) -> Section:
    """12-megapixel JPEGs against what nobody can leave out, and against perceptual hashing."""
    folder, words = photos.large_photos(16 if quick else 240)
    rounds = 1 if quick else 3
    count = photos.warm(folder)
    limits, ours, hashing = [], [], []
    with _place() as place:
        for _ in range(rounds):
            limits.append(processes.run_child("peers", "limit", folder, 8 if quick else 100))
            ours.append(_index_anew(place, folder, count))
            hashing.append(processes.run_child("peers", "phash", folder, cores()))
    limit = statistics.median(cores() / (found["decode_s"] + found["network_s"]) for found in limits)
    rate = statistics.median(count / run.seconds for run in ours)
    steady = [run.steady_rate for run in ours if run.steady_rate]
    phash = statistics.median(found["rate"] for found in hashing)
    part = limits[len(limits) // 2]
    cost = f"decode and resize {1000 * part['decode_s']:.1f} ms, network {1000 * part['network_s']:.1f} ms"
    raw = {"photos": count, "limits": limits, "runs": [vars(run) for run in ours], "phash": hashing}
    rows = [
        Row(
            "Index 12-megapixel JPEGs, start to end",
            _rate(rate),
            f"limit {_rate(limit)} ({cost})",
            rate / limit,
            MORE,
            0.8,
            "%",
            raw=raw,
        ),
        Row(
            "The same against perceptual hashing",
            _rate(rate),
            f"imagehash.phash {_rate(phash)}",
            rate / phash,
            MORE,
            2,
        ),
    ]
    if steady:
        middle = statistics.median(steady)
        rows.insert(
            1,
            Row(
                "The same, steady rate without start and end",
                _rate(middle),
                f"limit {_rate(limit)}",
                middle / limit,
                unit="%",
            ),
        )
    how = (
        f"{count} photos: {words}. `hammingbird index FOLDER --progress jsonl` ran as a child process into a"
        " new library; the time is that between the events `started` and `result`, so loading the model,"
        " starting the workers and writing the library are in it. The steady rate is that between a fifth and"
        " nine tenths of the way. The limit is the number of cores divided by the processor time"
        " (`time.process_time`, one thread) of Pillow's draft decode to at least 512 px from bytes in memory,"
        " one resize to a short side of 256, and one photo through torchvision's MobileNetV3-Large at 224 px"
        " in OpenVINO, float32, batches of 16, random weights. `imagehash.phash` ran over the same files in"
        f" a pool of {cores()} processes, whose start was not counted. All files had been read once before."
        f" The limit, we and phash took turns; medians of {rounds} rounds. The limit's network is"
        " MobileNetV3-Large whatever network is built in; a smaller one makes the limit easier to reach."
    )
    return Section("large", tuple(rows), how)


def small(quick: bool) -> Section:
    """Small photos, where the encoder and not the decoder should be the limit."""
    count = 200 if quick else 3030
    rounds = 1 if quick else 3
    folders = {kind: photos.small_photos(count, kind) for kind in ("WebP", "JPEG")}
    encoder, ours = [], {kind: [] for kind in folders}
    with _place() as place:
        for folder, _ in folders.values():
            photos.warm(folder)
        for _ in range(rounds):
            encoder.append(processes.run_child("peers", "encoder"))
            for kind, (folder, _) in folders.items():
                ours[kind].append(_index_anew(place, folder, count))
    alone = statistics.median(found["rate"] for found in encoder)
    network = f"{encoder[0]['network']} at {encoder[0]['input_side']} px"
    rows = []
    for kind, runs in ours.items():
        rate = statistics.median(count / run.seconds for run in runs)
        raw = {"photos": count, "encoder": encoder, "runs": [vars(run) for run in runs]}
        rows.append(
            Row(
                f"Index small photos, {kind}",
                _rate(rate),
                f"encoder alone {_rate(alone)} ({network})",
                rate / alone,
                MORE,
                0.6,
                "%",
                raw=raw,
            )
        )
        steady = [run.steady_rate for run in runs if run.steady_rate]
        if steady:
            middle = statistics.median(steady)
            rows.append(
                Row(
                    f"The same, {kind}, steady rate",
                    _rate(middle),
                    f"encoder alone {_rate(alone)}",
                    middle / alone,
                    unit="%",
                )
            )
    words = " and ".join(dict.fromkeys(words for _, words in folders.values()))
    how = (
        f"{count:,} photos: {words}. Timed as the large photos, files read once before. The encoder alone is"
        " our own `Encoder.encode` with the built-in model on all cores, fed 1,024 photos at a time from"
        f" memory; medians of {rounds} rounds, taking turns."
    )
    return Section("small", tuple(rows), how)


def unchanged(quick: bool) -> Section:
    """A second run over a folder in which nothing changed."""
    count = 2_000 if quick else 100_000
    folder = photos.tiny_photos(count)
    with _place() as place:
        first = _index_anew(place, folder, count)
        library = place / "library"
        again = [processes.index(library, folder) for _ in range(1 if quick else 3)]
        opened = _opened(place, library, folder)
        after = _counts(library)
    if after.files != count:
        raise ChildFailed(f"after a run over an unchanged folder the library says {after}")
    seconds = statistics.median(run.seconds for run in again)
    raw = {"files": count, "first": vars(first), "again": [vars(run) for run in again], "opened": opened}
    rows = [
        Row(
            f"Index an unchanged folder of {count:,} files again",
            f"{seconds:.2f} s",
            f"first run {first.seconds:.0f} s",
            seconds / first.seconds,
            raw=raw,
        )
    ]
    if opened is not None:
        rows.append(
            Row(
                "Files of it that were opened", f"{opened:,}", bound=LESS, target=1, unit="file", value=opened
            )
        )
    how = (
        f"{count:,} different PNGs of 16 px, a hundred in a folder. The first run reads them all; then the"
        " same command again, from `started` to `result`, median of the runs. "
        + (
            "One more run under `strace -f` counted the files below the folder that were opened."
            if opened is not None
            else "There is no strace here to count opened files; the tests hold it to none."
        )
    )
    return Section("unchanged", tuple(rows), how)


def _opened(place: Path, library: Path, folder: Path) -> int | None:
    """Files below the folder that a run opens, None where nothing can watch it."""
    strace = shutil.which("strace")
    if strace is None:
        sys.stderr.write("no strace: opened files are not counted\n")
        return None
    log = place / "opened.txt"
    watch = (strace, "-f", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2", "-o", str(log))
    processes.index(library, folder, watch)
    lines = log.read_text(errors="replace").splitlines()
    # workers would open files by their whole path; folders are opened with O_DIRECTORY
    named = re.compile(r'"' + re.escape(str(folder)) + r'[^"]*"')
    if not any(named.search(line) for line in lines):
        raise ChildFailed("strace saw nothing of the folder, so its count means nothing")
    return sum(1 for line in lines if named.search(line) and "O_DIRECTORY" not in line)
