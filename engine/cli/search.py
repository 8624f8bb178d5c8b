"""`hammingbird search`: photos that fit words."""

from pathlib import Path

import click

from engine.cli.results import (
    active_model_file,
    answer_options,
    check_targets,
    near,
    print_found,
    query_photos,
    show,
)
from engine.errors import UsageError
from engine.hashing.sentence_encoder import SentenceEncoder
from engine.library.database import Library
from engine.search.hamming_index import HammingIndex
from engine.search.query import Query, answer

CODES, WORDS, BOTH = "codes", "words", "both"


@click.command(short_help="Show photos that fit words.")
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
@click.option(
    "--like",
    "photos",
    multiple=True,
    metavar="PHOTO",
    type=click.Path(path_type=Path),
    help="Also like this photo; may be given several times.",
)
@answer_options
@click.option(
    "--by",
    type=click.Choice([CODES, WORDS, BOTH]),
    default=BOTH,
    show_default=True,
    help="Codes: what is to be seen. Words: what captions and file names say. Both: these first, then those.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a list of {path, distance, photo_id, found_by}; distance is null where words alone were asked"
    " for, and a path that is no UTF-8 also comes as raw_path, in hex.",
)
@click.pass_obj
def search(
    library_dir: Path,
    text: tuple[str, ...],
    photos: tuple[Path, ...],
    top: int,
    by: str,
    within: int | None,
    everything: bool,
    under: Path | None,
    as_json: bool,
    sheet: Path | None,
) -> None:
    """Show the library's photos that fit TEXT, a sentence or a few words, best first.

    Photos come first of which captions or file names hold all of the words; the others by what is to be seen.
    """
    sentence = " ".join(text).strip()
    if not sentence:
        raise UsageError("There are no words to search for.", 'Try: hammingbird search "dogs on a beach"')
    library = Library.open_reading(library_dir)
    try:
        check_targets(library, under, sheet)
        asked = query_photos(library, photos)
        query = Query(
            asked.photo_ids,
            asked.codes,
            b"" if by == WORDS else _outputs(library, sentence, needed=by == CODES),
            "" if by == CODES else sentence,
            within,
            under and under.absolute(),
            top,
        )
        whole = answer(library, HammingIndex(library), query)
        found = show(library, near(whole, within, everything=everything), asked.tiles, sheet)
    finally:
        library.close()
    print_found(found, whole, as_json=as_json)


def _outputs(library: Library, sentence: str, *, needed: bool) -> bytes:
    """What the model says of the sentence; empty where it reads no words and captions may answer alone."""
    model = active_model_file(library)
    if not model.reads_words:
        if needed:
            raise UsageError(
                f"The model {model.name} does not know words.", "Search by captions and names: --by words."
            )
        click.echo(
            f"The model {model.name} does not know words: only captions and names are searched.", err=True
        )
        return b""
    return SentenceEncoder(model).outputs(sentence)
