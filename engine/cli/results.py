"""What `similar` and `search` have in common: the photos that were asked about, and the answer as a list."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from engine.cli.destination import check_new
from engine.cli.tables import print_table
from engine.cli.terminal import path_fields, print_json
from engine.errors import HammingbirdError, UnreadablePhoto, UsageError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile
from engine.library.database import Library
from engine.library.model_choice import find_model
from engine.library.models_table import active_model
from engine.library.photos import PhotoRow, photo_of_path, photo_rows
from engine.library.settings import max_megapixels
from engine.library.thumbnails import read_thumbnails
from engine.photos.contact_sheet import write_contact_sheet
from engine.photos.decode_pool import DecodePool, ReadRequest
from engine.photos.readings import REASONS, DecodedPhoto
from engine.search.query import NO_DISTANCE, Answer, Match

SHEET_PHOTOS = 1000  # 150 MB of pixels; many more fit neither in memory nor in picture formats
FOUND_BY = {Match.NONE: "likeness", Match.CAPTION: "caption", Match.NAME: "name"}
_WITHIN = click.option(
    "--within", type=click.IntRange(0), metavar="BITS", help="Only photos at most this many bits away."
)
_EVERYTHING = click.option(
    "--all",
    "everything",
    is_flag=True,
    help="However far away; without this, only what is nearer than chance.",
)
_UNDER = click.option(
    "--under", type=click.Path(path_type=Path), metavar="FOLDER", help="Only photos in this folder."
)
_TOP = click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
_SHEET = click.option(
    "--sheet", type=click.Path(path_type=Path), metavar="OUT.png", help="Also write a contact sheet."
)


def answer_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that decide how much of an answer is shown, and where from."""
    for option in (_SHEET, _UNDER, _EVERYTHING, _WITHIN, _TOP):
        command = option(command)
    return command


@dataclass(frozen=True)
class Found:
    """One photo of an answer.

    Attributes:
        row: What the library knows of it.
        distance: In bits; None where it has none.
        match: Where the words stand.
    """

    row: PhotoRow
    distance: int | None
    match: Match

    def as_dict(self) -> dict[str, object]:
        """What `--json` prints."""
        fields = {**path_fields(self.row.path), "distance": self.distance, "photo_id": self.row.id}
        return {**fields, "found_by": FOUND_BY[self.match]}

    @property
    def told(self) -> str:
        """Distance and match in words, as in "12 bits, caption"."""
        bits = None if self.distance is None else f"{self.distance} {'bit' if self.distance == 1 else 'bits'}"
        where = None if self.match is Match.NONE else FOUND_BY[self.match]
        return ", ".join(part for part in (bits, where) if part)


def check_targets(library: Library, under: Path | None, sheet: Path | None) -> None:
    """Refuses what can't be searched in, and to write where something is or where photos lie."""
    if under is not None and under.is_file():
        raise UsageError(f"{under} is a file, not a folder.", f"Name its folder: {under.parent}")
    if sheet is not None:
        check_new(library, sheet, "a new file")


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


def query_photos(library: Library, paths: tuple[Path, ...]) -> Asked:
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
    encoder = Encoder(active_model_file(library))
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


def active_model_file(library: Library) -> ModelFile:
    """The model that made the library's codes.

    Raises:
        UsageError: The library has none yet.
    """
    active = active_model(library)
    if active is None:
        raise UsageError(f"The library {library.dir} has no photos yet.", "Index a folder first.")
    return find_model(library.dir, active.digest).called(active.name)


def near(whole: Answer, within: int | None, *, everything: bool) -> Answer:
    """What is near enough: as a person said, or by the model's calibration."""
    return whole if everything or within is not None else whole.near(whole.limit)


def show(library: Library, answer: Answer, tiles: list[tuple[bytes, str]], sheet: Path | None) -> list[Found]:
    """Reads the rows of an answer, and writes the contact sheet where one is wanted.

    Args:
        library: Of the answer.
        answer: The photos.
        tiles: Thumbnails and labels of the query photos, which come first on the sheet.
        sheet: The new file.

    Raises:
        UsageError: The sheet can't be written.
    """
    rows = photo_rows(library, answer.ids.tolist())
    parts = zip(answer.ids.tolist(), answer.distances.tolist(), answer.matches.tolist(), strict=True)
    found = [
        Found(rows[photo_id], None if distance == NO_DISTANCE else distance, Match(match))
        for photo_id, distance, match in parts
        if photo_id in rows
    ]
    if sheet is not None:
        _write_sheet(library, sheet, tiles, found)
    return found


def _write_sheet(
    library: Library, target: Path, queries: list[tuple[bytes, str]], found: list[Found]
) -> None:
    """The query photos first, then their neighbours."""
    if len(found) > SHEET_PHOTOS:
        raise UsageError(
            f"A contact sheet holds {SHEET_PHOTOS:,} photos, not {len(found):,}.", "Ask for fewer with --top."
        )
    thumbnails = read_thumbnails(library, [neighbour.row.id for neighbour in found])
    tiles = [(thumbnails[n.row.id], f"{n.told}  {n.row.path.name}") for n in found if n.row.id in thumbnails]
    try:
        write_contact_sheet(target, queries + tiles)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The contact sheet {target} can't be written: {error}.", "Try a name like out.png."
        ) from error


def print_found(found: list[Found], whole: Answer, *, as_json: bool) -> None:
    """Prints what is near enough of a whole answer, for a program or for a person."""
    if as_json:
        print_json([photo.as_dict() for photo in found])
    elif not found:
        farther = f" The nearest is {whole.distances.min()} bits away; --all shows it." if len(whole) else ""
        click.echo(f"Nothing like this is in the library.{farther}", err=True)
    elif any(photo.match is not Match.NONE for photo in found):
        columns = [(_bits(photo), FOUND_BY[photo.match], str(photo.row.path)) for photo in found]
        print_table(("bits", "found by", "photo"), columns)
    else:
        print_table(("bits", "photo"), [(_bits(photo), str(photo.row.path)) for photo in found])


def _bits(photo: Found) -> str:
    return "" if photo.distance is None else str(photo.distance)
