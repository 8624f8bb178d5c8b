"""What the commands show while they work: a bar on standard error, or JSON lines for programs."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bar,
)
from rich.table import Table
from rich.text import Text

from engine.paths import read_name
from engine.progress import Event, Failed, Progress, Reporter, Result, Started, Warned

PROGRESS_KINDS = ("bar", "jsonl", "none")
_HALF_PAIRS = re.compile("[\ud800-\udfff]")


class RateColumn(ProgressColumn):
    """Photos a second, as the job measured it."""

    def render(self, task: Task) -> Text:
        """Empty while the rate is unknown."""
        rate = task.fields.get("rate")
        return Text(f"{rate:,.0f}/s" if rate else "", style="cyan")


class BarReporter:
    """Shows events as a rich progress bar."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("starting", total=None, rate=None)

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        match event:
            case Started(title=title):
                self._bar.update(self._task, description=title)
            case Progress():
                phase = event.phase if event.state == "running" else f"{event.phase} (paused)"
                self._bar.update(
                    self._task, description=phase, completed=event.done, total=event.total, rate=event.rate
                )
            case Warned(message=message):
                self._bar.console.print(
                    f"[yellow]Warning:[/] {escape(message)}", highlight=False, soft_wrap=True
                )
            case Result() | Failed():
                self._bar.stop()


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Shows rows to a person as a table, to a pipe as lines with tabs, so that no path is ever cut there."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(row))
        return
    table = Table(*headings, box=None)
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*row)
    console.print(table)


def print_json(value: Any, indent: int | None = 2) -> None:
    """Prints JSON that every parser reads, in ASCII for every terminal.

    Python writes a byte that is no UTF-8 as half of a surrogate pair, which strict parsers refuse; it becomes
    U+FFFD.
    """
    text = _HALF_PAIRS.sub("\ufffd", json.dumps(value, ensure_ascii=False))
    click.echo(json.dumps(json.loads(text), indent=indent))


def path_fields(path: Path, name: str = "path") -> dict[str, str]:
    """A path for JSON: as text and, only where that is not exact, all its bytes in hex as "raw_path"."""
    raw = os.fsencode(path)
    shown = read_name(raw)
    return {name: shown} if shown.encode() == raw else {name: shown, f"raw_{name}": raw.hex()}


def _json_line(event: Event) -> None:
    print_json(asdict(event), indent=None)
    sys.stdout.flush()


def _silent(event: Event) -> None:
    """Takes an event and shows nothing; the job's own file has it."""


@contextmanager
def reporter(kind: str) -> Iterator[Reporter]:
    """The reporter for `--progress KIND`: "bar" (standard error), "jsonl" (standard output) or "none"."""
    if kind == "jsonl":
        yield _json_line
    elif kind == "none":
        yield _silent
    else:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
        )
        with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
            yield BarReporter(bar)
