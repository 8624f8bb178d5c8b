"""The command group: options that all commands share, and how every error ends."""

import importlib
import io
import logging
import sqlite3
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from engine.errors import HammingbirdError
from engine.paths import default_library_dir

_WHERE = {
    "index": "engine.cli.index",
    "similar": "engine.cli.similar",
    "search": "engine.cli.search",
    "status": "engine.cli.library",
    "problems": "engine.cli.library",
    "folders": "engine.cli.library",
    "forget": "engine.cli.library",
    "settings": "engine.cli.settings",
    "watch": "engine.cli.watch",
    "backup": "engine.cli.backup",
    "thumbnails": "engine.cli.thumbnails",
    "captions": "engine.cli.captions",
    "models": "engine.cli.models",
    "doctor": "engine.cli.doctor",
    "retrain": "engine.cli.retrain",
    "train": "engine.cli.train",
    "distil": "engine.cli.distil",
    "align": "engine.cli.align",
    "follow": "engine.cli.follow",
    "export": "engine.cli.export",
    "evaluate": "engine.cli.evaluate",
    "experiment": "engine.cli.experiment",
    "service": "engine.cli.service",
}
# Commands import these when they need them, so that the others start fast and work without.
_TRAINING_PACKAGES = ("lightning_fabric", "open_clip", "safetensors", "torch", "torchvision")


@click.command("app", add_help_option=False)
def _app() -> None:
    """Open the window; `hammingbird` alone does the same."""
    raise HammingbirdError("The window is opened by the hammingbird program itself.")


class LazyGroup(click.Group):
    """Imports a command when it is asked for, so that `similar` does not wait for torch."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; what it imports on its way may be missing too."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] not in _TRAINING_PACKAGES:
                raise
            from engine import jobs

            missing = _without_training(str(ctx.invoked_subcommand), str(error.name))
            jobs.tell_early_failure(ctx.obj, missing)
            raise missing from error

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All commands, in the order of use."""
        return ["app", *_WHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, or None when there is no such one."""
        if cmd_name == "app":
            return _app
        if cmd_name not in _WHERE:
            return None
        return getattr(importlib.import_module(_WHERE[cmd_name]), cmd_name)


def _without_training(command: str, module: str) -> HammingbirdError:
    if getattr(sys, "frozen", False):
        return HammingbirdError(
            f"`{command}` needs {module}, which this base edition of Hammingbird does without.",
            "To teach or add models, install the full edition, or: pip install 'hammingbird[training]'."
            " Your library stays as it is.",
        )
    return HammingbirdError(
        f"`{command}` needs {module}, which is not installed.", "Try: pip install 'hammingbird[training]'"
    )


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(version("hammingbird"), prog_name="hammingbird")
@click.option(
    "--library",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder that holds the library; the default is your data folder, see `hammingbird doctor`.",
)
@click.pass_context
def commands(context: click.Context, library: Path | None) -> None:
    """Find photos by likeness, in place, offline, at once.

    \b
    First success:
      hammingbird index ~/Pictures
      hammingbird similar ~/Pictures/cat.jpg
      hammingbird search "two dogs on a beach"

    Your photos are never moved, changed or uploaded: Hammingbird only reads them.
    """  # noqa: D301 - click reads the escape
    context.obj = (library or default_library_dir()).expanduser().absolute()


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process: 0 done, 1 impossible, 2 asked wrongly, 130 cancelled."""
    logging.basicConfig(level=logging.ERROR)
    _let_any_name_through()
    sys.exit(_run(arguments))


def _let_any_name_through() -> None:
    """Lets standard output take names that are no UTF-8: their own bytes where it is UTF-8, else "?"."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        unicode = sys.stdout.encoding.lower().replace("-", "") == "utf8"
        sys.stdout.reconfigure(errors="surrogateescape" if unicode else "replace")


def _run(arguments: Sequence[str] | None) -> int:
    try:
        return int(commands.main(arguments, prog_name="hammingbird", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        return _complain("Cancelled.", 130)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except HammingbirdError as error:
        return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("Cancelled. What was done is kept; run it again to go on.", 130)
    except sqlite3.OperationalError as error:
        return _complain(f"The library can't be used right now: {error}. Check the disk, then try again.", 1)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _complain(f"{error.strerror or error}{where}. Check the disk and the permissions.", 1)


def _complain(text: str, exit_code: int) -> int:
    click.echo(f"Error: {text}" if exit_code != 130 else text, err=True)
    return exit_code
