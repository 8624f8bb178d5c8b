"""`hammingbird align`: a model that reads photos and words, of a backbone."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from engine.cli.destination import check_destination
from engine.cli.export import check_output
from engine.cli.setting_option import chosen, held_out_options, pairs, setting_option, target_weights
from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.training.words.settings import AlignmentSettings, TeachingSettings

_alignment = partial(setting_option, AlignmentSettings)
_teaching = partial(setting_option, TeachingSettings)


@click.command(short_help="Make a model that reads words too.")
@click.argument("photos", nargs=-1, required=True)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder of the new model.")
@click.option(
    "--run",
    type=click.Path(path_type=Path),
    help="Folder of what is computed once; runs/NAME after --output without it.",
)
@click.option("--init", type=click.Path(path_type=Path), help="Model whose codes of photos stay as they are.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="Of the backbone, such as best.safetensors of `hammingbird distil --run`.",
)
@click.option("--backbone", default="timm:fasternet_t0", show_default=True, help="Whose weights these are.")
@click.option(
    "--teacher",
    type=click.Path(path_type=Path),
    help="Python file with load_teacher(), as for `hammingbird train`.",
)
@click.option(
    "--caption-encoder",
    required=True,
    metavar="ENCODER",
    help="Sentences' meaning: open_clip:NAME:FILE, a sentence-transformers folder, or a .py file.",
)
@click.option("--tree", type=click.Path(path_type=Path), help="Class tree: lines 'parent child'.")
@click.option(
    "--names",
    type=click.Path(path_type=Path),
    help="Names of classes: lines class, tab, names between commas.",
)
@click.option(
    "--sentences",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Sentences without photos, one a line, .txt or .txt.gz (repeat).",
)
@held_out_options("measure")
@click.option("--n-bits", type=int, default=128, show_default=True, help="Bits of a code.")
@click.option("--input-side", type=int, default=144, show_default=True, help="Pixels of the model's input.")
@click.option(
    "--views",
    type=click.IntRange(0),
    default=6,
    show_default=True,
    help="Augmented views of each sharp photo, beside the whole.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="SOURCE=WEIGHT",
    help="Weight of tree, captions or teacher in the target distances (repeat).",
)
@_alignment("objective", str, "How alike photos should be.")
@click.option(
    "--set", "options", multiple=True, metavar="NAME=VALUE", help="Option of the objective (repeat)."
)
@_alignment("steps", int, "Steps of aligning photos and sentences.")
@_alignment("batch", int, "Pairs a step.")
@_alignment("learning_rate", float, "Highest learning rate.")
@_alignment("contrast", float, "Weight of picking the right partner.")
@_alignment("rounding", float, "Weight of being near bits.")
@_alignment("hidden", int, "Width of the layers before the bits.")
@_alignment("seed", int, "Of weights, order and views.")
@_teaching("pieces", int, "Pieces of the text tower's vocabulary.")
@_teaching("epochs", int, "Passes of the text tower over all sentences.")
@click.option("--name", default="", help="Name of the model.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar")
def align(
    photos: tuple[str, ...],
    output: Path,
    run: Path | None,
    init: Path | None,
    progress: str,
    targets: tuple[str, ...],
    options: tuple[str, ...],
    **named: Any,
) -> None:
    """Bring PHOTOS and sentences into one Hamming space, on a backbone that stays as it is.

    Two heads are trained: one on the backbone's features of photos, one on the caption encoder's vectors of
    their captions and of names of their classes; with --init only the second, and photos keep their codes.
    Then a small text tower learns to say of sentences what the encoder and its head say. All of it becomes a
    model, with words (docs/training.md).
    """
    from engine.hashing.model_file import ModelFile
    from engine.training.words.gathering import Material
    from engine.training.words.whole_run import AlignPlan, carry_out

    run = run or Path("runs") / output.name
    check_destination("--run", run)
    check_output(output)
    written = chosen(named)
    seed = written.pop("seed", 0)
    teaching = {key: written.pop(key) for key in ("pieces", "epochs") if key in written}
    about = (
        "teacher",
        "caption_encoder",
        "tree",
        "names",
        "sentences",
        "leave_out",
        "validation",
        "split",
    )
    material = {key: written.pop(key) for key in about if key in written}
    material["leave_out"] = frozenset(material["leave_out"])
    plan_of = ("weights", "backbone", "n_bits", "input_side", "views", "name")
    rest = {key: written.pop(key) for key in plan_of if key in written}
    plan = AlignPlan(
        Material(photos, **material, targets=target_weights(targets)),
        run,
        output,
        model=ModelFile.load(init) if init else None,
        **rest,
        alignment=AlignmentSettings(**written, options=pairs("--set", options), seed=seed),
        teaching=TeachingSettings(**teaching, seed=seed),
    )
    with reporter(progress) as report:
        model = carry_out(plan, report)
    if skipped := model.card["words"]["skipped"]:
        click.echo(f"Left out, since they are missing or can't be read: {skipped}.", err=True)
    click.echo(f"Trained: {model.card['words']['validation']}", err=True)
    click.echo(f"{model.folder}: {model.n_bits} bits, digest {model.digest[:12]}", err=True)
