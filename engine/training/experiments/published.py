"""Figures of others beside ours: a part of an experiment's page, and a page of all plans that have some."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import UsageError
from engine.training.experiments.cells import TEST
from engine.training.experiments.locate import locate
from engine.training.experiments.markdown import NOTHING, markdown, number
from engine.training.experiments.page import Summaries
from engine.training.experiments.plan import UNROUNDED_COLUMN, Plan, load_plan

HEADING = "## Beside published figures"
CONDITIONS = f"""\
Figures of others were read in the source that stands beside each, and hold under their authors' conditions:
networks that were mostly trained end to end, draws of their own, epochs chosen their way (the reference code
of OrthoHash and of SHC picks the best epoch on the test set). **Ours deviate:** hash heads on cached features
of a pretrained network that is not trained further stand in for end-to-end training; the draw is ours; epochs
and candidates are chosen by photos that are cut off the training part, so that we learn from fewer. Ties go
by position. "{UNROUNDED_COLUMN}" is before rounding, ours at the longest code."""
NOT_RUN = "not run"

Figures = Mapping[str, float]  # by code length as text, or "unrounded"


@dataclass(frozen=True)
class Ours:
    """What a run found of the measures that others published.

    Attributes:
        photos: How many photos there were for what, in words.
        figures: By row, then measure: means over seeds and queries.
    """

    photos: str
    figures: Mapping[str, Mapping[str, Figures]]

    @classmethod
    def of(cls, plan: Plan, summaries: Summaries, photos: str) -> "Ours":
        """Picks the measures of the plan's published rows; rows that change one thing of another stay out."""
        measures = list(dict.fromkeys(row.measure for row in plan.published))
        rows = _rows(plan)
        return cls(
            photos, {row: {name: _figures(plan, summaries, row, name) for name in measures} for row in rows}
        )

    def save(self, file: Path) -> None:
        """Writes JSON."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> "Ours":
        """Reads what `save` wrote.

        Raises:
            UsageError: The file can't be read, or is something else.
        """
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"The results {file} can't be read: {error}.", "Run its plan again.") from error


def results_file(plan: Plan) -> Path:
    """Where `Ours` is kept: beside the plan's page."""
    return plan.page.with_suffix(".json")


def keep_ours(plan: Plan, summaries: Summaries, photos: str) -> list[str]:
    """Keeps our figures beside the plan's page, and says what that page says of published ones.

    Args:
        plan: Of the experiment.
        summaries: Of its cells.
        photos: How many photos there were for what, in words.

    Returns:
        Parts of the page; none for a plan without published rows.
    """
    if not plan.published:
        return []
    ours = Ours.of(plan, summaries, photos)
    plan.page.parent.mkdir(parents=True, exist_ok=True)
    ours.save(results_file(plan))
    return [HEADING, CONDITIONS, beside_published(plan, ours)]


def beside_published(plan: Plan, ours: Ours | None) -> str:
    """A table for each measure that others published: their rows, then ours, or "not run"."""
    measures = dict.fromkeys(row.measure for row in plan.published)
    return "\n\n".join(_table(plan, ours, measure) for measure in measures)


def write_published(files: Sequence[Path]) -> str:
    """Writes the page of all published figures; nothing is run.

    Args:
        files: Plans. Those without published rows are passed over.

    Raises:
        UsageError: A plan or the results of one can't be read.
    """
    plans = [(file, load_plan(file)) for file in files]
    chosen = [(file, plan) for file, plan in plans if plan.published]
    if not chosen:
        raise UsageError(
            "None of these plans has published rows.", "Name others, such as docs/experiments/coco.toml."
        )
    head = [
        "# Published figures and ours",
        "Written by `hammingbird experiment docs/experiments/*.toml --published docs/results/published.md`.",
        CONDITIONS,
    ]
    return "\n\n".join([*head, *(_section(file, plan) for file, plan in chosen)]) + "\n"


def _section(file: Path, plan: Plan) -> str:
    results = results_file(plan)
    ours = Ours.load(results) if results.is_file() else None
    parts = [f"## {plan.title}", f"`hammingbird experiment docs/experiments/{file.name}`"]
    if ours is None:
        parts += [f"**Not run:** {_why(plan, file.parent)} How to get it:", plan.get.strip()]
    else:
        parts.append(f"{ours.photos} All of it: [{plan.page.name}]({plan.page.name}).")
    return "\n\n".join([*parts, plan.about.strip(), beside_published(plan, ours)])


def _why(plan: Plan, folder: Path) -> str:
    try:
        locate(plan, folder)
    except UsageError as error:
        return error.what
    return "the photos are at hand, and nobody ran the plan yet."


def _rows(plan: Plan) -> list[str]:
    return [row.name for row in plan.rows if not row.like]


def _figures(plan: Plan, summaries: Summaries, row: str, measure: str) -> Figures:
    lengths = plan.bits_of(plan.row(row))
    found = {bits: summaries.found[row, bits, TEST] for bits in lengths}
    figures = {str(bits): s.codes[measure].mean for bits, s in found.items() if measure in s.codes}
    longest = found[max(lengths)].unrounded
    return figures | ({UNROUNDED_COLUMN: longest[measure].mean} if measure in longest else {})


def _table(plan: Plan, ours: Ours | None, measure: str) -> str:
    theirs = [row for row in plan.published if row.measure == measure]
    lengths = {int(bits) for row in theirs for bits in row.figures if bits != UNROUNDED_COLUMN}
    columns = [*map(str, sorted(lengths | set(plan.budget.bits))), UNROUNDED_COLUMN]
    table = [[measure, *columns, "source"]]
    table += [[row.name, *_cells(row.figures, columns), row.source] for row in theirs]
    for name in _rows(plan):
        found = [NOT_RUN] * len(columns) if ours is None else _cells(_of(ours, name, measure), columns)
        table.append([f"**ours: {name}**", *found, "this run" if ours else ""])
    return markdown(table)


def _of(ours: Ours, row: str, measure: str) -> Figures:
    """Nothing for rows and measures that came into the plan after the run."""
    return ours.figures.get(row, {}).get(measure, {})


def _cells(figures: Figures, columns: Sequence[str]) -> list[str]:
    return [_figure(figures[column]) if column in figures else NOTHING for column in columns]


def _figure(value: float) -> str:
    """Four digits, or three where the fourth is 0: some sources print three."""
    return number(value, 4).removesuffix("0")
