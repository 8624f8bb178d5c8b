"""Which model a library uses, and where its file lies.

A library keeps a copy of each model that it uses in `DIR/models/DIGEST`, so that an update of the program,
which may bring another built-in model, does not take away the one that made the codes.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import ModelError, UsageError
from engine.hashing.model_file import CARD, ModelFile, built_in_model
from engine.library.database import Library
from engine.library.models_table import ModelRow, active_model, list_models, register_model
from engine.library.settings import get_setting, set_setting
from engine.paths import LIBRARY_FILE

CHOSEN = "chosen_model"  # digest of a model that the person chose though another one is built in


def model_folder(library_dir: Path, digest: str) -> Path:
    """Where a library keeps a model."""
    return library_dir / "models" / digest


def model_bytes(library_dir: Path, digest: str) -> int:
    """How much of the disk the library's copy of a model takes, 0 where it has none."""
    folder = model_folder(library_dir, digest)
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


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
    return built_in_model() if active is None else find_model(library_dir, active.digest).called(active.name)


def model_to_index(library: Library) -> ModelFile:
    """The model that new photos are encoded with: as for queries, but a newer built-in one replaces an older.

    An older one that the person chose in place of the newer stays.

    Raises:
        ModelError: The active model is missing or damaged and is not to be replaced.
    """
    active = active_model(library)
    if active is None or (active.card.get("built_in") and get_setting(library, CHOSEN) != active.digest):
        return built_in_model()
    return find_model(library.dir, active.digest)


def remember_choice(library: Library, digest: str) -> None:
    """Keeps a person's choice of a model from being undone by the next index run."""
    try:
        newest = built_in_model().digest == digest
    except ModelError:  # a damaged installation has nothing to replace the choice by
        newest = False
    set_setting(library, CHOSEN, None if newest else digest)


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


def known_models(library: Library) -> list[ModelRow]:
    """The models of a library, the oldest first, and the built-in one, which it may not have used yet."""
    rows = list_models(library)
    with suppress(ModelError):  # as in `find_model`
        built_in = unused_built_in("kept" if rows else "active")
        if all(row.digest != built_in.digest for row in rows):
            rows.append(built_in)
    return rows


def unused_built_in(state: str) -> ModelRow:
    """The built-in model as one that a library has not used yet; raises as `built_in_model`."""
    model = built_in_model()
    return ModelRow(0, model.digest, model.name, model.n_bits, model.card, state, 0)


def meant_digest(library: Library, text: str) -> str:
    """Digest of the one model of a library, or the built-in one, that a person means.

    Args:
        library: The library.
        text: A whole name, or else the beginning of a digest or a part of a name, in any case.

    Raises:
        UsageError: No model is meant by this, or several are.
    """
    names = {row.digest: row.name for row in known_models(library)}
    wanted = text.strip().casefold()
    found = [digest for digest, name in names.items() if name.casefold() == wanted]
    if not found and wanted:
        found = [d for d, name in names.items() if d.startswith(wanted) or wanted in name.casefold()]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{names[digest]} ({digest[:12]})" for digest in found or names)
    if found:
        raise UsageError(f"{text!r} may be any of these models: {listed}.", "Name the digest's beginning.")
    raise UsageError(f"The library has no model {text!r}.", f"It has: {listed}.")


def named_model(library: Library, text: str) -> ModelFile:
    """The model that a person means, as the library calls it.

    Raises:
        UsageError: As `meant_digest`.
        ModelError: The model is missing or damaged.
    """
    digest = meant_digest(library, text)
    name = next(row.name for row in known_models(library) if row.digest == digest)
    return find_model(library.dir, digest).called(name)


def keep_model(library: Library, model: ModelFile, *, move: bool = False, candidate: bool = False) -> None:
    """Copies a model into the library and makes it known there; nothing happens when it is already.

    A copy that is damaged is replaced.

    Args:
        library: The library.
        model: The model.
        move: Whether the model's folder, which lies beside the library's copies, becomes the copy.
        candidate: It came of a retraining, and is to be accepted before it answers queries.

    Raises:
        ModelError: The copy can't be written.
    """
    folder = model_folder(library.dir, model.digest)
    if model.folder != folder and not _is_whole(folder):
        draft = folder.with_name(model.digest + ".part")
        with _copying(folder):
            shutil.rmtree(draft, ignore_errors=True)
            if move:
                model.folder.rename(draft)
            else:
                shutil.copytree(model.folder, draft)
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
    register_model(library, model.digest, model.name, model.n_bits, model.card, candidate=candidate)


def copy_model(model: ModelFile, folder: Path) -> None:
    """Copies a model to a new folder, from where any library can take it in, under the name that it has here.

    Args:
        model: The model.
        folder: Does not exist yet; it is whole or not there at all.

    Raises:
        ModelError: The copy can't be written.
    """
    with _copying(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".hammingbird-", dir=folder.parent) as beside:
            draft = Path(shutil.copytree(model.folder, Path(beside) / folder.name))
            (draft / CARD).write_text(
                json.dumps(model.card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            draft.rename(folder)


@contextmanager
def _copying(folder: Path) -> Iterator[None]:
    """Turns what goes wrong with a copy into a sentence."""
    try:
        yield
    except OSError as error:  # shutil.Error, one of them, has a list of all files instead of a sentence
        reason = error.strerror or "the disk is full or not writable"
        raise ModelError(
            f"The model can't be copied to {folder}: {reason}.", "Make room there, or allow writing."
        ) from error


def _is_whole(folder: Path) -> bool:
    try:
        ModelFile.load(folder)
    except ModelError:
        return False
    return True
