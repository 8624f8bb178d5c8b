"""`hammingbird doctor`: does everything work here, and if not, what to do; a page to paste into an issue."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from engine.cli import doctor_library, doctor_machine, doctor_model
from engine.cli.terminal import print_json
from engine.errors import HammingbirdError

Check = tuple[str, Callable[[Path], str]]
CHECKS: tuple[Check, ...] = (
    ("program", doctor_machine.program),
    ("versions", doctor_machine.versions),
    ("system", doctor_machine.system),
    ("device", doctor_machine.device),
    ("library", doctor_library.library),
    ("rows", doctor_library.rows),
    ("codes", doctor_library.codes),
    ("thumbnails", doctor_library.thumbnails),
    ("disk", doctor_library.disk),
    ("model", doctor_model.model),
    ("encoder", doctor_model.encoder),
    ("formats", doctor_machine.formats),
    ("worker processes", doctor_machine.workers),
    ("one photo", doctor_model.one_photo),
)


@click.command(short_help="Check that everything works here.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of checks as JSON.")
@click.pass_obj
def doctor(library_dir: Path, as_json: bool) -> None:
    """Check that everything works on this machine, in one page that can be pasted into an issue.

    It tells versions, system, device, the library's health, room on the disk, the model, which formats can
    be read, and how long one photo takes through each stage. Your home folder is shown as "~"; no names of
    photos are told. Ends with 1 when something does not work. Changes nothing.
    """
    console = Console(highlight=False, soft_wrap=True)
    found = []
    for name, works, text in run_checks(library_dir):
        found.append({"check": name, "ok": works, "text": text})
        if not as_json:
            console.print(f"{'[green]ok     [/]' if works else '[red]problem[/]'} {name}: {escape(text)}")
    if as_json:
        print_json(found)
    if not all(check["ok"] for check in found):
        raise click.exceptions.Exit(1)


def run_checks(library_dir: Path, checks: tuple[Check, ...] = CHECKS) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it works, and what was found, of every check; the home folder is written as "~"."""
    for name, check in checks:
        try:
            works, text = True, check(library_dir)
        except HammingbirdError as error:
            works, text = False, str(error)
        except (OSError, ImportError, RuntimeError) as error:
            works, text = False, f"{type(error).__name__}: {error}"
        yield name, works, without_home(text)


def without_home(text: str) -> str:
    """The text with "~" for the home folder, so that a pasted page does not tell who pasted it."""
    home = os.path.expanduser("~").rstrip(os.sep)  # noqa: PTH111 - Path.home raises where there is none
    if not home or home == "~":
        return text
    return re.sub(re.escape(home) + r"(?![\w-])", "~", text)
