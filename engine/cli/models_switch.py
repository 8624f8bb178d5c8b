"""`hammingbird models use` and `accept`: another model answers queries, once all photos have its codes."""

from dataclasses import asdict
from pathlib import Path

import click

from engine import jobs
from engine.cli.library_job import opened_for_job, progress_option, wait_option
from engine.cli.terminal import reporter
from engine.library.model_choice import named_model
from engine.library.models_table import active_digest
from engine.progress import Result


@click.command(short_help="Let another model answer queries.")
@click.argument("model")
@progress_option
@wait_option
@click.pass_obj
def use(library_dir: Path, model: str, progress: str, wait: bool) -> None:
    """Let MODEL answer queries: a name, a part of it, or the beginning of a digest.

    Photos that have no code of it yet are encoded first, from their stored thumbnails; until the last of
    them, and when it is cancelled, the model before stays in use. Codes of other models are kept, so that
    going back costs nothing.
    """
    _switch(library_dir, model, "Switching to", progress, wait=wait)


@click.command(short_help="Take a retrained model into use.")
@click.argument("model")
@progress_option
@wait_option
@click.pass_obj
def accept(library_dir: Path, model: str, progress: str, wait: bool) -> None:
    """Take MODEL, a candidate that `retrain` made, into use, as `models use` does with any model.

    Its codes are made beside the old ones, from the stored thumbnails; then all queries go over at once. The
    model before is kept: `models use` goes back to it at no cost.
    """
    _switch(library_dir, model, "Accepting", progress, wait=wait)


def _switch(library_dir: Path, text: str, verb: str, progress: str, *, wait: bool) -> None:
    from engine.library.switch_model import switch_model  # OpenVINO, which a mere list needs not

    with opened_for_job(library_dir) as library:
        model = named_model(library, text)
        title = f"{verb} {model.name}"
        with (
            reporter(progress) as report,
            jobs.job(library_dir, "models", title, report, wait=wait) as control,
        ):
            again = active_digest(library) == model.digest
            figures = switch_model(library, model, control)
            summary = (
                f"{model.name} ({model.digest[:12]}) {'was in use already' if again else 'is in use now'}"
            )
            summary += f"; {figures.encoded:,} photos were encoded." if figures.encoded else "."
            control.report(Result(summary, asdict(figures)))
    if progress == "bar":
        click.echo(summary)
