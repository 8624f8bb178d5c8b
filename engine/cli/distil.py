"""`hammingbird distil`: a backbone that sees as a pretrained teacher does."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from engine.cli.destination import check_destination
from engine.cli.setting_option import chosen, held_out_options, setting_option
from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.cli.train import DEVICES
from engine.training.distil.settings import DEFAULT_EPOCHS, PRECISIONS, DistilSettings

_setting = partial(setting_option, DistilSettings)


@click.command(short_help="Teach a backbone to see as a teacher does.")
@click.argument("photos", nargs=-1, required=True)
@click.option(
    "--teacher",
    type=click.Path(path_type=Path),
    required=True,
    help="Python file with load_map_teacher(), such as docs/experiments/mobilenet_maps.py.",
)
@click.option(
    "--run",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of checkpoints, curves and the best weights.",
)
@click.option("--resume", is_flag=True, help="Go on with an interrupted run.")
@click.option(
    "--init",
    type=click.Path(path_type=Path),
    metavar="RUN_OR_FILE",
    help="Start from another run, apart or not, or from a file of the backbone's weights.",
)
@click.option(
    "--apart", is_flag=True, help="Teach the backbone in sections, for a first run; --init joins them."
)
@held_out_options("choose by")
@_setting("backbone", str, "Convolutional network of timm.")
@click.option(
    "--epochs", type=click.IntRange(1), help=f"Passes over the photos.  [default: {DEFAULT_EPOCHS}]"
)
@click.option("--minutes", type=float, help="How long to train, instead of --epochs.")
@_setting("train_side", int, "Pixels of training views, a multiple of 32.")
@_setting("input_side", int, "Pixels of the photos that are measured.")
@_setting("batch", int, "Photos a step.")
@_setting("learning_rate", float, "Highest rate of AdamW.")
@_setting("muon_rate", float, "Highest rate of Muon, for the backbone's kernels; 0: AdamW for these too.")
@_setting("smallest_crop", float, "Training crops cover at least this share of a photo.")
@_setting("mixed", float, "Share of steps in which a part of another view is pasted into each.")
@_setting("turned", float, "Share of views that are turned by a quarter.")
@_setting("sharp_share", float, "Share of sharp photos among those drawn.")
@_setting("seed", int, "Of weights, order and views.")
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    help="auto is bf16 on a GPU that has it; a processor with AMX gains by bf16 too.  [default: auto]",
)
@click.option("--compiled", is_flag=True, help="Compile the student first; needs a compiler of C++.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="What to train on.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar")
def distil(
    photos: tuple[str, ...],
    teacher: Path,
    run: Path,
    resume: bool,
    init: Path | None,
    leave_out: tuple[str, ...],
    validation: float,
    split: Path | None,
    epochs: int | None,
    minutes: float | None,
    device: str,
    progress: str,
    **named: Any,
) -> None:
    """Teach a backbone to see PHOTOS as a pretrained teacher does; no labels are needed (docs/training.md).

    The teacher looks at each view, and the network guesses its feature maps from its own. The weights whose
    nearest photos are most often the teacher's are kept, for: hammingbird train --weights
    RUN/best.safetensors. Ctrl-C saves a checkpoint.
    """
    from engine.training.distil.whole_run import DistilPlan, carry_out

    check_destination("--run", run)
    if epochs is None and minutes is None:
        epochs = DEFAULT_EPOCHS
    settings = DistilSettings(epochs=epochs or 0, minutes=minutes or 0.0, **chosen(named))
    plan = DistilPlan(
        photos,
        run,
        settings,
        teacher,
        leave_out=frozenset(leave_out),
        validation=validation,
        split=split,
        init=init,
        device=device,
        resume=resume,
    )
    with reporter(progress) as report:
        card = carry_out(plan, report)
    if skipped := card["distilled"]["skipped"]:
        click.echo(f"Left out, since they are missing or can't be read: {skipped}.", err=True)
    click.echo(f"Distilled: {card['validation']}", err=True)
    click.echo(
        "To make a hash network of it: hammingbird train PHOTOS --backbone"
        f" {settings.backbone} --weights {run / 'best.safetensors'}",
        err=True,
    )
