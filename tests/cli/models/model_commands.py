"""What tests of `hammingbird models` share: how a command ended, and what there is before and after it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PHOTOS = 72


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


def state_of(run: Run, library_dir: Path) -> tuple[Any, list[str]]:
    """The list of models, and the folders of models."""
    return run("models", "--json").data, sorted(path.name for path in (library_dir / "models").iterdir())
