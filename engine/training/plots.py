"""Pictures of an evaluation. The only file that imports matplotlib and scikit-learn (the `reports` extra).

Colours are those of Okabe & Ito, which colour-blind readers tell apart; lines and marks differ in shape too.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from engine.errors import UsageError
from engine.hashing.codes import Codes, unpack
from engine.training.evaluation import CODES, Curves

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8a8a8a"
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#F0E442", "#000000")
MARKS = "os^DvP*X"
TSNE_PHOTOS = 2000
LEAST_PHOTOS = 4


def precision_recall_plot(curves: Curves) -> Figure:
    """Precision by recall, codes and unrounded outputs, with what chance would give."""
    figure, axes = _sheet("Precision at each recall", "recall: share of relevant photos found", "precision")
    recall = np.arange(1, 101) / 100
    styles = {CODES: (BLUE, "-", "codes")}
    for name, values in curves.precision.items():
        colour, line, shown = styles.get(name, (ORANGE, "--", f"unrounded outputs, {name}"))
        axes.plot(recall, values, line, color=colour, linewidth=2, label=shown)
    pairs = curves.near.sum() + curves.far.sum()
    axes.axhline(curves.near.sum() / max(pairs, 1), color=GREY, linestyle=":", label="chance")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend(frameon=False)
    return figure


def distance_plot(curves: Curves) -> Figure:
    """Histograms of Hamming distances of relevant and other pairs, each 100 % in all."""
    figure, axes = _sheet("How far apart codes lie", "Hamming distance (bits)", "share of pairs (%)")
    edges = np.arange(len(curves.near) + 1) - 0.5
    kinds = ((curves.near, BLUE, "-", curves.relevant), (curves.far, ORANGE, "--", "all other photos"))
    for counts, colour, line, shown in kinds:
        shares = 100 * counts / max(counts.sum(), 1)
        axes.stairs(shares, edges, fill=True, color=colour, alpha=0.25)
        axes.stairs(
            shares,
            edges,
            color=colour,
            linestyle=line,
            linewidth=1.8,
            label=f"{shown} ({counts.sum():,} pairs)",
        )
    axes.set_xlim(-0.5, np.flatnonzero(curves.near + curves.far).max(initial=1) + 1)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.18)  # room for the legend
    axes.legend(frameon=False, loc="upper left")
    return figure


def tsne_plot(codes: Codes, labels: Sequence[str], *, seed: int = 0) -> Figure:
    """Codes laid out in the plane by t-SNE of their Hamming distances (van der Maaten & Hinton, JMLR 2008).

    At most 2,000 photos, drawn by seed; the eight most frequent classes have colours, the others are grey.

    Args:
        codes: uint8 (N, n_bits / 8), N >= 4.
        labels: The class of each photo; the empty string where it has none.
        seed: Of the draw and the layout.

    Raises:
        UsageError: There are fewer than four photos.
    """
    if len(codes) < LEAST_PHOTOS:
        raise UsageError(f"t-SNE needs {LEAST_PHOTOS} photos, not {len(codes)}.", "Leave --tsne out.")
    drawn = np.random.default_rng(seed).permutation(len(codes))[:TSNE_PHOTOS]
    places = tsne_places(codes[drawn], seed)
    classes = np.array([labels[i] for i in drawn])
    counts = Counter(sorted(name for name in classes if name))
    shown = [name for name, _ in counts.most_common(len(PALETTE))]
    figure, axes = _sheet(f"t-SNE of the codes of {len(drawn):,} photos", "", "")
    figure.set_size_inches(8.5, 6)
    x, y = places.T
    rest = ~np.isin(classes, shown)
    if rest.any():
        axes.scatter(x[rest], y[rest], s=7, color="#d0d0d0", linewidths=0, label="other classes")
    for name, colour, mark in zip(shown, PALETTE, MARKS, strict=False):
        own = classes == name
        axes.scatter(
            x[own],
            y[own],
            s=36,
            color=colour,
            marker=mark,
            edgecolors="black",
            linewidths=0.4,
            label=_as_it_is(name),
        )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_aspect("equal")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def tsne_places(codes: Codes, seed: int = 0) -> NDArray[np.float32]:
    """Places in the plane, float32 (N, 2), of uint8 (N, n_bits / 8) codes, N >= 4."""
    layout = TSNE(
        metric="hamming", init="random", perplexity=min(30, (len(codes) - 1) / 3), random_state=seed
    )
    found: NDArray[np.float32] = layout.fit_transform(unpack(codes).astype(bool))
    return found


def save(figure: Figure, folder: Path, name: str) -> None:
    """Writes `name`.png and `name`.svg into a folder that is there."""
    figure.savefig(folder / f"{name}.png", dpi=150, bbox_inches="tight")
    figure.savefig(folder / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})


def _as_it_is(name: str) -> str:
    """A name that matplotlib neither reads as mathematics nor leaves out of the legend."""
    return name.replace("$", r"\$") if not name.startswith("_") else " " + name.replace("$", r"\$")


def _sheet(title: str, across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7, 4.6), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=13)
    axes.set_xlabel(across, fontsize=11)
    axes.set_ylabel(up, fontsize=11)
    axes.grid(color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
