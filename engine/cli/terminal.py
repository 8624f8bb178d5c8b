"""What the commands show while they work: a bar on standard error, or JSON lines for programs."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from engine.paths import read_name
from engine.progress import Event, Reporter

PROGRESS_KINDS = ("bar", "jsonl", "none")
_HALF_PAIRS = re.compile("[\ud800-\udfff]")


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
        # Here, so that training, and whoever reads JSON, do without it.
        from engine.cli.progress_bar import progress_bar

        with progress_bar() as shown:
            yield shown
