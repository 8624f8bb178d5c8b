"""Models are added, used and left again in the terminal, and nothing is lost on the way."""

import json
import shutil
from pathlib import Path

import pytest
import torch
import torchvision
from model_commands import PHOTOS, Run, state_of

from drawn_photos import draw_photo
from engine import jobs
from engine.hashing.model_file import CARD, ModelFile, compute_digest

SMALL = ("--bits", 16, "--side", 64)
TOWER = "torchvision:shufflenet_v2_x0_5"


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights as torchvision publishes them."""
    torch.manual_seed(1)
    network = torchvision.models.get_model("shufflenet_v2_x0_5", weights=None)
    file = tmp_path_factory.mktemp("weights") / "tower.pth"
    torch.save(network.state_dict(), file)
    return file


def test_a_tower_is_added_used_and_left_again(
    hammingbird: Run, library_dir: Path, photos: Path, weights: Path
) -> None:
    asked = ("similar", photos / "3.jpg", "--all", "--json", "--top", 1000)
    before = hammingbird(*asked).data
    (old,) = hammingbird("models", "--json").data

    done = hammingbird("models", "add", TOWER, "--weights", weights, *SMALL)
    assert done.exit_code == 0, done.err
    assert f"fitted to {PHOTOS} photos" in done.out and "hammingbird models use" in done.err
    listed = hammingbird("models", "list", "--json").data
    assert listed[0] == old
    new = listed[1]
    assert (new["name"], new["bits"], new["active"], new["codes"]) == (TOWER, 16, False, 0)
    assert hammingbird(*asked).data == before

    done = hammingbird("models", "use", "shufflenet")
    assert done.exit_code == 0, done.err
    assert f"{PHOTOS} photos were encoded" in done.out
    assert [m["active"] for m in hammingbird("models", "--json").data] == [False, True]
    after = hammingbird(*asked).data
    assert {entry["photo_id"] for entry in after} == {entry["photo_id"] for entry in before}
    assert after != before and all(entry["distance"] <= 16 for entry in after)

    done = hammingbird("models", "use", old["digest"][:8])
    assert done.exit_code == 0 and "encoded" not in done.out
    assert hammingbird(*asked).data == before
    counts = [(m["active"], m["codes"]) for m in hammingbird("models", "--json").data]
    assert counts == [(True, PHOTOS), (False, PHOTOS)]


def test_new_photos_get_codes_of_the_model_in_use(
    hammingbird: Run, library_dir: Path, photos: Path, weights: Path, tmp_path: Path
) -> None:
    assert hammingbird("models", "add", TOWER, "--weights", weights, *SMALL).exit_code == 0
    assert hammingbird("models", "use", TOWER).exit_code == 0
    more = tmp_path / "more"
    more.mkdir()
    draw_photo(1000).save(more / "1000.jpg")
    assert hammingbird("index", more, "--progress", "none", "--workers", 1).exit_code == 0
    assert [m["codes"] for m in hammingbird("models", "--json").data] == [PHOTOS, PHOTOS + 1]
    assert [m["active"] for m in hammingbird("models", "--json").data] == [False, True]
    draw_photo(1000).resize((200, 150)).save(tmp_path / "outside.png")
    (nearest,) = hammingbird("similar", tmp_path / "outside.png", "--all", "--json", "--top", 1).data
    assert nearest["distance"] <= 4

    done = hammingbird("models", "use", "Hammingbird")
    assert done.exit_code == 0 and "; 1 photos were encoded" in done.out


def test_what_an_added_model_is_made_of_stands_in_its_card(
    hammingbird: Run, library_dir: Path, weights: Path
) -> None:
    done = hammingbird("models", "add", TOWER, "--weights", weights, *SMALL, "--progress", "jsonl")
    assert done.exit_code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert events[0]["event"] == "started" and events[-1]["event"] == "result"
    assert any(e["event"] == "progress" and e["phase"] == "looking" and e["done"] == PHOTOS for e in events)
    model = ModelFile.load(library_dir / "models" / events[-1]["figures"]["digest"])
    assert model.card["training"]["weights"] == "tower.pth"
    assert model.card["training"]["photos"] == PHOTOS
    assert "not known" in model.card["licence"]
    assert (model.n_bits, model.input_side, model.card["network"]) == (16, 64, "shufflenet_v2_x0_5")


def test_the_same_model_again_changes_nothing(hammingbird: Run, library_dir: Path, weights: Path) -> None:
    assert hammingbird("models", "add", TOWER, "--weights", weights, *SMALL).exit_code == 0
    before = state_of(hammingbird, library_dir)
    again = hammingbird("models", "add", TOWER.removeprefix("torchvision:"), "--weights", weights, *SMALL)
    assert again.exit_code == 0 and "already" in again.out
    assert state_of(hammingbird, library_dir) == before
    fewer = hammingbird("models", "add", TOWER, "--weights", weights, *SMALL, "--photos", 66)
    assert fewer.exit_code == 0 and "66 photos" in fewer.out
    unclear = hammingbird("models", "use", TOWER)
    assert unclear.exit_code == 2 and "may be any of these" in unclear.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["torchvision:no_such_tower"], "no classification network 'no_such_tower'"),
        (["open_clip:no-such-tower"], "no model 'no-such-tower'"),
        (["/no/such/tower.py"], "/no/such/tower.py"),
        ([TOWER, "--bits", 16, "--weights", "/no/such/weights.pth"], "/no/such/weights.pth"),
        (["torchvision:resnet18", "--bits", 16, "--weights", "WEIGHTS"], "lack"),
        ([TOWER, "--weights", "WEIGHTS"], "Take fewer bits, --bits 16, or"),
        ([TOWER, "--bits", 16, "--photos", 20, "--weights", "WEIGHTS"], "20 photos are too few"),
        ([TOWER, "--bits", 17], "multiple of 8"),
        ([TOWER, "--bits", 16], "nobody to ask"),
    ],
)
def test_what_can_not_be_added_changes_nothing(
    hammingbird: Run, library_dir: Path, weights: Path, arguments: list[object], words: str
) -> None:
    before = state_of(hammingbird, library_dir)
    done = hammingbird("models", "add", *[weights if a == "WEIGHTS" else a for a in arguments])
    assert done.exit_code == 2, done.err
    assert words in done.err and "Traceback" not in done.err
    assert state_of(hammingbird, library_dir) == before


def test_without_a_network_nothing_changes(
    hammingbird: Run, library_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", fail)
    before = state_of(hammingbird, library_dir)
    done = hammingbird("models", "add", TOWER, *SMALL, "--yes")
    assert done.exit_code == 1
    assert "no route to host" in done.err and "Nothing was changed" in done.err and "--weights" in done.err
    assert state_of(hammingbird, library_dir) == before


def test_a_person_is_asked_before_anything_is_downloaded(
    hammingbird: Run, library_dir: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    hub = "torchvision.models._api.load_state_dict_from_url"
    monkeypatch.setattr(hub, lambda url, **_: fetched.append(url) or torch.load(weights))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    before = state_of(hammingbird, library_dir)
    asked: list[str] = []

    def answer(yes: bool) -> None:
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda text: asked.append(text) or "ny"[yes])

    answer(yes=False)
    done = hammingbird("models", "add", TOWER, *SMALL)
    assert done.exit_code == 130 and not fetched
    assert "5 MB from download.pytorch.org" in asked[0] + done.err
    assert state_of(hammingbird, library_dir) == before
    answer(yes=True)
    done = hammingbird("models", "add", TOWER, *SMALL)
    assert done.exit_code == 0, done.err
    assert len(fetched) == 1
    (name,) = {path.name for path in (library_dir / "models").iterdir()} - set(before[1])
    assert ModelFile.load(library_dir / "models" / name).card["training"]["weights"] == fetched[0]


def test_a_finished_model_is_added_by_its_folder(
    hammingbird: Run, library_dir: Path, weights: Path, tmp_path: Path
) -> None:
    assert hammingbird("models", "add", TOWER, "--weights", weights, *SMALL).exit_code == 0
    digest = hammingbird("models", "--json").data[1]["digest"]
    mine = shutil.copytree(library_dir / "models" / digest, tmp_path / "mine")
    known = hammingbird("models", "add", mine)
    assert known.exit_code == 0 and "already" in known.out

    card = json.loads((mine / CARD).read_text())
    card |= {"name": "Mine", "resize": "another"}
    card["digest"] = compute_digest(mine, card)
    (mine / CARD).write_text(json.dumps(card))
    done = hammingbird("models", "add", mine)
    assert done.exit_code == 0 and "Added Mine (16 bits" in done.out, done.err
    assert hammingbird("models", "use", "mine").exit_code == 0
    assert [m["active"] for m in hammingbird("models", "--json").data] == [False, False, True]
    assert mine.is_dir()

    before = state_of(hammingbird, library_dir)
    (mine / "engine.bin").write_bytes(b"nonsense")
    refused = hammingbird("models", "add", mine)
    assert refused.exit_code == 1 and "damaged" in refused.err
    assert state_of(hammingbird, library_dir) == before


TEACHER = """
import torch
from torch import nn

class Colours(nn.Module):
    def forward(self, rgb):
        return nn.functional.adaptive_avg_pool2d(rgb, 4).flatten(1), "more"

def load_teacher():
    return Colours()
"""


def check_tower_of_a_file(run: Run, file: Path, photos: Path) -> None:
    asked = ("similar", photos / "3.jpg", "--all", "--json", "--top", 1000)
    before = run(*asked).data
    done = run("models", "add", file, "--bits", 16)
    assert done.exit_code == 0, done.err
    done = run("models", "use", file.name)
    assert done.exit_code == 0, done.err
    after = run(*asked).data
    assert len(after) == PHOTOS - 1 and all(entry["distance"] <= 16 for entry in after)
    assert run("models", "use", "Hammingbird").exit_code == 0
    assert run(*asked).data == before


def test_a_python_file_with_a_network_is_a_tower_too(
    hammingbird: Run, library_dir: Path, photos: Path, tmp_path: Path
) -> None:
    file = tmp_path / "colours.py"
    file.write_text(TEACHER)
    refused = hammingbird("models", "add", file, *SMALL, "--weights", file)
    assert refused.exit_code == 2 and "brings its own weights" in refused.err
    check_tower_of_a_file(hammingbird, file, photos)
    (model,) = {
        path
        for path in (library_dir / "models").iterdir()
        if '"objective": "itq"' in (path / "card.json").read_text()
    }
    train = ("train", photos, "--init", model, "--run", tmp_path / "run", "--n-bits", 16)
    refused = hammingbird(*train)
    assert refused.exit_code == 2 and "not trained on" in refused.err, refused.err


@pytest.mark.shared
def test_the_shared_teacher_is_a_tower(hammingbird: Run, photos: Path, shared: Path) -> None:
    teacher = shared / "teacher" / "teacher.py"
    if not teacher.is_file():
        pytest.skip(f"needs the shared teacher; there is none at {teacher}")
    check_tower_of_a_file(hammingbird, teacher, photos)


@pytest.mark.parametrize("command", ["add", "use"])
def test_one_job_at_a_time_changes_the_models(
    hammingbird: Run, library_dir: Path, weights: Path, command: str
) -> None:
    arguments = (TOWER, "--weights", weights, *SMALL) if command == "add" else ("Hammingbird",)
    before = state_of(hammingbird, library_dir)
    with jobs.job(library_dir, "index", "Indexing", lambda event: None):
        done = hammingbird("models", command, *arguments)
    assert done.exit_code == 1 and "Another job" in done.err and "--wait" in done.err
    assert state_of(hammingbird, library_dir) == before


@pytest.mark.parametrize("command", [("add", TOWER, "--yes"), ("use", "Hammingbird")])
def test_without_a_library_there_is_nothing_to_fit_or_switch(
    hammingbird: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = hammingbird("models", *command, library=tmp_path / "none")
    assert done.exit_code == 1 and "hammingbird index" in done.err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["nobody", "", "zzzz"])
def test_a_model_that_is_not_there_is_named_with_those_that_are(hammingbird: Run, name: str) -> None:
    done = hammingbird("models", "use", name)
    assert done.exit_code == 2 and "It has: Hammingbird" in done.err


def test_the_model_in_use_stays_when_it_is_asked_for(hammingbird: Run) -> None:
    done = hammingbird("models", "use", "hammingbird")
    assert done.exit_code == 0 and "was in use already" in done.out
