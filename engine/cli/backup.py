"""`hammingbird backup`: keep a copy of what the library knows, and take it back."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from engine import jobs
from engine.cli.library import as_json_option
from engine.cli.library_job import opened_for_job
from engine.cli.tables import print_table
from engine.cli.terminal import path_fields, print_json, reporter
from engine.errors import UsageError
from engine.library.backup import Backup, back_up, list_backups
from engine.library.backup import restore as restore_backup
from engine.library.database import Library
from engine.progress import Result


@click.command(short_help="Back the library up, and take it back.")
@click.option("--list", "listed", is_flag=True, help="List the backups.")
@click.option(
    "--restore",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the library back to this backup; what it is now is backed up first.",
)
@as_json_option
@click.pass_obj
def backup(library_dir: Path, listed: bool, restore: Path | None, as_json: bool) -> None:
    """Write a backup of your folders, captions, pairs, codes and settings, without any photo.

    It goes to the folder that `hammingbird settings backup_folder` names; where one was chosen, an index run
    makes a backup by itself, once a day at most. The last ten are kept.
    """
    if listed and restore is not None:
        raise UsageError("--list and --restore don't go together.")
    if restore is not None:
        _restore(library_dir, restore.expanduser().absolute(), as_json)
        return
    library = Library.open_reading(library_dir)
    try:
        found = list_backups(library) if listed else [back_up(library)]
    finally:
        library.close()
    if as_json:
        entries = [_fields(one) for one in found]
        print_json(entries if listed else entries[0])
    elif not found:
        click.echo("There is no backup yet.", err=True)
    elif listed:
        print_table(("backup", "MB"), [(str(one.path), f"{one.size / 1e6:,.1f}") for one in found])
    else:
        click.echo(f"{found[0].path} ({found[0].size / 1e6:,.1f} MB)")


def _restore(library_dir: Path, file: Path, as_json: bool) -> None:
    with (
        opened_for_job(library_dir) as library,
        reporter("none") as report,
        jobs.job(library_dir, "backup", "Taking the library back to a backup", report) as control,
    ):
        before = restore_backup(library, file)
        told = f"The library is as it was in {file.name}. As it was until now: {before.path}"
        control.report(Result(told, {}))
    if as_json:
        print_json(_fields(before))
    else:
        click.echo(told)


def _fields(one: Backup) -> dict[str, Any]:
    made_at = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(one.made_at))
    return {**asdict(one), **path_fields(one.path), "made_at": made_at}
