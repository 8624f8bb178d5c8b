"""Any photo of a retraining's pool is tried with both models; all of this belongs to the library thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from desktop_app.models.compared import ComparedQuery, compared

if TYPE_CHECKING:
    from engine.library.database import Library
    from engine.library.retraining import RunFolder
    from engine.search.hamming_index import Snapshot

SHOWN, FOUND = 10, 30


@dataclass
class RunTrials:
    """Reads the codes of one run when the first photo is tried.

    Attributes:
        run: The retraining.
    """

    run: RunFolder

    @cached_property
    def _snapshots(self) -> tuple[Snapshot, Snapshot] | None:
        """The pool by the old and by the new model, None where there is none."""
        import numpy as np

        from engine.search.hamming_index import Snapshot

        pool = self.run.pool()
        if pool is None:
            return None
        order = np.argsort(pool.ids)
        ids = pool.ids[order]
        return Snapshot(ids, pool.before[order]), Snapshot(ids, pool.after[order])

    def neighbours(self, photo: int) -> ComparedQuery | None:
        """The nearest photos of the pool by both models; None for a photo that is not in it."""
        answers = []
        for snapshot in self._snapshots or ():
            code = snapshot.code_of(photo)
            if code is None:
                return None
            near = snapshot.search(code[None], SHOWN, exclude=(photo,))
            answers.append(
                [[i, d, None] for i, d in zip(near.ids.tolist(), near.distances.tolist(), strict=True)]
            )
        if not answers:
            return None
        return compared({"photo": photo, "before": answers[0], "after": answers[1]})

    def found(self, library: Library, words: str) -> list[tuple[int, str]]:
        """Photos of the pool with these words in name or caption: ids and names."""
        import numpy as np

        from engine.library.photos import photo_rows
        from engine.search.words import word_hits

        if self._snapshots is None:
            return []
        hits = word_hits(library, words).ids
        among = hits[np.isin(hits, self._snapshots[0].ids)][:FOUND].tolist()
        return [(i, row.rel_path) for i, row in photo_rows(library, among).items()]
