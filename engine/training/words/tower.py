"""The text tower: a small transformer with a factorised embedding."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.hashing.vocabulary import FILLING


@dataclass(frozen=True)
class TowerShape:
    """Sizes of a text tower.

    Attributes:
        pieces: Of the vocabulary.
        n_bits: Length of the codes.
        longest: Pieces of a sentence that are read.
        embedding: Width of a piece's own vector; wider ones would make up most of the file.
        width: Of the layers.
        heads: Of the attention.
        layers: How many.
    """

    pieces: int
    n_bits: int
    longest: int = 32
    embedding: int = 96
    width: int = 192
    heads: int = 4
    layers: int = 2


class SentenceTower(nn.Module):
    """Numbers of pieces to logits, one a bit.

    The embedding is factorised (Lan et al. 2020, ALBERT, section 3.1): pieces x embedding and embedding x
    width instead of pieces x width. Layers normalise first; a sentence is the mean of its pieces.
    """

    def __init__(self, shape: TowerShape) -> None:
        """Builds the tower with random weights."""
        super().__init__()
        self.shape = shape
        self.pieces = nn.Embedding(shape.pieces, shape.embedding, padding_idx=FILLING)
        self.places = nn.Parameter(torch.zeros(shape.longest, shape.width))
        self.widen = nn.Linear(shape.embedding, shape.width)
        self.layers = nn.ModuleList(_Layer(shape.width, shape.heads) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        self.head = nn.Linear(shape.width, shape.n_bits)
        nn.init.normal_(self.pieces.weight, std=0.5)

    def states(self, numbers: Tensor) -> Tensor:
        """int64 (B, T), `FILLING` behind the sentence, to float32 (B, width)."""
        there = (numbers != FILLING).unsqueeze(2)
        x = self.widen(self.pieces(numbers)) + self.places[: numbers.shape[1]]
        for layer in self.layers:
            x = layer(x, there)
        share = there.to(x.dtype)
        return self.norm((x * share).sum(dim=1) / share.sum(dim=1).clamp(min=1))

    def forward(self, numbers: Tensor) -> Tensor:
        """int64 (B, T) to logits, float32 (B, n_bits); a positive logit is a set bit."""
        return self.head(self.states(numbers))


class _Layer(nn.Module):
    """Attention and two linear layers, each after a norm and added to what was there."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        self.think = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        """float32 (B, T, width) and bool (B, T, 1) to float32 (B, T, width)."""
        batch, length, width = x.shape
        parts = self.asked(self.before(x)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = there.transpose(1, 2).unsqueeze(1)  # (B, 1, 1, T): nobody looks at filling
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        x = x + self.mix(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.think(self.between(x))
