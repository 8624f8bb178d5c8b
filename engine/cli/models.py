"""`hammingbird models`: what the library's codes are made with; the list, and the group of its commands."""

from pathlib import Path

import click

from engine.cli.models_add import add
from engine.cli.models_compare import compare
from engine.cli.models_edit import remove, rename
from engine.cli.models_exchange import export, import_
from engine.cli.models_switch import accept, use
from engine.cli.tables import print_table
from engine.cli.terminal import print_json
from engine.library.database import Library
from engine.library.model_choice import known_models, model_bytes, unused_built_in
from engine.library.models_table import ModelRow
from engine.paths import LIBRARY_FILE

_as_json = click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")


@click.group(short_help="List, add, switch and compare models.", invoke_without_command=True)
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


for command in (add, use, accept, rename, compare, export, import_, remove):
    models.add_command(command)


def _show(library_dir: Path, *, as_json: bool) -> None:
    rows = _known(library_dir)
    if as_json:
        print_json(
            [
                {
                    "name": row.name,
                    "digest": row.digest,
                    "bits": row.n_bits,
                    "active": row.active,
                    "codes": row.codes,
                    "state": row.state,
                    "parent": row.parent,
                    "bytes": model_bytes(library_dir, row.digest),
                }
                for row in rows
            ]
        )
        return
    names = {row.digest: row.name for row in rows}
    lines = []
    for row in rows:
        parent = "" if row.parent is None else names.get(row.parent, row.parent[:12])
        size = f"{model_bytes(library_dir, row.digest) / 1e6:,.1f}"
        lines.append((row.state, row.name, str(row.n_bits), f"{row.codes:,}", size, row.digest[:12], parent))
    print_table(("", "model", "bits", "codes", "MB", "digest", "trained from"), lines)


def _known(library_dir: Path) -> list[ModelRow]:
    if not (library_dir / LIBRARY_FILE).is_file():
        return [unused_built_in("active")]
    library = Library.open_reading(library_dir)
    try:
        return known_models(library)
    finally:
        library.close()
