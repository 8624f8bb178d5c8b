"""`hammingbird models`: what the library's codes are made with; list, add, use."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine import jobs
from engine.cli.models_add import add
from engine.cli.terminal import PROGRESS_KINDS, print_json, reporter
from engine.errors import HammingbirdError
from engine.hashing.model_file import built_in_model
from engine.library.database import Library
from engine.library.models_table import active_model, list_models
from engine.paths import LIBRARY_FILE
from engine.progress import Result

_as_json = click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")


@click.group(short_help="List, add and switch models.", invoke_without_command=True)
@_as_json
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List the models that this library knows; the active one answers queries.

    \b
    A stronger one, and back again:
      hammingbird models add open_clip:MobileCLIP2-S0
      hammingbird models use MobileCLIP2
      hammingbird models use Hammingbird
    """  # noqa: D301 - click reads the escape
    if context.invoked_subcommand is None:
        _show(context.obj, as_json=as_json)


@models.command("list", short_help="List the models.")
@_as_json
@click.pass_context
def list_command(context: click.Context, as_json: bool) -> None:
    """List the models that this library knows, as `hammingbird models` alone does."""
    assert context.parent is not None
    _show(context.obj, as_json=as_json or context.parent.params["as_json"])


@models.command(short_help="Let another model answer queries.")
@click.argument("model")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar", help="How progress is shown.")
@click.option("--wait", is_flag=True, help="Wait while another job writes to the library.")
@click.pass_obj
def use(library_dir: Path, model: str, progress: str, wait: bool) -> None:
    """Let MODEL answer queries: a name, a part of it, or the beginning of a digest.

    Photos that have no code of it yet are encoded first, from their stored thumbnails; until the last of
    them, and when it is cancelled, the model before stays in use. Codes of other models are kept, so that
    going back costs nothing.
    """
    try:
        library = Library.open(library_dir)
    except HammingbirdError as error:
        jobs.tell_early_failure(library_dir, error)
        raise
    try:
        summary = _use(library, model, progress, wait=wait)
    finally:
        library.close()
    if progress == "bar":
        click.echo(summary)


models.add_command(add)


def _use(library: Library, text: str, progress: str, *, wait: bool) -> str:
    # OpenVINO, which a mere list needs not
    from engine.library.model_choice import named_model
    from engine.library.switch_model import switch_model

    title = f"Switching to {text}"
    with reporter(progress) as report, jobs.job(library.dir, "models", title, report, wait=wait) as control:
        model, before = named_model(library, text), active_model(library)
        figures = switch_model(library, model, control)
        again = before is not None and before.digest == model.digest
        summary = f"{model.name} ({model.digest[:12]}) {'was in use already' if again else 'is in use now'}"
        summary += f"; {figures.encoded:,} photos were encoded." if figures.encoded else "."
        control.report(Result(summary, asdict(figures)))
    return summary


def _show(library_dir: Path, *, as_json: bool) -> None:
    rows = []
    if (library_dir / LIBRARY_FILE).is_file():
        library = Library.open_reading(library_dir)
        try:
            rows = [
                {"name": m.name, "digest": m.digest, "bits": m.n_bits, "active": m.active, "codes": m.codes}
                for m in list_models(library)
            ]
        finally:
            library.close()
    built_in = built_in_model()
    if all(row["digest"] != built_in.digest for row in rows):
        fresh = {
            "name": built_in.name,
            "digest": built_in.digest,
            "bits": built_in.n_bits,
            "active": not rows,
            "codes": 0,
        }
        rows.append(fresh)
    if as_json:
        print_json(rows)
        return
    table = Table("", "model", "bits", "codes", "digest", box=None)
    for row in rows:
        mark = "active" if row["active"] else ""
        table.add_row(mark, str(row["name"]), str(row["bits"]), f"{row['codes']:,}", str(row["digest"])[:12])
    Console().print(table)
