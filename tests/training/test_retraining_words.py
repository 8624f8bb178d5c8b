"""The text tower goes where photos' codes go."""

import numpy as np
import torch

from engine.hashing.model_file import built_in_model
from engine.training.retraining.text_tower import TextTower, load_text_tower
from engine.training.retraining.words import WordLesson, captions_found, linear_map, move_head, realigned

SENTENCES = ["a dog runs on a beach", "two children play in the snow", "a red car in a street"]


def test_a_linear_map_is_found_again() -> None:
    generator = torch.Generator().manual_seed(0)
    before = torch.randn(500, 16, generator=generator) + 3
    wanted, shift = torch.randn(24, 16, generator=generator), torch.randn(24, generator=generator)
    matrix, found = linear_map(before, before @ wanted.T + shift)
    assert torch.allclose(before @ matrix.T + found, before @ wanted.T + shift, atol=0.3)


def test_the_loaded_tower_says_what_the_product_says() -> None:
    from engine.hashing.sentence_encoder import SentenceEncoder

    model = built_in_model()
    ours = load_text_tower(model).logits(SENTENCES).numpy()
    theirs = np.stack([SentenceEncoder(model).logits(sentence) for sentence in SENTENCES])
    assert ((ours > 0) == (theirs > 0)).mean() > 0.995


def test_a_sentence_without_words_says_nothing() -> None:
    assert not load_text_tower(built_in_model()).vectors(["?!", "a dog"])[0].any()


def test_moving_the_head_maps_outputs() -> None:
    text = load_text_tower(built_in_model())
    before = text.logits(SENTENCES)
    matrix, shift = torch.randn(64, before.shape[1]), torch.randn(64)
    move_head(text.tower, matrix, shift)
    assert torch.allclose(text.logits(SENTENCES), before @ matrix.T + shift, atol=1e-3)


def _turned(text: TextTower) -> tuple[WordLesson, torch.Tensor]:
    """Photos whose outputs were those of their captions, and are turned now."""
    captions = [
        (f"a {colour} {thing}",)
        for colour in ["red", "green", "blue", "black"]
        for thing in ["car", "dog", "house", "tree", "boat", "bird", "cat", "horse", "child", "bike"]
    ]
    before = text.logits([own[0] for own in captions])
    turn = torch.linalg.qr(torch.randn(before.shape[1], before.shape[1]))[0]
    after = before @ turn.T
    return WordLesson(before, after, captions, after, torch.arange(30), torch.arange(30, 40)), after


def test_words_find_photos_again_after_codes_were_turned() -> None:
    torch.manual_seed(0)
    text = load_text_tower(built_in_model())
    lesson, after = _turned(text)
    everything = torch.arange(40)
    lost = captions_found(text, after, lesson.captions, everything).mean()
    moved = realigned(text, lesson)
    found = captions_found(moved, after, lesson.captions, everything).mean()
    assert lost < 0.6 and found > 0.95
    assert captions_found(text, lesson.before, lesson.captions, everything).mean() > 0.95  # unchanged


def test_a_caption_of_several_photos_is_found_where_one_of_them_is_near() -> None:
    text = load_text_tower(built_in_model())
    caption = "a dog runs on a beach"
    photos = torch.cat(
        [-text.logits([caption]), text.logits([caption]), torch.randn(30, text.tower.shape.n_bits)]
    )
    captions = [(caption,), (caption,), *[()] * 30]
    assert captions_found(text, photos, captions, torch.arange(32)).tolist() == [True]
    assert not captions_found(text, photos, captions, torch.arange(2, 32)).size
