"""The text towers of open_clip, as caption encoders, with weights from a file."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import UsageError
from engine.training.backbone_weights import part_of, put_weights, read_weights
from engine.training.open_clip_towers import PREFIX, model_config

BATCH = 64
# Where a whole model keeps its text tower's weights unmarked, these are not of the tower.
OTHERS = ("visual.", "logit_scale", "logit_bias")


def text_encoder(name: str, weights: Path) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """A caption encoder from a text tower; nothing is downloaded.

    Args:
        name: As open_clip has it, such as "ViT-B-32".
        weights: File of the whole model, or of the text tower alone; see `read_weights`.

    Raises:
        UsageError: open_clip is not installed or has no such model, the model's tokenizer would have to
            be downloaded, or the weights can't be read or don't fit.
    """
    config = model_config(name)
    text = {**config["text_cfg"], "output_tokens": False}
    if "hf_model_name" in text or "hf_tokenizer_name" in text:
        raise UsageError(
            f"The text tower of {PREFIX}{name} needs a tokenizer that is not in open_clip.",
            "Choose one of CLIP's own, such as ViT-B-32, or a folder of sentence-transformers.",
        )
    import open_clip

    # Private, but the only way to one tower; see `open_clip_towers`.
    from open_clip.model import _build_text_tower

    tower = _build_text_tower(config["embed_dim"], text, config.get("quick_gelu", False)).eval()
    put_weights(tower, _of_text(read_weights(weights)), source=str(weights))
    tokenize = open_clip.get_tokenizer(name)
    return lambda captions: _encode(tower, tokenize, captions)


@torch.inference_mode()
def _encode(
    tower: nn.Module, tokenize: Callable[[list[str]], Tensor], captions: Sequence[str]
) -> NDArray[np.float32]:
    parts = [
        tower(tokenize(list(captions[start : start + BATCH]))) for start in range(0, len(captions), BATCH)
    ]
    return nn.functional.normalize(torch.cat(parts), dim=1).numpy()


def _of_text(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The text tower's part of a model's weights."""
    marked = part_of(weights, "text.")
    return marked or {name: w for name, w in weights.items() if not name.startswith(OTHERS)}
