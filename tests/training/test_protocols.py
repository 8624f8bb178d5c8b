"""Published protocols: what is drawn, what pages say of published figures, photos that are not there."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import torch
from click import testing as cli
from safetensors.torch import load_file

from engine.cli.experiment import experiment
from engine.errors import UsageError
from engine.training.distances import ClassTree
from engine.training.experiments.cells import Result
from engine.training.experiments.draws import draw, keep_draw, ranked
from engine.training.experiments.plan import Protocol, load_plan
from engine.training.photo_set import PhotoSet
from engine.training.split import Split
from engine.training.teacher import compute_features, load_teacher

OURS = Path(__file__).parents[2] / "docs" / "experiments"
PLAN = """
title = "Colours as Newton draws them"
page = "results/colours.md"
about = "A prism stands in for the sun."
get = "PHOTOS=FOLDER names the colours."

[material]
photos = ["$PHOTOS"]
tree = "tree.txt"
teacher = "teacher.py"
teacher_side = 32
side = 32
crops = 1
needs = ["$WEIGHTS"]

[protocol]
queries = 30
train = 100
database = "unseen"
validation = 0.3

[budget]
hidden = 16
epochs = 1
batch = 16
cuts = [10]
bits = [16]
seeds = [0]
tuning_bits = 16

[[rows]]
name = "orthohash"
objective = "orthohash"

[[rows]]
name = "lsh"
objective = "lsh"

[[published]]
name = "Prism"
source = "Opticks 1704"
measure = "mAP@10"
figures = { 16 = 0.625, 48 = 0.6789, unrounded = 0.7 }

[[published]]
name = "Rainbow"
source = "could not be read"
measure = "mAHP@250 (A)"
"""


@pytest.fixture
def plan(tmp_path: Path, classes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three classes of colours, 60 photos each, and a protocol over them."""
    monkeypatch.setenv("PHOTOS", str(classes))
    monkeypatch.setenv("WEIGHTS", str(tmp_path / "sun-1704.pth"))
    (tmp_path / "sun-1704.pth").touch()
    file = tmp_path / "colours.toml"
    file.write_text(PLAN)
    return file


@pytest.fixture
def run(plan: Path, tmp_path: Path) -> Callable[..., cli.Result]:
    def run() -> cli.Result:
        fixed = [str(plan), "--run", str(tmp_path / "run"), "--progress", "jsonl"]
        return cli.CliRunner().invoke(experiment, fixed)

    return run


def publish(tmp_path: Path, *plans: Path) -> str:
    page = tmp_path / "results" / "published.md"
    done = cli.CliRunner().invoke(experiment, [*map(str, plans), "--published", str(page)])
    assert done.exit_code == 0, done.output
    return page.read_text()


def photo_set(labels: list[tuple[str, ...]], parts: list[str] | None = None) -> PhotoSet:
    count = len(labels)
    return PhotoSet(
        torch.zeros(count, 1, 1, 3, dtype=torch.uint8),
        [f"set/{place}" for place in range(count)],
        labels,
        [()] * count,
        parts or [""] * count,
        [True] * count,
    )


def test_a_protocol_is_drawn_trained_and_measured(run: Callable[..., cli.Result], tmp_path: Path) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "run").glob("protocol-*.csv")
    counts = Counter(Split.load(file).parts.values())
    assert counts == {"train": 70, "validation": 30, "test": 30, "database": 50}
    page = (tmp_path / "results" / "colours.md").read_text()
    assert "70 to train on, 30 to choose by; 30 are asked for, each against" in page
    assert "neither asked for nor learned from: 50." in page
    assert "(sun-1704.pth)" in page
    (cell,) = (tmp_path / "run" / "cells").glob("test-lsh-*")
    values = Result.load(cell).values
    assert len(values["test", "codes", "mAP@10", "by position"]) == 30


def test_queries_outside_of_the_database_have_codes_of_their_own(
    run: Callable[..., cli.Result], tmp_path: Path
) -> None:
    """Were they all zeros, every query would get the same answer, and most would be wrong."""
    assert run().exit_code == 0
    (cell,) = (tmp_path / "run" / "cells").glob("test-lsh-*")
    assert Result.load(cell).values["test", "cosine", "P@1", "by position"].mean() > 0.9


def test_the_page_has_published_figures_beside_ours(run: Callable[..., cli.Result], tmp_path: Path) -> None:
    assert run().exit_code == 0
    page = (tmp_path / "results" / "colours.md").read_text()
    assert "stand in for end-to-end training" in page
    assert "| mAP@10 | 16 | 48 | unrounded | source |" in page
    assert "| Prism | .625 | .6789 | .700 | Opticks 1704 |" in page
    assert re.search(
        r"^\| \*\*ours: orthohash\*\* \| [.\d]+ \| - \| [.\d]+ \| this run \|$", page, flags=re.M
    )
    assert "not run" not in page
    kept = json.loads((tmp_path / "results" / "colours.json").read_text())
    assert 0 < kept["figures"]["lsh"]["mAP@10"]["16"] <= 1


def test_the_page_of_all_plans_has_what_was_run_and_why_the_rest_was_not(
    run: Callable[..., cli.Result], plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(tmp_path, plan)
    assert "**Not run:** the photos are at hand" in before
    assert "| **ours: lsh** | not run | not run | not run |" in before
    assert run().exit_code == 0
    monkeypatch.delenv("PHOTOS")
    after = publish(tmp_path, plan)
    assert "not run" not in after.lower()
    assert "A prism stands in for the sun." in after
    row = re.compile(r"^\| \*\*ours: lsh\*\* .*", flags=re.M)
    assert row.findall(after) == row.findall((tmp_path / "results" / "colours.md").read_text()) != []


@pytest.mark.parametrize("gone", ["PHOTOS", "WEIGHTS"])
@pytest.mark.parametrize("how", ["unset", "elsewhere"])
def test_where_something_is_missing_nothing_is_written(
    run: Callable[..., cli.Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str, how: str
) -> None:
    if how == "unset":
        monkeypatch.delenv(gone)
    else:
        monkeypatch.setenv(gone, str(tmp_path / "elsewhere"))
    before = sorted(tmp_path.rglob("*"))
    done = run()
    assert isinstance(done.exception, UsageError)
    assert done.exit_code != 0
    assert (gone if how == "unset" else "elsewhere") in done.exception.what
    assert "PHOTOS=FOLDER names the colours." in done.exception.remedy
    assert sorted(tmp_path.rglob("*")) == before


def test_the_page_of_all_plans_says_what_is_missing(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PHOTOS")
    page = publish(tmp_path, plan)
    assert "the variable PHOTOS is not set" in page
    assert "PHOTOS=FOLDER names the colours." in page


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('database = "unseen"', 'database = "all"', "database is 'all'"),
        ("queries = 30", "queries = 300", "180 photos to ask for, and the protocol draws 300"),
        ("train = 100", "train = 151", "150 photos to train on, and the protocol draws 151"),
        ("train = 100", "train = 150", "No photo is left"),
        ("train = 100", "train = -1", "-1 to train on"),
        ("train = 100", "train = 31\nper_class = true", "30 photos to train on, and the protocol draws 31"),
        ("train = 100", "train = 100\nper_class = 1", "per_class is 1"),
        ("train = 100", 'train = 100\ntrain_from = "street"', "'street'"),
        ("train = 100", 'train = 100\ntrain_from = "val"', "0 photos to train on"),
        ("validation = 0.3", "validation = 1.0", "1 of these to choose by"),
        ("validation = 0.3", "validation = 0.01", "validation part has 1 photos"),
        ("crops = 1", "crops = 1\ntest = 0.2", "test, which [protocol] decides"),
        ("16 = 0.625", "16 = 62.5", "16 = 62.5"),
        ("16 = 0.625", "sixteen = 0.625", "sixteen = 0.625"),
        ("figures = { 16", "figure = { 16", "no entry 'figure'"),
        ('needs = ["$WEIGHTS"]', 'needs = "$WEIGHTS"', "needs is '$WEIGHTS'"),
    ],
)
def test_a_protocol_that_makes_no_sense_is_refused(
    plan: Path, run: Callable[..., cli.Result], old: str, new: str, words: str
) -> None:
    assert old in PLAN
    plan.write_text(PLAN.replace(old, new))
    done = run()
    assert isinstance(done.exception, UsageError), done.output
    assert words in str(done.exception)


def test_one_plan_is_run_at_a_time(plan: Path) -> None:
    done = cli.CliRunner().invoke(experiment, [str(plan), str(plan)])
    assert isinstance(done.exception, UsageError)
    assert "One plan" in str(done.exception)


def test_concepts_are_drawn_each_where_photos_have_several() -> None:
    """600 photos have "sky"; every tenth of them has "snow", every twentieth "moon" as well."""
    labels = [
        ("sky", *(["snow"] if place % 10 == 0 else []), *(["moon"] if place % 20 == 0 else []))
        for place in range(600)
    ]
    photos = photo_set(labels)
    split = draw(photos, Protocol(10, 15, per_class=True, validation=0.2), "concepts")
    parts = {part: split.positions(photos, part).tolist() for part in ("train", "validation", "test")}
    assert {part: len(found) for part, found in parts.items()} == {"train": 36, "validation": 9, "test": 30}
    for asked in (parts["test"], parts["train"] + parts["validation"]):
        counts = Counter(label for place in asked for label in labels[place])
        assert counts["sky"] == len(asked)
        assert counts["snow"] >= 2 * len(asked) / 3
        assert counts["moon"] >= len(asked) / 3
    assert len(ranked(split, photos, Protocol(10, 15))) == 570


def test_photos_of_several_classes_are_drawn_trained_and_measured(
    plan: Path, run: Callable[..., cli.Result], tmp_path: Path, classes: Path
) -> None:
    """As COCO is read: one photo has a caption and no class, and counts for nothing."""
    warm = {"red": "red;warm", "green": "green", "blue": "blue"}
    rows = [
        [f"classes/{file.parent.name}/{file.name}", warm[file.parent.name]] for file in classes.rglob("*-*")
    ]
    rows[0][1] = ""
    with (tmp_path / "many.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["photo", "labels", "caption"], *([*row, "a ball"] for row in rows)])
    text = PLAN.replace('"$PHOTOS"', '"many.csv"').replace('tree = "tree.txt"\n', "")
    text = text.replace("queries = 30\ntrain = 100", "queries = 8\ntrain = 20\nper_class = true")
    text = text.replace("[budget]", '[budget]\nchoose_by = "mAP@100"')
    for name in ("semantic-kl", "hashnet"):
        text += f'\n[[rows]]\nname = "{name}"\nobjective = "{name}"\ntargets = {{ labels = 1.0 }}\n'
    plan.write_text(text)
    done = run()
    assert done.exit_code == 0, done.output
    page = (tmp_path / "results" / "colours.md").read_text()
    assert "179 photos of 4 classes (0 could not be read, 1 left out" in page
    assert "56 to train on, 24 to choose by; 32 are asked for" in page
    assert re.search(r"^\| \*\*ours: hashnet\*\* \| [.\d]+ \|", page, flags=re.M)


def test_published_parts_are_kept_apart() -> None:
    """Protocol A asks each photo of the test part among the others; B asks them among the training part."""
    parts = ["train"] * 50 + ["test"] * 10
    photos = photo_set([("1",)] * 60, parts)
    a = Protocol(0, 0, queries_from="test", train_from="train", database="queries")
    b = Protocol(0, 0, queries_from="test", train_from="train", database="others")
    split = draw(photos, a, "hierarchy")
    assert split.positions(photos, "test").tolist() == list(range(50, 60))
    assert len(split.positions(photos, "validation")) == 5
    assert sorted(ranked(split, photos, a).tolist()) == list(range(50, 60))
    assert sorted(ranked(split, photos, b).tolist()) == list(range(50))


def test_a_draw_is_kept(tmp_path: Path) -> None:
    photos = photo_set([("1",)] * 60)
    protocol = Protocol(10, 20)
    first = keep_draw(photos, protocol, tmp_path)
    fewer = photos.take(torch.arange(59))
    assert keep_draw(fewer, protocol, tmp_path).parts == first.parts
    assert draw(photos, protocol, "again").parts == first.parts
    other = keep_draw(photos, Protocol(10, 20, seed=1), tmp_path)
    assert other.parts != first.parts
    assert len(list(tmp_path.iterdir())) == 2


def test_coarse_classes_of_cifar100() -> None:
    """Twenty of five; some that everybody knows: apple and pear, baby and woman, shark and trout."""
    tree = ClassTree.load(OURS / "cifar100-coarse.txt")
    distances = tree.distances([str(fine) for fine in range(100)])
    assert set(np.unique(distances)) == {0, 0.5, 1}
    assert ((distances == 0.5).sum(axis=1) == 4).all()
    for one, other in ((0, 57), (2, 98), (73, 91)):
        assert distances[one, other] == 0.5
    assert distances[0, 98] == 1


def test_features_of_a_torchvision_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.models import resnet18

    torch.manual_seed(0)
    network = resnet18().eval()
    file = tmp_path / "resnet18-0000.pth"
    torch.save(network.state_dict(), file)
    monkeypatch.setenv("TORCHVISION_WEIGHTS", str(file))
    teacher = load_teacher(OURS / "torchvision_teacher.py")
    grey = torch.full((1, 3, 64, 64), 2 * 0.485 - 1)
    with torch.inference_mode():
        found = teacher(grey)
        wanted = network((torch.full((1, 3, 64, 64), 0.485) - teacher.mean) / teacher.deviation)
        assert found.shape == (1, 512)
        assert torch.allclose(network.fc(found), wanted, atol=1e-4)
    photos = torch.randint(0, 256, (3, 64, 64, 3), dtype=torch.uint8)
    cached = compute_features(teacher, photos, 64, lambda event: None)
    with torch.inference_mode():
        assert torch.allclose(
            cached[:, 0].float(), teacher(photos.permute(0, 3, 1, 2) / 127.5 - 1), atol=0.02
        )
    monkeypatch.setenv("TORCHVISION_WEIGHTS", str(file.rename(tmp_path / "net.pth")))
    with pytest.raises(UsageError, match=r"net\.pth is not called after a network"):
        load_teacher(OURS / "torchvision_teacher.py")


def test_features_of_other_weights_are_not_taken_for_ours(
    run: Callable[..., cli.Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run().exit_code == 0
    (first,) = (tmp_path / "run" / "features").iterdir()
    (tmp_path / "moon-1704.pth").touch()
    monkeypatch.setenv("WEIGHTS", str(tmp_path / "moon-1704.pth"))
    assert run().exit_code == 0
    assert len(list((tmp_path / "run" / "features").iterdir())) == 2
    assert len(load_file(first)["features"]) == 180


def test_the_table_of_nus_wide_has_the_most_frequent_concepts(tmp_path: Path) -> None:
    spec = spec_from_file_location("nus_wide_table", OURS / "nus_wide_table.py")
    assert spec is not None and spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    (tmp_path / "ImageList").mkdir()
    (tmp_path / "Groundtruth" / "AllLabels").mkdir(parents=True)
    (tmp_path / "ImageList" / "Imagelist.txt").write_text("a\\1.jpg\na\\2.jpg\nb\\3.jpg\n")
    marks = {f"concept{k}": "1\n0\n0\n" for k in range(20)} | {"sky": "1\n1\n0\n", "rare": "0\n0\n0\n"}
    for name, lines in marks.items():
        (tmp_path / "Groundtruth" / "AllLabels" / f"Labels_{name}.txt").write_text(lines)
    with script.write_table(tmp_path).open() as file:
        rows = list(csv.DictReader(file))
    assert [row["photo"] for row in rows] == ["images/a/1.jpg", "images/a/2.jpg"]
    assert len(rows[0]["labels"].split(";")) == 21
    assert rows[1]["labels"] == "sky"


def test_our_plans_with_a_protocol_say_how_to_get_the_photos() -> None:
    found = [load_plan(file) for file in sorted(OURS.glob("*.toml"))]
    published = [plan for plan in found if plan.protocol is not None]
    assert len(published) == 7
    for plan in published:
        assert plan.published
        assert "stand in for" in plan.about
        names = {name for text in plan.material.photos for name in re.findall(r"\$(\w+)", text)}
        for name in (*names, "TORCHVISION_WEIGHTS"):
            assert f"{name}=F" in plan.get
        for row in plan.published:
            if match := re.fullmatch(r"mAP@(\d+)", row.measure):
                assert int(match[1]) in plan.budget.cuts
