"""Stands in for `hammingbird retrain`: a child that learns nothing, but tells and obeys as the real one does.

    python stub_retrain.py --library DIR retrain ...

What the check finds stands in `DIR/check.json`. The training takes as many steps as `DIR/steps.txt` says.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from stub_run import verdict

from engine import jobs
from engine.errors import HammingbirdError, JobCancelled
from engine.library.database import Library
from engine.library.photos import visible_ids
from engine.library.retraining import RunFolder, run_folder
from engine.progress import Progress, Result

EVERY_S = 0.03


def learn(control: jobs.JobControl, run: RunFolder, ids: list[int], steps: int) -> int:
    """Tells of steps; returns how many were made."""
    for step in range(1, steps + 1):
        control.checkpoint()
        if control.finishing:
            return step
        time.sleep(EVERY_S)
        losses = {"similarity": 0.2 / step, "kl": 0.4 / step, "keep": 0.01 * step, "total": 1 / step}
        run.add_point(
            {"seconds": step * 0.5, "step": step, "of": steps, "loss": losses, "photos_per_s": 900.0}
        )
        if step % 5 == 0:
            held_out = {"fitting": 6 + min(step, 20) / 20, "kept": 0.8, "words": None}
            run.add_point({"seconds": step * 0.5, "step": step, "held_out": held_out, "best": step <= 20})
            run.write_samples({"step": step, "queries": samples(ids, step)})
        control.report(Progress("learning", step, steps, 900.0, (steps - step) * EVERY_S))
    return steps


def samples(ids: list[int], step: int) -> list[dict[str, Any]]:
    """Two queries; the longer it learns, the more of their neighbours are new."""
    told = []
    for query in ids[:2]:
        others = [photo for photo in ids if photo != query]
        before = [[photo, 20 + rank, 0.5] for rank, photo in enumerate(others[:10])]
        moved = min(step // 5, 10)
        after = [[photo, 18 + rank, 0.7] for rank, photo in enumerate(others[moved : 10 + moved])]
        told.append({"photo": query, "before": before, "after": after})
    return told


def train(library_dir: Path, arguments: list[str]) -> None:
    """The job."""
    with jobs.job(library_dir, "retrain", "Teaching a model", lambda _: None, wait=True) as control:
        resumed = [a.removeprefix("--resume=") for a in arguments if a.startswith("--resume=")]
        run = run_folder(library_dir, resumed[0] if resumed else control.folder.job_id)
        run.write_plan({"name": "Garden", "base_name": "Hammingbird", "settings": {"arguments": arguments}})
        library = Library.open_reading(library_dir)
        ids = [int(photo) for photo in visible_ids(library)]
        library.close()
        steps = learn(control, run, ids, int((library_dir / "steps.txt").read_text()))
        control.report(Progress("measuring", 1, 1))
        run.write_verdict(verdict(ids, "0" * 64, "1" * 64))
        figures = {"run": run.run_id, "digest": "1" * 64, "recommended": True}
        control.report(Result(f"Learned in {steps} steps.", figures))


def main() -> None:
    """As the command."""
    _, _, library, _, *arguments = sys.argv
    library_dir = Path(library)
    if "--check" in arguments:
        found = json.loads((library_dir / "check.json").read_text())
        if "error" in found:
            sys.exit(f"Error: {found['error']}")
        (library_dir / "checked.json").write_text(json.dumps(arguments))
        sys.stdout.write(json.dumps(found))
        return
    try:
        train(library_dir, arguments)
    except (JobCancelled, HammingbirdError):
        sys.exit(1)


if __name__ == "__main__":
    main()
