"""Entry point of the `hammingbird` command: opens the window, or hands over to the commands.

Nothing heavy is imported before it is known which of the two is wanted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def command_of(arguments: Sequence[str]) -> str:
    """The command in the arguments, or the first option that is not --library; "app" when there is none."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--library":
            next(rest, None)
        elif argument.startswith("--library="):
            continue
        else:
            return argument
    return "app"


def window_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Reads what the window is given: --library before or after `app`, --add, and files and folders."""
    parser = argparse.ArgumentParser(
        prog="hammingbird app",
        description="Opens the window. Your photos are never moved, changed or uploaded.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "paths", type=Path, nargs="*", metavar="PATH", help="photo to find similar ones of, or folder to show"
    )
    parser.add_argument("--library", type=Path, metavar="DIR", help="the library (default: your data folder)")
    parser.add_argument(
        "--add", type=Path, action="append", default=[], metavar="FOLDER", help="add this folder at once"
    )
    options = parser.parse_intermixed_args(arguments)
    if options.paths and str(options.paths[0]) == "app":
        del options.paths[0]
    return options


def open_window(arguments: Sequence[str]) -> int:
    """Opens the window and stays until it is closed; where one is open already, that gets what was given.

    Returns:
        The exit code: 0, 1 when the window can't open, 2 for a wrong option.
    """
    options = window_arguments(arguments)
    for folder in options.add:
        if not folder.is_dir():
            sys.stderr.write(f"Error: {folder} is not a folder. Name a folder with photos after --add.\n")
            return 2
    for path in options.paths:
        if not path.exists():
            sys.stderr.write(f"Error: There is no file or folder {path}. Name a photo, or a folder.\n")
            return 2
    from desktop_app.system_check import what_is_missing

    if missing := what_is_missing():
        sys.stderr.write(missing + "\n")
        return 1
    from desktop_app.single_instance import hand_over
    from engine.paths import default_library_dir

    library_dir = (options.library or default_library_dir()).expanduser().absolute()
    add, paths = ([path.absolute() for path in given] for given in (options.add, options.paths))
    if hand_over(library_dir, paths, add):
        return 0
    from desktop_app.app import run

    return run(library_dir, add, paths)


def main() -> None:
    """The `hammingbird` command."""
    arguments = sys.argv[1:]
    command = command_of(arguments)
    if command in ("app", "--add") or command.startswith("--add="):
        raise SystemExit(open_window(arguments))
    try:
        from engine.cli import main as run_command

        run_command()
    except KeyboardInterrupt:  # before the command itself listens for it
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
