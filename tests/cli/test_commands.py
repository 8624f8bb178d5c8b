"""What a person and a program see in the terminal."""

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.hashing.model_file import ModelFile
from engine.photos.contact_sheet import GAP, TILE

Run = Callable[..., Any]
Folder = Callable[..., Path]


@pytest.fixture
def indexed(hammingbird: Run, photo_folder: Folder) -> Path:
    """A folder of eight photos, a broken file and a text file, indexed."""
    folder = photo_folder("photos", range(8))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no photo")
    (folder / "notes.txt").write_text("not a photo, and no problem either")
    done = hammingbird("index", folder, "--progress", "none")
    assert done.exit_code == 0, done.err
    return folder


def test_similar_ranks_the_others_nearest_first(hammingbird: Run, indexed: Path) -> None:
    found = hammingbird("similar", indexed / "3.jpg", "--all", "--json").data
    assert {Path(entry["path"]).name for entry in found} == {f"{n}.jpg" for n in range(8) if n != 3}
    assert set(found[0]) == {"path", "distance", "photo_id", "found_by"}
    order = [(entry["distance"], entry["photo_id"]) for entry in found]
    assert order == sorted(order)


def test_similar_takes_a_photo_from_outside(hammingbird: Run, indexed: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    Image.open(indexed / "5.jpg").resize((200, 150)).save(outside)
    found = hammingbird("similar", outside, "--all", "--json", "--top", "1").data
    assert [Path(entry["path"]).name for entry in found] == ["5.jpg"]


def test_similar_takes_several_photos_at_once(hammingbird: Run, indexed: Path) -> None:
    found = hammingbird("similar", indexed / "1.jpg", indexed / "2.jpg", "--all", "--json").data
    assert len(found) == 6
    assert not {"1.jpg", "2.jpg"} & {Path(entry["path"]).name for entry in found}


def test_similar_keeps_to_a_distance_a_number_and_a_folder(
    hammingbird: Run, indexed: Path, photo_folder: Folder
) -> None:
    everything = hammingbird("similar", indexed / "0.jpg", "--all", "--json").data
    limit = everything[2]["distance"]
    near = hammingbird("similar", indexed / "0.jpg", "--json", "--within", limit).data
    assert near == [entry for entry in everything if entry["distance"] <= limit]
    assert hammingbird("similar", indexed / "0.jpg", "--all", "--json", "--top", 2).data == everything[:2]
    other = photo_folder("photos/inner", [20, 21])
    assert hammingbird("index", "--progress", "none").exit_code == 0
    inside = hammingbird("similar", indexed / "0.jpg", "--all", "--json", "--under", other).data
    assert sorted(Path(entry["path"]).name for entry in inside) == ["20.jpg", "21.jpg"]


@pytest.mark.parametrize("number", [129, 10**12, 10**30])
def test_a_number_beyond_all_photos_and_bits_leaves_nothing_out(
    hammingbird: Run, indexed: Path, number: int
) -> None:
    photos = [indexed / "0.jpg", indexed / "1.jpg"]
    for asked in (photos[:1], photos):
        done = hammingbird("similar", *asked, "--json", "--top", number, "--within", number)
        assert done.exit_code == 0, done.err
        assert len(done.data) == 8 - len(asked)


def test_similar_says_that_a_text_is_no_photo(hammingbird: Run, indexed: Path) -> None:
    done = hammingbird("similar", indexed / "notes.txt")
    assert done.exit_code == 2 and "notes.txt is not a photo" in done.err
    broken = hammingbird("similar", indexed / "broken.jpg")
    assert broken.exit_code == 1 and "broken.jpg can't be read" in broken.err


def test_a_contact_sheet_is_written(hammingbird: Run, indexed: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    assert hammingbird("similar", indexed / "0.jpg", "--all", "--sheet", sheet).exit_code == 0
    with Image.open(sheet) as picture:
        assert picture.width > 600 and picture.height > 300
    refused = hammingbird("similar", indexed / "0.jpg", "--sheet", tmp_path / "nowhere" / "sheet.png")
    assert refused.exit_code == 2 and "nowhere" in refused.err


def test_the_query_photos_stand_first_on_the_sheet(
    hammingbird: Run, indexed: Path, photo_folder: Folder, tmp_path: Path
) -> None:
    outside = photo_folder("elsewhere", [3]) / "3.jpg"
    outside.write_bytes(outside.read_bytes() + b"more")  # another file with the same picture
    assert (
        hammingbird("similar", outside, "--top", 1, "--all", "--sheet", tmp_path / "out.png").exit_code == 0
    )
    assert (
        hammingbird(
            "similar", indexed / "0.jpg", "--top", 1, "--all", "--sheet", tmp_path / "in.png"
        ).exit_code
        == 0
    )
    for name in ("out.png", "in.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.width == GAP + 2 * (TILE + GAP)


def test_progress_as_json_lines_tells_the_whole_story(hammingbird: Run, photo_folder: Folder) -> None:
    done = hammingbird("index", photo_folder("photos", range(3)), "--progress", "jsonl")
    events = [json.loads(line) for line in done.out.splitlines()]
    assert events[0]["event"] == "started" and events[-1]["event"] == "result"
    assert events[-1]["figures"]["added"] == 3
    assert any(e["event"] == "progress" and e["done"] == 3 for e in events)


def test_status_problems_folders_and_models_for_programs(hammingbird: Run, indexed: Path) -> None:
    status = hammingbird("status", "--json").data
    assert (status["photos"], status["problems"], status["codes"], status["jobs"]) == (8, 1, 8, [])
    (problem,) = hammingbird("problems", "--json").data
    assert problem["path"] == str(indexed / "broken.jpg") and problem["text"]
    (folder,) = hammingbird("folders", "--json").data
    assert (folder["path"], folder["photos"], folder["online"]) == (str(indexed), 8, True)
    (model,) = hammingbird("models", "--json").data
    assert model["active"] and model["bits"] == 256 and model["codes"] == 8


@pytest.mark.parametrize("command", ["status", "problems", "folders", "models", "doctor"])
def test_commands_speak_to_people_too(hammingbird: Run, indexed: Path, command: str) -> None:
    done = hammingbird(command)
    assert done.exit_code == 0, done.err
    assert len(done.out.splitlines()) >= 1


def test_forget_hides_a_folder_and_index_brings_it_back(hammingbird: Run, indexed: Path) -> None:
    assert hammingbird("forget", indexed).exit_code == 0
    assert hammingbird("status", "--json").data["photos"] == 0
    assert (indexed / "0.jpg").exists()
    assert hammingbird("index", indexed, "--progress", "none").exit_code == 0
    assert hammingbird("status", "--json").data["photos"] == 8


def test_the_codes_can_be_read_by_any_sqlite_tool(hammingbird: Run, indexed: Path, library_dir: Path) -> None:
    with sqlite3.connect(library_dir / "library.db") as db:
        rows = db.execute("SELECT length(code) FROM codes").fetchall()
    db.close()
    assert rows == [(32,)] * 8


def test_nothing_is_written_into_the_photo_folder(hammingbird: Run, indexed: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in [indexed, *indexed.rglob("*")]}
    hammingbird("similar", indexed / "0.jpg")
    hammingbird("index", "--progress", "none")
    assert {p: p.stat().st_mtime_ns for p in [indexed, *indexed.rglob("*")]} == before


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["index", "/no/such/folder"], 2, "/no/such/folder"),
        (["index", __file__], 2, "not a folder"),
        (["index"], 2, "no folders yet"),
        (["similar", "/no/such/photo.jpg"], 2, "photo.jpg"),
        (["similar", "--top", "0", __file__], 2, "--top"),
        (["similar", "--top", "-1", __file__], 2, "--top"),
        (["similar", "--top", "1e3", __file__], 2, "--top"),
        (["similar", "--within", "-1", __file__], 2, "--within"),
        (["similar", "--within", "nan", __file__], 2, "--within"),
        (["index", "--max-megapixels", "1e308"], 2, "--max-megapixels"),
        (["similar"], 2, "PHOTO"),
        (["forget", "/no/such/folder"], 2, "folder"),
        (["dance"], 2, "dance"),
        (["--colour", "red"], 2, "--colour"),
    ],
)
def test_wrong_use_is_answered_in_a_sentence(
    hammingbird: Run, library_dir: Path, arguments: list[str], exit_code: int, words: str
) -> None:
    from engine.library.database import Library

    Library.open(library_dir, create=True).close()
    done = hammingbird(*arguments)
    assert done.exit_code == exit_code, done.err
    assert words in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["status", "problems", "folders", "similar"])
def test_without_a_library_the_way_to_one_is_named(hammingbird: Run, library_dir: Path, command: str) -> None:
    done = hammingbird(command, *([__file__] if command == "similar" else []))
    assert done.exit_code == 1
    assert "hammingbird index" in done.err and "Traceback" not in done.err
    assert not library_dir.exists()


def test_a_library_that_is_no_database_is_left_alone(
    hammingbird: Run, library_dir: Path, photo_folder: Folder
) -> None:
    library_dir.mkdir()
    (library_dir / "library.db").write_text("my diary")
    done = hammingbird("index", photo_folder("photos", [1]))
    assert done.exit_code == 1
    assert "not a library" in done.err and "Traceback" not in done.err
    assert (library_dir / "library.db").read_text() == "my diary"


def test_a_library_of_a_newer_version_is_left_alone(
    hammingbird: Run, indexed: Path, library_dir: Path
) -> None:
    from sqlite_utils import Database, Migrations

    future = Migrations("hammingbird")
    future(name="99-from-the-future")(lambda db: db["future"].insert({"a": 1}))
    database = Database(library_dir / "library.db")
    future.apply(database)
    database.close()
    done = hammingbird("index", indexed)
    assert done.exit_code == 1
    assert "newer version" in done.err and "Traceback" not in done.err


def test_a_damaged_copy_of_the_built_in_model_gives_way_to_it(
    hammingbird: Run, indexed: Path, library_dir: Path
) -> None:
    (copied,) = (library_dir / "models").iterdir()
    (copied / "engine.bin").write_bytes(b"nonsense")
    outside = indexed.parent / "outside.jpg"
    Image.new("RGB", (64, 64), "red").save(outside)
    assert hammingbird("similar", outside).exit_code == 0
    assert hammingbird("index", "--progress", "none").exit_code == 0
    assert ModelFile.load(copied).n_bits == 256


def test_help_teaches(hammingbird: Run) -> None:
    page = hammingbird("--help", library=None)
    assert page.exit_code == 0
    for word in ("hammingbird index", "hammingbird similar", "never moved, changed or uploaded", "app"):
        assert word in page.out
    for command in (
        "index",
        "similar",
        "status",
        "problems",
        "folders",
        "forget",
        "models",
        "doctor",
        "train",
        "evaluate",
    ):
        assert command in page.out
        assert hammingbird(command, "--help").exit_code == 0


def test_a_sheet_never_takes_the_place_of_anything(hammingbird: Run, indexed: Path, tmp_path: Path) -> None:
    before = (indexed / "1.jpg").read_bytes()
    over = hammingbird("similar", indexed / "0.jpg", "--sheet", indexed / "1.jpg")
    assert over.exit_code == 2 and "exists already" in over.err
    beside = hammingbird("similar", indexed / "0.jpg", "--sheet", indexed / "sheet.png")
    assert beside.exit_code == 2 and "nothing is ever written" in beside.err
    assert (indexed / "1.jpg").read_bytes() == before
    assert not (indexed / "sheet.png").exists()


def test_a_sheet_of_a_whole_library_is_refused(hammingbird: Run, library_dir: Path, tmp_path: Path) -> None:
    from engine.library.codes import put_codes
    from engine.library.database import Library
    from engine.library.models_table import register_model

    photos = tmp_path / "photos"
    library = Library.open(library_dir, create=True)
    model = register_model(library, "a" * 64, "any", 256, {})
    numbers = range(1, 1003)
    with library.transaction():
        library.execute("INSERT INTO roots (id, path) VALUES (1, ?)", (str(photos),))
        library.execute_many(
            "INSERT INTO photos (id, pixel_hash, width, height, format, added_at)"
            " VALUES (?1, CAST(?1 AS BLOB), 1, 1, 'JPEG', '')",
            ((n,) for n in numbers),
        )
        library.execute_many(
            "INSERT INTO files (root_id, rel_path, size, photo_id) VALUES (1, ?1 || '.jpg', 1, ?1)",
            ((n,) for n in numbers),
        )
        put_codes(library, model.id, ((n, n.to_bytes(32, "little")) for n in numbers))
    library.close()
    sheet = tmp_path / "sheet.png"
    done = hammingbird("similar", photos / "1.jpg", "--top", 10**12, "--all", "--sheet", sheet)
    assert done.exit_code == 2 and "1,000" in done.err and "--top" in done.err
    assert not sheet.exists()
    assert hammingbird("similar", photos / "1.jpg", "--top", 1000, "--all", "--sheet", sheet).exit_code == 0


def test_piped_output_has_one_whole_path_a_line(hammingbird: Run, photo_folder: Folder) -> None:
    folder = photo_folder("/".join(["photos", *["a long name of a folder " * 4] * 3]), range(3))
    assert hammingbird("index", folder, "--progress", "none").exit_code == 0
    lines = hammingbird("similar", folder / "0.jpg", "--all").out.splitlines()
    assert [line.split("\t")[1] for line in sorted(lines, key=lambda line: line[-5:])] == [
        str(folder / "1.jpg"),
        str(folder / "2.jpg"),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8")
def test_folders_with_odd_names_are_indexed(hammingbird: Run, photo_folder: Folder, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe9x [/bold]"))
    odd.parent.mkdir()
    photo_folder("photos", range(2)).rename(odd)
    done = hammingbird("index", odd, "--progress", "jsonl")
    assert done.exit_code == 0, done.err
    odd.rename(tmp_path / "elsewhere")
    gone = hammingbird("index", "--progress", "bar")
    assert gone.exit_code == 0, gone.err
    assert "is not there" in gone.err and "hammingbird forget" in gone.err


def test_a_limit_that_makes_no_sense_is_not_believed(
    hammingbird: Run, indexed: Path, library_dir: Path
) -> None:
    from engine.library.database import Library
    from engine.library.settings import set_setting

    library = Library.open(library_dir)
    set_setting(library, "max_megapixels", "abc")
    library.close()
    assert hammingbird("index", "--progress", "none").exit_code == 0


def test_under_a_file_is_refused(hammingbird: Run, indexed: Path) -> None:
    done = hammingbird("similar", indexed / "0.jpg", "--under", indexed / "1.jpg")
    assert done.exit_code == 2 and "not a folder" in done.err


def test_search_finds_words_in_names_and_says_so(hammingbird: Run, indexed: Path) -> None:
    found = hammingbird("search", "photos", "3", "--by", "words", "--json").data
    assert [(Path(entry["path"]).name, entry["found_by"], entry["distance"]) for entry in found] == [
        ("3.jpg", "name", None)
    ]


def test_search_for_words_that_stand_nowhere_finds_nothing(hammingbird: Run, indexed: Path) -> None:
    done = hammingbird("search", "zeppelin", "--by", "words")
    assert (done.exit_code, done.out) == (0, "") and "Nothing like this" in done.err


@pytest.mark.parametrize("text", ["", " ", "?!"])
def test_search_without_a_word_is_refused(hammingbird: Run, indexed: Path, text: str) -> None:
    done = hammingbird("search", text, "--by", "words")
    assert done.exit_code == 2 and "words" in done.err


def test_search_puts_a_photo_and_words_together(hammingbird: Run, indexed: Path) -> None:
    found = hammingbird("search", "6", "--like", indexed / "3.jpg", "--by", "words", "--all", "--json").data
    like = hammingbird("similar", indexed / "3.jpg", "--all", "--json").data
    assert Path(found[0]["path"]).name == "6.jpg"
    others = [entry for entry in like if not entry["path"].endswith("6.jpg")]
    assert found[1:] == others


def test_what_is_no_nearer_than_chance_is_no_answer(hammingbird: Run, indexed: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.png"
    Image.effect_noise((300, 200), 120).convert("RGB").save(noise)
    every = hammingbird("similar", noise, "--all", "--json").data
    near = hammingbird("similar", noise, "--json").data
    assert len(every) == 8 and near == [entry for entry in every if entry["distance"] <= 38]


def test_the_library_knows_what_the_card_of_its_model_says(
    hammingbird: Run, indexed: Path, library_dir: Path
) -> None:
    """Its limit, and that it is built in, which lets a newer one take its place."""
    from engine.hashing.model_file import built_in_model
    from engine.library.database import Library
    from engine.library.models_table import active_model

    for _ in range(2):
        library = Library.open_reading(library_dir)
        model = active_model(library)
        library.close()
        assert model is not None and model.card == built_in_model().card
        assert hammingbird("index", indexed, "--progress", "none").exit_code == 0
