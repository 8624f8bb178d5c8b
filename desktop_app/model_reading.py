"""Reads what the list of models shows; belongs to the library thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from desktop_app.views.dialogs.models_tree import ListedModel
from desktop_app.views.retraining.verdict_words import from_to

if TYPE_CHECKING:
    from engine.library.database import Library
    from engine.library.models_table import ModelRow

Judged = tuple[str, str, str]  # digest of the new model, id of the run, what was measured


class ModelReading:
    """Remembers verdicts, which never change once they are written."""

    def __init__(self) -> None:
        self._judged: dict[str, Judged] = {}

    def read(self, library: Library) -> list[ListedModel]:
        """All models, the oldest first."""
        from engine.library.model_choice import known_models, model_bytes

        self._read_verdicts(library)
        by_digest = {digest: (run_id, measured) for digest, run_id, measured in self._judged.values()}
        listed = []
        for row in known_models(library):
            run_id, measured = by_digest.get(row.digest, ("", ""))
            listed.append(
                ListedModel(
                    row.digest,
                    row.name,
                    row.n_bits,
                    row.codes,
                    row.state,
                    row.parent or "",
                    bool(row.card.get("built_in")),
                    model_bytes(library.dir, row.digest),
                    measured or _validated(row),
                    run_id,
                    row.card,
                )
            )
        return listed

    def _read_verdicts(self, library: Library) -> None:
        from engine.library.retraining import runs

        found = runs(library.dir)
        gone = self._judged.keys() - {run.run_id for run in found}
        self._judged = {run_id: judged for run_id, judged in self._judged.items() if run_id not in gone}
        for run in reversed(found):
            if run.run_id not in self._judged and (verdict := run.verdict()) is not None:
                digest = str(verdict["after"]["digest"])
                self._judged[run.run_id] = digest, run.run_id, _fitting(verdict)


def _fitting(verdict: Mapping[str, Any]) -> str:
    """How many neighbours fitted before and after, of a verdict that has counted them."""
    return next((from_to(m) for m in verdict["measures"] if m["key"] == "fitting"), "")


def _validated(row: ModelRow) -> str:
    figures = row.card.get("validation")
    precision = figures.get("P@10") if isinstance(figures, Mapping) else None
    return f"P@10 {precision:.3f}" if isinstance(precision, float) else ""
