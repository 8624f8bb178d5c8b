"""`hammingbird export`: a model that the product takes, of a run that has ended."""

from importlib.util import find_spec
from pathlib import Path

import click

from engine.cli.destination import check_destination
from engine.errors import UsageError


@click.command(short_help="Make a model of a run.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder of the new model.")
def export(run: Path, output: Path) -> None:
    """Make a model of RUN, the folder of a training that has ended (`hammingbird train --run RUN`).

    Its photos are not needed: a network that was trained on another machine becomes a model here.
    """
    check_output(output)
    export_to(run, output)


def check_output(output: Path) -> None:
    """Refuses, before hours of work, what no model could be exported to at their end.

    Raises:
        UsageError: The folder is there or can't be made, or OpenVINO is not installed.
    """
    if output.exists():
        raise UsageError(f"{output} exists already.", "Choose another --output, or remove it.")
    check_destination("--output", output.parent)
    if not find_spec("openvino"):
        raise UsageError(
            "A model is made by OpenVINO, which is not installed here.",
            "Train without --output, then on a machine that has it: hammingbird export RUN --output FOLDER",
        )


def export_to(run: Path, output: Path) -> None:
    """Makes the model and says what came of it."""
    from engine.training.export import export_run

    model = export_run(run, output)
    click.echo(f"{model.folder}: {model.n_bits} bits, digest {model.digest[:12]}", err=True)
