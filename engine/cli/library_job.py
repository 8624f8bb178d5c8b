"""What all commands share that change a library as a job, started by a person or by the window."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine import jobs
from engine.cli.terminal import PROGRESS_KINDS
from engine.errors import HammingbirdError
from engine.library.database import Library

progress_option = click.option(
    "--progress", type=click.Choice(PROGRESS_KINDS), default="bar", help="How progress is shown."
)
wait_option = click.option("--wait", is_flag=True, help="Wait while another job writes to the library.")


@contextmanager
def opened_for_job(library_dir: Path) -> Iterator[Library]:
    """The library for the body; whoever started the job hears why it ended, even before it began.

    Raises:
        LibraryError: There is no library, or it can't be written.
    """
    library = None
    try:
        library = Library.open(library_dir)
        yield library
    except HammingbirdError as error:
        jobs.tell_early_failure(library_dir, error)
        raise
    finally:
        if library is not None:
            library.close()
