"""docs/guide/terminal.md: what every command says of itself, so that the guide and `--help` are one text."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import click

from desktop_app.__main__ import window_arguments
from engine.cli.main import commands

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "terminal.md"
WIDTH = 100
PROGRAM = "hammingbird"
_TOP = """# The terminal

`make docs` writes this page from `hammingbird --help` and the `--help` of every command.

Each command ends with 0 when it is done, 1 when something is impossible (it says what, and what to do), 2
when it was asked wrongly, and 130 when it was cancelled. `--json` prints for programs. The library is that of
the window, unless `--library DIR`, before the command, or the variable `HAMMINGBIRD_LIBRARY` names another.
"""


def terminal_page() -> str:
    """The page as it should be."""
    texts = list(_helps(commands, click.Context(commands, info_name=PROGRAM, **_room(commands))))
    names = [name for name, _ in texts if name.count(" ") == 1]
    links = ", ".join(f"[{name.split()[1]}](#{name.replace(' ', '-')})" for name in names)
    blocks = [f"## {name}\n\n```text\n{text.rstrip()}\n```\n" for name, text in texts]
    return "\n".join([_TOP, f"Commands: {links}.\n", *blocks])


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Every command below one, and it first, by its whole name, with its help."""
    command._help_option = None  # click keeps that of the first context, which may have had no -h
    text = _help_of_app() if command.name == "app" else command.get_help(context)
    yield context.command_path, text
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        if not below.hidden:
            yield from _helps(below, click.Context(below, context, name, **_room(below)))


def _help_of_app() -> str:
    """The window reads its own arguments, without click."""
    shown = io.StringIO()
    with (
        mock.patch.dict(os.environ, COLUMNS=str(WIDTH)),
        contextlib.redirect_stdout(shown),
        contextlib.suppress(SystemExit),
    ):
        window_arguments(["--help"])
    return shown.getvalue()


def _room(command: click.Command) -> dict[str, int]:
    """One width, whatever the terminal has."""
    return {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
