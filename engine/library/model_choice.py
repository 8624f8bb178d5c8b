"""Which model a library uses, and where its file lies.

A library keeps a copy of each model that it uses in `DIR/models/DIGEST`, so that an update of the program,
which may bring another built-in model, does not take away the one that made the codes.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from engine.errors import ModelError
from engine.hashing.model_file import ModelFile, built_in_model
from engine.library.database import Library
from engine.library.models_table import active_model, register_model
from engine.paths import LIBRARY_FILE


def model_folder(library_dir: Path, digest: str) -> Path:
    """Where a library keeps a model."""
    return library_dir / "models" / digest


def model_to_query(library_dir: Path) -> ModelFile:
    """The model whose codes answer queries: the active one, the built-in one while there is none.

    Raises:
        ModelError: The active model is missing or damaged.
    """
    if not (library_dir / LIBRARY_FILE).is_file():
        return built_in_model()
    library = Library.open_reading(library_dir)
    try:
        active = active_model(library)
    finally:
        library.close()
    return built_in_model() if active is None else find_model(library_dir, active.digest)


def model_to_index(library: Library) -> ModelFile:
    """The model that new photos are encoded with: as for queries, but a newer built-in one replaces an older.

    Raises:
        ModelError: The active model is missing or damaged and was not a built-in one.
    """
    active = active_model(library)
    if active is None or active.card.get("built_in"):
        return built_in_model()
    return find_model(library.dir, active.digest)


def find_model(library_dir: Path, digest: str) -> ModelFile:
    """The model with this digest: the built-in one, whose words may be newer, or the library's copy.

    Raises:
        ModelError: It is not there, or damaged.
    """
    with suppress(ModelError):  # a damaged installation is no reason to refuse a library's own copy
        built_in = built_in_model()
        if built_in.digest == digest:
            return built_in
    folder = model_folder(library_dir, digest)
    if not folder.is_dir():
        raise ModelError(
            f"The library {library_dir} uses the model {digest[:12]}, which is not here.",
            f"Copy it to {folder}.",
        )
    return ModelFile.load(folder)


def keep_model(library: Library, model: ModelFile) -> None:
    """Copies a model into the library and makes it known there; nothing happens when it is already.

    A copy that is damaged is replaced.

    Raises:
        ModelError: The copy can't be written.
    """
    folder = model_folder(library.dir, model.digest)
    if model.folder != folder and not _is_whole(folder):
        draft = folder.with_name(model.digest + ".part")
        try:
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(model.folder, draft)
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        except OSError as error:  # shutil.Error, one of them, has a list of all files instead of a sentence
            reason = error.strerror or "the disk is full or not writable"
            raise ModelError(
                f"The model can't be copied to {folder}: {reason}.",
                "Make room there, or allow writing.",
            ) from error
    register_model(library, model.digest, model.name, model.n_bits, model.card)


def _is_whole(folder: Path) -> bool:
    try:
        ModelFile.load(folder)
    except ModelError:
        return False
    return True
