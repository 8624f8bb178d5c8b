"""`hammingbird models export` and `import`: finished models go from library to library as folders."""

from pathlib import Path

import click

from engine import jobs
from engine.cli.destination import check_new
from engine.cli.library_job import opened_for_job, progress_option, wait_option
from engine.cli.terminal import reporter
from engine.hashing.model_file import ModelFile
from engine.library.database import Library
from engine.library.model_choice import copy_model, keep_model, named_model
from engine.library.models_table import list_models
from engine.progress import Result


@click.command(short_help="Copy a model to a folder.")
@click.argument("model")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def export(library_dir: Path, model: str, folder: Path) -> None:
    """Copy MODEL, a name, a part of it, or the beginning of a digest, to FOLDER, which must be new.

    `hammingbird models import FOLDER` takes it into another library.
    """
    library = Library.open_reading(library_dir)
    try:
        check_new(library, folder, "a new folder")
        found = named_model(library, model)
    finally:
        library.close()
    copy_model(found, folder)
    click.echo(f"{found.name} ({found.digest[:12]}) lies in {folder} now.")


@click.command("import", short_help="Take in the folder of a model.")
@click.argument("folder", type=click.Path(path_type=Path))
@progress_option
@wait_option
@click.pass_obj
def import_(library_dir: Path, folder: Path, progress: str, wait: bool) -> None:
    """Copy the model in FOLDER, which `models export`, `train` or `export` made, into the library.

    The model in use stays in use; `hammingbird models use` switches.
    """
    with opened_for_job(library_dir) as library:
        model, told = take_in(library, folder, progress, wait=wait)
    if progress == "bar":
        tell_added(model, told)


def take_in(library: Library, folder: Path, progress: str, *, wait: bool) -> tuple[ModelFile, str]:
    """Keeps a finished model, as a job; returns it and what to say.

    Raises:
        ModelError: The folder holds no model, a damaged one, or one that can't be run or copied.
        JobRunning: Another job writes to this library.
    """
    from engine.hashing.encoder import Encoder  # OpenVINO, which the other commands need not

    model = ModelFile.load(folder)
    Encoder(model)  # refuses what can't be run
    title = f"Adding {model.name}"
    with reporter(progress) as report, jobs.job(library.dir, "models", title, report, wait=wait) as control:
        known = any(row.digest == model.digest for row in list_models(library))
        keep_model(library, model)
        told = added_summary(model, ".", known=known)
        control.report(Result(told, {"digest": model.digest, "known": known}))
    return model, told


def added_summary(model: ModelFile, end: str, *, known: bool) -> str:
    """One sentence for a person."""
    named = f"{model.name} ({model.n_bits} bits, {model.digest[:12]})"
    return f"The library has {named} already; nothing was changed." if known else f"Added {named}{end}"


def tell_added(model: ModelFile, told: str) -> None:
    """Says that a model was added, and how to use it."""
    click.echo(told)
    click.echo(f"To use it: hammingbird models use {model.digest[:12]}", err=True)
