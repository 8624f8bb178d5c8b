"""`hammingbird models add`: a published tower as a model of this library."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine import jobs
from engine.cli.terminal import PROGRESS_KINDS, reporter
from engine.errors import HammingbirdError, UsageError
from engine.library.database import Library
from engine.progress import Result

if TYPE_CHECKING:
    from engine.training.added_model import Added
    from engine.training.towers import Tower

HUB = "hub"


@click.command(short_help="Make a model of a published network.")
@click.argument("name")
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Pretrained weights that are here already; without it they are downloaded, after asking.",
)
@click.option("--bits", type=int, default=128, show_default=True, help="Length of the codes.")
@click.option(
    "--side", type=click.IntRange(16, 1024), help="Pixels of its input; the published ones without it."
)
@click.option(
    "--photos",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="Its hash head is fitted to at most so many photos.",
)
@click.option("--yes", is_flag=True, help="Download without asking.")
@click.option("--progress", type=click.Choice(PROGRESS_KINDS), default="bar", help="How progress is shown.")
@click.option("--wait", is_flag=True, help="Wait while another job writes to the library.")
@click.pass_obj
def add(
    library_dir: Path,
    name: str,
    weights: Path | None,
    bits: int,
    side: int | None,
    photos: int,
    yes: bool,
    progress: str,
    wait: bool,
) -> None:
    """Make a model of NAME: torchvision:convnext_tiny, open_clip:MobileCLIP2-S0, or any that they offer.

    NAME may also be a Python file that defines load_teacher(). A hash head is fitted to photos of this
    library without labels (centre, PCA, ITQ). The model in use stays in use; `hammingbird models use`
    switches.
    """
    from engine.training.added_model import draw_photos
    from engine.training.head_fit import check_enough
    from engine.training.towers import make_tower

    library = None
    try:
        library = Library.open(library_dir)
        tower = make_tower(name, bits, side)
        check_enough(len(draw_photos(library, photos)), bits)  # before anything is downloaded
        source, address = _source(tower, weights, yes=yes)
        added = _add(library, tower, source, address, photos, progress, wait=wait)
    except HammingbirdError as error:
        jobs.tell_early_failure(library_dir, error)
        raise
    finally:
        if library is not None:
            library.close()
    if progress == "bar":
        click.echo(summary(added))
        click.echo(f"To use it: hammingbird models use {added.model.digest[:12]}", err=True)


def summary(added: "Added") -> str:
    """One sentence for a person."""
    model = f"{added.model.name} ({added.model.n_bits} bits, {added.model.digest[:12]})"
    if added.known:
        return f"The library has {model} already; nothing was changed."
    return f"Added {model}, fitted to {added.photos:,} photos."


def _add(
    library: Library,
    tower: "Tower",
    source: str | None,
    address: str,
    photos: int,
    progress: str,
    *,
    wait: bool,
) -> "Added":
    from engine.training.added_model import add_model

    title = f"Adding {tower.name}"
    with reporter(progress) as report, jobs.job(library.dir, "models", title, report, wait=wait) as control:
        added = add_model(library, tower, source, address, photos, control)
        figures = {"digest": added.model.digest, "photos": added.photos, "known": added.known}
        control.report(Result(summary(added), figures))
    return added


def _source(tower: "Tower", weights: Path | None, *, yes: bool) -> tuple[str | None, str]:
    """Where the weights come from, and what the card says of it; asks before anything is downloaded.

    Raises:
        UsageError: Nobody offers weights, or nobody is there to ask.
        click.Abort: The person does not want it.
    """
    from engine.training.towers import offer_of

    if tower.has_weights:
        if weights is not None:
            raise UsageError(f"{tower.name} brings its own weights.", "Leave --weights out.")
        return None, tower.name
    if weights is not None:
        return str(weights), weights.name
    offer = offer_of(tower)
    much = "The weights" if offer.megabytes is None else f"About {offer.megabytes:,} MB"
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                f"{much} would be downloaded from {offer.place}, and there is nobody to ask.",
                "Add --yes to allow it, or name a file that is here already: --weights FILE.",
            )
        much = "the weights" if offer.megabytes is None else f"about {offer.megabytes:,} MB"
        click.confirm(f"Download {much} from {offer.place}?", abort=True, err=True)
    return HUB, offer.address
