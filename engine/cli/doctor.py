"""`hammingbird doctor`: does everything work here, and if not, what to do."""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.markup import escape

from engine.cli.terminal import print_json
from engine.errors import HammingbirdError, LibraryError

Check = tuple[str, Callable[[Path], str]]
SAMPLE = 200  # thumbnails; half a second


@click.command(short_help="Check that everything works here.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of checks as JSON.")
@click.pass_obj
def doctor(library_dir: Path, as_json: bool) -> None:
    """Check that everything works on this machine: library, thumbnails, model, decoders, worker processes.

    Ends with 1 when something does not work. Changes nothing.
    """
    console = Console(highlight=False, soft_wrap=True)
    found = []
    for name, works, text in run_checks(library_dir):
        found.append({"check": name, "ok": works, "text": text})
        if not as_json:
            console.print(f"{'[green]ok     [/]' if works else '[red]problem[/]'} {name}: {escape(text)}")
    if as_json:
        print_json(found)
    if not all(check["ok"] for check in found):
        raise click.exceptions.Exit(1)


def run_checks(library_dir: Path) -> Iterator[tuple[str, bool, str]]:
    """Name, whether it works, and what was found, of every check."""
    checks: tuple[Check, ...] = (
        ("program", _program),
        ("library", _library),
        ("thumbnails", _thumbnails),
        ("model", _model),
        ("encoder", _encoder),
        ("formats", _formats),
        ("worker processes", _workers),
    )
    for name, check in checks:
        try:
            yield name, True, check(library_dir)
        except HammingbirdError as error:
            yield name, False, str(error)
        except (OSError, ImportError, RuntimeError) as error:
            yield name, False, f"{type(error).__name__}: {error}"


def _program(library_dir: Path) -> str:
    del library_dir
    return f"Hammingbird {version('hammingbird')}, Python {platform.python_version()}, {os.cpu_count()} cores"


def _library(library_dir: Path) -> str:
    from engine.library.database import Library
    from engine.paths import LIBRARY_FILE

    if not (library_dir / LIBRARY_FILE).exists() and (library_dir.is_dir() or not library_dir.exists()):
        return f"none yet; it will be made in {library_dir}"
    library = Library.open_reading(library_dir)
    try:
        for database in (library.db, library.thumbnails):
            answer = next(database.query("PRAGMA quick_check(1)"))["quick_check"]
            if answer != "ok":
                raise LibraryError(
                    f"The library {library_dir} is damaged: {answer}.",
                    "Move it away and index again; your photos are untouched.",
                )
    finally:
        library.close()
    with tempfile.TemporaryFile(dir=library_dir):
        return f"{library_dir}, whole and writable"


def _thumbnails(library_dir: Path) -> str:
    from engine.library.database import Library
    from engine.library.photos import visible_ids
    from engine.library.thumbnails import read_thumbnails
    from engine.paths import LIBRARY_FILE

    if not (library_dir / LIBRARY_FILE).exists():
        return "none yet"
    library = Library.open_reading(library_dir)
    try:
        ids = visible_ids(library)
        sample = np.random.default_rng().choice(ids, min(SAMPLE, len(ids)), replace=False).tolist()
        thumbnails = read_thumbnails(library, sample)
    finally:
        library.close()
    damaged = sum(map(_is_damaged, thumbnails.values()))
    if damaged:
        raise LibraryError(
            f"{damaged} of {len(thumbnails)} thumbnails looked at are damaged.",
            f"Connect all disks, move thumbnails.db out of {library_dir}, and run `hammingbird index`;"
            " it makes them again from your photos.",
        )
    return f"whole, in a sample of {len(thumbnails)}"


def _is_damaged(thumbnail: bytes) -> bool:
    from engine.errors import UnreadablePhoto
    from engine.photos.network_pixels import network_input

    try:
        network_input(thumbnail, 32)
    except UnreadablePhoto:
        return True
    return False


def _model(library_dir: Path) -> str:
    from engine.library.model_choice import model_to_query

    model = model_to_query(library_dir)
    return f"{model.name}, {model.n_bits} bits, digest {model.digest[:12]}"


def _encoder(library_dir: Path) -> str:
    from engine.hashing.encoder import BATCH, Encoder
    from engine.library.model_choice import model_to_query

    encoder = Encoder(model_to_query(library_dir))
    side = encoder.input_side
    pixels = np.random.default_rng(0).integers(0, 256, (BATCH, side, side, 3), dtype=np.uint8)
    if not (encoder.encode(pixels)[:3] == encoder.encode(pixels[:3])).all():
        raise HammingbirdError(
            "The encoder gives a photo another code in another batch.", "Please report this."
        )
    return "runs, and gives the same code in every batch"


def _formats(library_dir: Path) -> str:
    del library_dir
    import pi_heif
    import rawpy
    from PIL import features

    missing = [
        name for name in ("jpg", "zlib", "webp", "jpg_2000", "libtiff", "avif") if not features.check(name)
    ]
    if missing:
        raise HammingbirdError(f"Pillow lacks {', '.join(missing)}.", "Install the standard build of Pillow.")
    raw = ".".join(map(str, rawpy.libraw_version))
    return f"all; HEIF by pi-heif {pi_heif.__version__}, RAW by LibRaw {raw}"


def _workers(library_dir: Path) -> str:
    del library_dir
    from engine.photos.decode_pool import DecodePool, ReadRequest
    from engine.photos.readings import DEFAULT_MAX_MEGAPIXELS

    with (
        tempfile.NamedTemporaryFile(suffix=".txt") as file,
        DecodePool(1, max_megapixels=DEFAULT_MAX_MEGAPIXELS, input_size=96) as pool,
    ):
        list(pool.read([ReadRequest(os.fsencode(file.name))]))
    return "start, answer and end"
