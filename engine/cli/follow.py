"""`hammingbird follow`: the words of one model go along to another."""

from pathlib import Path
from typing import Any

import click

from engine.cli.destination import check_destination
from engine.cli.export import check_output
from engine.cli.setting_option import held_out_options
from engine.cli.terminal import PROGRESS_KINDS, reporter


@click.command(short_help="Take a model's words along to another model.")
@click.argument("photos", nargs=-1, required=True)
@click.option("--init", type=click.Path(path_type=Path), required=True, help="Model that the words go to.")
@click.option(
    "--words-of", type=click.Path(path_type=Path), required=True, help="Model whose words they are."
)
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder of the new model.")
@click.option("--names", type=click.Path(path_type=Path), help="What people call classes: class, tab, names.")
@held_out_options("measure")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the batches.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar")
def follow(
    photos: tuple[str, ...],
    init: Path,
    words_of: Path,
    output: Path,
    leave_out: tuple[str, ...],
    progress: str,
    **named: Any,
) -> None:
    """Take the words of one model along to another, by PHOTOS with captions.

    Both models look at the same photos; a linear map between what they say takes sentences along, and the
    text tower's last layer is tuned on captions. No sentence encoder is needed (docs/training.md).
    """
    from engine.hashing.model_file import ModelFile
    from engine.training.words.following import FollowPlan, carry_out

    check_output(output)
    run = Path("runs") / output.name
    if named["split"] is None:
        check_destination("--split", run)
    plan = FollowPlan(
        photos,
        ModelFile.load(words_of),
        ModelFile.load(init),
        run,
        output,
        leave_out=frozenset(leave_out),
        **named,
    )
    with reporter(progress) as report:
        model = carry_out(plan, report)
    click.echo(f"Words: {model.card['words']['validation']}", err=True)
    click.echo(f"{model.folder}: {model.n_bits} bits, digest {model.digest[:12]}", err=True)
