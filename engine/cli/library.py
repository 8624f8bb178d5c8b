"""`hammingbird status`, `problems`, `folders`, `forget`: what is in the library."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from engine import jobs
from engine.cli.tables import print_table
from engine.cli.terminal import path_fields, print_json
from engine.library.database import Library
from engine.library.models_table import active_model
from engine.library.photos import counts
from engine.library.problems import list_problems
from engine.library.roots import forget_root, list_roots
from engine.progress import Progress

as_json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON; a path that is no UTF-8 also as raw_path, in hex.",
)


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False)


@click.command(short_help="Say how many photos are searchable.")
@as_json_option
@click.pass_obj
def status(library_dir: Path, as_json: bool) -> None:
    """Say how many photos are searchable, what is missing, and what is being done."""
    library = Library.open_reading(library_dir)
    try:
        found, model = counts(library), active_model(library)
    finally:
        library.close()
    running: list[dict[str, Any]] = []
    for folder in jobs.running_jobs(library_dir):
        last = next((e for e in reversed(folder.events()[0]) if isinstance(e, Progress)), None)
        running.append({"job": folder.job_id, "progress": asdict(last) if last else None})
    if as_json:
        figures = {
            **path_fields(library_dir, "library"),
            **asdict(found),
            "model": model and model.digest,
            "jobs": running,
        }
        print_json(figures)
        return
    table = Table(show_header=False, box=None)
    table.add_row("library", str(library_dir))
    table.add_row("folders", f"{found.roots:,}")
    table.add_row("photos", f"{found.photos:,} in {found.files:,} files, {found.codes:,} searchable")
    table.add_row("problems", f"{found.problems:,} files that could not be read")
    table.add_row("missing", f"{found.missing:,} files that are gone")
    table.add_row(
        "model", f"{model.name} ({model.n_bits} bits, {model.digest[:12]})" if model else "none yet"
    )
    for entry in running:
        progress = entry["progress"]
        table.add_row(
            "running", f"{entry['job']}: {progress['phase']} {progress['done']:,}" if progress else "starting"
        )
    _console().print(table)


@click.command(short_help="List files that could not be read.")
@as_json_option
@click.pass_obj
def problems(library_dir: Path, as_json: bool) -> None:
    """List the files that could not be read, with the reason."""
    library = Library.open_reading(library_dir)
    try:
        found = list_problems(library)
    finally:
        library.close()
    if as_json:
        rows = [
            {
                **path_fields(p.path),
                "reason": p.reason,
                "detail": p.detail,
                "since": p.since,
                "text": p.sentence,
            }
            for p in found
        ]
        print_json(rows)
        return
    if not found:
        click.echo("Every file could be read.", err=True)
        return
    print_table(
        ("file", "reason"),
        [(str(p.path), p.sentence + (f" ({p.detail})" if p.detail else "")) for p in found],
    )


@click.command(short_help="List the folders of the library.")
@as_json_option
@click.pass_obj
def folders(library_dir: Path, as_json: bool) -> None:
    """List the folders of the library."""
    library = Library.open_reading(library_dir)
    try:
        roots = list_roots(library)
    finally:
        library.close()
    if as_json:
        rows = [
            {
                **path_fields(r.path),
                "photos": r.photos,
                "problems": r.problems,
                "online": r.online,
                "last_seen": r.last_seen,
            }
            for r in roots
        ]
        print_json(rows)
        return
    lines = [(str(r.path), f"{r.photos:,}", f"{r.problems:,}", "" if r.online else "offline") for r in roots]
    print_table(("folder", "photos", "problems", ""), lines)


@click.command(short_help="Take a folder out of the library.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def forget(library_dir: Path, folder: Path) -> None:
    """Take FOLDER out of the library; its photos on disk stay as they are.

    Index it again within 30 days and everything is back at once.
    """
    library = Library.open(library_dir)
    try:
        forget_root(library, folder.absolute())
    finally:
        library.close()
    click.echo(f"{folder} is no longer searched. To take it back: hammingbird index {folder}", err=True)
