"""Names that are no UTF-8 in what commands print, for programs and for people."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drawn_photos import draw_photo

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8")

ROOT = Path(__file__).parents[2]
STDOUTS = ["utf-8:strict", "ascii:strict", "latin-1:strict"]


def run(library: Path, *arguments: object, stdout: str = "utf-8:strict") -> bytes:
    """What a command that goes well prints, byte by byte."""
    command = [sys.executable, "-m", "desktop_app", "--library", library, *map(os.fspath, arguments)]
    environment = {**os.environ, "PYTHONIOENCODING": stdout}
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def strictly(printed: bytes) -> Any:
    """JSON as strict parsers take it: ASCII here, and no half of a surrogate pair."""
    text = printed.decode("ascii")
    assert not re.search(r"[\ud800-\udfff]", json.dumps(json.loads(text), ensure_ascii=False))
    return json.loads(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos, one with an odd name, and a broken file, in a folder with an odd name."""
    odd = Path(os.fsdecode(os.fsencode(tmp_path_factory.mktemp("odd")) + b"/r\xe9x \xf0\x9f\x90\xa6"))
    odd.mkdir()
    for seed, name in enumerate((b"plain.jpg", b"\xff.jpg", b"\xc3\xa9.jpg")):
        draw_photo(seed).save(odd / os.fsdecode(name), "JPEG")
    (odd / os.fsdecode(b"broken \xfe.jpg")).write_bytes(b"\xff\xd8\xff broken")
    return odd


@pytest.fixture(scope="module")
def library(folder: Path) -> Path:
    """The library of these photos, in a folder with an odd name too."""
    made = folder.parent / os.fsdecode(b"l\xefbrary")
    run(made, "index", folder, "--progress", "none")
    return made


def exact(entry: dict[str, Any], name: str = "path") -> Path:
    return Path(os.fsdecode(bytes.fromhex(entry[f"raw_{name}"])))


@pytest.mark.parametrize("stdout", STDOUTS)
def test_similar_prints_strict_json_from_which_paths_come_back(
    library: Path, folder: Path, stdout: str
) -> None:
    found = strictly(run(library, "similar", folder / "plain.jpg", "--all", "--json", stdout=stdout))
    others = {path for path in folder.iterdir() if path.name != "plain.jpg" and "broken" not in path.name}
    assert {exact(entry) for entry in found} == others
    assert all("r\ufffdx \U0001f426" in entry["path"] for entry in found)


@pytest.mark.parametrize("stdout", STDOUTS)
def test_folders_problems_and_status_print_strict_json(library: Path, folder: Path, stdout: str) -> None:
    (root,) = strictly(run(library, "folders", "--json", stdout=stdout))
    assert exact(root) == folder and root["photos"] == 3
    (problem,) = strictly(run(library, "problems", "--json", stdout=stdout))
    assert exact(problem) == folder / os.fsdecode(b"broken \xfe.jpg")
    assert exact(strictly(run(library, "status", "--json", stdout=stdout)), "library") == library


def test_models_and_doctor_print_strict_json(library: Path) -> None:
    assert strictly(run(library, "models", "--json", stdout="ascii:strict"))
    assert all(check["ok"] for check in strictly(run(library, "doctor", "--json")))


def test_progress_as_json_lines_is_strict(tmp_path: Path, folder: Path, library: Path) -> None:
    away = folder.rename(folder.with_name("away"))
    try:
        lines = run(library, "index", "--progress", "jsonl").splitlines()
    finally:
        away.rename(folder)
    warning = next(event for event in map(strictly, lines) if event["event"] == "warning")
    assert "r\ufffdx" in warning["message"] and "r\ufffdx" in warning["path"]


def test_an_exact_path_has_no_raw_twin(tmp_path: Path) -> None:
    photos = tmp_path / "\u00e9"
    photos.mkdir()
    draw_photo(1).save(photos / "1.jpg")
    run(tmp_path / "library", "index", photos, "--progress", "none")
    (root,) = strictly(run(tmp_path / "library", "folders", "--json"))
    assert root["path"] == str(photos) and "raw_path" not in root


@pytest.mark.parametrize("stdout", STDOUTS)
def test_lines_for_people_survive_every_terminal(library: Path, folder: Path, stdout: str) -> None:
    for arguments in (["folders"], ["problems"], ["status"], ["doctor"], ["similar", folder / "plain.jpg"]):
        printed = run(library, *arguments, stdout=stdout)
        assert printed
        if stdout.startswith("utf-8") and arguments == ["folders"]:
            assert printed.startswith(os.fsencode(folder) + b"\t")
