"""From one model's codes to another's: the missing ones are made beside the old, then all switch at once."""

from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile
from engine.library.codes import uncoded_ids
from engine.library.database import Library
from engine.library.encode_missing import EncodeFigures, encode_missing
from engine.library.indexer import BUSY_MS
from engine.library.model_choice import keep_model, remember_choice
from engine.library.models_table import activate_model, find_model_id
from engine.library.reporting import Control


def switch_model(lib: Library, model: ModelFile, control: Control) -> EncodeFigures:
    """Lets another model answer queries, after all visible photos have its codes.

    No original is opened, and codes of other models stay: where the codes are there already, nothing is
    encoded, and the model is not even loaded.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        model: The one to use from now on.
        control: Hears of progress, phase "encoding".

    Raises:
        JobCancelled: The person cancelled; the model before stays active, and the codes made so far are kept.
        HammingbirdError: The model can't be run, or the library can't be written.
    """
    lib.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    keep_model(lib, model)
    figures = EncodeFigures(0, 0)
    if len(uncoded_ids(lib, find_model_id(lib, model.digest))):
        figures = encode_missing(lib, Encoder(model), control)
    remember_choice(lib, model.digest)
    activate_model(lib, model.digest)
    return figures
