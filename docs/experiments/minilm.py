"""Captions by all-MiniLM-L6-v2: an example of a Python file that brings its own caption encoder.

It reads a folder with `model.safetensors` and `tokenizer.json`, as sentence-transformers/all-MiniLM-L6-v2
is published, from the environment variable MINILM. The model is a BERT of six layers; torch has its layers,
so besides the project's own packages only `tokenizers` is needed (pip install tokenizers). Nothing is
downloaded. "That is a happy person" and "That is a happy dog" must come out at a cosine of 0.695.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

LONGEST = 256  # tokens of a caption, as the model's card has it
AT_ONCE = 64


class MiniLM(nn.Module):
    """Tokens to the mean of their last states, after `config.json` of the model."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        width = weights["embeddings.word_embeddings.weight"].shape[1]
        self.words = nn.Parameter(weights["embeddings.word_embeddings.weight"])
        # All tokens are of the first of BERT's two kinds.
        kind = weights["embeddings.token_type_embeddings.weight"][0]
        self.places = nn.Parameter(weights["embeddings.position_embeddings.weight"] + kind)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.norm.load_state_dict(_pair(weights, "embeddings.LayerNorm"))
        layer = nn.TransformerEncoderLayer(
            width, 12, 4 * width, activation="gelu", layer_norm_eps=1e-12, batch_first=True
        )
        self.layers = nn.TransformerEncoder(layer, 6, enable_nested_tensor=False)
        for number, made in enumerate(self.layers.layers):
            made.load_state_dict(_layer(weights, f"encoder.layer.{number}."))

    def forward(self, tokens: Tensor, known: Tensor) -> Tensor:
        """int64 (B, T) tokens and bool (B, T), False for filling, to float32 (B, 384) of unit length."""
        states = self.norm(self.words[tokens] + self.places[: tokens.shape[1]])
        states = self.layers(states, src_key_padding_mask=~known)
        share = known.unsqueeze(2).float()
        return nn.functional.normalize((states * share).sum(dim=1) / share.sum(dim=1), dim=1)


def load_caption_encoder() -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Captions to float32 (N, 384), rows of unit length."""
    folder = Path(os.environ["MINILM"])
    model = MiniLM(load_file(folder / "model.safetensors")).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()

    @torch.inference_mode()
    def encode_alike(captions: list[str]) -> NDArray[np.float32]:
        found = tokenizer.encode_batch(captions)
        tokens = torch.tensor([caption.ids for caption in found])
        known = torch.tensor([caption.attention_mask for caption in found]).bool()
        return model(tokens, known).numpy()

    def encode(captions: Sequence[str]) -> NDArray[np.float32]:
        # All captions of a batch are filled up to the longest, so those of like length go together.
        order = sorted(range(len(captions)), key=lambda place: len(captions[place]))
        vectors = np.empty((len(captions), len(model.places[0])), np.float32)
        for start in range(0, len(order), AT_ONCE):
            places = order[start : start + AT_ONCE]
            vectors[places] = encode_alike([captions[place] for place in places])
        return vectors

    return encode


def _layer(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """One layer's weights under torch's names; torch keeps query, key and value in one matrix."""
    ours = {
        "self_attn.out_proj": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm2": "output.LayerNorm",
    }
    found = {
        f"{name}.{kind}": weights[f"{prefix}{theirs}.{kind}"]
        for name, theirs in ours.items()
        for kind in ("weight", "bias")
    }
    for kind in ("weight", "bias"):
        parts = [weights[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        found[f"self_attn.in_proj_{kind}"] = torch.cat(parts)
    return found


def _pair(weights: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    return {kind: weights[f"{name}.{kind}"] for kind in ("weight", "bias")}
