"""A folder with an evaluation's report: report.json, report.md and plots. It needs the `reports` extra."""

import json
from collections.abc import Sequence
from pathlib import Path

from engine.hashing.codes import Codes
from engine.training.evaluation import Report
from engine.training.plots import distance_plot, precision_recall_plot, save, tsne_plot
from engine.training.report_page import About, as_dict, as_markdown


def write_report(
    folder: Path, report: Report, about: About, laid_out: tuple[Codes, Sequence[str]] | None = None
) -> None:
    """Writes the report; each plot as PNG and as SVG.

    Args:
        folder: Made where it is not there; files in it are written over.
        report: The figures.
        about: What they are of.
        laid_out: For a t-SNE plot: codes, uint8 (N, n_bits / 8) with N >= 4, and the class of each photo, the
            empty string where it has none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plots = {
        "precision-recall": precision_recall_plot(report.curves),
        "distances": distance_plot(report.curves),
    }
    if laid_out is not None:
        plots["t-sne"] = tsne_plot(*laid_out)
    for name, plot in plots.items():
        save(plot, folder, name)
    page = as_markdown(report, about, [f"{name}.png" for name in plots])
    (folder / "report.md").write_text(page, encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(as_dict(report, about), indent=2), encoding="utf-8")
