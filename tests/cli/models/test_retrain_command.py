"""The whole way in the terminal: captions, retraining, verdict, accept, other answers, and back again."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from model_commands import Run
from PIL import Image, ImageDraw

from engine import jobs
from engine.library.retraining import runs

TOLD, OTHERS = 240, 30
COLOURS = {
    "red": (190, 40, 40),
    "green": (40, 150, 60),
    "blue": (40, 60, 190),
    "yellow": (220, 200, 50),
    "grey": (128,) * 3,
}
SHAPES = ("ellipse", "rectangle", "line")


def draw(number: int) -> Image.Image:
    """A shape on a ground, both of a colour; the caption speaks of the shape alone."""
    colours = list(COLOURS.values())
    photo = Image.new("RGB", (128, 96), colours[number % 5])
    pen = ImageDraw.Draw(photo)
    x, y, size = 10 + number * 7 % 50, 10 + number * 11 % 30, 25 + number * 5 % 20
    ink = colours[(number + 1 + number // 15 % 4) % 5]
    if SHAPES[number % 3] == "line":
        pen.line((x, y, x + size + 30, y + size), fill=ink, width=5)
    else:
        getattr(pen, SHAPES[number % 3])((x, y, x + size, y + size), fill=ink)
    return photo


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose captions speak of shapes."""
    home = tmp_path_factory.mktemp("retrain")
    (home / "photos").mkdir()
    for number in range(TOLD + OTHERS):
        draw(number).save(home / "photos" / f"{number}.png")
    with (home / "captions.csv").open("w", newline="", encoding="utf-8") as table:
        rows = [(f"{number}.png", f"a drawing of a {SHAPES[number % 3]}") for number in range(TOLD)]
        csv.writer(table).writerows([("photo", "caption"), *rows])
    for command in (
        ("index", home / "photos", "--progress", "none"),
        ("captions", "import", home / "captions.csv"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "desktop_app", "--library", home / "library", *command],
            capture_output=True,
        )
        assert not done.returncode, done.stderr
    return home


@pytest.fixture
def library_dir(told: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(told / "library", tmp_path / "library"))


def fitting(found: list[dict[str, object]], shape: str) -> int:
    """Of the first ten neighbours, how many show the shape."""
    numbers = [int(Path(str(row["path"])).stem) for row in found[:10]]
    return sum(SHAPES[number % 3] == shape for number in numbers)


def test_what_captions_say_decides_neighbours_until_it_is_taken_back(
    hammingbird: Run, library_dir: Path, told: Path
) -> None:
    checked = hammingbird("retrain", "--check", "--json").data
    assert (checked["photos"], checked["captioned"], checked["problems"]) == (TOLD + OTHERS, TOLD, [])
    assert checked["train"] + checked["held_out"] == TOLD and checked["warnings"]
    asked = [
        ("similar", told / "photos" / f"{number}.png", "--all", "--json", "--top", 20) for number in (0, 1, 2)
    ]
    before = [hammingbird(*query).data for query in asked]

    done = hammingbird("retrain", "--name", "Shapes", "--minutes", "1")
    assert done.exit_code == 0, done.err
    assert "fitted before" in done.out and "models accept" in done.out
    (run,) = (folder for folder in runs(library_dir) if folder.plan())
    verdict = run.verdict()
    assert verdict is not None and {m["key"] for m in verdict["measures"]} >= {"fitting", "words", "copies"}
    assert {point.get("held_out") is None for point in run.curve()[0]} == {True, False}
    listed = {model["name"]: model for model in hammingbird("models", "--json").data}
    assert listed["Shapes"]["state"] == "candidate" and listed["Shapes"]["codes"] == 0
    assert [hammingbird(*query).data for query in asked] == before  # nothing has changed yet

    assert hammingbird("models", "accept", "Shapes").exit_code == 0
    after = [hammingbird(*query).data for query in asked]
    gained = sum(fitting(rows, SHAPES[n]) for n, rows in enumerate(after))
    assert gained > sum(fitting(rows, SHAPES[n]) for n, rows in enumerate(before))
    assert hammingbird("search", "a drawing of a line", "--by", "codes", "--all", "--json").data

    assert hammingbird("models", "use", "Hammingbird").exit_code == 0
    assert [hammingbird(*query).data for query in asked] == before


def test_the_same_seed_gives_the_same_candidate(hammingbird: Run, library_dir: Path) -> None:
    digests = []
    for _ in range(2):
        # minutes that are not used up: a training that runs out of time depends on the machine
        assert hammingbird("retrain", "--minutes", "30", "--progress", "jsonl").exit_code == 0
        verdict = runs(library_dir)[0].verdict()
        assert verdict is not None
        digests.append(verdict["after"]["digest"])
    assert digests[0] == digests[1]


def test_a_killed_training_goes_on(hammingbird: Run, library_dir: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "desktop_app", "--library", library_dir, "retrain", "--progress", "none"],
        env=dict(os.environ),
    )
    deadline = time.monotonic() + 110
    while time.monotonic() < deadline and not any(folder.curve()[0] for folder in runs(library_dir)):
        time.sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    (run,) = (folder for folder in runs(library_dir) if folder.plan())
    assert run.verdict() is None
    done = hammingbird("retrain", "--resume", run.run_id, "--minutes", "1")
    assert done.exit_code == 0, done.err
    assert run.verdict() is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--source", "xmp"), "too few to learn from"),
        (("--folder", "nowhere"), "is not in the library"),
        (("--objective", "magic"), "no objective"),
        (("--minutes", "-1"), "lasts some minutes"),
        (("--bits", "100"), "multiple of 8"),
        (("--photos", "missing.txt"), "can't be read"),
        (("--caption-encoder", "nowhere"), "no caption encoder"),
        (("--model", "nobody"), "no model"),
        (("--name", "hammingbird"), "is called hammingbird already"),
        (("--resume", "nothing"), "no retraining"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_changes(
    hammingbird: Run, library_dir: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = hammingbird("retrain", *arguments)
    assert done.exit_code in (1, 2) and says in done.err
    assert len(hammingbird("models", "--json").data) == 1


def test_two_trainings_at_once_are_refused_in_plain_words(hammingbird: Run, library_dir: Path) -> None:
    with jobs.job(library_dir, "retrain", "Teaching", lambda event: None):
        done = hammingbird("retrain")
    assert done.exit_code == 1 and "Another job" in done.err


def test_the_check_tells_problems_with_a_way_out(hammingbird: Run, library_dir: Path) -> None:
    done = hammingbird("retrain", "--check", "--source", "xmp")
    assert done.exit_code == 1 and "F2" in done.err
    data = json.loads(hammingbird("retrain", "--check", "--json", "--source", "xmp").out)
    assert data["problems"][0]["remedy"]
