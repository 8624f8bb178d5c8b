"""Writes the man page from the program's own help: `python packaging/man_page.py FILE`."""

import inspect
import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from importlib.metadata import version
from pathlib import Path

import click

from desktop_app.__main__ import window_arguments
from engine.cli.main import commands


def man_page() -> str:
    """hammingbird(1) in roff."""
    context = click.Context(commands, info_name="hammingbird")
    lines = [
        f'.TH HAMMINGBIRD 1 "" "hammingbird {version("hammingbird")}" "User Commands"',
        ".SH NAME",
        r"hammingbird \- find photos by likeness, in place, offline, at once",
        ".SH SYNOPSIS",
        r".B hammingbird",
        r"[\fB\-\-library\fR \fIDIR\fR] [\fICOMMAND\fR] [\fIOPTIONS\fR]",
        ".SH DESCRIPTION",
        *_prose(commands.help),
        ".SH OPTIONS",
        *_options(commands, context),
        ".SH COMMANDS",
        *_commands(commands, context),
        ".SH FILES",
        ".TP",
        r"\fI~/.local/share/hammingbird\fR",
        "The library, unless \\fB\\-\\-library\\fR or \\fBHAMMINGBIRD_LIBRARY\\fR name another folder.",
        ".SH EXIT STATUS",
        "0: done. 1: impossible; what to do is said. 2: asked wrongly. 130: cancelled.",
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(inner))
        yield f".SS {_escaped(inner.command_path)} {_escaped(usage)}"
        yield from _prose(command.help)
        yield from _window_help() if name == "app" else _options(command, inner)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)


def _window_help() -> Iterator[str]:
    """The window reads its own options, with argparse instead of click."""
    printed = io.StringIO()
    with redirect_stdout(printed), suppress(SystemExit):
        window_arguments(["--help"])
    yield from (".nf", _escaped(printed.getvalue().strip()), ".fi")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:  # arguments have no words of their own
            yield from (".TP", rf"\fB{_escaped(record[0])}\fR", _escaped(record[1]))


def _prose(help_text: str | None) -> Iterator[str]:
    """Paragraphs; one that click is told to leave as it is keeps its lines."""
    text = inspect.cleandoc(help_text or "").partition("\f")[0]
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", _escaped(paragraph.removeprefix("\b\n")), ".fi")
        else:
            yield _escaped(paragraph)


def _escaped(text: str) -> str:
    lines = text.replace("\\", r"\e").replace("-", r"\-").split("\n")
    return "\n".join(rf"\&{line}" if line.startswith((".", "'")) else line for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(man_page(), encoding="utf-8")
