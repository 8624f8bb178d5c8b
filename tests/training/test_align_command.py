"""`hammingbird align`, small: from photos with captions to a model that words find photos with."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from safetensors.torch import save_file
from tiny_maps import SMALL
from tiny_runs import MEAN_COLOURS

from engine.cli.align import align
from engine.errors import UsageError
from engine.hashing.codes import code_of_outputs, distances
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import CARD, ModelFile, built_in_model, compute_digest
from engine.hashing.sentence_encoder import SentenceEncoder
from engine.training.networks import HashNetwork

COLOURS = {"warm": (200, 60, 40), "cold": (40, 70, 200), "green": (50, 190, 60)}
ENCODER = """
import numpy as np
WORDS = ["warm", "cold", "green", "fire", "ice", "grass", "a", "photo"]
def load_caption_encoder():
    return lambda texts: np.array([[t.lower().split().count(w) for w in WORDS] for t in texts], "f4")
"""
THINGS = {"warm": "fire", "cold": "ice", "green": "grass"}
BUILT_IN = str(built_in_model().folder)
SIZES = ["--n-bits", "16", "--input-side", "64", "--views", "1", "--validation", "0.3"]
SHORT = ["--steps", "60", "--batch", "24", "--pieces", "120", "--epochs", "40"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty photos of each of three colours, a table of classes and captions, and all else that is named."""
    generator = np.random.default_rng(0)
    with (tmp_path / "photos.csv").open("w", newline="") as table:
        rows = csv.writer(table)
        rows.writerow(["photo", "label", "caption"])
        for name, colour in COLOURS.items():
            for number in range(40):
                noise = generator.integers(-40, 40, (8, 8, 3))
                pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
                Image.fromarray(pixels).resize((160, 160)).save(tmp_path / f"{name}{number}.png")
                caption = f"A {name} {THINGS[name]} {number}" if number % 2 else ""
                rows.writerow([f"{name}{number}.png", name, caption])
    (tmp_path / "teacher.py").write_text(MEAN_COLOURS)
    (tmp_path / "encoder.py").write_text(ENCODER)
    (tmp_path / "names.tsv").write_text("".join(f"{name}\t{name}, {THINGS[name]}\n" for name in COLOURS))
    (tmp_path / "more.txt").write_text("a fire\nice\ngrass and grass\na warm fire 1!\n")
    network = HashNetwork(SMALL, 16)
    save_file(network.backbone.state_dict(), tmp_path / "backbone.safetensors")
    return tmp_path


@pytest.fixture
def run_align(folder: Path) -> Callable[..., Result]:
    named = {
        "--teacher": "teacher.py",
        "--caption-encoder": "encoder.py",
        "--weights": "backbone.safetensors",
        "--names": "names.tsv",
        "--sentences": "more.txt",
        "--run": "run",
        "--output": "model",
    }
    fixed = [part for option, name in named.items() for part in (option, str(folder / name))]

    def invoke(*more: str) -> Result:
        photos = str(folder / "photos.csv")
        return CliRunner().invoke(
            align, [photos, "--backbone", SMALL, *fixed, *SIZES, *SHORT, "--progress", "none", *more]
        )

    return invoke


def test_words_find_photos_with_the_model_that_comes_of_it(
    run_align: Callable[..., Result], folder: Path
) -> None:
    done = run_align()
    assert done.exit_code == 0, (done.output, done.exception)
    model = ModelFile.load(folder / "model")
    assert model.reads_words and model.n_bits == 16
    card = model.card
    assert {"shared@10", "P@10", "R@10"} <= card["validation"].keys()
    assert card["validation"]["P@10"] > 0.6
    assert card["words"]["photos"] == 120
    files = [folder / f"{name}{number}.png" for name in COLOURS for number in range(40)]
    pixels = np.stack([np.asarray(Image.open(file).resize((64, 64))) for file in files])
    photos = Encoder(model).encode(pixels)
    read = SentenceEncoder(model)
    for place, word in enumerate(THINGS.values()):
        asked = code_of_outputs(read.outputs(f"a {word}"))
        nearest = np.argsort(distances(asked, photos), kind="stable")[:10]
        assert np.mean(nearest // 40 == place) > 0.7, word


def test_the_same_seed_gives_the_same_model_and_what_was_computed_is_used_again(
    run_align: Callable[..., Result], folder: Path
) -> None:
    assert run_align("--epochs", "1").exit_code == 0
    kept = {file: file.stat().st_mtime_ns for file in (folder / "run").rglob("*.safetensors")}
    again = run_align("--epochs", "1", "--output", str(folder / "again"))
    assert again.exit_code == 0, again.output
    one, two = (json.loads((folder / name / "card.json").read_text()) for name in ("model", "again"))
    assert (one["digest"], one["words_digest"]) == (two["digest"], two["words_digest"])
    assert kept and kept == {file: file.stat().st_mtime_ns for file in kept}


def as_an_earlier_version_wrote_it(model: Path) -> None:
    """The same network in another form of the engine's file, and so another digest."""
    with (model / "engine.xml").open("a") as file:
        file.write("<!-- older -->\n")
    card = json.loads((model / CARD).read_text(encoding="utf-8"))
    card["digest"] = compute_digest(model, card)
    (model / CARD).write_text(json.dumps(card), encoding="utf-8")


def test_a_model_learns_words_and_its_codes_of_photos_stay(
    run_align: Callable[..., Result], folder: Path
) -> None:
    assert run_align("--steps", "5", "--epochs", "1", "--name", "first").exit_code == 0
    as_an_earlier_version_wrote_it(folder / "model")
    told = [str(folder / "photos.csv"), "--caption-encoder", str(folder / "encoder.py")]
    told += ["--names", str(folder / "names.tsv"), "--init", str(folder / "model"), "--views", "1"]
    told += ["--run", str(folder / "kept"), "--output", str(folder / "again"), *SHORT, "--progress", "none"]
    done = CliRunner().invoke(align, [*told, "--validation", "0.3"])
    assert done.exit_code == 0, (done.output, done.exception)
    before, after = (ModelFile.load(folder / name) for name in ("model", "again"))
    assert before.digest == after.digest
    assert before.card["words_digest"] != after.card["words_digest"]
    assert (after.name, after.card["training"]) == ("first", before.card["training"])
    assert after.card["words"]["validation"].keys() >= {"P@10", "R@10"}
    told[told.index("--output") + 1] = str(folder / "third")
    refused = CliRunner().invoke(
        align, [part for part in told if part not in ("--init", str(folder / "model"))]
    )
    assert isinstance(refused.exception, UsageError) and "--init" in (refused.exception.remedy or "")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--names", "nowhere.tsv"], "nowhere.tsv"),
        (["--sentences", "nowhere.txt"], "nowhere.txt"),
        (["--weights", "nowhere.safetensors"], "nowhere.safetensors"),
        (["--temperature", "0"], "temperature"),
        (["--objective", "orthohash"], "orthohash"),
        (["--target", "labels=1"], "labels"),
        (["--init", BUILT_IN], "nothing to teach"),
    ],
)
def test_what_is_wrong_is_told(run_align: Callable[..., Result], more: list[str], told: str) -> None:
    done = run_align(*more)
    assert done.exit_code != 0
    assert isinstance(done.exception, UsageError | SystemExit)
    assert told in (done.exception.what if isinstance(done.exception, UsageError) else done.output)
