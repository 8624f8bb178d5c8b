"""`hammingbird thumbnails`: how much room they take, and giving it back."""

from dataclasses import asdict
from pathlib import Path

import click

from engine import jobs
from engine.cli.library import as_json_option
from engine.cli.library_job import opened_for_job, progress_option, wait_option
from engine.cli.terminal import print_json, reporter
from engine.library.clear_thumbnails import ClearedFigures, clear_thumbnails, store_bytes
from engine.library.database import Library
from engine.library.thumbnails import thumbnail_ids
from engine.progress import Result


@click.command(short_help="Say how much room thumbnails take; clear them.")
@click.option("--clear", is_flag=True, help="Delete those that can be made again, after a question.")
@click.option("--yes", is_flag=True, help="Clear without a question.")
@progress_option
@wait_option
@as_json_option
@click.pass_obj
def thumbnails(library_dir: Path, clear: bool, yes: bool, progress: str, wait: bool, as_json: bool) -> None:
    """Say how much room the thumbnails take on the disk.

    Cleared thumbnails are made again by the next `hammingbird index`, which reads all photos anew. Those of
    photos in folders that are offline are kept, since nothing could make them again.
    """
    if not clear:
        _say(library_dir, as_json)
        return
    if not yes:
        click.confirm("Delete the thumbnails? The next index run makes them again.", abort=True, err=True)
    with (
        opened_for_job(library_dir) as library,
        reporter(progress) as report,
        jobs.job(library_dir, "thumbnails", "Clearing the thumbnails", report, wait=wait) as control,
    ):
        figures = clear_thumbnails(library, control)
        control.report(Result(_summary(figures), asdict(figures)))
    if as_json:
        print_json(asdict(figures))
    elif progress == "bar":
        click.echo(_summary(figures))


def _say(library_dir: Path, as_json: bool) -> None:
    library = Library.open_reading(library_dir)
    try:
        count, size = len(thumbnail_ids(library)), store_bytes(library_dir)
    finally:
        library.close()
    if as_json:
        print_json({"thumbnails": count, "bytes": size})
    else:
        click.echo(f"{count:,} thumbnails, {size / 1e6:,.1f} MB")


def _summary(figures: ClearedFigures) -> str:
    kept = f", {figures.kept:,} of offline folders kept" if figures.kept else ""
    return f"{figures.cleared:,} thumbnails cleared{kept}, {figures.freed / 1e6:,.1f} MB freed."
