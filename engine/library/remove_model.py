"""Takes a model out of a library for good: its codes, its row, its folder."""

import shutil
from contextlib import suppress

from engine.errors import ModelError, UsageError
from engine.hashing.model_file import built_in_model
from engine.library.database import Library
from engine.library.model_choice import model_folder
from engine.library.models_table import find_model_row
from engine.library.reporting import Control, Phase

CODES_AT_ONCE = 1_000  # some milliseconds: who writes beside this has not to wait


def check_removable(lib: Library, digest: str) -> None:
    """Refuses what the library can't do without.

    Raises:
        UsageError: The model answers queries, or is built in.
        LibraryError: The library does not know the model.
    """
    with suppress(ModelError):  # a damaged installation has no built-in model
        if built_in_model().digest == digest:
            raise UsageError("The built-in model can't be removed.", "It comes with the program.")
    model = find_model_row(lib, digest)
    if model.active:
        raise UsageError(
            f"{model.name} ({digest[:12]}) answers queries, so it can't be removed.",
            "Switch to another model first: hammingbird models use MODEL.",
        )


def remove_model(lib: Library, digest: str, control: Control) -> int:
    """Removes a model that neither answers queries nor is built in; models that were trained from it stay.

    Args:
        lib: Opened for writing; the caller holds the job lock.
        digest: The model.
        control: Hears of progress, phase "removing", and is asked between transactions.

    Returns:
        How many codes were removed.

    Raises:
        UsageError, LibraryError: As `check_removable`.
        JobCancelled: The person cancelled; the model stays, without the codes that were removed until then.
    """
    check_removable(lib, digest)
    model = find_model_row(lib, digest)
    phase = Phase(control, "removing", model.codes)
    while rows := lib.rows(
        "SELECT photo_id FROM codes WHERE model_id = ? LIMIT ?", (model.id, CODES_AT_ONCE)
    ):
        with lib.transaction():
            lib.execute_many(
                "DELETE FROM codes WHERE model_id = ? AND photo_id = ?", ((model.id, row[0]) for row in rows)
            )
        phase.advance(len(rows))
    with lib.transaction():
        lib.execute("UPDATE training_runs SET model_id = NULL WHERE model_id = ?", (model.id,))
        lib.execute("UPDATE training_runs SET parent_model_id = NULL WHERE parent_model_id = ?", (model.id,))
        lib.execute("DELETE FROM models WHERE id = ?", (model.id,))
    phase.tell()
    shutil.rmtree(model_folder(lib.dir, digest), ignore_errors=True)
    return phase.done
