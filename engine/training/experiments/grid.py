"""All cells of an experiment: candidates that validation chooses from, then rows by length and seed."""

import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.errors import UsageError
from engine.progress import Meter, Progress, Reporter
from engine.training.experiments.cells import Cell, Result, run_cell, with_candidate
from engine.training.experiments.material import Ground
from engine.training.experiments.plan import Plan, Row


@dataclass(frozen=True)
class Candidate:
    """A row as it was tried, and what validation said of it."""

    row: Row
    score: float


@dataclass(frozen=True)
class Grid:
    """Results of an experiment.

    Attributes:
        chosen: Rows by name, as they were run: with the candidate that validation chose.
        tried: Candidates by the name of their row.
        results: By row name, bits and seed.
    """

    chosen: dict[str, Row]
    tried: dict[str, list[Candidate]]
    results: dict[tuple[str, int, int], Result]

    def seeds(self, row: str, bits: int) -> list[Result]:
        """The results of all seeds of a row at one length."""
        return [found for (name, length, _), found in self.results.items() if (name, length) == (row, bits)]


def run_grid(
    plan: Plan,
    ground: Ground,
    folder: Path,
    report: Reporter,
    *,
    processes: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> Grid | None:
    """Runs the cells that have no file yet.

    Args:
        plan: Of the experiment.
        ground: Its photos.
        folder: Of the experiment: holds one file a cell, so that what is stopped can go on.
        report: Hears of progress.
        processes: Cells that run at a time.
        stop: Is asked after each cell; when it says yes, cells under way end and the rest is left.

    Returns:
        All results; None when it was stopped.

    Raises:
        UsageError: There are fewer photos than a batch has.
    """
    if plan.budget.batch > len(ground.train):
        raise UsageError(
            f"A batch of {plan.budget.batch} photos is more than the {len(ground.train)} to train on.",
            "Write a smaller batch in [budget].",
        )
    tuning = {
        row.name: [
            Cell(with_candidate(row, candidate), plan.budget.tuning_bits, plan.budget.seeds[0], test=False)
            for candidate in row.candidates
        ]
        for row in plan.rows
    }
    work = _Work(plan, ground, folder, report, processes, stop)
    if not work.do("choosing", [cell for cells in tuning.values() for cell in cells]):
        return None
    tried = {
        name: [Candidate(cell.row, work.result(cell).best[plan.budget.choose_by]) for cell in cells]
        for name, cells in tuning.items()
        if cells
    }
    chosen = settle(plan, tried)
    cells = {
        (name, bits, seed): Cell(row, bits, seed, test=True)
        for name, row in chosen.items()
        for bits in plan.bits_of(row)
        for seed in plan.budget.seeds
    }
    if not work.do("experiment", cells.values()):
        return None
    return Grid(chosen, tried, {name: work.result(cell) for name, cell in cells.items()})


def settle(plan: Plan, tried: dict[str, list[Candidate]]) -> dict[str, Row]:
    """Rows as they are run: with their best candidate, or with that of the row they are like."""
    chosen: dict[str, Row] = {}
    for row in plan.rows:
        if row.name in tried:
            best = max(tried[row.name], key=lambda candidate: candidate.score)
            chosen[row.name] = best.row
        elif row.like:
            base = chosen[row.like]
            chosen[row.name] = replace(
                row,
                options={**base.options, **row.options},
                targets=row.targets or base.targets,
                learning_rate=row.learning_rate or base.learning_rate,
            )
        else:
            chosen[row.name] = row
    return chosen


@dataclass
class _Work:
    plan: Plan
    ground: Ground
    folder: Path
    report: Reporter
    processes: int
    stop: Callable[[], bool]

    def file(self, cell: Cell) -> Path:
        return self.folder / "cells" / f"{cell.key(self.plan, self.ground)}.npz"

    def result(self, cell: Cell) -> Result:
        return Result.load(self.file(cell))

    def do(self, phase: str, cells: Iterable[Cell]) -> bool:
        """Runs those without a file; False when stopped."""
        (self.folder / "cells").mkdir(parents=True, exist_ok=True)
        wanted = {self.file(cell): cell for cell in cells}
        missing = [(file, cell) for file, cell in wanted.items() if not file.is_file()]
        meter = Meter(window_s=600)
        for done in self._run(missing):
            ready = len(wanted) - len(missing) + done
            rate, left = meter.update(done, len(missing))
            self.report(Progress(phase, ready, len(wanted), rate, left))
        return all(file.is_file() for file in wanted)

    def _run(self, missing: list[tuple[Path, Cell]]) -> Iterable[int]:
        """Counts cells as they are done."""
        if self.processes == 1:
            for done, (file, cell) in enumerate(missing, 1):
                if self.stop():
                    return
                _run_and_save(self.plan, self.ground, cell, file)
                yield done
            return
        queue = iter(missing)
        # Torch hands tensors to new processes in shared memory, so that photos are there once.
        context = torch.multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            self.processes, mp_context=context, initializer=_start, initargs=(self.plan, self.ground)
        ) as pool:
            under_way: set[Future[None]] = set()
            done = 0
            while True:
                while len(under_way) < self.processes and not self.stop() and (next_ := next(queue, None)):
                    under_way.add(pool.submit(_run_in_worker, *next_))
                if not under_way:
                    return
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()
                    done += 1
                    yield done


def _run_and_save(plan: Plan, ground: Ground, cell: Cell, file: Path) -> None:
    with tempfile.TemporaryDirectory() as run:
        run_cell(plan, ground, cell, Path(run)).save(file)


_shared: dict[str, tuple[Plan, Ground]] = {}  # of a worker process


def _start(plan: Plan, ground: Ground) -> None:
    torch.set_num_threads(1)
    _shared["experiment"] = (plan, ground)


def _run_in_worker(file: Path, cell: Cell) -> None:
    _run_and_save(*_shared["experiment"], cell, file)
