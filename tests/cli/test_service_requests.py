"""Requests to the service that make no sense: each gets an error, none harms the next or the library."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.library.database import Library
from engine.library.settings import get_setting

ROOT = Path(__file__).parents[2]
HUGE = 2**63


@pytest.fixture
def answers(library_dir: Path) -> Callable[..., list[dict[str, Any]]]:
    """Sends lines to a service and gives what it answers to each, in their order."""

    def ask(*requests: dict[str, Any] | str) -> list[dict[str, Any]]:
        lines = [
            request if isinstance(request, str) else json.dumps({"id": place, **request})
            for place, request in enumerate(requests)
        ]
        command = [sys.executable, "-m", "desktop_app", "--library", str(library_dir), "service"]
        done = subprocess.run(
            command,
            input="\n".join(lines),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=dict(os.environ),
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        _, *found = [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]
        assert len(found) == len(requests)
        return sorted(found, key=lambda answer: -1 if answer["id"] is None else answer["id"])

    return ask


@pytest.fixture
def library(library_dir: Path, photo_folder: Callable[..., Path]) -> Library:
    """A library with one root, number 1."""
    from engine.library.roots import add_root

    opened = Library.open(library_dir, create=True)
    add_root(opened, photo_folder("photos", [1]))
    opened.close()
    return opened


WRONG: list[dict[str, Any]] = [
    {"op": "believe_missing", "root_id": 99, "believe": True},
    {"op": "believe_missing", "root_id": HUGE, "believe": True},
    {"op": "believe_missing", "root_id": "1", "believe": True},
    {"op": "believe_missing", "root_id": 1, "believe": "no"},
    {"op": "believe_missing", "root_id": 1},
    {"op": "preview", "path": "/a.jpg"},
    *({"op": "preview", "path": "/a.jpg", "max_side": side} for side in (0, -5, "320", 1.5, True, [], HUGE)),
    {"op": "preview", "path": 5, "max_side": None},
    {"op": "encode", "path": "\ud800"},
    {"op": "encode", "path": ["/a.jpg"]},
    *(
        {"op": "retry_problems", "file_ids": ids}
        for ids in (5, "12", {"1": 2}, ["1"], [1, None], [HUGE], [True])
    ),
    {"op": "retry_problems"},
    *({"op": "undo", "undo": number} for number in (HUGE, -HUGE - 1, -1, 0, True, 1.0, "1", None)),
    {"op": "set_setting", "key": "colour", "value": "blue"},
    {"op": "set_setting", "key": "doubtful:1", "value": "5"},
    *(
        {"op": "set_setting", "key": "max_megapixels", "value": value}
        for value in ("", ".", "0", "-1", "nan", "inf", "9" * 400, 50)
    ),
    {"op": "create", "colour": "blue"},
    {"op": "encode", "path": "/a.jpg", "max_side": 5},
    {"op": "add_root", "path": "\0"},
    {"op": "forget_root", "path": {}},
    {"op": ["undo"], "undo": 1},
    {"op": None},
]


def test_wrong_types_and_values_are_refused_in_words(library: Library, library_dir: Path, answers) -> None:
    *refused, alive = answers(*WRONG, {"op": "create"})
    for request, answer in zip(WRONG, refused, strict=True):
        error = answer["error"]
        assert error["what"].endswith("."), request
        assert "Error" not in error["what"] and "report" not in error["remedy"], (request, error)
    assert alive["ok"] == {}
    reopened = Library.open_reading(library_dir)
    assert reopened.rows("SELECT key FROM settings") == []
    reopened.close()


@pytest.mark.parametrize(
    "line",
    ["5", "null", '"op"', '{"id": NaN, "op": "create"}', '{"id": 1, "op": "create"', '{"op": "create"}'],
)
def test_lines_that_are_no_requests_are_refused(library: Library, answers, line: str) -> None:
    refused, alive = answers(line, {"op": "create"})
    assert refused["id"] is None and refused["error"]["what"].startswith("Not a request")
    assert alive["ok"] == {}


def test_a_wrong_request_makes_no_library(library_dir: Path, answers) -> None:
    refused = answers({"op": "undo"}, {"op": "set_setting", "key": "max_megapixels", "value": "x"})
    assert all("error" in answer for answer in refused)
    assert not library_dir.exists()


def test_a_library_is_not_made_among_photos(
    library_dir: Path, answers, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder(library_dir.name, [1])
    (refused,) = answers({"op": "add_root", "path": str(folder)})
    assert "library" in refused["error"]["what"]
    assert sorted(folder.iterdir()) == [folder / "1.jpg"]


def test_right_requests_are_still_answered(library: Library, library_dir: Path, answers) -> None:
    right = answers(
        {"op": "believe_missing", "root_id": 1, "believe": True},
        {"op": "retry_problems", "file_ids": None},
        {"op": "retry_problems", "file_ids": [7, 8]},
        {"op": "set_setting", "key": "max_megapixels", "value": "12.5"},
    )
    assert [answer["ok"] for answer in right] == [{}, {"files": 0}, {"files": 0}, {"undo": 2}]
    reopened = Library.open_reading(library_dir)
    assert get_setting(reopened, "believe:1") == "1" and get_setting(reopened, "max_megapixels") == "12.5"
    reopened.close()
