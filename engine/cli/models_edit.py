"""`hammingbird models rename` and `remove`."""

import sys
from pathlib import Path

import click

from engine import jobs
from engine.cli.library_job import opened_for_job, progress_option, wait_option
from engine.cli.terminal import reporter
from engine.errors import UsageError
from engine.library.database import Library
from engine.library.model_choice import meant_digest
from engine.library.model_names import rename_model
from engine.library.models_table import ModelRow, find_model_row
from engine.library.remove_model import check_removable, remove_model
from engine.progress import Result


@click.command(short_help="Give a model another name.")
@click.argument("model")
@click.argument("name")
@click.pass_obj
def rename(library_dir: Path, model: str, name: str) -> None:
    """Call MODEL, a name, a part of it, or the beginning of a digest, NAME from now on.

    Only the name changes: the model's digest and codes stay.
    """
    library = Library.open(library_dir)
    try:
        digest = meant_digest(library, model)
        renamed = rename_model(library, digest, name)
    finally:
        library.close()
    click.echo(f"{digest[:12]} is called {renamed} now.")


@click.command(short_help="Remove a model for good.")
@click.argument("model")
@click.option("--yes", is_flag=True, help="Remove it without asking.")
@progress_option
@wait_option
@click.pass_obj
def remove(library_dir: Path, model: str, yes: bool, progress: str, wait: bool) -> None:
    """Remove MODEL with its codes and its files, for good; `models export` keeps a copy elsewhere.

    The model in use and the built-in one stay. Models that were trained from it stay too.
    """
    with opened_for_job(library_dir) as library:
        digest = meant_digest(library, model)
        check_removable(library, digest)
        row = find_model_row(library, digest)
        if not yes:
            _ask(row)
        title = f"Removing {row.name}"
        with (
            reporter(progress) as report,
            jobs.job(library_dir, "models", title, report, wait=wait) as control,
        ):
            codes = remove_model(library, digest, control)
            summary = f"Removed {row.name} ({digest[:12]}) and its codes of {codes:,} photos."
            control.report(Result(summary, {"digest": digest, "codes": codes}))
    if progress == "bar":
        click.echo(summary)


def _ask(model: ModelRow) -> None:
    """Asks whether a model may go.

    Raises:
        UsageError: Nobody is there to ask.
        click.Abort: The person does not want it.
    """
    what = f"{model.name} ({model.digest[:12]}) and its codes of {model.codes:,} photos"
    if not sys.stdin.isatty():
        raise UsageError(f"{what} would be removed, and there is nobody to ask.", "Add --yes to allow it.")
    click.confirm(f"Remove {what} for good?", abort=True, err=True)
