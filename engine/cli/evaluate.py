"""`hammingbird evaluate`: how well a model's codes rank labelled photos."""

import json
from pathlib import Path

import click
import numpy as np

from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile, built_in_model


@click.command(short_help="Measure how well a model ranks.")
@click.argument("photos", type=click.Path(path_type=Path))
@click.option("--model", type=click.Path(path_type=Path), help="Model folder; the built-in model without it.")
@click.option(
    "--queries", type=click.IntRange(1), default=1000, show_default=True, help="Photos that are asked for."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(photos: Path, model: Path | None, queries: int, as_json: bool) -> None:
    """Measure a model on PHOTOS: a pack (NAME.csv) or a folder with one folder a class.

    Each query photo is ranked against all others by the product's own codes; ties by position. P@10 is the
    mean share of the ten nearest that have the query's label. Queries are drawn with a fixed seed.
    """
    from engine.training.data import load_photos
    from engine.training.metrics import bit_balance, mean_average_precision, precision_at

    chosen = ModelFile.load(model) if model else built_in_model()
    encoder = Encoder(chosen)
    data = load_photos(photos, encoder.input_side)
    codes = encoder.encode(data.photos.numpy())
    labels = np.unique(data.labels, return_inverse=True)[1].astype(np.int64)
    drawn = np.random.default_rng(0).permutation(len(data))[:queries]
    figures = {
        "model": chosen.digest[:12],
        "photos": len(data),
        "skipped": data.skipped,
        "queries": len(drawn),
        "P@1": precision_at(codes, labels, drawn, 1),
        "P@10": precision_at(codes, labels, drawn, 10),
        "mAP@100": mean_average_precision(codes, labels, drawn, 100),
        "bit_balance": bit_balance(codes),
    }
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        click.echo(f"{name:12} {value:.4f}" if isinstance(value, float) else f"{name:12} {value}")
