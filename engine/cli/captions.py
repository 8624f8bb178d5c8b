"""`hammingbird captions`: what is written about photos, and more of it."""

from dataclasses import asdict
from pathlib import Path

import click

from engine.cli.library import as_json_option
from engine.cli.terminal import print_json
from engine.errors import UsageError
from engine.library.caption_languages import caption_languages
from engine.library.caption_overview import caption_overview
from engine.library.caption_tables import TableFigures, import_captions
from engine.library.captions import captions_of, set_captions
from engine.library.database import Library
from engine.library.photos import photo_of_path

SHOWN_NAMES = 5


@click.group(short_help="Show, write and import captions.")
def captions() -> None:
    """Show, write and import captions.

    They are found by `search` and teach `train`. Those of IPTC, XMP, EXIF and of files beside photos are read
    by `index`; those that you write are kept in the library, never in a photo's folder.
    """


@captions.command("status", short_help="Say how many photos have captions.")
@as_json_option
@click.pass_obj
def status(library_dir: Path, as_json: bool) -> None:
    """Say how many photos have captions, from where, in which languages, and what is frequent in them."""
    library = Library.open_reading(library_dir)
    try:
        found, languages = caption_overview(library), caption_languages(library)
    finally:
        library.close()
    if as_json:
        print_json({**asdict(found), "languages": languages})
        return
    click.echo(f"{found.captioned:,} of {found.photos:,} photos have captions.")
    for title, counts in (
        ("Photos by source", found.sources),
        ("Captions by language, as far as it can be told", languages),
        ("Frequent words", found.words),
        ("Texts that several photos have", found.repeated),
    ):
        if counts:
            click.echo(f"{title}: " + ", ".join(f"{what[:60]} ({n:,})" for what, n in counts.items()))


@captions.command("show", short_help="Say what is written about a photo.")
@click.argument("photo", type=click.Path(path_type=Path))
@as_json_option
@click.pass_obj
def show(library_dir: Path, photo: Path, as_json: bool) -> None:
    """Say what is written about PHOTO, and where."""
    library = Library.open_reading(library_dir)
    try:
        found = captions_of(library, _photo_id(library, photo))
    finally:
        library.close()
    if as_json:
        print_json([{"source": source, "text": text} for source, text in found])
        return
    for source, text in found:
        click.echo(f"{source}: {text}")
    if not found:
        click.echo("Nothing is written about this photo.")


@captions.command("set", short_help="Write captions for a photo.")
@click.argument("photo", type=click.Path(path_type=Path))
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.pass_obj
def set_(library_dir: Path, photo: Path, texts: tuple[str, ...]) -> None:
    """Write TEXT as the captions of PHOTO, in place of those that you wrote before; none takes these away."""
    Library.open_reading(library_dir).close()  # says so where there is none, rather than making one
    library = Library.open(library_dir)
    try:
        photo_id = _photo_id(library, photo)
        set_captions(library, {photo_id: texts}, f"Caption of {photo.name}")
    finally:
        library.close()


@captions.command("import", short_help="Take in a table of captions.")
@click.argument("table", type=click.Path(path_type=Path))
@as_json_option
@click.pass_obj
def import_(library_dir: Path, table: Path, as_json: bool) -> None:
    """Take in the captions of TABLE: CSV with the columns `photo` and `caption`, COCO's JSON, or Flickr8k's.

    Photos are named by their paths, or by the ends of these where no other photo has the same. What the
    library has already stays.
    """
    Library.open_reading(library_dir).close()
    library = Library.open(library_dir)
    try:
        figures = import_captions(library, table)
    finally:
        library.close()
    if as_json:
        print_json(asdict(figures))
    else:
        _print(figures)
    if not figures.captions and not figures.known:
        raise UsageError(
            f"{table} says nothing about a photo of the library.", "Compare its names with the photos' paths."
        )


def _print(figures: TableFigures) -> None:
    click.echo(f"Captions: {figures.captions:,} new, of {figures.photos:,} photos; {figures.known:,} known.")
    if figures.cut:
        click.echo(f"{figures.cut:,} were longer than 4,000 letters and were cut off there.")
    for names, why in (
        (figures.unknown, "are in no folder of the library"),
        (figures.ambiguous, "may be any of several photos"),
    ):
        if names:
            more = f" and {len(names) - SHOWN_NAMES:,} more" if len(names) > SHOWN_NAMES else ""
            click.echo(f"Left out, since they {why}: {', '.join(names[:SHOWN_NAMES])}{more}.", err=True)


def _photo_id(library: Library, photo: Path) -> int:
    """The photo of a path.

    Raises:
        UsageError: The library does not know it.
    """
    found = photo_of_path(library, photo)
    if found is None:
        raise UsageError(f"The library has no photo {photo}.", "Index its folder first.")
    return found
