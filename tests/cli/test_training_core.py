"""The training core runs where little is installed, such as on a borrowed machine with a GPU."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from click.testing import CliRunner

from drawn_photos import draw_photo
from engine.cli.export import export
from engine.hashing.encoder import Encoder
from engine.hashing.model_file import ModelFile

CORE = {"click", "numpy", "pillow"}  # and of the extra `training`: torch, torchvision, Fabric, safetensors

WITHOUT = """
import importlib
import sys

for name in sys.argv[1].split():
    sys.modules[name] = None  # as if it were not installed
name = sys.argv[2]
getattr(importlib.import_module(f"engine.cli.{name}"), name)(sys.argv[3:])
"""
MAP_TEACHER = """
import torch
from torch import nn

class Maps(nn.Module):
    def forward(self, rgb):
        return tuple(nn.functional.avg_pool2d(rgb, scale) for scale in (4, 8, 16, 32))

    def features(self, last):
        return last.square()

def load_map_teacher():
    return Maps()
"""


def product_modules() -> list[str]:
    """Top-level names of everything that the product needs and training shall not."""
    wanted = [text for text in requires("hammingbird") or [] if "extra ==" not in text]
    others = {re.split(r"[^\w.-]", text)[0].lower() for text in wanted} - CORE | {"open-clip-torch"}
    return [top for top, owners in packages_distributions().items() if others & {o.lower() for o in owners}]


def test_it_trains_without_the_rest_of_the_product_which_then_takes_the_model(tmp_path: Path) -> None:
    missing = product_modules()
    assert {"openvino", "blake3", "sqlite_utils", "platformdirs", "rich", "faiss"} <= set(missing)
    for name in ("red", "green"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for seed in range(40):
            draw_photo(seed + 100 * len(name), (64, 48)).save(tmp_path / "photos" / name / f"{seed}.png")
    run = tmp_path / "run"
    arguments = [str(tmp_path / "photos"), "--run", str(run), "--train-side", "32", "--input-side", "32"]
    arguments += ["--batch", "16", "--n-bits", "16", "--epochs", "1", "--validation", "0.3"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, " ".join(missing), "train", *arguments, "--progress", "jsonl"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"hammingbird export {run}" in done.stderr
    made = CliRunner().invoke(export, [str(run), "--output", str(tmp_path / "model")], catch_exceptions=False)
    assert made.exit_code == 0, made.output
    model = ModelFile.load(tmp_path / "model")
    assert Encoder(model, 1).n_bits == 16
    assert model.card["validation"] == json.loads((run / "card.json").read_text())["validation"]


def test_it_distils_without_the_rest_of_the_product(tmp_path: Path) -> None:
    (tmp_path / "photos" / "all").mkdir(parents=True)
    (tmp_path / "teacher.py").write_text(MAP_TEACHER)
    for seed in range(60):
        draw_photo(seed, (200, 160)).save(tmp_path / "photos" / "all" / f"{seed}.png")
    arguments = [str(tmp_path / "photos"), "--teacher", str(tmp_path / "teacher.py"), "--epochs", "1"]
    arguments += ["--run", str(tmp_path / "run"), "--train-side", "32", "--input-side", "32", "--batch", "16"]
    arguments += ["--validation", "0.4", "--backbone", "timm:test_resnet", "--progress", "jsonl"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, " ".join(product_modules()), "distil", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"--weights {tmp_path / 'run' / 'best.safetensors'}" in done.stderr
