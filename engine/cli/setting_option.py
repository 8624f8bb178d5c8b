"""Options of commands whose defaults are those of the settings that they fill."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.errors import UsageError

Command = Callable[..., None]


def setting_option(settings: type, name: str, kind: type, text: str) -> Callable[[Command], Command]:
    """An option that is None where nobody wrote it, and tells the default of a field of `settings`."""
    default: Any = getattr(settings, name)
    shown = text if default == "" else f"{text}  [default: {default}]"
    return click.option(f"--{name.replace('_', '-')}", name, type=kind, default=None, help=shown)


def held_out_options(use: str) -> Callable[[Command], Command]:
    """--leave-out, --validation and --split; `use` says what photos are held out for."""
    options = (
        click.option(
            "--leave-out", multiple=True, metavar="CLASS", help="Class that training must not see (repeat)."
        ),
        click.option(
            "--validation",
            type=click.FloatRange(0.001, 0.5),
            default=0.05,
            show_default=True,
            help=f"Share held out to {use}.",
        ),
        click.option(
            "--split",
            type=click.Path(path_type=Path),
            help="File that keeps which photo is held out; split.csv in --run without it.",
        ),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def chosen(named: dict[str, Any]) -> dict[str, Any]:
    """The options that somebody wrote."""
    return {name: value for name, value in named.items() if value is not None}


def target_weights(named: tuple[str, ...]) -> dict[str, float]:
    """SOURCE=WEIGHT pairs of the command line.

    Raises:
        UsageError: A weight is no number.
    """
    try:
        return {name: float(value) for name, value in pairs("--target", named).items()}
    except ValueError as error:
        raise UsageError(f"A weight of --target is a number: {error}.") from error


def pairs(option: str, named: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE pairs of the command line.

    Raises:
        UsageError: One is no such pair.
    """
    pairs = [text.partition("=") for text in named]
    if bad := next((name for name, sign, value in pairs if not (name and sign and value)), None):
        raise UsageError(f"{option} {bad} says no value.", f"Write {option} NAME=VALUE.")
    return {name: value for name, _, value in pairs}
