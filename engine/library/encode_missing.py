"""Gives codes to photos that have none of a model, from their stored thumbnails: no original is opened."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from engine.errors import UnreadablePhoto
from engine.library.changes import log_changes
from engine.library.codes import put_codes, uncoded_ids
from engine.library.database import Library
from engine.library.lost_thumbnails import read_again
from engine.library.models_table import active_model_id, find_model_id
from engine.library.read_pass import BATCH_PHOTOS, Batch, Encoder, encode_ahead
from engine.library.reporting import Control, Phase
from engine.library.thumbnails import read_thumbnails
from engine.progress import Warned

# Pillow decodes without Python's lock, so threads help; the encoder wants the other processors.
DECODE_THREADS = 2


@dataclass(frozen=True)
class EncodeFigures:
    """What was done.

    Attributes:
        encoded: Photos that got their code.
        lost: Photos whose thumbnail is damaged, or lost while their files are away; they have no code until
            an index run reads their files again.
    """

    encoded: int
    lost: int


def encode_missing(lib: Library, encoder: Encoder, control: Control) -> EncodeFigures:
    """Encodes all visible photos that have no code of the encoder's model.

    Args:
        lib: The library.
        encoder: Makes the codes.
        control: Hears of progress, phase "encoding".

    Raises:
        LibraryError: The model is not registered.
        JobCancelled: The person cancelled; what was encoded until then stays.
    """
    model_id = find_model_id(lib, encoder.digest)
    missing = uncoded_ids(lib, model_id)
    if not len(missing):
        return EncodeFigures(0, 0)
    phase = Phase(control, "encoding", len(missing))
    logged = active_model_id(lib) == model_id
    lost: list[int] = []
    encoded = 0
    with ThreadPoolExecutor(DECODE_THREADS, thread_name_prefix="thumbnails") as threads:
        batches = encode_ahead(
            stored_inputs(lib, missing.tolist(), encoder.input_side, threads, lost), encoder
        )
        try:
            for batch in batches:
                codes = [(int.from_bytes(name, "big"), code) for name, code in batch.codes.items()]
                with lib.transaction():
                    put_codes(lib, model_id, codes)
                    if logged:  # codes of another model change no result
                        log_changes(lib, (photo_id for photo_id, _ in codes), "code")
                encoded += len(codes)
                phase.advance(len(codes))
        finally:
            batches.close()
    phase.tell()
    if lost:
        read_again(lib, lost)
        control.report(
            Warned(
                f"The thumbnails of {len(lost):,} photos are lost or damaged; the next index run that finds"
                " their files makes them again."
            )
        )
    return EncodeFigures(encoded, len(lost))


def stored_inputs(
    lib: Library, photo_ids: Sequence[int], side: int, threads: ThreadPoolExecutor, lost: list[int]
) -> Iterator[Batch]:
    """Network inputs of photos, made from their stored thumbnails, a batch at a time.

    Args:
        lib: The library.
        photo_ids: Which photos.
        side: Pixels of the network's square input.
        threads: Decode the thumbnails.
        lost: Ids whose thumbnail is missing or damaged are added here.

    Yields:
        Batches with `pixels`, named by the photo's id in 8 bytes, big-endian.
    """
    # Pillow; an index run without new models never needs it here
    from engine.photos.network_pixels import network_input

    def decode(webp: bytes | None) -> bytes | None:
        try:
            return None if webp is None else network_input(webp, side)
        except UnreadablePhoto:
            return None

    for start in range(0, len(photo_ids), BATCH_PHOTOS):
        page = photo_ids[start : start + BATCH_PHOTOS]
        thumbnails = read_thumbnails(lib, page)
        batch = Batch()
        for photo_id, pixels in zip(page, threads.map(decode, map(thumbnails.get, page)), strict=True):
            if pixels is None:
                lost.append(photo_id)
            else:
                batch.pixels[photo_id.to_bytes(8, "big")] = pixels
        yield batch
