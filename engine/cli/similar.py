"""`hammingbird similar`: photos like this one."""

import os
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from engine.cli.tables import print_table
from engine.cli.terminal import path_fields, print_json
from engine.errors import HammingbirdError, UnreadablePhoto, UsageError
from engine.hashing.encoder import Encoder
from engine.library.database import Library
from engine.library.model_choice import find_model
from engine.library.models_table import active_model
from engine.library.photos import PhotoRow, photo_of_path, photo_rows
from engine.library.roots import list_roots
from engine.library.settings import max_megapixels
from engine.library.thumbnails import read_thumbnails
from engine.photos.contact_sheet import write_contact_sheet
from engine.photos.decode_pool import DecodePool, ReadRequest
from engine.photos.readings import REASONS, DecodedPhoto
from engine.search.hamming_index import HammingIndex, Neighbours
from engine.search.query import Query, neighbours

SHEET_PHOTOS = 1000  # 150 MB of pixels; many more fit neither in memory nor in picture formats


@dataclass(frozen=True)
class Found:
    """One neighbour."""

    row: PhotoRow
    distance: int

    def as_dict(self) -> dict[str, object]:
        """What `--json` prints."""
        return {**path_fields(self.row.path), "distance": self.distance, "photo_id": self.row.id}


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
    help="Print a list of {path, distance, photo_id}, nearest first; a path that is no UTF-8 also as"
    " raw_path, in hex.",
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
        _check_targets(library, under, sheet)
        asked = _query_photos(library, photos)
        query = Query(asked.photo_ids, asked.codes, within, under and under.absolute(), top)
        found = _rows(library, neighbours(library, HammingIndex(library), query))
        if sheet is not None:
            _write_sheet(library, sheet, asked, found)
    finally:
        library.close()
    if as_json:
        print_json([neighbour.as_dict() for neighbour in found])
    else:
        _print(found)


def _check_targets(library: Library, under: Path | None, sheet: Path | None) -> None:
    """Refuses what can't be searched in, and to write where something is or where photos lie."""
    if under is not None and under.is_file():
        raise UsageError(f"{under} is a file, not a folder.", f"Name its folder: {under.parent}")
    if sheet is None:
        return
    if sheet.exists():
        raise UsageError(f"{sheet} exists already, and nothing is written over.", "Name a new file.")
    for root in list_roots(library):
        if sheet.resolve().is_relative_to(root.path.resolve()):
            raise UsageError(
                f"{sheet} lies in the photo folder {root.path}, where nothing is ever written.",
                "Name a place outside of it.",
            )


@dataclass(frozen=True)
class Asked:
    """The query photos.

    Attributes:
        photo_ids: Those of the library.
        codes: Packed codes of the others.
        tiles: Thumbnail and label of each for a contact sheet.
    """

    photo_ids: tuple[int, ...]
    codes: tuple[bytes, ...]
    tiles: list[tuple[bytes, str]]


def _query_photos(library: Library, paths: tuple[Path, ...]) -> Asked:
    """Library photos by id, the others by code."""
    known: dict[int, Path] = {}
    outside = []
    for path in paths:
        photo_id = photo_of_path(library, path.absolute())
        if photo_id is not None:
            known[photo_id] = path
        elif not path.exists():
            raise UsageError(f"There is no file {path}.", "Check the name.")
        elif path.is_dir():
            raise UsageError(f"{path} is a folder, not a photo.", f"Index it: hammingbird index {path}")
        else:
            outside.append(path)
    thumbnails = read_thumbnails(library, list(known))
    tiles = [(thumbnails[photo_id], path) for photo_id, path in known.items() if photo_id in thumbnails]
    codes: tuple[bytes, ...] = ()
    if outside:
        codes, pictures = _encode(library, outside)
        tiles += zip(pictures, outside, strict=True)
    return Asked(tuple(known), codes, [(picture, f"like  {path.name}") for picture, path in tiles])


def _encode(library: Library, paths: list[Path]) -> tuple[tuple[bytes, ...], list[bytes]]:
    """Codes and thumbnails of photos from outside the library."""
    active = active_model(library)
    if active is None:
        raise UsageError(f"The library {library.dir} has no photos yet.", "Index a folder first.")
    encoder = Encoder(find_model(library.dir, active.digest))
    limit = max_megapixels(library)
    requests = [ReadRequest(os.fsencode(path), key=place) for place, path in enumerate(paths)]
    read: dict[int, DecodedPhoto] = {}
    with DecodePool(1, max_megapixels=limit, input_size=encoder.input_side) as pool:
        for request, reading in pool.read(requests):
            path = paths[request.key]
            if isinstance(reading, UnreadablePhoto):
                sentence = REASONS.get(reading.reason, reading.reason)
                raise HammingbirdError(f"{path} can't be read as a photo. {sentence}", reading.detail)
            if reading.photo is None:
                raise UsageError(
                    f"{path} is not a photo.", "Name a JPEG, PNG, HEIC, RAW or other picture file."
                )
            read[request.key] = reading.photo
    photos = [read[place] for place in range(len(paths))]
    side = encoder.input_side
    stacked = np.frombuffer(b"".join(photo.pixels for photo in photos), np.uint8)
    codes = encoder.encode(stacked.reshape(-1, side, side, 3))
    return tuple(code.tobytes() for code in codes), [photo.thumbnail for photo in photos]


def _rows(library: Library, ranked: Neighbours) -> list[Found]:
    rows = photo_rows(library, ranked.ids.tolist())
    pairs = zip(ranked.ids.tolist(), ranked.distances.tolist(), strict=True)
    return [Found(rows[photo_id], distance) for photo_id, distance in pairs if photo_id in rows]


def _write_sheet(library: Library, target: Path, asked: Asked, found: list[Found]) -> None:
    """The query photos first, then their neighbours."""
    if len(found) > SHEET_PHOTOS:
        raise UsageError(
            f"A contact sheet holds {SHEET_PHOTOS:,} photos, not {len(found):,}.", "Ask for fewer with --top."
        )
    thumbnails = read_thumbnails(library, [neighbour.row.id for neighbour in found])
    tiles = [
        (thumbnails[n.row.id], f"{n.distance} {'bit' if n.distance == 1 else 'bits'}  {n.row.path.name}")
        for n in found
        if n.row.id in thumbnails
    ]
    try:
        write_contact_sheet(target, asked.tiles + tiles)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The contact sheet {target} can't be written: {error}.", "Try a name like out.png."
        ) from error


def _print(found: list[Found]) -> None:
    if not found:
        click.echo("Nothing like this is in the library.", err=True)
        return
    print_table(
        ("bits", "photo"), [(str(neighbour.distance), str(neighbour.row.path)) for neighbour in found]
    )
