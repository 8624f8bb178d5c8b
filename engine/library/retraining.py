"""Retrainings of a library: each has a folder that says what it is to do, how it goes, and what came of it.

    DIR/retraining/RUN/plan.json      base model, settings, what was found before it began
    DIR/retraining/RUN/curve.jsonl    a line a point: losses, or measures on held-out photos
    DIR/retraining/RUN/samples.json   neighbours of a few photos, before and now
    DIR/retraining/RUN/verdict.json   old and new model compared on held-out photos
    DIR/retraining/RUN/pool.npz       codes by both models, so that any of these photos can be tried

RUN is the id of the job that began it, which has its own folder, `DIR/jobs/RUN`. The window reads these files
while a job writes them: all but the curve are replaced whole.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from engine.errors import UsageError
from engine.jobs import disk_errors, whole_lines

if TYPE_CHECKING:
    from engine.library.codes import Codes, Ids

POOL_PHOTOS = 20_000


@dataclass(frozen=True)
class Pool:
    """Codes of the same photos by both models of a retraining.

    Attributes:
        ids: Photo ids, int64 (N,), N at most `POOL_PHOTOS`.
        before: Packed codes by the base model, uint8 (N, bits / 8).
        after: Packed codes by the new model, uint8 (N, its bits / 8).
    """

    ids: "Ids"
    before: "Codes"
    after: "Codes"


@dataclass(frozen=True)
class RunFolder:
    """The folder of one retraining; what was not written yet, or is damaged, reads as None."""

    path: Path

    @property
    def run_id(self) -> str:
        """Name of the folder: the id of the job that began it; ids sort by start."""
        return self.path.name

    @property
    def plan_path(self) -> Path:
        """JSON: started_at, base (a digest), base_name, name, settings, check."""
        return self.path / "plan.json"

    @property
    def curve_path(self) -> Path:
        """JSON lines, one point each."""
        return self.path / "curve.jsonl"

    @property
    def samples_path(self) -> Path:
        """JSON: step, queries."""
        return self.path / "samples.json"

    @property
    def verdict_path(self) -> Path:
        """JSON: before, after, measures, recommended, reasons, queries, worst, histograms, counts."""
        return self.path / "verdict.json"

    @property
    def pool_path(self) -> Path:
        """NumPy arrays: ids, before, after."""
        return self.path / "pool.npz"

    def plan(self) -> dict[str, Any] | None:
        """What the run is to do, and what was found before it began."""
        return _read_object(self.plan_path)

    def samples(self) -> dict[str, Any] | None:
        """Neighbours of a few photos by the base model and by the network as it was last measured."""
        return _read_object(self.samples_path)

    def verdict(self) -> dict[str, Any] | None:
        """How old and new model compare; the run has ended well when there is one."""
        return _read_object(self.verdict_path)

    def curve(self, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
        """Points written since `offset` bytes, and the new offset; a half-written line waits."""
        lines, offset = whole_lines(self.curve_path, offset)
        return [json.loads(line) for line in lines], offset

    def pool(self) -> Pool | None:
        """Codes by both models, to try any photo."""
        import numpy as np  # not for a window that is not on the screen yet

        try:
            with self.pool_path.open("rb") as file, np.load(file) as arrays:
                return Pool(arrays["ids"], arrays["before"], arrays["after"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None

    def write_plan(self, plan: Mapping[str, Any]) -> None:
        """Writes plan.json, and makes the folder.

        Raises:
            LibraryError: The disk is full or can't be written.
        """
        with disk_errors(self._library_dir):
            self.path.mkdir(parents=True, exist_ok=True)
        self._write(self.plan_path, _json(plan))

    def write_samples(self, samples: Mapping[str, Any]) -> None:
        """Replaces samples.json; raises as `write_plan`."""
        self._write(self.samples_path, _json(samples))

    def write_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Writes verdict.json, last of all, when the library has the new model; raises as `write_plan`."""
        self._write(self.verdict_path, _json(verdict))

    def write_pool(self, pool: Pool) -> None:
        """Writes pool.npz; raises as `write_plan`."""
        import numpy as np

        data = io.BytesIO()
        np.savez(data, ids=pool.ids, before=pool.before, after=pool.after)
        self._write(self.pool_path, data.getvalue())

    def add_point(self, point: Mapping[str, Any]) -> None:
        """Adds a point to the curve; raises as `write_plan`."""
        with disk_errors(self._library_dir), self.curve_path.open("ab") as file:
            file.write(_json(point) + b"\n")

    def drop_points(self, after_step: int) -> None:
        """Takes back the points of later steps, when a run goes on from this one; raises as `write_plan`."""
        kept = [point for point in self.curve()[0] if point["step"] <= after_step]
        self._write(self.curve_path, b"".join(_json(point) + b"\n" for point in kept))

    @property
    def _library_dir(self) -> Path:
        return self.path.parent.parent

    def _write(self, file: Path, data: bytes) -> None:
        """Replaces a file whole, so that a reader never sees half of it."""
        fresh = file.with_name(file.name + ".new")
        with disk_errors(self._library_dir):
            fresh.write_bytes(data)
            fresh.replace(file)


def run_folder(library_dir: Path, run_id: str) -> RunFolder:
    """Where a run of a library lies, or will lie."""
    return RunFolder(library_dir / "retraining" / run_id)


def runs(library_dir: Path) -> list[RunFolder]:
    """All retrainings that are remembered, the newest first."""
    parent = library_dir / "retraining"
    if not parent.is_dir():
        return []
    return [RunFolder(path) for path in sorted(parent.iterdir(), reverse=True) if path.is_dir()]


def find_run(library_dir: Path, text: str) -> RunFolder:
    """The one run whose id begins so.

    Raises:
        UsageError: There is none, or there are several.
    """
    every = runs(library_dir)
    found = [run for run in every if text and run.run_id.startswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{text!r} begins the names of several runs.", "Name the whole run.")
    known = ", ".join(run.run_id for run in every)
    raise UsageError(
        f"The library {library_dir} has no retraining {text!r}.",
        f"It has: {known}." if known else "Begin one with `hammingbird retrain`.",
    )


def run_between(library_dir: Path, before: str, after: str) -> RunFolder | None:
    """The newest run whose verdict compares these models, by their digests; None when there is none."""
    return next(
        (
            run
            for run in runs(library_dir)
            if (verdict := run.verdict()) is not None
            and (verdict["before"]["digest"], verdict["after"]["digest"]) == (before, after)
        ),
        None,
    )


def _read_object(file: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(value)).encode()
