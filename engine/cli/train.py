"""`hammingbird train` and `hammingbird evaluate`: make a hash network, and see how well its codes rank."""

import json
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.errors import UsageError


def _setting(name: str, kind: type, text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An option whose default is that of the trainer's settings."""
    return click.option(f"--{name.replace('_', '-')}", name, type=kind, default=None, help=text)


@click.command(short_help="Train a hash network.")
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--tree", type=click.Path(path_type=Path), required=True, help="Class tree: lines 'parent child'."
)
@click.option(
    "--teacher", type=click.Path(path_type=Path), required=True, help="Python file with load_teacher()."
)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder of the new model.")
@click.option(
    "--run", type=click.Path(path_type=Path), default=Path("runs/train"), help="Checkpoints, curve, cache."
)
@click.option("--name", default="Hammingbird", help="Name of the model.")
@click.option("--init", type=click.Path(path_type=Path), help="Go on from this model folder.")
@click.option(
    "--leave-out", multiple=True, metavar="CLASS", help="Class that training must not see (repeat)."
)
@click.option(
    "--validation", type=click.FloatRange(0.001, 0.5), default=0.05, help="Share held out to choose by."
)
@click.option(
    "--teacher-side", type=click.IntRange(32, 512), default=160, help="Pixels of the teacher's input."
)
@_setting("backbone", str, "Classification network of torchvision.")
@_setting("n_bits", int, "Bits of a code, a multiple of 8.")
@_setting("train_side", int, "Pixels of training crops.")
@_setting("input_side", int, "Pixels of the finished model's input.")
@_setting("epochs", int, "Passes over the photos.")
@_setting("batch", int, "Photos a step.")
@_setting("learning_rate", float, "Highest learning rate.")
@_setting("tree_share", float, "Weight of the class tree in target distances; the rest is the teacher's.")
@_setting("smallest_crop", float, "Training crops cover at least this share of a photo.")
@_setting(
    "objective",
    str,
    "What is learned: semantic-kl, shrewd, orthohash, semantic-centers, dual-hinge (a stand-in).",
)
@click.option(
    "--set", "options", multiple=True, metavar="NAME=VALUE", help="Option of the objective (repeat)."
)
@_setting("teacher_weight", float, "Weight of the distance to the teacher's features.")
@_setting("seed", int, "Of weights, order and crops.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar")
def train(
    photos: tuple[Path, ...],
    tree: Path,
    teacher: Path,
    output: Path,
    run: Path,
    name: str,
    init: Path | None,
    leave_out: tuple[str, ...],
    validation: float,
    teacher_side: int,
    progress: str,
    options: tuple[str, ...],
    **named: object,
) -> None:
    """Train a hash network on PHOTOS: packs (NAME.csv) or folders with one folder a class.

    The loss makes code distances match target distances, mixed from the class tree and from a pretrained
    teacher's features, and drives outputs to bits (Arponen & Bishop 2020). The weights that rank best on
    held-out photos are exported.
    """
    from engine.training.export import export_model, round_weights
    from engine.training.prepare import prepare
    from engine.training.recipes import options_of
    from engine.training.trainer import Settings, Trainer, describe, load_network, measure, new_network

    if output.exists():
        raise UsageError(f"{output} exists already.", "Choose another --output, or remove it.")
    try:
        chosen = {key: value for key, value in named.items() if value is not None}
        settings = Settings(**chosen, options=_options(options))  # type: ignore[arg-type]
        options_of(settings.objective)
        network = load_network(init / "weights.safetensors", settings) if init else new_network(settings)
    except (ValueError, OSError) as error:
        raise UsageError(f"These settings can't be trained: {error}.") from error
    with reporter(progress) as report:
        data, loaded = prepare(
            list(photos),
            settings,
            tree=tree,
            teacher=teacher,
            teacher_side=teacher_side,
            cache=run / "teacher.safetensors",
            leave_out=frozenset(leave_out),
            validation=validation,
            report=report,
        )
        Trainer(settings, data, run, network).run(report)
    best = load_network(run / "best.safetensors", settings)
    card = {
        "name": name,
        "objective": settings.objective,
        "training": {
            **describe(settings),
            "photos": len(loaded),
            "skipped": loaded.skipped,
            "held_out": len(data.validation),
            "sources": [source.stem for source in photos],
            "left_out": sorted(leave_out),
            "parent": json.loads((init / "card.json").read_text())["digest"] if init else None,
        },
        "licence": "see LICENSE in this folder",
    }
    round_weights(best)
    card["validation"] = measure(
        best, data.photos[data.validation], data.labels[data.validation], settings.input_side
    )
    model = export_model(best, output, input_side=settings.input_side, card=card)
    Console(stderr=True).print(
        f"{model.folder}: {model.n_bits} bits, digest {model.digest[:12]}, {card['validation']}"
    )


def _options(named: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE pairs of the command line.

    Raises:
        UsageError: One is no such pair.
    """
    pairs = [text.partition("=") for text in named]
    if bad := next((name for name, sign, value in pairs if not (name and sign and value)), None):
        raise UsageError(f"--set {bad} says no value.", "Write NAME=VALUE, such as --set kl=0.2.")
    return {name: value for name, _, value in pairs}
