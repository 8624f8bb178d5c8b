"""How well a model ranks: every measure for its codes, for its unrounded outputs, and what rounding costs.

Codes are packed, ranked and tied as in the product. Beside them stand the same outputs unrounded, by cosine
and by L1 distance of their sigmoids (the chances of bits); codes are compared with the better of the two,
which makes the loss by rounding the greater one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.hashing.codes import Codes, pack
from engine.training.baselines import cosine, sigmoid_l1
from engine.training.curves import distance_counts, precision_at_recall
from engine.training.intervals import Bootstrap, Estimate
from engine.training.judgement import Judgement, Positions
from engine.training.metrics import bit_balance, bit_correlation, unused_codes
from engine.training.questions import (
    BY_POSITION,
    Measure,
    Question,
    Ranker,
    caption_question,
    label_question,
)
from engine.training.ranking import Values

CODES = "codes"
UNROUNDED = {"cosine": cosine, "sigmoid L1": sigmoid_l1}


@dataclass(frozen=True)
class Figure:
    """One measure.

    Attributes:
        measure: The measure.
        values: The mean over queries with its interval, by ranker; rankers that it does not fit are missing.
        kept: Codes by unrounded outputs, paired; None where the measure does not fit both or may be 0.
        difference: Codes minus unrounded outputs, paired; None where the measure does not fit both.
    """

    measure: Measure
    values: dict[str, Estimate]
    kept: Estimate | None
    difference: Estimate | None


@dataclass(frozen=True, eq=False)
class Curves:
    """What is drawn, of the first question.

    Attributes:
        relevant: What counts as relevant, in words.
        precision: For codes and unrounded outputs float64 (100,), precision at 1 % to 100 % recall.
        near: int64 (n_bits + 1,), pairs of query and relevant photo at each Hamming distance.
        far: int64 (n_bits + 1,), the other pairs.
    """

    relevant: str
    precision: dict[str, Values]
    near: NDArray[np.int64]
    far: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Report:
    """All figures of a model.

    Attributes:
        n_bits: Length of the codes.
        n_queries: Queries asked for.
        n_database: Photos that they are ranked against.
        among: Whether queries are photos of the database, each left out of its own answer.
        left_out: Queries left out of "labels" and of "captions", for want of anything known or relevant.
        unrounded: Which unrounded ranker the codes are compared with, "cosine" or "sigmoid L1".
        rankers: Names of all rankers, "codes" first.
        figures: All measures, in the order of tables.
        bits: "bit_balance", "bit_correlation" and "unused_codes" of all queries and the database.
        curves: What is drawn.
    """

    n_bits: int
    n_queries: int
    n_database: int
    among: bool
    left_out: dict[str, int]
    unrounded: str
    rankers: list[str]
    figures: list[Figure]
    bits: dict[str, float]
    curves: Curves

    def find(self, name: str, ties: str = BY_POSITION) -> Figure:
        """The figure of a measure.

        Raises:
            KeyError: There is none of that name.
        """
        for figure in self.figures:
            if figure.measure == (name, ties):
                return figure
        raise KeyError(f"{name}, ties {ties}")


def evaluate_model(
    logits: NDArray[np.float32],
    judgement: Judgement,
    queries: Positions,
    database: Positions | None = None,
    *,
    cuts: Sequence[int] = (100, 1000),
    baselines: Mapping[str, Ranker] | None = None,
) -> Report:
    """Measures a model.

    Args:
        logits: float32 (N, n_bits), the model's outputs before rounding, finite.
        judgement: What is known of the N photos.
        queries: int64 (Q,) positions, each once.
        database: int64 (N',) positions that queries are ranked against, each once; all photos without it.
            Queries are all in it or none is.
        cuts: The R of mAP@R, each at least 1.
        baselines: Other rankers of the N photos, by name.

    Returns:
        Figures with 95 % bootstrap intervals over queries. Measures that cut deeper than the database goes
        take the whole ranking.

    Raises:
        UsageError: There are no queries, fewer than two photos, or no query to which any photo is relevant.
        ValueError: Logits are not finite, don't fill bytes, or don't fit the rest.
    """
    if database is None:
        database = np.arange(len(logits))
    among = bool(np.isin(queries, database).all())
    if not len(queries) or len(database) <= among:
        raise UsageError("There is nothing to rank.", "Measure on at least one query and one other photo.")
    codes = pack(logits)
    rankers = {CODES: Ranker(codes), **{name: Ranker(logits, way) for name, way in UNROUNDED.items()}}
    rankers |= baselines or {}
    questions = _questions(judgement, queries, database, cuts)
    first = next(iter(questions.values()))
    answers = {kind: _answers(question, rankers) for kind, question in questions.items()}
    unrounded = _better(next(iter(answers.values())), first.headline)
    return Report(
        n_bits=logits.shape[1],
        n_queries=len(queries),
        n_database=len(database),
        among=among,
        left_out={kind: question.left_out for kind, question in questions.items()},
        unrounded=unrounded,
        rankers=list(rankers),
        figures=[
            figure for found in answers.values() for figure in _figures(found, list(rankers), unrounded)
        ],
        bits=_bits(codes[np.union1d(queries, database)]),
        curves=_curves(first, rankers, unrounded, logits.shape[1]),
    )


Answers = dict[tuple[str, Measure], Values]


def _questions(
    judgement: Judgement, queries: Positions, database: Positions, cuts: Sequence[int]
) -> dict[str, Question]:
    found = {}
    if judgement.labels is not None:
        found["labels"] = label_question(judgement, queries, database, cuts)
    if judgement.captions is not None:
        found["captions"] = caption_question(judgement, queries, database)
    return found


def _answers(question: Question, rankers: Mapping[str, Ranker]) -> Answers:
    return {
        (name, measure): values
        for name, ranker in rankers.items()
        for measure, values in question.answer(ranker).items()
    }


def _better(answers: Answers, headline: Measure) -> str:
    return max(UNROUNDED, key=lambda name: float(answers[name, headline].mean()))


def _figures(answers: Answers, rankers: Sequence[str], unrounded: str) -> list[Figure]:
    drawn = Bootstrap(answers)
    figures = []
    for measure in dict.fromkeys(measure for _, measure in answers):
        values = {name: drawn.mean((name, measure)) for name in rankers if (name, measure) in answers}
        pair = (CODES, measure), (unrounded, measure)
        both = unrounded in values
        figures.append(
            Figure(
                measure,
                values,
                drawn.ratio(*pair) if both else None,
                drawn.difference(*pair) if both else None,
            )
        )
    return figures


def _bits(codes: Codes) -> dict[str, float]:
    return {
        "bit_balance": bit_balance(codes),
        "bit_correlation": bit_correlation(codes),
        "unused_codes": unused_codes(codes),
    }


def _curves(question: Question, rankers: Mapping[str, Ranker], unrounded: str, n_bits: int) -> Curves:
    gains, words = question.relevance
    precision = {
        name: precision_at_recall(question.comparison(rankers[name]), gains) for name in (CODES, unrounded)
    }
    near, far = distance_counts(question.comparison(rankers[CODES]), gains, n_bits)
    return Curves(words, precision, near, far)
