"""`hammingbird watch`: notice new, changed and deleted photos by themselves."""

import sys
import threading
from pathlib import Path

import click

from engine.library.database import Library
from engine.library.locations import root_paths
from engine.library.preferences import YES, get_preference
from engine.library.watchman import TICK_S, Watchman
from engine.paths import LIBRARY_FILE


@click.command(short_help="Watch the folders, and index what changes.")
@click.option("--with-input", is_flag=True, help="End when standard input ends, as the window's helper does.")
@click.pass_obj
def watch(library_dir: Path, with_input: bool) -> None:
    """Watch the folders of the library until Ctrl-C, and index what is new, changed or gone.

    What is done, and when, is set by `hammingbird settings`: watching, poll_minutes, exclusions, index_when.
    An open window watches by itself.
    """
    ended = threading.Event()
    if with_input:
        threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    else:
        _introduce(library_dir)
    watchman = Watchman(library_dir, lambda text: click.echo(text, err=True))
    try:
        while not ended.is_set():
            watchman.step()
            ended.wait(TICK_S)
    finally:
        watchman.close()


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


def _introduce(library_dir: Path) -> None:
    if not (library_dir / LIBRARY_FILE).is_file():
        click.echo("There is no library yet; its folders are watched once it is made.", err=True)
        return
    library = Library.open_reading(library_dir)
    try:
        roots = len(root_paths(library))
        watching = get_preference(library, "watching") == YES
    finally:
        library.close()
    told = (
        f"Watching {roots:,} folders" if watching else "Watching is off (hammingbird settings watching yes)"
    )
    click.echo(f"{told}; end with Ctrl-C.", err=True)
