"""`hammingbird evaluate` with the built-in model on photos that the test draws."""

import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw

from engine.cli.evaluate import evaluate
from engine.errors import UsageError
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import built_in_model
from engine.training.metrics import precision
from engine.training.ranking import Comparison, same_label
from engine.training.ranking import evaluate as measured
from tests.benchmarks.quality import Pack, pixels

RESULTS = Path(__file__).parents[2] / "docs" / "results" / "network.md"
COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200), "green": (30, 180, 30)}
TREE = "thing warm\nthing cold\nwarm red\ncold blue\ncold green\n"


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Three classes that differ in colour, 8 photos each, and a file that is no photo."""
    for name, colour in COLOURS.items():
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for seed in range(8):
            photo = Image.new("RGB", (64, 48), colour)
            ImageDraw.Draw(photo).rectangle((seed * 4, seed * 3, seed * 4 + 20, 40), fill=(seed * 20, 90, 90))
            photo.save(folder / f"{seed}.png")
    (tmp_path / "photos" / "red" / "broken.jpg").write_bytes(b"no photo")
    (tmp_path / "tree.txt").write_text(TREE)
    return tmp_path / "photos"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    done = run(*arguments)
    assert isinstance(done.exception, UsageError), (done.output, done.exception)
    assert done.exception.remedy
    return str(done.exception)


def test_json_goes_to_standard_output_alone(classes: Path, tmp_path: Path) -> None:
    done = run(classes, "--tree", tmp_path / "tree.txt", "--cut", 5, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["photos"], found["skipped"], found["queries"], found["database"]) == (24, 1, 24, 24)
    assert found["model"] == built_in_model().digest[:12]
    assert {"P@1", "P@10", "mAP@5", "mAP", "mAHP@250 (A)", "mAHP@2500 (B)", "bit_balance"} <= found.keys()
    assert 0.4 < found["P@10"] <= 0.7  # seven others of a class; chance is .3
    assert found["data"] == ["photos"] and found["protocol"]["tree"] == "tree.txt"
    assert found == json.loads(run(classes, "--tree", tmp_path / "tree.txt", "--cut", 5, "--json").stdout)


def test_a_person_reads_a_table(classes: Path) -> None:
    done = run(classes, "--queries", 9, "--baselines")
    assert done.exit_code == 0, done.output
    assert "24 photos" in done.stdout and "1 could not be read" in done.stdout
    assert "9 queries, each ranked against all 23 other photos" in done.stdout
    heading = next(line for line in done.stdout.splitlines() if "ties averaged" in line)
    assert "kept" in heading and "pHash, 64 bits" in heading and "8 x 8 colours, L2" in heading
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("P@")] == ["P@1", "P@10"]


def test_a_part_is_one_of_a_split(classes: Path) -> None:
    assert "one of a split" in refused(classes, "--part", "train")


def test_a_folder_is_written_once(classes: Path, tmp_path: Path) -> None:
    output = tmp_path / "report"
    assert run(classes, "--output", output, "--tsne").exit_code == 0
    assert {"report.json", "report.md", "t-sne.png", "distances.svg"} <= {f.name for f in output.iterdir()}
    assert json.loads((output / "report.json").read_text())["photos"] == 24
    assert "exists already" in refused(classes, "--output", output)
    assert "exists already" in refused(classes, "--output", output / "report.md")
    assert "is a file" in refused(classes, "--output", output / "report.md" / "below")


def test_several_sources_are_one_database(classes: Path, tmp_path: Path) -> None:
    second = tmp_path / "more" / "red"
    second.mkdir(parents=True)
    Image.new("RGB", (60, 60), (210, 20, 20)).save(second / "more.png")
    found = json.loads(run(classes, second.parent, "--json").stdout)
    assert (found["photos"], found["data"], found["left_out"]) == (25, ["photos", "more"], {"labels": 0})


def test_classes_of_one_photo_are_counted(classes: Path) -> None:
    alone = classes / "yellow"
    alone.mkdir()
    Image.new("RGB", (60, 60), (250, 250, 20)).save(alone / "alone.png")
    assert json.loads(run(classes, "--json").stdout)["left_out"] == {"labels": 1}


def test_what_is_wrong_is_named(classes: Path, tmp_path: Path) -> None:
    assert "30 queries are more than the 24 photos" in refused(classes, "--queries", 30)
    assert "--output" in refused(classes, "--tsne")
    assert "named twice" in refused(classes, classes / ".." / classes.name)
    (tmp_path / "short.txt").write_text("thing red\nthing blue\n")
    assert "no class 'green'" in refused(classes, "--tree", tmp_path / "short.txt")
    assert "no such place" in refused(tmp_path / "no such place")
    one = tmp_path / "one" / "red"
    one.mkdir(parents=True)
    Image.new("RGB", (60, 60)).save(one / "one.png")
    assert "nothing to rank" in refused(one.parent)
    Image.new("RGB", (60, 60)).save(tmp_path / "one" / "red" / "two.png")
    (tmp_path / "one" / "blue").mkdir()
    (tmp_path / "split.csv").write_text("photo,part\none/red/one.png,train\none/red/two.png,train\n")
    assert "no photos that can be read in the part test" in refused(
        one.parent, "--split", tmp_path / "split.csv"
    )
    (one / "two.png").rename(tmp_path / "one" / "blue" / "two.png")
    assert "No query shares a label" in refused(one.parent)


def test_a_pack_without_labels_is_refused(tmp_path: Path, classes: Path) -> None:
    for seed in range(3):
        Image.open(classes / "red" / f"{seed}.png").save(tmp_path / f"{seed}.webp")
    photos = [(tmp_path / f"{seed}.webp").read_bytes() for seed in range(3)]
    (tmp_path / "bare-00.bin").write_bytes(b"".join(photos))
    starts = [sum(map(len, photos[:i])) for i in range(3)]
    lines = [
        f"bare-00.bin,{start},{len(photo)},{i},64,48"
        for i, (start, photo) in enumerate(zip(starts, photos, strict=True))
    ]
    (tmp_path / "bare.csv").write_text("shard,offset,size,member,width,height\n" + "\n".join(lines) + "\n")
    assert "neither labels nor captions" in refused(tmp_path / "bare.csv")
    (tmp_path / "bare-captions.csv").write_text("member,caption\n1,something red\n")
    assert "captions and no labels" in refused(tmp_path / "bare.csv")
    (tmp_path / "tree.txt").write_text(TREE)
    assert "without labels" in refused(tmp_path / "bare.csv", "--tree", tmp_path / "tree.txt")


def test_plots_without_matplotlib_are_refused_at_once(
    classes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("engine.training.report_folder", "engine.training.plots"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    assert "hammingbird[reports]" in refused(classes, "--output", tmp_path / "report")
    assert not (tmp_path / "report").exists()
    assert run(classes, "--json").exit_code == 0


def test_the_results_are_those_of_the_model_that_ships() -> None:
    assert f"Model {built_in_model().digest[:12]}," in RESULTS.read_text(encoding="utf-8")


@pytest.mark.shared
def test_the_built_in_model_ranks_as_the_results_say(shared: Path) -> None:
    """By the measure of `evaluate`, on what a library keeps of the photos; the page has one of its own."""
    pack, encoder = Pack(shared / "data" / "eval" / "caltech101.csv"), Encoder(built_in_model())
    packed = encoder.encode(pixels(pack.pictures, encoder.input_side))
    queries = np.random.default_rng(0).permutation(len(packed))[:1000]
    relevant = same_label(pack.labels[queries], pack.labels)
    score = measured(Comparison.among(packed, queries), (relevant, {"P@10": partial(precision, top=10)}))
    rows = RESULTS.read_text(encoding="utf-8").splitlines()
    row = next(row for row in rows if row.startswith(f"| built-in network, {encoder.n_bits} bits |"))
    assert float(score["P@10"].mean()) == pytest.approx(float(row.split("|")[3]), abs=0.0006)
