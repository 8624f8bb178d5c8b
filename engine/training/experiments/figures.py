"""A picture of each claim: its rows as points with intervals, one panel a measure."""

from collections.abc import Mapping
from pathlib import Path

from engine.training.experiments.cells import TEST
from engine.training.experiments.page import Summaries
from engine.training.experiments.plan import Claim, Plan
from engine.training.experiments.summary import Summary
from engine.training.intervals import Estimate


def draw_claims(plan: Plan, summaries: Summaries) -> dict[str, Path]:
    """Draws one SVG a claim into the folder `figures` beside the page.

    Returns:
        The files, by work.
    """
    folder = plan.page.parent / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for claim in plan.claims:
        file = folder / f"{plan.page.stem}-{claim.work.lower().replace(' ', '-')}.svg"
        if _draw(claim, summaries, file):
            drawn[claim.work] = file
    return drawn


def _draw(claim: Claim, summaries: Summaries, file: Path) -> bool:
    """Draws a claim; False where no measure of it is an estimate."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from engine.training.plots import MARKS, PALETTE

    by_bits = {bits: summaries.rows(bits, TEST) for bits in claim.bits}
    measures = [
        m for m in claim.measures if any(_found(s, m) for rows in by_bits.values() for s in rows.values())
    ]
    if not measures:
        return False
    figure = Figure(figsize=(1.6 + 2.9 * len(measures), 1.3 + 0.36 * len(claim.rows)), layout="constrained")
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    offsets = {bits: 0.22 * (place - (len(by_bits) - 1) / 2) for place, bits in enumerate(by_bits)}
    for panel, measure in zip(panels, measures, strict=True):
        for place, (bits, rows) in enumerate(by_bits.items()):
            points = _points(claim, rows, measure)
            panel.errorbar(
                [estimate.mean for _, estimate in points],
                [y + offsets[bits] for y, _ in points],
                xerr=[[e.mean - e.low for _, e in points], [e.high - e.mean for _, e in points]],
                fmt=MARKS[place],
                color=PALETTE[place],
                label=f"{bits} bits",
                markersize=5,
                linewidth=1.2,
            )
        panel.set_xlabel(measure)
        panel.locator_params(axis="x", nbins=5)
        panel.grid(axis="x", color="#dddddd", linewidth=0.6)
        panel.spines[["top", "right", "left"]].set_visible(False)
    panels[0].set_yticks(range(len(claim.rows)), claim.rows)
    panels[0].invert_yaxis()
    if len(by_bits) > 1:
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=len(by_bits), frameon=False)
    with mpl.rc_context({"svg.hashsalt": "hammingbird", "svg.fonttype": "none"}):
        figure.savefig(file, metadata={"Date": None})
    return True


def _points(claim: Claim, rows: Mapping[str, Summary], measure: str) -> list[tuple[int, Estimate]]:
    found = [(y, _found(rows[name], measure)) for y, name in enumerate(claim.rows) if name in rows]
    return [(y, estimate) for y, estimate in found if estimate is not None]


def _found(summary: Summary, measure: str) -> Estimate | None:
    kind, _, name = measure.partition(" ")
    if kind == "kept":
        return summary.kept.get(name)
    if kind == "unrounded":
        return summary.unrounded.get(name)
    return summary.codes.get(measure)
