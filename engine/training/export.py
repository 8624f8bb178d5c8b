"""From trained weights to a model folder, in one step: weights, the fast engine's form, card, digest."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from engine.errors import UsageError
from engine.hashing.model_file import CARD, FILES, ModelFile, compute_digest, words_digest
from engine.hashing.runtime import openvino
from engine.training.checkpoint import WRITE_ERRORS, unwritten
from engine.training.conversion import to_openvino
from engine.training.model_card import read_run_card
from engine.training.network_weights import load_network, round_weights
from engine.training.networks import HashNetwork, PhotoToLogits
from engine.training.settings import Settings
from engine.training.trainer import BEST


@dataclass(frozen=True)
class WordTower:
    """What of a model reads sentences.

    Attributes:
        tower: Takes pieces, int64 (B, longest), and gives logits, one a bit.
        vocabulary: The pieces in the order of their numbers.
        longest: Pieces of a sentence that are read.
    """

    tower: nn.Module
    vocabulary: list[str]
    longest: int


def export_run(run: Path, folder: Path) -> ModelFile:
    """Makes a model of a run that has ended; its photos are not needed.

    Args:
        run: Folder of the run.
        folder: Of the model; must not exist yet.

    Raises:
        UsageError: The run has not ended, its weights are of another network, or `folder` exists.
        HammingbirdError: The model can't be written.
    """
    card = read_run_card(run)
    names = ("backbone", "n_bits", "train_side", "input_side")
    settings = Settings(**{name: card["training"][name] for name in names})
    network = load_network(run / BEST, settings)
    try:
        return export_model(network, folder, input_side=settings.input_side, card=card)
    except WRITE_ERRORS as error:
        remedy = f"Free some space, then: hammingbird export {run} --output {folder}"
        raise unwritten(folder, error, remedy) from error


def export_model(
    network: HashNetwork,
    folder: Path,
    *,
    input_side: int,
    card: dict[str, Any],
    words: WordTower | None = None,
) -> ModelFile:
    """Writes a model folder; it appears whole or not at all.

    Args:
        network: Trained; its weights are rounded to float16 in place.
        folder: Must not exist yet.
        input_side: Pixels of the square input.
        card: Fields that describe the model: name, training, measures, licence, parent.
        words: What reads sentences, rounded likewise; None where nothing does.

    Returns:
        The model, read back and checked.

    Raises:
        UsageError: The folder exists, or the network reads another side only.
    """
    network.check_side(input_side)
    draft = _draft_of(folder)
    _write_weights(network, draft / "weights.safetensors")
    photos = torch.zeros(2, input_side, input_side, 3, dtype=torch.uint8)
    _write_engine(PhotoToLogits(network), photos, draft / "engine.xml")
    if words is not None:
        _write_words(words, draft)
    full: dict[str, Any] = {
        **card,
        "network": network.backbone_name,
        "n_bits": network.n_bits,
        "input_side": input_side,
        "resize": "squash-bilinear",
        "mean": network.mean_rgb,
        "std": network.std_rgb,
    }
    full["digest"] = compute_digest(draft, full)
    if words is not None:
        full["words_digest"] = words_digest(draft)
    return _finish(draft, folder, full)


def export_words(model: ModelFile, folder: Path, *, card: dict[str, Any], words: WordTower) -> ModelFile:
    """Writes a model whose photos are read by the very files of another; it appears whole or not at all.

    Files made anew from the same weights differ where the program has changed since, and photos would have to
    be encoded again.

    Args:
        model: Its files are copied.
        folder: Must not exist yet.
        card: The model's, with what is new.
        words: See `export_model`.

    Returns:
        The model, read back and checked; its digest is that of `model`.

    Raises:
        UsageError: The folder exists.
    """
    draft = _draft_of(folder)
    for name in FILES:
        shutil.copyfile(model.folder / name, draft / name)
    _write_words(words, draft)
    return _finish(draft, folder, {**card, "words_digest": words_digest(draft)})


def _draft_of(folder: Path) -> Path:
    if folder.exists():
        raise UsageError(f"{folder} exists already.", "Choose another --output, or remove it.")
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    return draft


def _finish(draft: Path, folder: Path, card: dict[str, Any]) -> ModelFile:
    (draft / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.rename(folder)
    return ModelFile.load(folder)


def _write_words(words: WordTower, folder: Path) -> None:
    _write_weights(words.tower, folder / "words.safetensors")
    (folder / "vocabulary.txt").write_text("\n".join(words.vocabulary) + "\n", encoding="utf-8")
    _write_engine(words.tower, torch.ones(2, words.longest, dtype=torch.int64), folder / "words.xml")


def _write_weights(network: nn.Module, file: Path) -> None:
    network.eval()
    round_weights(network)
    halved = {name: w.half() if w.is_floating_point() else w for name, w in network.state_dict().items()}
    # save_file() would let nobody else read it
    file.write_bytes(save({name: w.contiguous() for name, w in halved.items()}))


def _write_engine(network: nn.Module, example: Tensor, path: Path) -> None:
    converted = to_openvino(network.eval(), example)
    converted.reshape([-1, *example.shape[1:]])
    # Names count what this process has converted before; the digest must not depend on that.
    converted.set_friendly_name("network")
    for place, operation in enumerate(converted.get_ordered_ops()):
        if operation.get_type_name() != "Parameter":
            operation.set_friendly_name(f"{operation.get_type_name()}_{place}")
    openvino.save_model(converted, path, compress_to_fp16=True)
