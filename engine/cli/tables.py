"""Rows as a person reads them, or a program."""

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table


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
