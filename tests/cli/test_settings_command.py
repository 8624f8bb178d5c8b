"""`hammingbird settings`, `backup`, `thumbnails` and `watch` as a person types them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.library.preferences import PREFERENCES

PATIENCE_S = 60.0
ROOT = Path(__file__).parents[2]


def test_settings_are_listed_with_their_explanations(hammingbird: Callable[..., object]) -> None:
    listed = hammingbird("settings", "--json").data
    assert [entry["name"] for entry in listed] == list(PREFERENCES)
    told = hammingbird("settings").out
    for entry in listed:
        assert entry["value"] == entry["default"]
        assert entry["explanation"] in told and f"{entry['name']} = " in told


def test_a_setting_is_shown_changed_and_taken_back(hammingbird: Callable[..., object]) -> None:
    done = hammingbird("settings", "exclusions", "*.png", "Private/")
    assert done.exit_code == 0 and "hammingbird index" in done.err
    assert hammingbird("settings", "exclusions", "--json").data[0]["value"] == "*.png\nPrivate/"
    assert "*.png, Private/" in hammingbird("settings", "exclusions").out
    assert hammingbird("settings", "exclusions", "--default").exit_code == 0
    assert hammingbird("settings", "exclusions", "--json").data[0]["value"] == ""


def test_a_wrong_wish_is_refused_in_words(hammingbird: Callable[..., object]) -> None:
    for arguments, said in (
        (["colour", "blue"], "There is no setting 'colour'"),
        (["exclusions", "*.png", "!"], "“!”"),
        (["workers", "2", "--default"], "--default takes the NAME"),
    ):
        done = hammingbird("settings", *arguments)
        assert done.exit_code == 2 and said in done.err and "Traceback" not in done.err


def test_backups_are_made_listed_and_restored(
    hammingbird: Callable[..., object], photo_folder: Callable[..., Path], tmp_path: Path
) -> None:
    hammingbird("index", photo_folder("photos", range(2)), "--workers", 1)
    hammingbird("settings", "backup_folder", tmp_path / "safe")
    made = hammingbird("backup", "--json").data
    assert Path(made["path"]).parent == tmp_path / "safe" and made["size"] > 0
    assert [entry["path"] for entry in hammingbird("backup", "--list", "--json").data] == [made["path"]]
    hammingbird("forget", tmp_path / "photos")
    assert hammingbird("folders", "--json").data == []
    assert hammingbird("backup", "--restore", made["path"]).exit_code == 0
    assert len(hammingbird("folders", "--json").data) == 1
    refused = hammingbird("backup", "--restore", tmp_path / "gone.db")
    assert refused.exit_code == 2 and "There is no file" in refused.err


def test_thumbnails_are_cleared_only_after_a_yes(
    hammingbird: Callable[..., object], photo_folder: Callable[..., Path], library_dir: Path
) -> None:
    hammingbird("index", photo_folder("photos", range(2)), "--workers", 1)
    assert hammingbird("thumbnails", "--json").data["thumbnails"] == 2
    command = [sys.executable, "-m", "desktop_app", "--library", str(library_dir), "thumbnails", "--clear"]
    asked = subprocess.run(command, input="n\n", text=True, capture_output=True, cwd=ROOT, timeout=120)
    assert asked.returncode == 130 and "Delete the thumbnails?" in asked.stderr
    assert hammingbird("thumbnails", "--json").data["thumbnails"] == 2
    assert hammingbird("thumbnails", "--clear", "--yes", "--json").data["cleared"] == 2
    assert hammingbird("thumbnails", "--json").data["thumbnails"] == 0


def test_watching_finds_a_new_photo_by_itself(
    hammingbird: Callable[..., object], library_dir: Path, photo_folder: Callable[..., Path]
) -> None:
    folder = photo_folder("photos", [1])
    hammingbird("index", folder, "--workers", 1)
    command = [sys.executable, "-m", "desktop_app", "--library", str(library_dir), "watch", "--with-input"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, stderr=subprocess.PIPE) as child:
        photo_folder("photos", [2])
        deadline = time.monotonic() + PATIENCE_S
        while json.loads(hammingbird("status", "--json").out)["photos"] < 2:
            assert time.monotonic() < deadline
        child.stdin.close()
        assert child.wait(PATIENCE_S) == 0 and child.stderr.read() == b""
