"""An evaluation's report for programs (JSON) and for people (a Markdown page, a terminal's table)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.training.evaluation import CODES, UNROUNDED, Figure, Report
from engine.training.intervals import Estimate
from engine.training.questions import AVERAGED, BY_POSITION

NOTES = """\
- Codes are those of the product: packed bits, ranked by Hamming distance.
- "By position": photos at equal distance keep the order in which they were read. "Averaged": the exact
  expectation over all their orders, which no order of files can flatter.
- mAP@R divides by the relevant photos within the first R; mAP looks at the whole ranking.
- mAHP@250 (A) is protocol A of Barz & Denzler 2019 (trapezoid rule; a perfect ranking has 249/250). mAHP@2500
  (B) is protocol B, the mean (a perfect ranking has 1); "B, tree" takes that mean over the class tree's
  distances instead of two levels. A and B can't be compared, with each other or with one another's tables.
- Measures that cut deeper than the database goes take the whole ranking.
- In brackets: 95 % bootstrap intervals over queries, database and model as they are. "Kept" is codes divided
  by unrounded outputs, from the same resamples.
- Unrounded outputs are ranked by cosine and by L1 distance of their sigmoids; codes are compared with the
  better of the two on these photos, which makes the loss by rounding the greater one.
"""


@dataclass(frozen=True)
class About:
    """What was measured on what.

    Attributes:
        name: The model's name.
        digest: Its identity, in hex.
        data: Names of the sources of photos.
        photos: Photos that could be read.
        skipped: Photos that could not be read or are missing.
        tree: Name of the class tree's file, or None.
    """

    name: str
    digest: str
    data: Sequence[str]
    photos: int
    skipped: int
    tree: str | None = None


def as_dict(report: Report, about: About) -> dict[str, Any]:
    """Everything, for JSON; the codes' means, ties by position, also under the measures' bare names."""
    figures: dict[str, dict[str, Any]] = {}
    for figure in report.figures:
        figures.setdefault(figure.measure.name, {})[figure.measure.ties] = {
            "mean": {name: asdict(found) for name, found in figure.values.items()},
            "kept": figure.kept and asdict(figure.kept),
            "difference": figure.difference and asdict(figure.difference),
        }
    return {
        "model": about.digest[:12],
        "name": about.name,
        "digest": about.digest,
        "n_bits": report.n_bits,
        "data": list(about.data),
        "photos": about.photos,
        "skipped": about.skipped,
        "queries": report.n_queries,
        "database": report.n_database,
        "left_out": report.left_out,
        **{name: found[BY_POSITION]["mean"][CODES]["mean"] for name, found in figures.items()},
        **report.bits,
        "protocol": {
            "ranked": _ranked(report),
            "relevant": report.curves.relevant,
            "tree": about.tree,
            "unrounded": report.unrounded,
            "interval": "95 % percentile bootstrap over queries, 2000 resamples",
        },
        "figures": figures,
        "curves": {
            "precision at 1 to 100 % recall": {k: v.tolist() for k, v in report.curves.precision.items()},
            "relevant pairs by distance in bits": report.curves.near.tolist(),
            "other pairs by distance in bits": report.curves.far.tolist(),
        },
    }


def as_markdown(report: Report, about: About, pictures: Sequence[str] = ()) -> str:
    """The page.

    Args:
        report: The figures.
        about: What they are of.
        pictures: Names of picture files beside the page.
    """
    parts = [f"# How well {_plain(about.name)} ranks", _plain(summary(report, about))]
    for ties in (BY_POSITION, AVERAGED):
        rows = [_row(figure, report) for figure in report.figures if figure.measure.ties == ties]
        parts += [f"## Ties {ties}", _table(_headings(report), rows)]
    parts += ["## Bits", _table(["", ""], [[name, f"{value:.4f}"] for name, value in _bits(report)])]
    parts += [f"![{name.rsplit('.', 1)[0].replace('-', ' ')}]({name})" for name in pictures]
    parts += ["## How it was measured", NOTES]
    return "\n\n".join(parts).rstrip() + "\n"


def as_text(report: Report) -> str:
    """The figures that matter most, in aligned columns for a terminal."""
    others = [name for name in report.rankers if name not in (CODES, *UNROUNDED)]
    headings = [
        "",
        CODES,
        "ties averaged",
        f"unrounded ({report.unrounded})",
        "kept",
        *others,
    ]
    rows = [headings]
    for figure in report.figures:
        name, ties = figure.measure
        code = figure.values[CODES]
        if ties == AVERAGED:
            rows[-1][2] = f"{code.mean:.3f}"  # each measure's averaged figure follows the one by position
            continue
        means = [
            f"{figure.values[ranker].mean:.3f}" if ranker in figure.values else ""
            for ranker in (report.unrounded, *others)
        ]
        rows.append([name, _shown(code), "", means[0], _shown(figure.kept), *means[1:]])
    rows += [[name, f"{value:.3f}"] for name, value in _bits(report)]
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(len(headings))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def summary(report: Report, about: About) -> str:
    """What was measured, in one paragraph of plain text."""
    left = " ".join(
        f"Queries left out of the measures by {kind}, for want of anything known or relevant: {count}."
        for kind, count in report.left_out.items()
        if count
    )
    unread = f" {about.skipped} could not be read." if about.skipped else ""
    tree = f" Class tree: {about.tree}." if about.tree else ""
    return (
        f"Model {about.digest[:12]}, {report.n_bits} bits, on {', '.join(about.data)}: {about.photos} photos."
        f"{unread} {_ranked(report)} Relevant: {report.curves.relevant}.{tree} {left}".rstrip()
    )


def _ranked(report: Report) -> str:
    against = (
        f"all {report.n_database - 1} other photos" if report.among else f"{report.n_database} other photos"
    )
    return f"{report.n_queries} queries, each ranked against {against}."


def _bits(report: Report) -> list[tuple[str, float]]:
    return [(name.replace("_", " "), value) for name, value in report.bits.items()]


def _headings(report: Report) -> list[str]:
    return ["measure", *report.rankers, f"kept of {report.unrounded}", "difference"]


def _row(figure: Figure, report: Report) -> list[str]:
    values = [_shown(figure.values.get(name)) for name in report.rankers]
    return [figure.measure.name, *values, _shown(figure.kept), _shown(figure.difference)]


def _shown(found: Estimate | None) -> str:
    return "" if found is None else f"{found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    for mark in "\\|*_`<":
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())
