"""`hammingbird evaluate`: how well a model's codes rank photos of which labels or captions are known."""

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from engine.cli.destination import check_destination
from engine.cli.terminal import print_json
from engine.errors import UsageError
from engine.hashing.codes import pack
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile, built_in_model
from engine.paths import read_name

if TYPE_CHECKING:  # these bring torch along, which only the command itself waits for
    from engine.training.evaluation import Report
    from engine.training.photo_set import PhotoSet
    from engine.training.questions import Ranker
    from engine.training.report_page import About

MOST_QUERIES = 1000
PARTS = ("test", "validation", "train")


@click.command(short_help="Measure how well a model ranks.")
@click.argument("photos", nargs=-1, required=True)
@click.option("--model", type=click.Path(path_type=Path), help="Model folder; the built-in model without it.")
@click.option("--tree", type=click.Path(path_type=Path), help="Class tree: lines 'parent child'.")
@click.option(
    "--caption-encoder",
    metavar="ENCODER",
    help="Judge by captions too: words, open_clip:NAME:FILE, a sentence-transformers folder, or a .py file.",
)
@click.option(
    "--split", type=click.Path(path_type=Path), help="Split of a training run; only --part of it is measured."
)
@click.option("--part", type=click.Choice(PARTS), help="Part of --split; test without it.")
@click.option(
    "--queries",
    type=click.IntRange(1),
    help=f"Photos that are asked for; without it {MOST_QUERIES}, or all where there are fewer.",
)
@click.option(
    "--cut", "cuts", type=click.IntRange(1), multiple=True, default=(100, 1000), help="R of mAP@R (repeat)."
)
@click.option("--baselines", is_flag=True, help="Also rank by pHash and by 8 x 8 colours.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write report.json, report.md and plots into this new folder.",
)
@click.option("--tsne", is_flag=True, help="Also plot the codes by t-SNE; needs --output.")
def evaluate(
    photos: tuple[str, ...],
    model: Path | None,
    tree: Path | None,
    caption_encoder: str | None,
    split: Path | None,
    part: str | None,
    queries: int | None,
    cuts: tuple[int, ...],
    baselines: bool,
    as_json: bool,
    output: Path | None,
    tsne: bool,
) -> None:
    """Measure a model on PHOTOS: folders of classes, tables, packs, a library (docs/training.md lists all).

    Each query photo is ranked against all others, by the product's own codes and by the same outputs before
    rounding. P@10 is the mean share of the ten nearest that have the query's label; with a class tree, mAHP
    and NDCG say how wrong the others are. Queries are drawn with a fixed seed. Intervals are 95 %.
    """
    from engine.training.distances import ClassTree
    from engine.training.evaluation import evaluate_model
    from engine.training.judgement import judge
    from engine.training.report_page import as_dict

    _check_output(output, tsne)
    if part and split is None:
        raise UsageError("A part is one of a split.", "Name the split's file with --split.")
    chosen = ModelFile.load(model) if model else built_in_model()
    encoder = Encoder(chosen)
    classes = ClassTree.load(tree) if tree else None
    with Console(stderr=True).status("Reading photos"):
        data = _load(photos, encoder.input_side, split, part or "test")
        judgement = judge(data, classes, _captions(data, caption_encoder))
        drawn = _draw(len(data), queries)
        logits = encoder.logits(data.photos.numpy())
    with Console(stderr=True).status("Ranking"):
        others = _baselines(data) if baselines else {}
        report = evaluate_model(logits, judgement, drawn, cuts=cuts, baselines=others)
    about = _about(chosen, photos, tree, data)
    if output:
        _write(output, report, about, (logits, data) if tsne else None)
    if as_json:
        print_json(as_dict(report, about))
    else:
        _print(report, about)


def _check_output(output: Path | None, tsne: bool) -> None:
    if tsne and output is None:
        raise UsageError("A t-SNE plot needs a folder to go to.", "Name one with --output.")
    if output is None:
        return
    if output.exists() and not (output.is_dir() and not any(output.iterdir())):
        raise UsageError(f"{output} exists already.", "Name a new folder for the report.")
    check_destination("--output", output)
    try:
        import engine.training.report_folder  # noqa: F401 - better now than after minutes of work
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Plots need {error.name}, which is not installed.", "Try: pip install 'hammingbird[reports]'"
        ) from error


def _captions(data: "PhotoSet", encoder: str | None) -> tuple[NDArray[np.float32], NDArray[np.bool_]] | None:
    from engine.training.caption_encoders import load_caption_encoder
    from engine.training.captions import caption_features

    if encoder is None:
        return None
    everything = [caption for captions in data.captions for caption in captions]
    found, known = caption_features(data.captions, load_caption_encoder(encoder, everything))
    return found.numpy(), known.numpy()


def _load(sources: tuple[str, ...], side: int, split: Path | None, part: str) -> "PhotoSet":
    from engine.training.photo_set import join
    from engine.training.sources import load_photos
    from engine.training.split import Split

    if len({Path(source).resolve() for source in sources}) < len(sources):
        raise UsageError(
            "A source of photos is named twice, so that each would find itself.", "Name it once."
        )
    data = join([load_photos(source, side) for source in sources])
    if split is not None:
        chosen = data.take(Split.load(split).positions(data, part))
        data = dataclasses.replace(chosen, skipped=data.skipped)
    if len(data) < 2:
        among = f" in the part {part} of the split" if split else ""
        raise UsageError(
            f"There {'is one photo' if len(data) else 'are no photos'} that can be read{among},"
            " and nothing to rank.",
            "Name more photos, or another --part." if split else "Name more photos.",
        )
    return data


def _draw(count: int, queries: int | None) -> NDArray[np.int64]:
    if queries is not None and queries > count:
        raise UsageError(f"{queries} queries are more than the {count} photos.", "Ask for fewer.")
    return np.random.default_rng(0).permutation(count)[: queries or MOST_QUERIES]


def _baselines(data: "PhotoSet") -> "dict[str, Ranker]":
    from engine.training.baselines import mean_colours, phash, squared_l2
    from engine.training.questions import Ranker

    pixels = data.photos.numpy()
    return {
        "pHash, 64 bits": Ranker(phash(pixels)),
        "8 x 8 colours, L2": Ranker(mean_colours(pixels), squared_l2),
    }


def _about(model: ModelFile, sources: tuple[str, ...], tree: Path | None, data: "PhotoSet") -> "About":
    from engine.training.report_page import About

    names = [_shown(Path(source)) for source in sources]
    return About(
        model.name, model.digest, names, len(data), data.skipped, None if tree is None else _shown(tree)
    )


def _shown(path: Path) -> str:
    return read_name(os.fsencode(path.name or path.absolute().name))


def _write(
    output: Path, report: "Report", about: "About", laid_out: "tuple[NDArray[np.float32], PhotoSet] | None"
) -> None:
    from engine.training.report_folder import write_report

    if laid_out is None:
        write_report(output, report, about)
        return
    logits, data = laid_out
    write_report(output, report, about, (pack(logits), [next(iter(names), "") for names in data.labels]))


def _print(report: "Report", about: "About") -> None:
    from engine.training.report_page import as_text, summary

    click.echo(summary(report, about))
    click.echo(f"\n{as_text(report)}")
