"""One cell of an experiment: a row at one code length with one seed, trained and measured, kept in a file."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.hashing.codes import pack
from engine.training.baselines import Projection, cosine, fit_itq, fit_lsh, fit_rotated_pca
from engine.training.evaluation import CODES, UNROUNDED
from engine.training.experiments.cell_training import train_cell, way_of
from engine.training.experiments.hard_pairs import hard_pairs
from engine.training.experiments.material import Ground, Photos
from engine.training.experiments.plan import Plan, Row
from engine.training.inputs import Inputs
from engine.training.judgement import Positions
from engine.training.metrics import bit_balance, bit_correlation, unused_codes
from engine.training.questions import (
    AVERAGED,
    BY_POSITION,
    Question,
    Ranker,
    caption_question,
    label_question,
)
from engine.training.student import HashModel
from engine.training.validation import logits_of

# A row for each photo, of zeros but at the positions that were asked for.
Outputs = Callable[[Photos, Positions], NDArray[np.float32]]

FITS = {"lsh": fit_lsh, "rotated-pca": fit_rotated_pca, "itq": fit_itq}
TEST = "test"


@dataclass(frozen=True)
class Cell:
    """What is trained or fitted.

    Attributes:
        row: With the options and the learning rate that are used.
        bits: Code length.
        seed: Of weights, order and all that is drawn.
        test: Whether the test part and the transfer photos are read; otherwise validation alone.
    """

    row: Row
    bits: int
    seed: int
    test: bool

    def key(self, plan: Plan, ground: Ground) -> str:
        """Names the file of this cell; changes with everything that decides its figures."""
        budget = {**asdict(plan.budget), "bits": 0, "seeds": 0, "tuning_bits": 0}
        row = {**asdict(self.row), "name": "", "bits": 0, "like": "", "candidates": 0}
        if row.pop("end_to_end"):
            row["end_to_end"] = None if plan.end_to_end is None else asdict(plan.end_to_end)
        told = {
            "row": row,
            "cell": [self.bits, self.seed, self.test],
            "budget": budget,
            "ground": ground.fingerprint,
            "queries": plan.material.queries,
        }
        digest = hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=6).hexdigest()
        kind = "test" if self.test else "tuning"
        return f"{kind}-{self.row.name.replace(' ', '-').replace('/', '-')}-{self.bits}-{self.seed}-{digest}"


@dataclass(frozen=True)
class Result:
    """What came of a cell.

    Attributes:
        best: Measures on the validation part, of the epoch that they chose; empty for baselines.
        seconds: Of training or fitting.
        bits: Balance, correlation and unused codes, by photos.
        values: One value a query, float64 (Q,), by photos, ranker, measure and treatment of ties.
    """

    best: dict[str, float]
    seconds: float
    bits: dict[str, dict[str, float]]
    values: dict[tuple[str, str, str, str], NDArray[np.float64]]

    def save(self, file: Path) -> None:
        """Writes an .npz file, whole or not at all."""
        told = json.dumps({"best": self.best, "seconds": self.seconds, "bits": self.bits})
        draft = file.with_suffix(".part")
        with draft.open("wb") as out:
            arrays = {"|".join(key): values.astype(np.float32) for key, values in self.values.items()}
            np.savez_compressed(out, told=np.array(told), **arrays)  # type: ignore[arg-type]
        draft.replace(file)

    @classmethod
    def load(cls, file: Path) -> "Result":
        """Reads what `save` wrote."""
        with np.load(file, allow_pickle=False) as stored:
            told = json.loads(str(stored["told"]))
            values = {
                tuple(name.split("|")): stored[name].astype(np.float64)
                for name in stored.files
                if name != "told"
            }
        return cls(told["best"], told["seconds"], told["bits"], values)


def run_cell(plan: Plan, ground: Ground, cell: Cell, folder: Path) -> Result:
    """Trains or fits, and measures.

    Args:
        plan: Of the experiment.
        ground: Its photos.
        cell: What to do.
        folder: Holds the run while it is trained.
    """
    started = time.monotonic()
    if cell.row.objective in FITS:
        whole = ground.photos.features[ground.train, 0].float().numpy()
        projection = FITS[cell.row.objective](whole, cell.bits, seed=cell.seed)
        best: dict[str, float] = {}
        outputs = _of_projection(projection)
    else:
        way = way_of(plan, ground, cell.row)
        network, best = train_cell(plan, ground, cell.row, way, cell.bits, cell.seed, folder)
        outputs = _of_network(network, way.inputs_of)
    seconds = time.monotonic() - started
    values: dict[tuple[str, str, str, str], NDArray[np.float64]] = {}
    bits = {}
    if cell.test:
        for name, photos, queries, database in rankings_of(ground):
            logits = outputs(photos, np.union1d(queries, database))
            bits[name] = _bits(logits[database])
            values |= _values(name, photos, logits, queries, database, plan.budget.cuts)
    return Result(best, seconds, bits, values)


def rankings_of(ground: Ground) -> list[tuple[str, Photos, Positions, Positions]]:
    """What is ranked at the end: "test" or the name of transfer photos, photos, queries and database."""
    test = (TEST, ground.photos, ground.queries.numpy(), ground.database.numpy())
    others = [
        (name, photos, queries.numpy(), np.random.default_rng(0).permutation(len(photos.features)))
        for name, (photos, queries) in ground.transfer.items()
    ]
    return [test, *others]


def _of_network(network: HashModel, inputs_of: Callable[[Photos], Inputs]) -> Outputs:
    def outputs(photos: Photos, chosen: Positions) -> NDArray[np.float32]:
        logits = np.zeros((len(photos.features), network.n_bits), np.float32)
        logits[chosen] = logits_of(network, inputs_of(photos), torch.from_numpy(chosen))
        return logits

    return outputs


def _of_projection(projection: Projection) -> Outputs:
    def outputs(photos: Photos, chosen: Positions) -> NDArray[np.float32]:
        logits = np.zeros((len(photos.features), projection.weights.shape[1]), np.float32)
        logits[chosen] = projection.logits(photos.features[torch.from_numpy(chosen), 0].float().numpy())
        return logits

    return outputs


def _values(
    name: str,
    photos: Photos,
    logits: NDArray[np.float32],
    queries: Positions,
    database: Positions,
    cuts: list[int],
) -> dict[tuple[str, str, str, str], NDArray[np.float64]]:
    rankers = {CODES: Ranker(pack(logits)), **{way: Ranker(logits, by) for way, by in UNROUNDED.items()}}
    asked = asked_of(photos, queries, database, cuts)
    found = {
        (name, ranker, measure.name, measure.ties): values
        for question in asked
        for ranker, table in rankers.items()
        for measure, values in question.answer(table).items()
    }
    if photos.judgement.labels is not None:
        looks = Ranker(photos.features[:, 0].float().numpy(), cosine)
        for ranker, table in rankers.items():
            values = hard_pairs(asked[0], table, looks)
            found |= {(name, ranker, "hard pairs", ties): values for ties in (BY_POSITION, AVERAGED)}
    return found


def asked_of(photos: Photos, queries: Positions, database: Positions, cuts: list[int]) -> list[Question]:
    """By labels, by captions, or both: whatever is known of these photos."""
    asked: list[Question] = []
    if photos.judgement.labels is not None:
        asked.append(label_question(photos.judgement, queries, database, cuts))
    if photos.judgement.captions is not None:
        asked.append(caption_question(photos.judgement, queries, database))
    return asked


def _bits(logits: NDArray[np.float32]) -> dict[str, float]:
    codes = pack(logits)
    return {
        "bit balance": bit_balance(codes),
        "bit correlation": bit_correlation(codes),
        "unused codes": unused_codes(codes),
    }


def with_candidate(row: Row, candidate: Mapping[str, Any]) -> Row:
    """The row with a candidate's options, learning rate and targets."""
    return replace(
        row,
        options={**row.options, **candidate.get("options", {})},
        learning_rate=candidate.get("learning_rate", row.learning_rate),
        targets={**row.targets, **candidate.get("targets", {})},
    )
