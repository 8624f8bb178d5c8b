"""A retraining as the engine leaves it behind, written by hand over the photos of a library."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.library.retraining import Pool, RunFolder, run_folder

RUN = "20261127-160000-000000001-abcd"
BITS = 256


def interval(mean: float, half: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - half, "high": mean + half}


def measure(
    key: str, title: str, before: float, after: float, half: float, unit: str = "share"
) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "unit": unit,
        "before": interval(before, half),
        "after": interval(after, half),
        "difference": interval(after - before, half),
        "explained": f"What {title.lower()} means, in one plain sentence that says what is counted.",
    }


def query(ids: Sequence[int], place: int, changed: int) -> dict[str, Any]:
    """A query whose last `changed` of ten neighbours are replaced."""
    others = [ids[(place + step) % len(ids)] for step in range(1, 11 + changed)]
    before = [[photo, 20 + 4 * rank, 0.9 - 0.08 * rank] for rank, photo in enumerate(others[:10])]
    kept, fresh = others[: 10 - changed], others[10:]
    after = [[photo, 18 + 3 * rank, 0.95 - 0.05 * rank] for rank, photo in enumerate([*fresh, *kept])]
    return {"photo": ids[place], "before": before, "after": after}


def verdict(
    ids: Sequence[int], before: str, after: str, *, recommended: bool = True, name: str = "Garden"
) -> dict[str, Any]:
    """A verdict as docs of `engine.library.retraining` say; with `recommended` false, all got worse."""
    sign = 1 if recommended else -1
    edges = list(range(0, BITS + 1, 8))
    centres = np.array(edges[:-1]) + 4.0

    def hill(middle: float, width: float) -> list[float]:
        heights = np.exp(-(((centres - middle) / width) ** 2))
        return list(heights / heights.sum())

    return {
        "before": {"digest": before, "name": "Hammingbird", "n_bits": BITS},
        "after": {"digest": after, "name": name, "n_bits": BITS},
        "measures": [
            measure("fitting", "Neighbours of 10 that fit", 6.1, 6.1 + sign * 1.3, 0.4, "of 10"),
            measure("words", "Captions that find their photo among 10", 0.41, 0.36, 0.03),
            measure("kept", "Neighbours of other photos that stay", 1.0, 0.83, 0.02),
            measure("copies", "Altered copies that are recognised", 0.981, 0.984, 0.004),
        ],
        "recommended": recommended,
        "reasons": ["On held-out photos the neighbours fit better, and words are found as before."]
        if recommended
        else ["On held-out photos the neighbours fit worse than before."],
        "queries": [query(ids, place, 3 + place % 4) for place in range(min(12, len(ids)))],
        "worst": [query(ids, place, 6) for place in range(3)] if recommended else [],
        "histograms": {
            "edges": edges,
            "before": {"fitting": hill(84, 24), "other": hill(118, 20)},
            "after": {"fitting": hill(58, 22), "other": hill(122, 18)},
        },
        "train": 640,
        "held_out": 172,
        "seconds": 140.2,
    }


def write_run(library_dir: Path, ids: Sequence[int], told: dict[str, Any], run_id: str = RUN) -> RunFolder:
    """A run that has ended, over these photos."""
    run = run_folder(library_dir, run_id)
    run.write_plan(
        {"base": told["before"]["digest"], "base_name": "Hammingbird", "name": told["after"]["name"]}
    )
    drawn = np.random.default_rng(3)
    before, after = (drawn.integers(0, 256, (len(ids), BITS // 8), np.uint8) for _ in range(2))
    run.write_pool(Pool(np.asarray(ids, np.int64), before, after))
    run.write_verdict(told)
    return run
