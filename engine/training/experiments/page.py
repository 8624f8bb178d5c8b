"""The Markdown page of an experiment: every number in it comes from the cells, every word from the plan."""

import platform
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch

from engine.errors import UsageError
from engine.training.experiments.cells import TEST
from engine.training.experiments.grid import Grid
from engine.training.experiments.markdown import NOTHING, Table, markdown, number
from engine.training.experiments.material import Ground
from engine.training.experiments.plan import Claim, Plan, Row
from engine.training.experiments.references import reference_tables
from engine.training.experiments.summary import Summary, summarise
from engine.training.intervals import Estimate

NOTES = """\
- Codes are packed, ranked and tied as in the product (ties by position; positions were drawn with a fixed
  seed, so that they say nothing of classes). "Averaged": the exact expectation over all orders of photos at
  equal distance.
- A figure is the mean over seeds; in brackets its 95 % bootstrap interval over queries; after ± the standard
  deviation over seeds.
- "Unrounded": the same models' outputs before rounding, by cosine or by L1 distance of their sigmoids,
  whichever ranks these photos better (that makes the loss by rounding the greater one). "Kept" is codes by
  unrounded outputs, ties averaged on both sides.
- mAHP@250 (A) is protocol A of Barz & Denzler 2019; mAHP@2500 (B, tree) takes the mean of protocol B over the
  class tree's distances. A and B can't be compared. NDCG@100 is by target distance.
- "Hard pairs": the chance that a photo of the query's class, among the tenth of these that the teacher
  finds least alike, is nearer than one of another class, among the tenth that it finds most alike.
- Epochs and candidates were chosen on the validation part; the test part was read after that, once.
"""
RANKED = {
    "others": "all photos that are not asked for",
    "unseen": "the photos that are neither asked for nor learned from",
    "queries": "the others of them",
}


@dataclass(frozen=True)
class Summaries:
    """Summaries of all rows, by name, bits and photos."""

    found: Mapping[tuple[str, int, str], Summary]

    @classmethod
    def of(cls, plan: Plan, grid: Grid, photos: Sequence[str]) -> "Summaries":
        """Puts the seeds of each row together."""
        return cls(
            {
                (row.name, bits, part): summarise(grid.seeds(row.name, bits), part)
                for row in plan.rows
                for bits in plan.bits_of(row)
                for part in photos
            }
        )

    def rows(self, bits: int, photos: str) -> dict[str, Summary]:
        """Those of one length on some photos, by row."""
        return {
            name: summary
            for (name, length, part), summary in self.found.items()
            if (length, part) == (bits, photos)
        }


def write_page(
    plan: Plan,
    ground: Ground,
    grid: Grid,
    summaries: Summaries,
    figures: Mapping[str, Path],
    published: Sequence[str] = (),
    *,
    command: str,
) -> str:
    """Writes the page.

    Args:
        plan: Of the experiment.
        ground: Its photos.
        grid: Its cells.
        summaries: Of these.
        figures: Picture of each claim by its work, beside or below the page.
        published: What is said of figures of others.
        command: That the page is written by.

    Raises:
        UsageError: A claim names a measure that nothing was measured by.
    """
    _check_measures(plan, summaries)
    parts = [
        f"# {plan.title}",
        _made(command),
        plan.about.strip(),
        drawn_photos(plan, ground),
        _spent(plan),
        *published,
    ]
    parts += [_claim(plan, claim, summaries, figures) for claim in plan.claims]
    parts += ["## How to read the tables", NOTES.strip(), _chosen(plan, grid)]
    main = [row.name for row in plan.rows if not row.like]
    references = reference_tables(plan, ground)
    for name in (TEST, *ground.transfer):
        heading = "Test part" if name == TEST else f"{name}, which nothing was trained on or chosen by"
        for bits in plan.budget.bits:
            rows = {row: found for row, found in summaries.rows(bits, name).items() if row in main}
            if rows:
                parts += [f"## {heading}: {bits} bits", _tables(rows)]
        parts += [f"## {heading}: without training", references[name]]
    if plan.not_run:
        parts += ["## Not run", "\n".join(f"- {name}: {why}" for name, why in plan.not_run.items())]
    return "\n\n".join(part for part in parts if part) + "\n"


def _made(command: str) -> str:
    return (
        f"Written by `{command}` on {date.today().isoformat()};"
        f" torch {torch.__version__}, {platform.machine()}, {torch.get_num_threads()} threads."
    )


def drawn_photos(plan: Plan, ground: Ground) -> str:
    """How many photos there are for what, and how they were drawn."""
    photos, protocol = ground.photos, plan.protocol
    classes = len(photos.knowledge.class_names)
    counts = {"train on": ground.train, "choose by": ground.validation}
    head = (
        f"{len(photos.features):,} photos of {classes} classes ({photos.skipped} could not be read,"
        f" {photos.left_out} left out "
    )
    tail = f" Split {ground.split.digest[:12]}."
    if protocol is None:
        counts |= {"test": ground.test}
        return (
            f"{head}with classes of fewer than {plan.material.fewest}), split once by"
            f" names, near-identical ones on one side: {_listed(counts)}, of which"
            f" {len(ground.queries):,} are asked for, each against all others of the test part.{tail}"
        )
    return (
        f"{head}without a class, or with classes of fewer than {plan.material.fewest}), drawn once with seed"
        f" {protocol.seed} as the protocol has it: {_listed(counts)}; {len(ground.queries):,} are asked for,"
        f" each against {RANKED[protocol.database]}: {len(ground.database):,}. Near-identical photos were not"
        f" kept together.{tail}"
    )


def _listed(counts: Mapping[str, Sized]) -> str:
    return ", ".join(f"{len(part):,} to {use}" for use, part in counts.items())


def _spent(plan: Plan) -> str:
    budget = plan.budget
    by = "".join(f" ({Path(file).name})" for file in plan.material.needs)
    return (
        f"Every trained row: {budget.epochs} epochs, batches of {budget.batch}, seeds"
        f" {', '.join(map(str, budget.seeds))}; a hash head of two layers, {budget.hidden} wide, on features"
        f" of the teacher{by}, cached for the whole photo and {plan.material.crops} crops."
    )


def _claim(plan: Plan, claim: Claim, summaries: Summaries, figures: Mapping[str, Path]) -> str:
    table: Table = [["", "bits", *claim.measures]]
    for bits in claim.bits:
        found = summaries.rows(bits, TEST)
        table += [
            [name, str(bits), *(_measure(found[name], measure) for measure in claim.measures)]
            for name in claim.rows
            if name in found
        ]
    parts = [f"## {claim.work}", f"**Claim.** {claim.claim.strip()}"]
    if claim.work in figures:
        parts.append(f"![{claim.work}]({figures[claim.work].relative_to(plan.page.parent).as_posix()})")
    parts += [markdown(table), f"**Here.** {claim.verdict.strip()}" if claim.verdict else ""]
    return "\n\n".join(part for part in parts if part)


def _check_measures(plan: Plan, summaries: Summaries) -> None:
    for claim in plan.claims:
        found = [
            (rows[name], measure)
            for bits in claim.bits
            for rows in [summaries.rows(bits, TEST)]
            for name in claim.rows
            if name in rows
            for measure in claim.measures
        ]
        there = {measure for summary, measure in found if _measure(summary, measure) != NOTHING}
        if missing := [measure for _, measure in found if measure not in there]:
            known = ", ".join(found[0][0].codes)
            raise UsageError(
                f"A claim of {claim.work} has {missing[0]!r}, which is no measure of these photos.",
                f"There are {known}, each also after the word kept or unrounded. Results are kept.",
            )


def _measure(summary: Summary, measure: str) -> str:
    """A column of a claim's table: a measure of codes, "kept NAME", "unrounded NAME", or one of bits."""
    kind, _, name = measure.partition(" ")
    if kind == "kept":
        return _estimate(summary.kept.get(name))
    if kind == "unrounded":
        return _estimate(summary.unrounded.get(name))
    if measure in summary.bits:
        return f"{summary.bits[measure]:.4f}"
    return _estimate(summary.codes.get(measure))


def _chosen(plan: Plan, grid: Grid) -> str:
    table: Table = [["row", "tried", f"validation {plan.budget.choose_by}", "chosen"]]
    for name, candidates in grid.tried.items():
        best = max(candidates, key=lambda candidate: candidate.score)
        table += [
            [name, _settings(tried.row, plan), f"{tried.score:.4f}", "yes" if tried is best else ""]
            for tried in candidates
        ]
    if len(table) == 1:
        return ""
    return (
        f"## What validation chose\n\nAt {plan.budget.tuning_bits} bits, with the first seed.\n\n"
        + markdown(table)
    )


def _settings(row: Row, plan: Plan) -> str:
    options = [f"{name}={value}" for name, value in row.options.items()]
    options += [f"{weight:g} {source}" for source, weight in row.targets.items()]
    return ", ".join([f"rate {row.learning_rate or plan.budget.learning_rate:g}", *options])


def _tables(rows: Mapping[str, Summary]) -> str:
    names = list(next(iter(rows.values())).codes)
    half = (len(names) + 1) // 2
    codes = [
        markdown([["codes", *part]] + [[row, *(_with_spread(s, n) for n in part)] for row, s in rows.items()])
        for part in (names[:half], names[half:])
    ]
    paired = [name for name in names if not name.startswith("P within")]
    averaged = markdown(
        [["codes, ties averaged", *paired]]
        + [[row, *(_short(s.averaged.get(name)) for name in paired)] for row, s in rows.items()]
    )
    unrounded = markdown(
        [["unrounded", "by", *paired]]
        + [[row, s.way, *(_short(s.unrounded.get(name)) for name in paired)] for row, s in rows.items()]
    )
    kept = markdown(
        [["kept", *paired]]
        + [[row, *(_estimate(s.kept.get(name)) for name in paired)] for row, s in rows.items()]
    )
    kinds = list(next(iter(rows.values())).bits)
    bits = markdown(
        [["", *kinds, "seconds a seed"]]
        + [[row, *(f"{s.bits[k]:.4f}" for k in kinds), f"{s.seconds:.0f}"] for row, s in rows.items()]
    )
    return "\n\n".join([*codes, averaged, unrounded, kept, bits])


def _with_spread(summary: Summary, name: str) -> str:
    return f"{_estimate(summary.codes.get(name))} ±{number(summary.spread[name])}"


def _estimate(found: Estimate | None) -> str:
    if found is None:
        return NOTHING
    return f"{number(found.mean)} ({number(found.low)} to {number(found.high)})"


def _short(found: Estimate | None) -> str:
    return NOTHING if found is None else number(found.mean)
