"""`hammingbird doctor`: what it finds in a library that is whole, and in each kind of one that is not."""

import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from drawn_photos import draw_photo
from engine.cli import doctor_library, doctor_machine
from engine.cli.doctor import CHECKS, run_checks, without_home
from engine.cli.main import commands

ROOT = Path(__file__).parents[2]
PHOTOS = 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of six photos, with its photos beside it."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "photos").mkdir()
    for seed in range(PHOTOS):
        draw_photo(seed).save(folder / "photos" / f"{seed}.jpg")
    command = [sys.executable, "-m", "desktop_app", "--library", str(folder / "library")]
    subprocess.run(
        [*command, "index", str(folder / "photos"), "--progress", "none"], check=True, cwd=ROOT, timeout=120
    )
    return folder / "library"


@pytest.fixture
def library_dir(whole: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(whole, tmp_path / "library"))


def told(library_dir: Path, *names: str) -> dict[str, tuple[bool, str]]:
    """What some of the checks say."""
    chosen = tuple(check for check in CHECKS if check[0] in names)
    assert len(chosen) == len(names)
    return {name: (works, text) for name, works, text in run_checks(library_dir, chosen)}


def execute(database: Path, statement: str) -> None:
    db = sqlite3.connect(database)
    with db:
        db.execute(statement)
    db.close()


def test_the_whole_page_of_a_whole_library(library_dir: Path) -> None:
    found = {name: text for name, works, text in run_checks(library_dir) if works}
    assert list(found) == [name for name, _ in CHECKS], found
    assert found["rows"].startswith(f"roots 1, files {PHOTOS}, photos {PHOTOS}, codes {PHOTOS}")
    assert found["codes"] == "none missing"
    assert found["thumbnails"] == f"whole, in a sample of {PHOTOS}"
    assert "256 bits" in found["model"] and "float32" in found["encoder"]
    for part in ("Qt", "SQLite", "OpenVINO", "faiss", "PyTorch"):
        assert part in found["versions"]
    for stage in ("read", "decode", "thumbnail", "network input", "encode", "search"):
        assert f"{stage} " in found["one photo"]
    assert f"{PHOTOS} codes" in found["one photo"]


def test_a_library_that_is_not_there_yet_is_no_problem(tmp_path: Path) -> None:
    names = ("library", "rows", "codes", "thumbnails", "disk", "one photo")
    found = told(tmp_path / "none", *names)
    assert all(works for works, _ in found.values()), found
    assert not (tmp_path / "none").exists()


def test_a_file_in_the_place_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no library")
    assert not told(tmp_path / "file", "library")["library"][0]


def test_a_page_of_the_database_that_is_overwritten(library_dir: Path) -> None:
    content = bytearray((library_dir / "library.db").read_bytes())
    content[4096 * 3 : -4096] = b"\xa5" * len(content[4096 * 3 : -4096])
    (library_dir / "library.db").write_bytes(content)
    found = told(library_dir, "library", "rows", "codes")
    works, text = found["library"]
    assert not works and "damaged" in text and "your photos are untouched" in text
    assert all("Traceback" not in text for _, text in found.values())


def test_an_index_that_lacks_a_row(library_dir: Path) -> None:
    """`quick_check` would not see it: a photo that is there and that no list by date shows."""
    db = sqlite3.connect(library_dir / "library.db")
    with db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'taken_at, id', 'camera, id') WHERE name ="
                   " 'photos_by_date'")  # fmt: skip
        db.execute("UPDATE photos SET camera = 'C' || id")
    db.close()
    works, text = told(library_dir, "library")["library"]
    assert not works and "photos_by_date" in text


def test_a_code_of_a_photo_that_is_not_there(library_dir: Path) -> None:
    execute(library_dir / "library.db", "UPDATE codes SET photo_id = 999 WHERE photo_id = 1")
    works, text = told(library_dir, "library")["library"]
    assert not works and "a row of codes belongs to a row of photos that is not there" in text


def test_missing_codes_are_counted(library_dir: Path) -> None:
    execute(library_dir / "library.db", "DELETE FROM codes WHERE photo_id < 3")
    works, text = told(library_dir, "codes")["codes"]
    assert not works and text.startswith("2 photos have no code") and "hammingbird index" in text


def test_lost_thumbnails_are_counted(library_dir: Path) -> None:
    execute(library_dir / "thumbnails.db", "DELETE FROM thumbnails WHERE photo_id < 4")
    works, text = told(library_dir, "thumbnails")["thumbnails"]
    assert not works and text.startswith("3 thumbnails are lost")


def test_thumbnails_that_are_left_over_do_no_harm(library_dir: Path) -> None:
    execute(library_dir / "thumbnails.db", "INSERT INTO thumbnails VALUES (999, x'00')")
    works, text = told(library_dir, "thumbnails")["thumbnails"]
    assert works and text.endswith("1 left over from photos that are gone")


def test_a_library_without_its_thumbnails_file(library_dir: Path) -> None:
    (library_dir / "thumbnails.db").unlink()
    works, text = told(library_dir, "library")["library"]
    assert not works and "thumbnails.db is missing" in text


def test_a_disk_that_is_nearly_full(library_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor_library.shutil, "disk_usage", lambda place: usage(100, 99, 2**20))
    works, text = told(library_dir, "disk")["disk"]
    assert not works and "only 1.0 MB left" in text and "Make room" in text


def test_a_format_that_is_missing(library_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import PIL.AvifImagePlugin

    monkeypatch.setattr(PIL.AvifImagePlugin, "SUPPORTED", False)
    works, text = told(library_dir, "formats")["formats"]
    assert not works and text.startswith("AVIF can't be read here.")


def test_without_torch_it_says_how_to_get_it(library_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor_machine.find_spec
    monkeypatch.setattr(doctor_machine, "find_spec", lambda name: None if name == "torch" else real(name))
    works, text = told(library_dir, "versions")["versions"]
    assert works and "PyTorch not installed" in text and "hammingbird[training]" in text


def test_a_driver_that_does_not_answer(
    tmp_path: Path, library_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\nexit 9\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "driver does not answer" in told(library_dir, "device")["device"][1]


def test_a_model_that_is_not_here_is_told(library_dir: Path) -> None:
    execute(library_dir / "library.db", "UPDATE models SET digest = 'abc' || substr(digest, 4)")
    works, text = told(library_dir, "model")["model"]
    assert not works and "which is not here" in text and "Copy it to" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{home}", "~"),
        ("The library {home}/data is damaged.", "The library ~/data is damaged."),
        ("in {home}.", "in ~."),
        ("{home}by is another's", "{home}by is another's"),
        ("no path", "no path"),
    ],
)
def test_the_home_folder_is_not_told(text: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert without_home(text.format(home="/home/ada")) == shown.format(home="/home/ada")


def test_a_home_folder_of_all_is_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/")
    assert without_home("/data/library") == "/data/library"


def test_what_does_not_work_is_marked_and_ends_with_1(
    library_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (library_dir / "library.db").write_bytes(b"x" * 5000)
    done = CliRunner().invoke(commands, ["--library", str(library_dir), "doctor"])
    assert done.exit_code == 1
    assert "problem library: The file library.db in ~/library is not a library's database." in done.output
    assert str(tmp_path) not in done.output
