"""Runs the real command in a child process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


@pytest.fixture
def library_dir(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def hammingbird(library_dir: Path) -> Callable[..., Done]:
    """`hammingbird("index", folder)` runs the command on this test's library."""

    def run(*arguments: object, library: Path | None = library_dir) -> Done:
        chosen = ["--library", str(library)] if library else []
        command = [sys.executable, "-m", "desktop_app", *chosen, *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), timeout=120
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
