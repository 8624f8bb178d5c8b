"""`hammingbird models`: what the library's codes were made with."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from engine.cli.terminal import print_json
from engine.hashing.model_file import built_in_model
from engine.library.database import Library
from engine.library.models_table import list_models
from engine.paths import LIBRARY_FILE


@click.command(short_help="List the models of the library.")
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def models(library_dir: Path, as_json: bool) -> None:
    """List the models that this library knows; the active one answers queries."""
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
