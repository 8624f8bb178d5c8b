"""A model's words go along to a model of other codes."""

import csv
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from drawn_photos import draw_photo
from engine.cli.follow import follow
from engine.errors import UsageError
from engine.hashing.model_file import ModelFile, built_in_model
from engine.hashing.sentence_encoder import SentenceEncoder
from engine.training.export import export_model
from engine.training.network_weights import load_network
from engine.training.settings import Settings
from engine.training.words.following import FollowPlan, carry_out

PHOTOS = 80  # so few that the last layer is not tuned: what they show has nothing to do with words


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """The built-in network with its bits in another order, every second one turned round; no words."""
    base = built_in_model()
    side = base.input_side
    settings = Settings(backbone=base.card["network"], n_bits=base.n_bits, train_side=side, input_side=side)
    network = load_network(base.folder / "weights.safetensors", settings).eval()
    order = torch.randperm(base.n_bits, generator=torch.Generator().manual_seed(0))
    turned = torch.where(torch.arange(base.n_bits) % 2 == 0, -1.0, 1.0)
    with torch.no_grad():
        network.head.weight.copy_(network.head.weight[order] * turned[:, None])
        assert network.norm.running_mean is not None
        network.norm.running_mean.copy_(network.norm.running_mean[order] * turned)
    folder = tmp_path_factory.mktemp("other") / "model"
    return export_model(network, folder, input_side=side, card={"name": "Other", "licence": "none"})


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    rows = [("photo", "caption")]
    for number in range(PHOTOS):
        draw_photo(number, (160, 120)).save(folder / f"{number}.jpg")
        rows.append((f"{number}.jpg", f"drawing number {number} of a {('dog', 'house', 'car')[number % 3]}"))
    file = folder / "photos.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return file


def test_words_go_along_and_photos_keep_their_codes(other: ModelFile, table: Path, tmp_path: Path) -> None:
    arguments = [table, "--init", other.folder, "--words-of", built_in_model().folder, "--validation", "0.3"]
    output = ["--output", tmp_path / "new", "--progress", "none", "--split", tmp_path / "split.csv"]
    done = CliRunner().invoke(follow, [str(argument) for argument in [*arguments, *output]])
    assert done.exit_code == 0, done.output
    made = ModelFile.load(tmp_path / "new")
    assert made.digest == other.digest and made.reads_words
    assert made.card["words"]["from"] == built_in_model().digest
    before, after = (
        SentenceEncoder(model).logits("a dog on a beach") > 0 for model in (built_in_model(), made)
    )
    order = torch.randperm(len(before), generator=torch.Generator().manual_seed(0)).numpy()
    expected = before[order] ^ (torch.arange(len(before)) % 2 == 0).numpy()
    assert (after == expected).mean() > 0.6 > (after == before).mean()


def test_words_of_a_model_without_words_are_refused(other: ModelFile, table: Path, tmp_path: Path) -> None:
    plan = FollowPlan((str(table),), other, built_in_model(), tmp_path, tmp_path / "new")
    with pytest.raises(UsageError, match="reads no words"):
        carry_out(plan, lambda event: None)
