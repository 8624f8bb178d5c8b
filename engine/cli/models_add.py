"""`hammingbird models add`: a published tower, or a model's folder, as a model of this library."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine import jobs
from engine.cli.library_job import opened_for_job, progress_option, wait_option
from engine.cli.models_exchange import added_summary, take_in, tell_added
from engine.cli.terminal import reporter
from engine.errors import UsageError
from engine.hashing.model_file import CARD, ModelFile
from engine.library.database import Library
from engine.progress import Result

if TYPE_CHECKING:
    from engine.training.towers import Tower

HUB = "hub"


@dataclass(frozen=True)
class TowerOptions:
    """What a person may say of a tower besides its name; see the options of the command."""

    weights: Path | None
    bits: int
    side: int | None
    photos: int
    yes: bool


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
@progress_option
@wait_option
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

    A hash head is fitted to photos of this library without labels (centre, PCA, ITQ). NAME may also be a
    Python file that defines load_teacher(), or the folder of a finished model, which is added as it is. The
    model in use stays in use; `hammingbird models use` switches.
    """
    with opened_for_job(library_dir) as library:
        if (Path(name) / CARD).is_file():
            model, told = take_in(library, Path(name), progress, wait=wait)
        else:
            options = TowerOptions(weights, bits, side, photos, yes)
            model, told = _add_tower(library, name, options, progress, wait=wait)
    if progress == "bar":
        tell_added(model, told)


def _add_tower(
    library: Library, name: str, options: TowerOptions, progress: str, *, wait: bool
) -> tuple[ModelFile, str]:
    """Fits a tower's head to the library; returns the model and what to say."""
    from engine.training.added_model import add_model, draw_photos
    from engine.training.head_fit import check_enough
    from engine.training.towers import make_tower

    tower = make_tower(name, options.bits, options.side)
    check_enough(len(draw_photos(library, options.photos)), options.bits)  # before anything is downloaded
    source, address = _source(tower, options)
    title = f"Adding {tower.name}"
    with reporter(progress) as report, jobs.job(library.dir, "models", title, report, wait=wait) as control:
        added = add_model(library, tower, source, address, options.photos, control)
        told = added_summary(added.model, f", fitted to {added.photos:,} photos.", known=added.known)
        figures = {"digest": added.model.digest, "photos": added.photos, "known": added.known}
        control.report(Result(told, figures))
    return added.model, told


def _source(tower: "Tower", options: TowerOptions) -> tuple[str | None, str]:
    """Where the weights come from, and what the card says of it; asks before anything is downloaded.

    Raises:
        UsageError: Nobody offers weights, or nobody is there to ask.
        click.Abort: The person does not want it.
    """
    from engine.training.towers import offer_of

    if tower.has_weights:
        if options.weights is not None:
            raise UsageError(f"{tower.name} brings its own weights.", "Leave --weights out.")
        return None, tower.name
    if options.weights is not None:
        return str(options.weights), options.weights.name
    offer = offer_of(tower)
    much = "the weights" if offer.megabytes is None else f"about {offer.megabytes:,} MB"
    if not options.yes:
        if not sys.stdin.isatty():
            raise UsageError(
                f"{much[0].upper()}{much[1:]} would be downloaded from {offer.place}, and there is nobody to"
                " ask.",
                "Add --yes to allow it, or name a file that is here already: --weights FILE.",
            )
        click.confirm(f"Download {much} from {offer.place}?", abort=True, err=True)
    return HUB, offer.address
