"""`hammingbird similar`: photos like this one."""

from pathlib import Path

import click

from engine.cli.results import answer_options, check_targets, near, print_found, query_photos, show
from engine.library.database import Library
from engine.search.hamming_index import HammingIndex
from engine.search.query import Query, answer


@click.command(short_help="Show photos like a photo.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...", type=click.Path(path_type=Path))
@answer_options
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a list of {path, distance, photo_id, found_by}, nearest first; a path that is no UTF-8 also"
    " as raw_path, in hex.",
)
@click.pass_obj
def similar(
    library_dir: Path,
    photos: tuple[Path, ...],
    top: int,
    within: int | None,
    everything: bool,
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
        query = Query(asked.photo_ids, asked.codes, within=within, under=under and under.absolute(), top=top)
        whole = answer(library, HammingIndex(library), query)
        found = show(library, near(whole, within, everything=everything), asked.tiles, sheet)
    finally:
        library.close()
    print_found(found, whole, as_json=as_json)
