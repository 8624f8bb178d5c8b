"""`hammingbird train`: make a hash network."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.destination import check_destination
from engine.cli.export import check_output, export_to
from engine.cli.setting_option import chosen, held_out_options, pairs, setting_option, target_weights
from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.training.settings import Settings

if TYPE_CHECKING:
    from engine.hashing.model_file import ModelFile

OBJECTIVE_NAMES = (
    "semantic-kl",
    "shrewd",
    "orthohash",
    "semantic-centers",
    "dual-hinge (a stand-in)",
    "hashnet (a baseline)",
)
DEVICES = ("auto", "cpu", "cuda", "mps")


_setting = partial(setting_option, Settings)


@click.command(short_help="Train a hash network.")
@click.argument("photos", nargs=-1, required=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of the new model; without it `hammingbird export` makes one of the run.",
)
@click.option(
    "--run",
    type=click.Path(path_type=Path),
    help="Folder of checkpoints, curves and caches; runs/NAME after --output without it.",
)
@click.option("--resume", is_flag=True, help="Go on with an interrupted run.")
@click.option("--name", default="Hammingbird", help="Name of the model.")
@click.option("--init", type=click.Path(path_type=Path), help="Start from this model folder.")
@click.option(
    "--weights",
    metavar="FILE",
    help="Pretrained weights of the backbone; the word hub downloads those of torchvision or open_clip.",
)
@held_out_options("choose by")
@click.option(
    "--test", type=click.FloatRange(0, 0.5), default=0.0, help="Share held out for `evaluate --part test`."
)
@click.option("--tree", type=click.Path(path_type=Path), help="Class tree: lines 'parent child'.")
@click.option("--teacher", type=click.Path(path_type=Path), help="Python file with load_teacher().")
@click.option(
    "--teacher-side", type=click.IntRange(32, 512), default=160, help="Pixels of the teacher's input."
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="SOURCE=WEIGHT",
    help="Weight of tree, labels, captions or teacher in the target distances (repeat).",
)
@click.option(
    "--caption-encoder",
    metavar="ENCODER",
    help="Captions' meaning: words, open_clip:NAME:FILE, a sentence-transformers folder, or a .py file.",
)
@_setting("objective", str, f"What is learned: {', '.join(OBJECTIVE_NAMES)}.")
@click.option(
    "--set", "options", multiple=True, metavar="NAME=VALUE", help="Option of the objective (repeat)."
)
@_setting("teacher_weight", float, "Weight of the distance to the teacher's features.")
@_setting("distil", str, "Whose teacher features are guessed: of the whole photo, or of each view.")
@_setting("backbone", str, "Classification network of torchvision, or open_clip:NAME.")
@_setting("n_bits", int, "Bits of a code, a multiple of 8 from 16 to 1024.")
@_setting("train_side", int, "Pixels of training crops.")
@_setting("input_side", int, "Pixels of the finished model's input.")
@_setting("smallest_crop", float, "Training crops cover at least this share of a photo.")
@_setting("epochs", int, "Passes over the photos.")
@_setting("batch", int, "Photos a step, over all processes.")
@_setting("learning_rate", float, "Highest learning rate.")
@_setting(
    "first_head",
    str,
    "random, or for a pretrained backbone: itq (fitted to the photos), neighbours (then tuned to a teacher).",
)
@click.option("--freeze-norms", is_flag=True, help="Keep the statistics of the backbone's batch norms.")
@_setting("precision", str, "auto, 32, bf16 or 64.")
@_setting("choose_by", str, "Measure that the best weights are chosen by.")
@_setting("seed", int, "Of weights, order and crops.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="What to train on.")
@click.option("--devices", type=click.IntRange(1), default=1, help="Processes, one for each GPU.")
@click.option("--tensorboard", is_flag=True, help="Write curves for TensorBoard to the run's folder.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar")
def train(
    photos: tuple[str, ...],
    output: Path | None,
    run: Path | None,
    name: str,
    init: Path | None,
    weights: str | None,
    leave_out: tuple[str, ...],
    validation: float,
    test: float,
    split: Path | None,
    progress: str,
    targets: tuple[str, ...],
    options: tuple[str, ...],
    device: str,
    devices: int,
    resume: bool,
    tensorboard: bool,
    **named: Any,
) -> None:
    """Train a hash network on PHOTOS: folders of classes, tables, packs, a library (docs/training.md).

    The loss makes code distances match target distances and drives outputs to bits (Arponen & Bishop 2020).
    Target distances are mixed from what there is: a class tree, a pretrained teacher's features, captions,
    classes. The weights that rank best on held-out photos are exported. Ctrl-C saves a checkpoint.
    """
    from engine.training.knowledge import Whereabouts
    from engine.training.whole_run import RunPlan, carry_out

    run = run or Path("runs") / (output.name if output else "train")
    check_destination("--run", run)
    if output:
        check_output(output)
    where = Whereabouts(
        named.pop("tree"), named.pop("teacher"), named.pop("teacher_side"), named.pop("caption_encoder"), run
    )
    settings = Settings(**chosen(named), options=pairs("--set", options), targets=target_weights(targets))
    plan = RunPlan(
        photos,
        run,
        settings,
        where,
        leave_out=frozenset(leave_out),
        validation=validation,
        test=test,
        split=split,
        parent=_load(init) if init else None,
        weights=weights,
        name=name,
        device=device,
        processes=devices,
        resume=resume,
        tensorboard=tensorboard,
    )
    with reporter(progress) as report:
        card = carry_out(plan, report)
    if skipped := card["training"]["skipped"]:
        click.echo(f"Left out, since they are missing or can't be read: {skipped}.", err=True)
    click.echo(f"Trained: {card['validation']}", err=True)
    if output:
        export_to(run, output)
    else:
        click.echo(f"To make a model of it: hammingbird export {run} --output FOLDER", err=True)


def _load(model: Path) -> "ModelFile":
    from engine.hashing.model_file import ModelFile  # training from new weights does without

    return ModelFile.load(model)
