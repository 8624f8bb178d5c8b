"""`hammingbird settings`: what can be set for a library, from the terminal as in the window."""

from pathlib import Path

import click

from engine.cli.library import as_json_option
from engine.cli.terminal import print_json
from engine.errors import UsageError
from engine.library.database import Library
from engine.library.preferences import PREFERENCES, all_preferences, preference, set_preference
from engine.paths import LIBRARY_FILE

# Those that change which photos are found, once an index run has looked.
NEED_INDEX = ("exclusions", "max_megapixels")


@click.command(short_help="Show and change settings.")
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@click.option("--default", "to_default", is_flag=True, help="Take the default of the setting NAME.")
@as_json_option
@click.pass_obj
def settings(
    library_dir: Path, name: str | None, values: tuple[str, ...], to_default: bool, as_json: bool
) -> None:
    """Show all settings, or that of one NAME, or set it to a VALUE; several VALUEs are lines, as of patterns.

    They take effect at once, in an open window too.

    \b
    hammingbird settings
    hammingbird settings exclusions "*.png" "Screenshots/"
    hammingbird settings workers --default
    """  # noqa: D301 - click reads the escape
    if to_default and (name is None or values):
        raise UsageError("--default takes the NAME of a setting and no value.")
    if name is not None:
        preference(name)
    if name is not None and (values or to_default):
        _change(library_dir, name, None if to_default else "\n".join(values))
    found = _read(library_dir)
    shown = [name] if name else list(PREFERENCES)
    if as_json:
        print_json([_entry(key, found[key]) for key in shown])
    elif name is None or not (values or to_default):
        click.echo("\n\n".join(_paragraph(key, found[key]) for key in shown))
    elif name in NEED_INDEX:
        click.echo("What is there already is looked at again by: hammingbird index", err=True)


def _change(library_dir: Path, name: str, value: str | None) -> None:
    library = Library.open(library_dir, create=True)
    try:
        set_preference(library, name, value)
    finally:
        library.close()


def _read(library_dir: Path) -> dict[str, str]:
    if not (library_dir / LIBRARY_FILE).is_file():  # what would hold in a new one
        return {key: wanted.default for key, wanted in PREFERENCES.items()}
    library = Library.open_reading(library_dir)
    try:
        return all_preferences(library)
    finally:
        library.close()


def _entry(name: str, value: str) -> dict[str, str]:
    wanted = PREFERENCES[name]
    return {
        "name": name,
        "value": value,
        "default": wanted.default,
        "title": wanted.title,
        "explanation": wanted.explanation,
        "values": wanted.values,
    }


def _paragraph(name: str, value: str) -> str:
    wanted = PREFERENCES[name]
    lines = [f"{name} = {', '.join(value.splitlines()) or '(nothing)'}"]
    if value != wanted.default:
        lines[0] += f"  (default: {wanted.default or 'nothing'})"
    return "\n  ".join([*lines, wanted.explanation, f"Values: {wanted.values}."])
