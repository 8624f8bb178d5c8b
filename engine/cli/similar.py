"""`hammingbird similar`: photos like this one."""

from pathlib import Path

import click

from engine.cli.results import check_targets, print_found, query_photos, show
from engine.library.database import Library
from engine.search.hamming_index import HammingIndex
from engine.search.query import Query, answer


@click.command(short_help="Show photos like a photo.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...", type=click.Path(path_type=Path))
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option(
    "--within", type=click.IntRange(0), metavar="BITS", help="Only photos at most this many bits away."
)
@click.option(
    "--under", type=click.Path(path_type=Path), metavar="FOLDER", help="Only photos in this folder."
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a list of {path, distance, photo_id, found_by}, nearest first; a path that is no UTF-8 also"
    " as raw_path, in hex.",
)
@click.option(
    "--sheet", type=click.Path(path_type=Path), metavar="OUT.png", help="Also write a contact sheet."
)
@click.pass_obj
def similar(
    library_dir: Path,
    photos: tuple[Path, ...],
    top: int,
    within: int | None,
    under: Path | None,
    as_json: bool,
    sheet: Path | None,
) -> None:
    """Show the library's photos that look like PHOTO, nearest first, with their distance in bits.

    PHOTO may lie anywhere, in the library or not; it is left out of the answer. With several PHOTOs, those
    come first that are like all of them.
    """
    library = Library.open_reading(library_dir)
    try:
        check_targets(library, under, sheet)
        asked = query_photos(library, photos)
        query = Query(asked.photo_ids, asked.codes, "", within, under and under.absolute(), top)
        found = show(library, answer(library, HammingIndex(library), query), asked.tiles, sheet)
    finally:
        library.close()
    print_found(found, as_json=as_json)
