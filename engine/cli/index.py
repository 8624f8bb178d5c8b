"""`hammingbird index`: make folders searchable."""

from dataclasses import asdict
from pathlib import Path

import click

from engine import jobs
from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.errors import HammingbirdError, UsageError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile
from engine.hashing.runtime import has_graphics
from engine.library.backup import back_up_daily
from engine.library.database import Library
from engine.library.gently import work_gently
from engine.library.indexer import IndexFigures, IndexOptions
from engine.library.indexer import index as run_index
from engine.library.model_choice import keep_model, model_to_index
from engine.library.preferences import GRAPHICS, all_preferences, get_preference
from engine.library.roots import check_apart, list_roots
from engine.library.settings import MOST_MEGAPIXELS, set_setting
from engine.paths import LIBRARY_FILE
from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS
from engine.progress import Result, Warned


@click.command(short_help="Make folders searchable.")
@click.argument("folders", nargs=-1, metavar="FOLDER...", type=click.Path(path_type=Path))
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar", help="How progress is shown.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Reading processes; without it, what `hammingbird settings workers` says.",
)
@click.option(
    "--max-megapixels",
    type=click.FloatRange(1, MOST_MEGAPIXELS),
    help=f"Larger photos become problems; remembered by the library (at first {DEFAULT_MAX_MEGAPIXELS:g}).",
)
@click.option("--believe-missing", is_flag=True, help="Believe it when most of a folder's files are gone.")
@click.option("--gently", is_flag=True, help="Let every other program go first.")
@click.option("--wait", is_flag=True, help="Wait while another job writes to the library.")
@click.pass_obj
def index(
    library_dir: Path,
    folders: tuple[Path, ...],
    progress: str,
    workers: int | None,
    max_megapixels: float | None,
    believe_missing: bool,
    gently: bool,
    wait: bool,
) -> None:
    """Make the photos in FOLDERs searchable; without a FOLDER, look again at all that were added before.

    Only new and changed files are opened. It can be stopped at any time and goes on where it was. Nothing
    is written into your folders.
    """
    if gently:
        work_gently()
    try:
        for folder in folders:
            check_folder(folder, library_dir)
        library = Library.open(library_dir, create=True)
    except HammingbirdError as error:
        jobs.tell_early_failure(library_dir, error)
        raise
    try:
        title = _title(folders)
        with (
            reporter(progress) as report,
            jobs.job(library_dir, "index", title, report, wait=wait) as control,
        ):
            if max_megapixels is not None:
                set_setting(library, "max_megapixels", str(max_megapixels))
            options = _options(library, workers, believe_missing=believe_missing)
            figures = _index(library, folders, control, options)
    finally:
        library.close()
    if progress == "bar":
        click.echo(summary(figures))
        for hint in hints(figures):
            click.echo(hint, err=True)


def check_folder(folder: Path, library_dir: Path) -> None:
    """Refuses what is no folder, or lies in or around the library, before a library is made for it.

    A folder that is gone may be one of the library's whose disk is not connected; the indexer knows.

    Raises:
        UsageError: There is nothing at this path, or a file, or the library would lie among the photos.
    """
    if not folder.exists() and not (library_dir / LIBRARY_FILE).exists():
        raise UsageError(f"There is no folder {folder}.", "Check the name; is the disk connected?")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", f"Name its folder: {folder.parent}")
    check_apart(library_dir, folder)


def summary(figures: IndexFigures) -> str:
    """One sentence for a person."""
    parts = [f"{figures.added:,} new photos", f"{figures.files:,} files looked at"]
    named = (
        (figures.known, "moved, copied or rewritten"),
        (figures.others, "no pictures"),
        (figures.vanished, "gone"),
        (figures.excluded, "left out from now on"),
        (figures.problems, "could not be read"),
        (figures.offline, "folders offline"),
        (figures.doubtful, "seem to be gone, which is not believed yet"),
    )
    return ", ".join(parts + [f"{count:,} {text}" for count, text in named if count]) + "."


def hints(figures: IndexFigures) -> list[str]:
    """What to type next, for a person at a terminal."""
    found = []
    if figures.problems:
        found.append("What could not be read, and why: hammingbird problems")
    if figures.doubtful:
        found.append("If the files are really gone: hammingbird index --believe-missing")
    if figures.offline:
        found.append("If a folder is gone for good: hammingbird forget FOLDER")
    return found


def _options(library: Library, workers: int | None, *, believe_missing: bool) -> IndexOptions:
    wanted = all_preferences(library)
    return IndexOptions(
        int(wanted["workers"]) if workers is None else workers,
        float(wanted["max_megapixels"]),
        int(wanted["memory_mb"]) * 2**20 or None,
        believe_missing=believe_missing,
    )


def _encoder(library: Library, model: ModelFile, control: jobs.JobControl) -> Encoder:
    graphics = get_preference(library, "device") == GRAPHICS
    if graphics and not has_graphics():
        control.report(Warned("No graphics processor was found that can be used; the processor does it."))
        graphics = False
    return Encoder(model, graphics=graphics)


def _index(
    library: Library, folders: tuple[Path, ...], control: jobs.JobControl, options: IndexOptions
) -> IndexFigures:
    if not folders and not list_roots(library):
        raise UsageError("The library has no folders yet.", "Name one: hammingbird index ~/Pictures")
    model = model_to_index(library)
    keep_model(library, model)
    encoder = _encoder(library, model, control)
    figures = run_index(library, [folder.absolute() for folder in folders], encoder, control, options)
    try:
        back_up_daily(library)
    except HammingbirdError as error:  # what was indexed is there all the same
        control.report(Warned(str(error)))
    control.report(Result(summary(figures), asdict(figures)))
    return figures


def _title(folders: tuple[Path, ...]) -> str:
    if not folders:
        return "Looking for new photos"
    others = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
    return f"Indexing {folders[0].absolute().name or folders[0]}{others}"
