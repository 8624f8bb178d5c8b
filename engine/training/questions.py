"""What is asked in an evaluation: queries, database, which answers are right, and the measures of that.

`label_question` asks by labels and class tree, `caption_question` by captions. Each leaves out queries and
photos of which it knows nothing, and counts the queries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.training.baselines import cosine
from engine.training.hierarchy import ahp_protocol_a, ahp_protocol_b, mean_gain, ndcg
from engine.training.judgement import Judgement, Positions
from engine.training.metrics import average_precision, precision, precision_within, recall
from engine.training.ranking import (
    Comparison,
    Distance,
    Gains,
    Score,
    Values,
    blocks,
    evaluate,
    hamming,
    listed,
)

BY_POSITION = "by position"
AVERAGED = "averaged"
RADIUS = 2
NEAR_CAPTIONS = 10


class Measure(NamedTuple):
    """A measure and what it does with photos at equal distance."""

    name: str
    ties: str = BY_POSITION


@dataclass(frozen=True, eq=False)
class Ranker:
    """What photos are ranked by.

    Attributes:
        table: One row for each of N photos: packed codes or floats.
        distance: Gives (B, N) distances of rows to rows: `hamming`, or one of `baselines`.
    """

    table: NDArray[Any]
    distance: Distance = hamming


@dataclass(frozen=True, eq=False)
class Question:
    """Queries, database and what is right: everything but how photos are ranked.

    Attributes:
        queries: int64 (Q,) positions, without those left out.
        database: int64 (N',) positions.
        own: int64 (Q,), where each query stands in the database, or None where it does not.
        relevance: Gains whose 1 marks relevant photos, and what they are, in words.
        judged: Gains and their measures.
        headline: The measure that says most.
        kind: Begins the names of measures, so that two questions can stand in one table.
        left_out: Queries of which nothing is known, or to which no photo is relevant.
    """

    queries: Positions
    database: Positions
    own: Positions | None
    relevance: tuple[Gains, str]
    judged: tuple[tuple[Gains, Mapping[Measure, Score]], ...]
    headline: Measure
    left_out: int
    kind: str = ""

    def comparison(self, ranker: Ranker) -> Comparison:
        """Queries and database, ready to be ranked."""
        return Comparison(ranker.table[self.queries], ranker.table[self.database], ranker.distance, self.own)

    def answer(self, ranker: Ranker) -> dict[Measure, Values]:
        """Every measure, float64 (Q,) each; precision within a radius only where distances are bits."""
        ball = {Measure(f"{self.kind}P within {RADIUS} bits"): partial(precision_within, radius=RADIUS)}
        near = ((self.relevance[0], ball),) if ranker.distance is hamming else ()
        return evaluate(self.comparison(ranker), *self.judged, *near)


def label_question(
    judgement: Judgement, queries: Positions, database: Positions, cuts: Sequence[int]
) -> Question:
    """Asks for photos that share a label, and by class tree where there is one.

    Args:
        judgement: With labels, of N photos.
        queries: int64 (Q,) positions.
        database: int64 (N',) positions; each query is left out of its own answer.
        cuts: The R of mAP@R.

    Raises:
        UsageError: No query has a relevant photo.
        ValueError: Some queries are in the database and some are not.
    """
    known = judgement.labelled
    asked, database = queries[known[queries]], database[known[database]]
    own = _own(asked, database)
    asked = asked[_n_relevant(judgement.label_gains(asked, database), len(asked), len(database), own) > 0]
    if not len(asked):
        raise UsageError(
            "No query shares a label with another photo.",
            "Measure on photos with at least two of each class.",
        )
    gains = judgement.label_gains(asked, database)
    scores: dict[str, Callable[..., Values]] = {"P@1": partial(precision, top=1)}
    scores["P@10"] = partial(precision, top=10)
    scores |= {f"mAP@{top}": partial(average_precision, top=top) for top in cuts}
    scores["mAP"] = average_precision
    if judgement.class_distances is not None:
        scores["mAHP@250 (A)"] = partial(ahp_protocol_a, top=250)
        scores[f"mAHP@2500 ({'B' if judgement.two_level else 'B, tree'})"] = partial(ahp_protocol_b, top=2500)
        scores["NDCG@100"] = partial(ndcg, top=100)
    return Question(
        asked,
        database,
        _own(asked, database),
        (gains, "photos that share a label"),
        ((gains, _with_ties(scores)),),
        Measure("mAP", AVERAGED),
        len(queries) - len(asked),
    )


def caption_question(judgement: Judgement, queries: Positions, database: Positions) -> Question:
    """Asks for photos with like captions; arguments as of `label_question`.

    Relevant for recall are the ten photos whose caption embeddings are nearest to the query's, ties by
    position. NDCG and the mean similarity take the similarities themselves.

    Raises:
        UsageError: No query and other photo have captions.
        ValueError: Some queries are in the database and some are not.
    """
    if judgement.captions is None or judgement.captioned is None:
        raise ValueError("there are no captions")
    known = judgement.captioned
    asked, database = queries[known[queries]], database[known[database]]
    own = _own(asked, database)
    if not len(asked) or len(database) <= (own is not None):
        raise UsageError("No query and other photo have captions.", "Measure on photos with captions.")
    by_captions = Comparison(judgement.captions[asked], judgement.captions[database], cosine, own)
    near = listed(
        [row for rows in by_captions.blocks() for row in by_captions.rank(rows)[1][:, :NEAR_CAPTIONS]],
        len(database),
    )
    recalls: dict[str, Callable[..., Values]] = {
        f"caption R@{top}": partial(recall, top=top) for top in (1, 5, 10)
    }
    graded: dict[str, Callable[..., Values]] = {
        "caption similarity@10": partial(mean_gain, top=10),
        "caption NDCG@100": partial(ndcg, top=100),
    }
    return Question(
        asked,
        database,
        own,
        (near, f"the {NEAR_CAPTIONS} photos with the nearest captions"),
        ((near, _with_ties(recalls)), (judgement.caption_gains(asked, database), _with_ties(graded))),
        Measure("caption NDCG@100", AVERAGED),
        len(queries) - len(asked),
        "caption ",
    )


def _with_ties(scores: Mapping[str, Callable[..., Values]]) -> dict[Measure, Score]:
    return {
        Measure(name, ties): partial(score, average_ties=ties == AVERAGED)
        for name, score in scores.items()
        for ties in (BY_POSITION, AVERAGED)
    }


def _own(queries: Positions, database: Positions) -> Positions | None:
    """Where each query stands in the database, int64 (Q,); None where none does."""
    among = np.isin(queries, database)
    if not among.any():
        return None
    if not among.all():
        raise ValueError("either all queries are in the database or none is")
    order = np.argsort(database)
    return order[np.searchsorted(database, queries, sorter=order)]


def _n_relevant(gains: Gains, n_queries: int, n_database: int, own: Positions | None) -> Positions:
    """How many photos are relevant to each query, int64 (Q,), itself not counted."""
    counts = [(gains(rows) == 1).sum(axis=1) for rows in blocks(n_queries, n_database)]
    return np.concatenate([np.empty(0, np.int64), *counts]) - (own is not None)
