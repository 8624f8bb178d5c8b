"""What a library calls its models: the name is for people, the digest stays."""

from engine.errors import UsageError
from engine.library.database import Library
from engine.library.model_choice import known_models
from engine.library.models_table import find_model_id

LONGEST_NAME = 80  # letters


def check_name(lib: Library, name: str, digest: str | None = None) -> str:
    """The name as it may be given to a model, with single spaces.

    Args:
        lib: The library.
        name: As a person wrote it.
        digest: Of the model, which may keep its own name; None for a new one.

    Raises:
        UsageError: It is empty, too long, or another model has it, in whatever case.
    """
    clean = " ".join(name.split())
    if not clean:
        raise UsageError("A model needs a name.", "Write one.")
    if len(clean) > LONGEST_NAME:
        raise UsageError(f"The name has {len(clean)} letters.", f"Take one of at most {LONGEST_NAME}.")
    if any(row.name.casefold() == clean.casefold() for row in known_models(lib) if row.digest != digest):
        raise UsageError(f"Another model is called {clean} already.", "Take another name.")
    return clean


def rename_model(lib: Library, digest: str, name: str) -> str:
    """Gives a model of the library another name; returns it, with single spaces.

    Raises:
        UsageError: As `check_name`.
        LibraryError: The library does not know the model.
    """
    clean = check_name(lib, name, digest)
    with lib.transaction():
        lib.execute("UPDATE models SET name = ? WHERE id = ?", (clean, find_model_id(lib, digest)))
    return clean
