"""The models whose codes a library holds, one of them active."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import LibraryError
from engine.library.changes import log_reload
from engine.library.database import Library, utc_now


@dataclass(frozen=True)
class ModelRow:
    """A model as the library knows it.

    Attributes:
        id: Of the row; codes name it. 0 for the built-in model where it was not used yet, which has no row.
        digest: Identity, 64 hexadecimal digits.
        name: For people.
        n_bits: Length of its codes.
        card: What the model's card said when it was registered.
        state: "active" when its codes answer queries, "candidate" when it came of a retraining and was not
            accepted yet, else "kept".
        codes: How many photos have a code of it.
    """

    id: int
    digest: str
    name: str
    n_bits: int
    card: Mapping[str, Any]
    state: str
    codes: int

    @property
    def active(self) -> bool:
        """Its codes answer queries."""
        return self.state == "active"

    @property
    def parent(self) -> str | None:
        """Digest of the model that it was trained from, None where its card names none."""
        training = self.card.get("training")
        parent = training.get("parent") if isinstance(training, Mapping) else None
        return parent if isinstance(parent, str) else None


def register_model(
    lib: Library, digest: str, name: str, n_bits: int, card: Mapping[str, Any], *, candidate: bool = False
) -> ModelRow:
    """Makes a model known; the first one becomes active, unless it is a candidate.

    Of a known one only the card changes: words that were learned since have a limit of their own. An empty
    card, of one who knows no more than codes, changes nothing. Its state stays: an accepted model does not
    become a candidate again.

    Raises:
        LibraryError: The library knows this digest with another number of bits.
    """
    with lib.transaction():
        others = "kept" if active_model_id(lib) is not None else "active"
        state = "candidate" if candidate else others
        lib.execute(
            "INSERT INTO models (digest, name, n_bits, card, state, added_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET card = excluded.card"
            " WHERE n_bits = excluded.n_bits AND excluded.card <> '{}'",
            (digest, name, n_bits, json.dumps(dict(card), sort_keys=True), state, utc_now()),
        )
    row = find_model_row(lib, digest)
    if row.n_bits != n_bits:
        raise LibraryError(
            f"The library {lib.dir} knows the model {digest[:12]} with {row.n_bits} bits, not {n_bits}.",
            "Use the model that the library was made with.",
        )
    return row


def activate_model(lib: Library, digest: str) -> None:
    """Lets another model's codes answer queries, in one transaction; a candidate is accepted by this.

    Raises:
        LibraryError: The library does not know the model.
    """
    with lib.transaction():
        model_id = find_model_id(lib, digest)
        if model_id != active_model_id(lib):
            lib.execute("UPDATE models SET state = 'kept' WHERE state = 'active'")
            lib.execute("UPDATE models SET state = 'active' WHERE id = ?", (model_id,))
            log_reload(lib)


def find_model_id(lib: Library, digest: str) -> int:
    """Row id of a model.

    Raises:
        LibraryError: The library does not know the model.
    """
    found = lib.value("SELECT id FROM models WHERE digest = ?", (digest,))
    if found is None:
        raise LibraryError(
            f"The library {lib.dir} does not know the model {digest[:12]}.", "Index with it first."
        )
    return int(found)


def find_model_row(lib: Library, digest: str) -> ModelRow:
    """The row of a model; raises as `find_model_id`."""
    model_id = find_model_id(lib, digest)
    return next(model for model in list_models(lib) if model.id == model_id)


def active_model_id(lib: Library) -> int | None:
    """Row id of the active model, None while there is no model."""
    found = lib.value("SELECT id FROM models WHERE state = 'active'")
    return None if found is None else int(found)


def active_digest(lib: Library) -> str | None:
    """Digest of the active model, None while there is no model; codes are not counted for it."""
    found = lib.value("SELECT digest FROM models WHERE state = 'active'")
    return None if found is None else str(found)


def active_model(lib: Library) -> ModelRow | None:
    """The model whose codes answer queries, None while there is none."""
    return next((model for model in list_models(lib) if model.active), None)


def list_models(lib: Library) -> list[ModelRow]:
    """All models of the library, the oldest first."""
    rows = lib.rows(
        "SELECT id, digest, name, n_bits, card, state,"
        " (SELECT count(*) FROM codes WHERE model_id = models.id) FROM models ORDER BY id"
    )
    return [
        ModelRow(model_id, digest, name, n_bits, json.loads(card), state, codes)
        for model_id, digest, name, n_bits, card, state, codes in rows
    ]
