"""What `retrain` made is accepted, compared, renamed, removed, and goes elsewhere, in the terminal."""

import json
import shutil
from pathlib import Path

import pytest
from model_commands import PHOTOS, Run, state_of

from engine import jobs
from engine.hashing.model_file import CARD, ModelFile, built_in_model
from engine.library.database import Library
from engine.library.retraining import run_folder

MEASURE = {
    "key": "fitting",
    "title": "Neighbours of 10 that fit",
    "before": {"mean": 6.1, "low": 5.8, "high": 6.4},
    "after": {"mean": 7.4, "low": 7.1, "high": 7.7},
    "difference": {"mean": 1.3, "low": 1.0, "high": 1.6},
}


def judge(library_dir: Path, before: str, after: str, *, recommended: bool = True) -> str:
    """Writes the verdict of a retraining from one model to another; returns the run's id."""
    run = run_folder(library_dir, "20261127-100000-000000001-aaaa")
    run.write_plan({"name": "Taught"})
    run.write_verdict(
        {
            "before": {"digest": before},
            "after": {"digest": after},
            "measures": [MEASURE],
            "recommended": recommended,
            "reasons": ["Neighbours fit better."],
            "held_out": 172,
        }
    )
    return run.run_id


def test_a_candidate_waits_is_accepted_and_left_again(
    hammingbird: Run, photos: Path, candidate: ModelFile
) -> None:
    asked = ("similar", photos / "3.jpg", "--all", "--json", "--top", 1000)
    before = hammingbird(*asked).data
    old, new = hammingbird("models", "list", "--json").data
    assert (new["state"], new["active"], new["codes"]) == ("candidate", False, 0)
    assert (old["state"], new["parent"], old["parent"]) == ("active", old["digest"], None)
    shown = hammingbird("models").out
    assert "candidate" in shown and shown.count(old["name"]) == 2
    assert hammingbird("index", photos, "--progress", "none", "--workers", 1).exit_code == 0
    assert hammingbird("models", "--json").data[1]["codes"] == 0
    assert hammingbird(*asked).data == before

    done = hammingbird("models", "accept", "taught", "--progress", "jsonl")
    assert done.exit_code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert events[0]["title"] == "Accepting Taught"
    assert any(e["event"] == "progress" and e["phase"] == "encoding" and e["done"] == PHOTOS for e in events)
    assert [m["state"] for m in hammingbird("models", "--json").data] == ["kept", "active"]
    after = hammingbird(*asked).data
    assert after != before and all(entry["distance"] <= 16 for entry in after)

    done = hammingbird("models", "use", old["digest"][:8])
    assert done.exit_code == 0 and "encoded" not in done.out
    assert hammingbird(*asked).data == before
    done = hammingbird("models", "accept", new["digest"])
    assert done.exit_code == 0 and "in use now." in done.out
    assert hammingbird(*asked).data == after


def test_a_renamed_model_is_called_so_everywhere(
    hammingbird: Run, candidate: ModelFile, photos: Path, tmp_path: Path
) -> None:
    assert hammingbird("models", "rename", "Taught", "  Dogs \n of  mine ").exit_code == 0
    assert [m["name"] for m in hammingbird("models", "--json").data][1] == "Dogs of mine"
    done = hammingbird("models", "use", "dogs")
    assert done.exit_code == 0 and done.out.startswith("Dogs of mine (")
    assert "Dogs of mine" in hammingbird("status").out
    assert "Dogs of mine" in hammingbird("doctor").out
    assert hammingbird("index", photos, "--progress", "none", "--workers", 1).exit_code == 0
    assert "does not know words" in hammingbird("search", "dogs").err
    assert hammingbird("models", "--json").data[1]["name"] == "Dogs of mine"
    assert hammingbird("models", "export", "dogs", tmp_path / "out").exit_code == 0
    exported = ModelFile.load(tmp_path / "out")
    assert (exported.name, exported.digest) == ("Dogs of mine", candidate.digest)


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "needs a name"), (" \t", "needs a name"), ("x" * 81, "at most 80"), ("BUILT-IN", "already")],
)
def test_a_name_that_can_not_be_given(hammingbird: Run, candidate: ModelFile, name: str, words: str) -> None:
    name = built_in_model().name.upper() if name == "BUILT-IN" else name
    done = hammingbird("models", "rename", "Taught", name)
    assert done.exit_code == 2 and words in done.err
    assert hammingbird("models", "--json").data[1]["name"] == candidate.name
    assert hammingbird("models", "rename", "Taught", "TAUGHT").exit_code == 0


def test_a_removed_model_is_gone_with_its_codes_and_its_folder(
    hammingbird: Run, library_dir: Path, candidate: ModelFile
) -> None:
    before = state_of(hammingbird, library_dir)
    assert hammingbird("models", "accept", "Taught").exit_code == 0
    assert hammingbird("models", "use", built_in_model().digest).exit_code == 0
    done = hammingbird("models", "remove", "Taught", "--yes")
    assert done.exit_code == 0 and f"codes of {PHOTOS} photos" in done.out, done.err
    models, folders = state_of(hammingbird, library_dir)
    assert models == before[0][:1] and folders == [built_in_model().digest]
    library = Library.open_reading(library_dir)
    assert library.value("SELECT count(DISTINCT model_id) FROM codes") == 1
    library.close()


def test_a_person_is_asked_before_a_model_is_removed(
    hammingbird: Run, library_dir: Path, candidate: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(hammingbird, library_dir)
    done = hammingbird("models", "remove", "Taught")
    assert done.exit_code == 2 and "nobody to ask" in done.err and "--yes" in done.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda text: "n")
    assert hammingbird("models", "remove", "Taught").exit_code == 130
    assert state_of(hammingbird, library_dir) == before
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda text: "y")
    assert hammingbird("models", "remove", "Taught").exit_code == 0
    assert len(hammingbird("models", "--json").data) == 1


def test_the_model_in_use_and_the_built_in_one_stay(
    hammingbird: Run, library_dir: Path, candidate: ModelFile
) -> None:
    assert hammingbird("models", "accept", "Taught").exit_code == 0
    before = state_of(hammingbird, library_dir)
    for name, words in (("Taught", "answers queries"), (built_in_model().digest, "built-in")):
        done = hammingbird("models", "remove", name, "--yes")
        assert done.exit_code == 2 and words in done.err
    assert state_of(hammingbird, library_dir) == before


def test_a_model_goes_to_another_library(
    hammingbird: Run, library_dir: Path, candidate: ModelFile, photos: Path, tmp_path: Path
) -> None:
    done = hammingbird("models", "export", "Taught", tmp_path / "out" / "mine")
    assert done.exit_code == 0, done.err
    copy = tmp_path / "out" / "mine"
    assert [path.name for path in copy.parent.iterdir()] == ["mine"]
    assert ModelFile.load(copy).card == candidate.card
    other = Path(shutil.copytree(library_dir, tmp_path / "other"))
    assert hammingbird("models", "remove", "Taught", "--yes", library=other).exit_code == 0
    done = hammingbird("models", "import", copy, library=other)
    assert done.exit_code == 0 and "Added Taught" in done.out
    new = hammingbird("models", "--json", library=other).data[1]
    assert (new["digest"], new["state"]) == (candidate.digest, "kept")
    assert "already" in hammingbird("models", "import", copy, library=other).out


def test_an_export_writes_over_nothing_and_into_no_photo_folder(
    hammingbird: Run, candidate: ModelFile, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("mine")
    for target, words in (
        (tmp_path / "there", "exists already"),
        (tmp_path / "file", "exists already"),
        (photos / "model", "photo folder"),
    ):
        done = hammingbird("models", "export", "Taught", target)
        assert done.exit_code == 2 and words in done.err
    done = hammingbird("models", "export", "Taught", tmp_path / "file" / "model")
    assert done.exit_code == 1 and "can't be copied" in done.err and "Traceback" not in done.err
    assert not list((tmp_path / "there").iterdir()) and not (photos / "model").exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "card.json"),
        ({"config.json": "{}", "model.safetensors": "x"}, "card.json"),
        ({CARD: '{"language": "en", "license": "mit"}'}, "not made by Hammingbird"),
        ({CARD: "[1, 2]"}, "not made by Hammingbird"),
        ({CARD: "---\nlicense: mit"}, "can't be read"),
    ],
)
def test_a_folder_of_another_program_is_refused(
    hammingbird: Run, library_dir: Path, tmp_path: Path, files: dict[str, str], words: str
) -> None:
    folder = tmp_path / "foreign"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    before = state_of(hammingbird, library_dir)
    done = hammingbird("models", "import", folder)
    assert done.exit_code == 1 and words in done.err and "Traceback" not in done.err
    assert state_of(hammingbird, library_dir) == before


def test_two_models_are_compared_by_their_cards(hammingbird: Run, candidate: ModelFile) -> None:
    found = hammingbird("models", "compare", "Taught", built_in_model().name, "--json").data
    first, second = found["models"]
    assert (found["run"], found["verdict"]) == (None, None)
    assert (first["name"], first["state"], first["bits"]) == ("Taught", "candidate", 16)
    assert first["parent_name"] == second["name"] and first["parent"] == second["digest"]
    assert first["figures"] == {"fitting": 7.4} and second["figures"]["P@10"] > 0
    assert second["figures"]["words R@10"] > 0
    rows = [
        line.split("\t") for line in hammingbird("models", "compare", "Taught", "Hamming").out.splitlines()
    ]
    assert ["fitting", "7.400", ""] in rows and ["state", "candidate", "active"] in rows


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("recommended", [False, True])
def test_the_verdict_between_two_models_is_shown_whichever_is_named_first(
    hammingbird: Run, library_dir: Path, candidate: ModelFile, swapped: bool, recommended: bool
) -> None:
    built_in = built_in_model()
    run_id = judge(library_dir, built_in.digest, candidate.digest, recommended=recommended)
    assert hammingbird("models", "rename", "Taught", "Dogs").exit_code == 0
    asked = ("Dogs", built_in.name) if swapped else (built_in.name, "Dogs")
    found = hammingbird("models", "compare", *asked, "--json").data
    assert found["run"] == run_id and found["verdict"]["measures"] == [MEASURE]
    shown = hammingbird("models", "compare", *asked).out
    assert "Neighbours of 10 that fit\t6.10 (5.80 to 6.40)\t7.40 (7.10 to 7.70)\t1.30 (1.00 to 1.60)" in shown
    assert f"Dogs is {'' if recommended else 'not '}recommended. Neighbours fit better." in shown
    assert "172 photos" in shown


@pytest.mark.parametrize(
    "arguments", [("accept", "Taught"), ("remove", "Taught", "--yes"), ("import", "FOLDER")]
)
def test_one_job_at_a_time_changes_the_models(
    hammingbird: Run, library_dir: Path, candidate: ModelFile, arguments: tuple[str, ...]
) -> None:
    before = state_of(hammingbird, library_dir)
    named = [str(candidate.folder) if argument == "FOLDER" else argument for argument in arguments]
    with jobs.job(library_dir, "index", "Indexing", lambda event: None):
        done = hammingbird("models", *named)
    assert done.exit_code == 1 and "Another job" in done.err and "--wait" in done.err
    assert state_of(hammingbird, library_dir) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("accept", "Hammingbird"),
        ("rename", "Hammingbird", "Mine"),
        ("remove", "Hammingbird", "--yes"),
        ("compare", "Hammingbird", "Hammingbird"),
        ("export", "Hammingbird", "out"),
        ("import", "somewhere"),
    ],
)
def test_without_a_library_there_is_nothing_to_do(
    hammingbird: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = hammingbird("models", *arguments, library=tmp_path / "none")
    assert done.exit_code == 1 and "hammingbird index" in done.err
    assert not (tmp_path / "none").exists()


def test_a_job_that_the_window_starts_hears_why_it_was_refused(
    hammingbird: Run, library_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = jobs.new_job(library_dir)
    monkeypatch.setenv("HAMMINGBIRD_JOB", folder.job_id)
    assert hammingbird("models", "accept", "nobody", "--progress", "none", "--wait").exit_code == 2
    outcome = folder.outcome()
    assert outcome is not None and "no model 'nobody'" in outcome.message
